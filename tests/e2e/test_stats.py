"""`/stats`: every period with its picture, Why? and its pages, Share, and what is left out."""

import re
from datetime import timedelta
from io import BytesIO

import pytest
from PIL import Image

from devtools.sandbox import Message
from tests.e2e.people import ids, labels, posted, private, public
from tests.e2e.scene import Person, embed, scene, shown
from tests.support.until import until

pytestmark = pytest.mark.asyncio(loop_scope="module")

DAY, BARS, YEAR = (800, 260), (800, 400), (800, 296)  # pixels
PICTURES = {
    "today": ("2026-07-01..2026-07-01", DAY),
    "yesterday": ("2026-06-30..2026-06-30", DAY),
    "week": ("2026-06-29..2026-07-05", BARS),
    "month": ("2026-07-01..2026-07-31", BARS),
    "year": ("2026-01-01..2026-12-31", YEAR),
    "all": ("1970-01-01..2026-07-01", YEAR),
    "6/29-7/1": ("2026-06-29..2026-07-01", BARS),
    "2026-06-01..2026-06-30": ("2026-06-01..2026-06-30", BARS),
}


async def a_life(nanao: Person) -> None:
    """Eleven hours within a year and a day; three days on end, one session over midnight."""
    for start, length, task in (
        ("2025/7/1 10:00", "2h", "物理"),
        ("5/3 10:00", "2h", "物理"),
        ("6/22 9:00", "2h", "数学"),
        ("6/29 9:00", "1h", "数学"),
        ("6/30 22:00", "3h", "英語"),
        ("7/1 9:00", "1h", "数学"),
    ):
        added = await nanao.says("log add", start=start, length=length, task=task)
        assert len(labels(private(added))) == 3


async def picture(message: Message) -> tuple[tuple[int, int], str]:
    """Open the picture of a message, which may come after its words; give its size and text."""
    (file,) = await until(lambda: message.attachments)
    assert (file.filename, file.content_type) == ("time.png", "image/png")
    assert message.embeds[0]["image"]["url"] == file.url
    with Image.open(BytesIO(file.data)) as image:
        image.load()
        assert image.format == "PNG"
        colors = image.convert("RGB").getcolors(image.width * image.height)
        assert colors, "nothing drawn"
        assert len(colors) > 10
        return image.size, file.description or ""


def title(message: Message) -> str:
    return message.embeds[0]["title"]


def footer(message: Message) -> str:
    return message.embeds[0]["footer"]["text"]


async def test_every_period_with_its_numbers_and_its_picture(deployment, words):
    place, nanao, _ = scene(deployment, words.language)
    await a_life(nanao)
    for period, (dates, size) in PICTURES.items():
        answer = await nanao.says("stats", period=period)
        message = private(answer)
        total = embed(message).splitlines()[0]
        assert (title(message), total) == words.periods[period], period
        assert footer(message) == "Asia/Tokyo"
        assert labels(message) == words.numbers
        assert ids(message) == [f"{one}:{answer.id}:{dates}" for one in ("why", "share")]
        drawn, said = await picture(message)
        assert drawn == size, period
        assert said == words.alt.get(period, said)
        assert said.startswith("ナナオ")
    unsaid = private(await nanao.says("stats"))
    assert embed(unsaid).splitlines() == words.week
    assert place.posts == []


async def test_what_cannot_be_read_or_is_nothing_is_said_in_a_sentence(deployment, words):
    place, nanao, hana = scene(deployment, words.language)
    for options in ({}, {"share": True}, {"period": "week", "share": True}):
        nothing = private(await nanao.says("stats", **options))
        assert (embed(nothing), labels(nothing)) == (words.nothing, words.offers)
        assert nothing.attachments == []
    for period in ("bogus", "13/1", "2026-02-30", "7/1-", "99"):
        refused = private(await nanao.says("stats", period=period))
        assert (embed(refused), labels(refused)) == (words.no_period.format(period), words.again)
    assert place.posts == []
    await a_life(hana)
    assert embed(private(await nanao.says("stats"))) == words.nothing, "Hana's are Hana's"
    offered = await nanao.types("stats", "period")
    values = [value for _, value in offered]
    assert values[:3] == ["today", "yesterday", "week"]
    for _, value in [*offered, *await nanao.types("stats", "period", "6/29-7/1")]:
        found = private(await hana.says("stats", period=value))
        assert labels(found) in (words.numbers, words.offers), value


async def test_why_lists_every_part_of_the_number(deployment, words):
    _, nanao, _ = scene(deployment, words.language)
    await nanao.says("log add", start="6/30 22:00", end="1:00", task="英語")
    for n in range(11):
        added = await nanao.says("log add", start=f"1:{5 * n:02}", length="5m")
        assert len(labels(private(added))) == 3
    nanao.waits_until("09:00")
    await nanao.says("start", task="数学")
    nanao.waits_until("09:30")
    paused = await nanao.says("break")
    nanao.waits_until("09:40")
    await nanao.presses(paused.message, words.resting[0])
    nanao.waits_until("11:05:03")
    asked = await nanao.says("stats", period="today")
    nanao.waits_until("11:30")
    await nanao.says("end")
    first = await nanao.presses(private(asked), words.numbers[0])
    message = private(first)
    assert message is not asked.message, "the number stays beside its reasons"
    assert (await picture(asked.message))[0] == DAY
    assert footer(message) == "Asia/Tokyo"
    head, *parts, days = embed(message).splitlines()
    assert (head, len(parts), days) == (words.why.format(1), 10, words.days_begin)
    assert labels(message) == [words.next]
    times = [f"{shown(at, 'd')} {shown(at)}" for at in ("2026-06-30T22:00", "01:00")]
    assert parts[0].startswith("✎ ")
    assert parts[0].endswith("**1:00:00**" + words.cut.format(*times))
    turned = await nanao.presses(message, words.next)
    assert turned.updated is message
    head, *rest, days = embed(message).splitlines()
    assert (head, days) == (words.why.format(2), words.days_begin)
    assert labels(message) == [words.previous]
    ran = f"**1:55:03**{words.less.format(shown('09:30'), shown('09:40'))}"
    assert rest[-1].endswith(ran), "as it was when it was asked"
    counted = [re.findall(r"\*\*(\d+):(\d\d):(\d\d)\*\*", part)[-1] for part in parts + rest]
    total = sum(
        (timedelta(hours=int(h), minutes=int(m), seconds=int(s)) for h, m, s in counted),
        timedelta(),
    )
    assert total == timedelta(hours=3, minutes=50, seconds=3)
    await nanao.presses(message, words.previous)
    assert embed(message).splitlines() == [words.why.format(1), *parts, days]


async def test_share_posts_quietly_in_the_words_of_the_server(deployment, words):
    place, nanao, hana = scene(deployment, words.language)
    nanao.member.locale = {"ja": "en-US", "en-US": "ja"}[words.language]
    await a_life(nanao)
    shared = public(await nanao.says("stats", share=True))
    assert embed(shared).splitlines() == words.week
    assert shared.embeds[0]["author"]["name"] == "ナナオ"
    assert labels(shared) == []
    assert await picture(shared) == (BARS, words.alt["week"])
    mine = private(await nanao.says("stats", period="year"))
    button = labels(mine)[1]
    await hana.says("start")
    pressed = await nanao.presses(mine, button)
    assert pressed.updated is mine
    assert (labels(mine), mine.attachments) == ([], [])
    post = public(await posted(pressed))
    assert (title(post), embed(post).splitlines()[0]) == words.periods["year"]
    assert await picture(post) == (YEAR, words.alt["year"])
    assert place.posts[0::2] == [shared, post]
    assert hana.member.sees() == place.posts, "and nothing that is Nanao's alone"


async def test_a_streak_lasts_while_today_is_unfinished(deployment, words):
    _, nanao, _ = scene(deployment, words.language)

    async def told() -> str:
        return embed(private(await nanao.says("stats", period="all")))

    await nanao.says("log add", start="6/28 9:00", length="1h")
    assert words.streak[2:] not in await told(), "one day is none"
    for day in ("6/29", "6/30"):
        await nanao.says("log add", start=f"{day} 9:00", length="1m")
    assert words.streak in (await told()).splitlines()
    nanao.waits_until("11:00")
    start = await nanao.says("start")
    nanao.now += timedelta(seconds=40)
    await nanao.presses(public(start), words.working[1])
    assert words.streak in (await told()).splitlines(), "less than a minute is no day"
    nanao.waits_until("2026-07-02T12:00")
    assert words.streak not in (await told()).splitlines()


async def test_servers_are_counted_apart_and_their_union_is_told_to_oneself(deployment, words):
    place, nanao, _ = scene(deployment, words.language)
    await nanao.says("log add", start="9:00", length="2h")
    other, _, _ = scene(deployment, words.language)
    there = Person(other.guild.add_member(user=place.nanao.user), nanao.now)
    await there.says("log add", start="8:00", length="2h")
    for who in (nanao, there):
        lines = embed(private(await who.says("stats", period="today"))).splitlines()
        assert words.everywhere in lines
        assert lines[0].startswith({"ja": "**2時間**", "en-US": "**2 h**"}[words.language])
        shared = public(await who.says("stats", period="today", share=True))
        assert words.everywhere not in embed(shared), "other servers are nobody's business"

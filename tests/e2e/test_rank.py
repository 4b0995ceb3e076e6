"""`/rank`: places and ties, one's own line, pages, who is running, and who is never shown."""

import pytest

from devtools.sandbox import Interaction, Message
from tests.e2e.deployment import Place
from tests.e2e.people import ids, labels, private, public
from tests.e2e.scene import Person, embed, scene
from tests.e2e.words import JA

pytestmark = pytest.mark.asyncio(loop_scope="module")

UNKNOWN_MEMBER = 10007  # Discord's code
JULY, TODAY = "2026-07-01..2026-07-31", "2026-07-01..2026-07-01"


def told(message: Message) -> list[str]:
    return [line for line in embed(message).splitlines() if line]


async def works(who: Person, start: str, length: str) -> None:
    added = await who.says("log add", start=start, length=length)
    assert len(labels(private(added))) == 3


async def joins(who: Person, words) -> Message:
    """Choose to be listed, by the button under the board."""
    board = private(await who.says("rank"))
    pressed = await who.presses(board, words.join)
    assert pressed.updated is board
    assert words.join not in labels(board)
    return board


async def is_listed(who: Person) -> None:
    """Choose to be listed, by the button of one's own settings."""
    chosen = await who.member.press_id(None, "listed:yes", at=who.tick())
    assert "listed:no" in ids(private(chosen))


def crowd(place: Place, who: Person, count: int) -> list[Person]:
    locale = who.member.locale
    members = (place.guild.add_member(f"m{n:02}", locale=locale) for n in range(count))
    return [Person(member, who.now) for member in members]


def board_ids(answer: Interaction, *parts: str) -> list[str]:
    return [part.format(answer.id) for part in parts]


async def test_nobody_is_listed_until_they_choose_to_be(deployment, words):
    _, nanao, hana = scene(deployment, words.language)
    nothing = private(await nanao.says("rank"))
    assert told(nothing) == [words.no_records]
    await works(nanao, "9:00", "1h")
    await works(hana, "9:00", "2h")
    asked = await nanao.says("rank")
    board = private(asked)
    one, two, three = (words.hours.format(n) for n in (1, 2, 3))
    assert board.embeds[0]["title"] == words.month
    assert board.embeds[0]["footer"]["text"] == "Asia/Tokyo"
    totals = [words.all_together.format(three), words.together.format(one)]
    assert told(board) == [*totals, words.nobody_listed, words.own_unlisted.format(one)]
    assert labels(board) == [words.by_days, words.join]
    assert ids(board) == board_ids(asked, f"rank:days:{{}}:{JULY}:1", f"join:time:{{}}:{JULY}")
    joined = await nanao.presses(board, words.join)
    assert joined.updated is board
    first = words.place.format(1, "ナナオ", one)
    assert told(board) == [*totals, first, words.own.format(1, one)]
    assert labels(board) == [words.by_days]
    theirs = private(await hana.says("rank"))
    assert told(theirs) == [*totals, first, words.own_unlisted.format(two)], "Hana did not choose"
    joined = await hana.presses(theirs, words.join)
    second = words.place.format(2, "ナナオ", one)
    assert told(theirs)[2:4] == [words.place.format(1, "ハナ", two), second]
    assert told(theirs)[4] == words.own.format(1, two)


async def test_ties_share_a_place_and_who_is_at_it_is_marked(deployment, words):
    place, nanao, hana = scene(deployment, words.language)
    third, fourth = crowd(place, nanao, 2)
    for who, start in ((nanao, "9:00"), (hana, "10:00"), (third, "9:00")):
        await works(who, start, "1h")
    await works(fourth, "6/30 9:00", "30m")
    await works(third, "6/30 9:00", "1h")
    for who in (nanao, hana, third, fourth):
        await joins(who, words)
    one = words.hours.format(1)
    today = private(await nanao.says("rank", period="today"))
    tied = [words.place.format(1, name, one) for name in ("m00", "ナナオ", "ハナ")]
    assert sorted(told(today)[2:5]) == sorted(tied)
    assert told(today)[5:] == [words.own.format(1, one)], "who did nothing then has no line"
    hana.waits_until("12:00")
    assert public(await hana.says("start"))
    nanao.waits_until("13:00")
    running = private(await nanao.says("rank", period="7/1"))
    assert told(running)[2] == words.place.format(1, "ハナ", words.hours.format(2)) + words.at_it
    week = private(await nanao.says("rank", period="week"))
    by_days = await nanao.presses(week, words.by_days)
    assert by_days.updated is week
    day, days = words.one_day, words.days.format(2)
    assert told(week)[2:3] == [words.place.format(1, "m00", days)]
    assert words.place.format(2, "ハナ", day) + words.at_it in told(week)
    assert told(week)[-1] == words.own.format(2, day)
    direct = private(await nanao.says("rank", period="week", by="days"))
    assert told(direct) == told(week)
    yesterday = private(await nanao.says("rank", period="yesterday"))
    assert words.at_it not in embed(yesterday)
    assert len(told(yesterday)) == 4, "and nothing of one's own where one did nothing"
    back = await nanao.presses(week, words.by_time)
    two = words.hours.format(2)
    first = {words.place.format(1, "m00", two), words.place.format(1, "ハナ", two) + words.at_it}
    assert set(told(back.updated)[2:4]) == first
    assert told(back.updated)[4] == words.place.format(3, "ナナオ", one), "1, 1, 3"


async def test_ten_a_page_and_ones_own_line_on_each(deployment, words):
    place, nanao, hana = scene(deployment, words.language)
    members = crowd(place, nanao, 13)
    for n, who in enumerate(members, 1):
        await works(who, "9:00", f"{n}m")
        await is_listed(who)
    await works(hana, "9:00", "30m")
    await joins(hana, words)
    await works(nanao, "9:00", "1h")
    asked = await hana.says("rank", period="today")
    board = private(asked)
    own = words.own.format(1, words.minutes.format(30))
    names = [f"m{n:02}" for n in range(12, -1, -1)]
    lines = [
        words.place.format(2 + n, name, words.minutes.format(13 - n))
        for n, name in enumerate(names)
    ]
    assert told(board)[3:] == [*lines[:9], own]
    assert labels(board) == [words.next, words.by_days]
    turned = await hana.presses(board, words.next)
    assert turned.updated is board
    assert told(board)[2:] == [*lines[9:], own]
    assert labels(board) == [words.previous, words.by_days]
    assert ids(board) == board_ids(asked, *(f"rank:{by}:{{}}:{TODAY}:1" for by in ("time", "days")))
    assert public(await hana.says("start"))
    hana.waits_until("13:00")
    assert public(await hana.says("end"))
    await hana.presses(board, words.previous)
    assert told(board)[3:] == [*lines[:9], own], "as it was when it was asked"
    for page in (0, 99):
        far = await hana.member.press_id(
            None, f"rank:time:{asked.id}:{TODAY}:{page}", board, at=hana.tick()
        )
        assert len(told(far.updated)) == (13 if page == 0 else 7)
    refused = private(await hana.says("rank", period="bogus"))
    assert embed(refused) == words.no_period.format("bogus")
    asked_rest = [one.path for one in deployment.discord.requests if "/members" in one.path]
    assert asked_rest == [], "never a request per line"


async def test_who_is_private_is_in_no_list_and_no_post(deployment, words):
    place, nanao, hana = scene(deployment, words.language)
    await works(nanao, "9:00", "1h")
    await works(hana, "9:00", "2h")
    await joins(nanao, words)
    settings = private(await nanao.says("me"))
    await nanao.presses(settings, words.close)
    start = await nanao.says("start", task="秘密")
    assert labels(private(start)) == words.working
    for command in ("rank", "now", "stats"):
        seen = private(await hana.says(command))
        assert "ナナオ" not in seen.text, command
        assert "秘密" not in seen.text
    board = private(await nanao.says("rank"))
    one = words.hours.format(1)
    assert told(board)[-1] == words.own_private.format(one)
    assert words.join not in labels(board)
    others = told(private(await hana.says("rank")))
    assert others[0] == words.all_together.format(words.hours.format(3)), "they count all the same"
    paused = await nanao.says("break")
    assert private(paused)
    shared = await nanao.says("stats", share=True)
    assert private(shared)
    assert labels(shared.message) == words.numbers[:1]
    assert private(await nanao.says("end"))
    assert place.posts == []
    again = private(await hana.says("rank"))
    assert "ナナオ" not in again.text


async def test_servers_have_boards_of_their_own(deployment, words):
    place, nanao, hana = scene(deployment, words.language)
    await works(nanao, "9:00", "1h")
    await joins(nanao, words)
    other, _, _ = scene(deployment, words.language)
    there = Person(other.guild.add_member(user=place.nanao.user), nanao.now)
    await works(there, "9:00", "2h")
    two = words.hours.format(2)
    abroad = told(private(await there.says("rank")))
    assert abroad[1:] == [words.nobody_listed, words.own_unlisted.format(two)]
    here = told(private(await hana.says("rank")))
    assert here[1:] == [words.place.format(1, "ナナオ", words.hours.format(1))]


@pytest.mark.asyncio(loop_scope="function")
async def test_who_left_is_not_listed_until_they_are_back(database_url, deploy):
    words, deployment = JA, await deploy(database_url)
    deployment.refusals.add(UNKNOWN_MEMBER)
    process = await deployment.start()
    place, nanao, hana = scene(deployment, words.language)
    members = crowd(place, nanao, 12)
    for n, who in enumerate([*members, nanao], 1):
        await works(who, "9:00", f"{n}m")
        await is_listed(who)
    await process.stop()
    for who in (members[0], members[5], nanao):
        who.member.leave()
    await deployment.start()
    board = private(await hana.says("rank", period="today"))
    there = [one.member.name for one in members if one not in (members[0], members[5])]
    minutes = 13 * 14 // 2
    assert told(board)[0] == words.all_together.format(f"{minutes // 60}時間{minutes % 60}分"), (
        "what they did counts"
    )
    assert told(board)[2:] == [
        words.place.format(n, name, words.minutes.format(int(name[1:]) + 1))
        for n, name in enumerate(reversed(there), 1)
    ]
    await hana.presses(board, words.next)
    assert "m00" not in embed(board)
    assert labels(board) == [words.by_days, words.join], "ten are one page"
    back = Person(place.guild.add_member(user=place.nanao.user), nanao.now)
    assert told(private(await back.says("rank", period="today")))[2].startswith("1位 **ナナオ**")
    alone = [one for one in deployment.discord.requests if "/members/" in one.path]
    assert len(alone) == 2, "asked at the gateway, but for a page's only one who is not known"

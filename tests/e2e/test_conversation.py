"""The whole conversation, in both languages and on both databases."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
import pytest_asyncio

from devtools.sandbox import Interaction, Message
from i18n import LANGUAGES, say
from tests.e2e.deployment import Deployment, Place
from tests.e2e.people import fills, ids, labels, posted, private, public, running_ids

pytestmark = pytest.mark.asyncio(loop_scope="module")

MANAGE_SERVER = 1 << 5
MATH = {"ja": "数学", "en-US": "math"}
# How many requests an answer takes is looked at, and a busy machine may take longer than a second.
NO_WAITS = "import interactions.responder; interactions.responder.WAIT_AFTER = 60"


def spoken(language: str) -> SimpleNamespace:
    """Put together what is said in these conversations."""

    def s(key: str, **values: object) -> str:
        return say(language, key, **values)

    def labels(*names: str) -> list[str]:
        return [s(f"button.{name}") for name in names]

    def here(name: str) -> str:
        return s("working.line", name=name, task="|", clock="", ago="").partition("|")[0]

    def ended(minutes: int) -> str:
        return s("ended", worked=s("length.minutes", minutes=minutes), detail="")

    since, task = "<t:{start}:t>", s("started.task", task=MATH[language])
    examples = re.split("、|, ", s("modal.time.placeholder"))
    return SimpleNamespace(
        locale=language,
        begin=examples[0],
        started=s("started", name="ナナオ", task=task, others=""),
        second=s("started", name="ハナ", task="", others=s("started.others", count=1)),
        end=s("button.end"),
        running=labels("pause", "end", "task"),
        add=s("button.add"),
        working=[s("working", count=2), here("ナナオ") + task, here("ハナ")],
        ended=ended(20),
        corrections=labels("note", "fix", "undo"),
        same=s("button.same"),
        anew=s("button.start_again"),
        fixed=ended(30),
        fields=[s("modal.start"), s("modal.end")],
        undone=s("undone", start=since),
        open=s("already_open", start=since, task=task),
        choices=labels("keep", "restart", "ended_at"),
        kept=s("kept", start=since),
        none=s("nothing_open", last=""),
        last=s("nothing_open.last", end="<t:{end}:f>"),
        start=s("button.start"),
        not_yours=s("refused.not_yours", name="ナナオ"),
        quiet=s("working.nobody"),
        discarding=s("discarding", start=since, task=task),
        discard=labels("discard", "keep"),
        discarded=s("discarded"),
        panel=labels("panel.start", "end", "now"),
        help=re.split(r"。|\. ", s("help"))[0],
        organisers="`/panel`",
        unreadable=s("refused.time.unreadable", text="99:00"),
        examples=examples,
    )


def midday() -> str:
    """A zone where it is about noon: "today" must not begin while these tests run."""
    return f"Etc/GMT{datetime.now(UTC).hour - 12:+d}"


@pytest.fixture(scope="module", params=LANGUAGES)
def words(request: pytest.FixtureRequest) -> SimpleNamespace:
    return spoken(request.param)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared(module_database, words, tmp_path_factory) -> AsyncIterator[Deployment]:
    folder = tmp_path_factory.mktemp("process")
    settings = {"DEFAULT_LANGUAGE": words.locale, "DEFAULT_TIMEZONE": midday()}
    async with Deployment(module_database, folder, settings) as deployment:
        await deployment.start(NO_WAITS)
        yield deployment


@pytest.fixture
def place(deployment: Deployment, words: SimpleNamespace) -> Place:
    # the server's own locale says nothing: public words are in the language that was set
    place = deployment.place("fr")
    place.nanao.locale = place.hana.locale = words.locale
    return place


def begin(place: Place, words: SimpleNamespace, **more: str):
    return place.nanao.slash("start", task=MATH[words.locale], time=words.begin, **more)


def started_at(answer: Interaction, minutes: int = 20) -> int:
    at = datetime.fromtimestamp((answer.id >> 22) / 1000 + 1420070400, UTC)
    return int((at - timedelta(minutes=minutes)).timestamp())


def embed(message: Message) -> str:
    assert len(message.embeds) == 1
    assert message.content == ""
    return message.embeds[0]["description"]


async def test_start_now_end_note_fix_undo(deployment, place, words):
    start = await begin(place, words)
    assert start.discord.requests[-1].path.endswith("callback"), "one request is enough"
    post = public(start)
    since = f"<t:{started_at(start)}:t>"
    assert embed(post).startswith(words.started + "\n")
    assert since in embed(post)
    assert labels(post) == words.running
    second = await place.hana.slash("start")
    assert embed(public(second)).startswith(words.second + "\n")

    now = private(await place.nanao.slash("now"))
    assert re.findall(r"[^\n]+", embed(now))[0] == words.working[0]
    assert all(line in embed(now) for line in words.working)
    assert embed(now).index(words.working[1]) < embed(now).index(words.working[2])
    assert labels(now) == [words.end]

    end = await place.nanao.slash("end", note="三章まで\nnext: four")
    over = public(end)
    assert embed(over).startswith(words.ended + "\n")
    assert over.embeds[0]["author"]["name"] == "ナナオ"
    assert over.embeds[0]["fields"][0]["value"] == "三章まで\nnext: four"
    assert over.embeds[0]["footer"]["text"] == midday()
    assert labels(over) == [*words.corrections, words.same]

    form = (await place.nanao.press(over, words.corrections[0])).modal
    noted = await fills(place.nanao, form, text="四章まで")
    assert noted.updated is over
    assert over.embeds[0]["fields"][0]["value"] == "四章まで"
    form = (await place.nanao.press(over, words.corrections[1])).modal
    assert [field.label for field in form.fields] == words.fields
    fixed = await fills(place.nanao, form, start="31m")
    assert fixed.updated is over
    assert embed(over).startswith(words.fixed)
    assert labels(over) == [*words.corrections, words.same]

    undone = await place.nanao.press(over, words.corrections[2])
    assert undone.updated is over
    assert embed(over).startswith(words.ended), "the fix is undone, not the end"
    ended_again = await place.nanao.press_id(place.channel, f"undo:{end.id}", over)
    assert private(ended_again), "the note came since: only the latest change can go"
    assert place.posts == [post, public(second), over]


async def test_undo_takes_the_public_words_of_an_end_away(deployment, place, words):
    start = await begin(place, words)
    end = await place.nanao.slash("end", note="a secret")
    over = public(end)
    answer = await place.nanao.press(over, words.corrections[2])
    assert answer.updated is over
    assert embed(over) == words.undone.format(start=started_at(start))
    assert "secret" not in over.text
    assert labels(over) == [*words.running, words.corrections[2]]
    assert ids(over) == [*running_ids(start.id), f"undo:{answer.id}"]
    cmds = deployment.rows(
        "SELECT cmd, interaction_id FROM history WHERE guild_id = ? ORDER BY created_at",
        place.guild.id,
    )
    assert cmds == [("start", start.id), ("end", end.id), ("undo", answer.id)]


async def test_the_end_pressed_under_a_start_turns_its_post_into_the_end(place, words):
    start = await begin(place, words)
    pressed = await place.nanao.press(public(start), words.end)
    assert pressed.updated is start.message
    assert embed(public(start)).startswith(words.ended)
    assert labels(public(start)) == [*words.corrections, words.same]
    assert place.posts == [start.message]
    await place.discord.settle()
    assert pressed.followups == []


async def test_the_same_task_starts_again_from_under_an_end(place, words):
    await begin(place, words)
    over = public(await place.nanao.slash("end"))
    before = over.payload
    theirs = private(await place.hana.press(over, words.same))
    assert (embed(theirs), labels(theirs)) == (words.not_yours, [words.start])
    pressed = await place.nanao.press(over, words.same)
    post = public(pressed)
    assert embed(post).startswith(words.started + "\n")
    assert ids(post) == running_ids(pressed.id)
    assert labels(private(await place.nanao.press(over, words.same))) == words.choices
    assert over.payload == before
    assert len(place.posts) == 3


async def test_a_double_start_asks_and_goes_on_when_told_to(place, words):
    start = await begin(place, words)
    again = await place.nanao.slash("start", task="英語")
    asked = private(again)
    since = started_at(start)
    assert embed(asked) == words.open.format(start=since)
    assert labels(asked) == words.choices
    kept = await place.nanao.press(asked, words.choices[0])
    assert kept.updated is asked
    assert embed(asked) == words.kept.format(start=since)
    assert place.posts == [start.message]


async def test_a_double_start_ends_and_restarts(deployment, place, words):
    start = await begin(place, words)
    asked = private(await place.nanao.slash("start", task="英語"))
    pressed = await place.nanao.press(asked, words.choices[1])
    assert pressed.updated is asked
    assert labels(asked) == []
    post = await posted(pressed)
    assert embed(public(post)).startswith(words.ended)
    assert "英語" in embed(post)
    assert labels(post) == words.running + words.corrections
    sessions = deployment.rows(
        "SELECT id, task FROM session WHERE guild_id = ? ORDER BY started_at", place.guild.id
    )
    assert sessions == [(start.id, MATH[words.locale]), (pressed.id, "英語")]
    both = deployment.rows(
        "SELECT cmd FROM history WHERE created_at = "
        "(SELECT max(created_at) FROM history WHERE guild_id = ?) ORDER BY cmd",
        place.guild.id,
    )
    assert both == [("end",), ("start",)], "both at the press"


async def test_a_double_start_asks_when_the_first_one_ended(deployment, place, words):
    start = await begin(place, words)
    asked = private(await place.nanao.slash("start", task="英語"))
    form = (await place.nanao.press(asked, words.choices[2])).modal
    assert len(form.fields) == 1
    early = await fills(place.nanao, form, time="3h")
    assert private(early).embeds[0]["description"]
    filled = await fills(place.nanao, form, time="5m")
    assert filled.updated is asked
    post = await posted(filled)
    assert "15" in embed(public(post)).splitlines()[0]
    ((ended,),) = deployment.rows("SELECT ended_at FROM session WHERE id = ?", start.id)
    ((began,),) = deployment.rows("SELECT started_at FROM session WHERE id = ?", filled.id)
    ends, begins = (datetime.fromisoformat(str(one)) for one in (ended, began))
    assert begins - ends == timedelta(minutes=5)


async def test_where_nothing_is_open_it_offers_a_start(place, words):
    nobody = private(await place.nanao.slash("now"))
    assert (embed(nobody), labels(nobody)) == (words.quiet, [words.start])
    none = private(await place.nanao.slash("end"))
    assert embed(none) == words.none
    assert labels(none) == [words.start, words.add]
    pressed = await place.nanao.press(none, words.start)
    assert pressed.updated is none
    assert labels(none) == []
    post = await posted(pressed)
    assert embed(public(post)).startswith(re.split("・| · ", words.started)[0] + "\n")
    assert ids(post) == running_ids(pressed.id)
    ended = await place.nanao.press(post, words.end)
    assert ended.updated is post
    last = private(await place.nanao.slash("end"))
    end = int(((ended.id >> 22) / 1000) + 1420070400)
    assert embed(last) == words.none + words.last.format(end=end)
    assert labels(last) == [words.start, words.add]


async def test_cancel_asks_discards_and_can_be_undone(place, words):
    none = private(await place.nanao.slash("cancel"))
    assert embed(none) == words.none
    start = await begin(place, words)
    asked = private(await place.nanao.slash("cancel"))
    assert embed(asked) == words.discarding.format(start=started_at(start))
    assert labels(asked) == words.discard
    gone = await place.nanao.press(asked, words.discard[0])
    assert gone.updated is asked
    assert (embed(asked), labels(asked)) == (words.discarded, [words.corrections[2]])
    assert embed(private(await place.nanao.slash("now"))) == words.quiet
    back = await place.nanao.press(asked, words.corrections[2])
    assert back.updated is asked
    assert embed(asked) == words.undone.format(start=started_at(start))
    assert MATH[words.locale] in embed(private(await place.nanao.slash("now")))


async def test_the_panel_answers_privately_and_posts(place, words):
    organiser = place.guild.add_member("主催", locale=words.locale, permissions=MANAGE_SERVER)
    panel = public(await organiser.slash("panel"))
    assert labels(panel) == words.panel
    before = panel.payload
    start = await place.nanao.press(panel, words.panel[0])
    assert labels(private(start)) == []
    post = await posted(start)
    assert labels(public(post)) == words.running
    again = await place.nanao.press(panel, words.panel[0])
    assert labels(private(again)) == words.choices
    await place.discord.settle()
    assert again.followups == [], "a refusal is nobody else's business"
    here = await place.hana.press(panel, words.panel[2])
    assert "ナナオ" in embed(private(here))
    await place.discord.settle()
    assert here.followups == []
    end = await place.nanao.press(panel, words.panel[1])
    assert labels(private(end)) == []
    over = await posted(end)
    assert labels(public(over)) == [*words.corrections, words.anew]
    none = await place.nanao.press(panel, words.panel[1])
    assert labels(private(none)) == [words.start, words.add]
    assert panel.payload == before, "a panel never changes"
    assert place.posts == [panel, post, over]


async def test_help_tells_organisers_more(place, words):
    organiser = place.guild.add_member("主催", locale=words.locale, permissions=MANAGE_SERVER)
    helped = embed(private(await place.nanao.slash("help")))
    told = embed(private(await organiser.slash("help")))
    assert helped.startswith(words.help)
    assert words.organisers not in helped
    assert told.startswith(helped)
    assert words.organisers in told


async def test_completion_knows_tasks_and_times_from_the_first_letter_on(place, words):
    await begin(place, words)
    assert await place.hana.complete("end", option="time", value="2")
    mine = MATH[words.locale]
    assert [one.value for one in await place.nanao.complete("start", option="task")] == [mine]
    await place.nanao.slash("end")
    await place.nanao.slash("start", task="Rust")
    tasks = [one.value for one in await place.nanao.complete("start", option="task")]
    assert tasks == ["Rust", mine]
    found = await place.nanao.complete("start", option="task", value="ru")
    assert [one.value for one in found] == ["Rust"]
    for command in ("start", "end"):
        times = await place.nanao.complete(command, option="time", value=words.begin)
        assert times[0].value
        assert re.search(r"\d\d:\d\d", times[0].name)
        assert "20" in times[0].name
    assert await place.hana.complete("start", option="task") == []


async def test_a_time_that_cannot_be_read_is_refused_with_examples_that_work(place, words):
    refused = private(await place.nanao.slash("start", time="99:00"))
    assert embed(refused) == words.unreadable
    for example in words.examples:
        assert example in words.unreadable
        start = await place.nanao.slash("start", time=example)
        if start.message.ephemeral:  # yesterday evening can be more than 24 hours ago
            assert "24" in embed(start.message)
            continue
        await place.nanao.slash("cancel")
        await place.nanao.press_id(place.channel, f"discard:{start.id}")
    assert embed(private(await place.nanao.slash("end"))) == words.none

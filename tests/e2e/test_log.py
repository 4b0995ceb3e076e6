"""`/log` in both languages and on both databases: pages, adding, editing, deleting, the undo."""

import json
from datetime import timedelta

import pytest

from devtools.sandbox import Interaction
from i18n import say
from tests.e2e.people import ids, labels, posted, private, public
from tests.e2e.scene import Person, embed, scene, shown, shown_span

pytestmark = pytest.mark.asyncio(loop_scope="module")


def lines(answer: Interaction) -> list[str]:
    return embed(private(answer)).splitlines()


async def added(who: Person, start: str = "9:00", end: str = "10:00") -> Interaction:
    answer = await who.says("log add", start=start, end=end, task="数学")
    assert len(labels(private(answer))) == 3, answer.message
    return answer


def rows(deployment, place) -> list[tuple]:
    """What is kept of the sessions of a server, and what was ever said there."""
    return deployment.rows(
        "SELECT id, user_id, started_at, ended_at, task, note, removed_at, edited_at FROM session "
        "WHERE guild_id = ? ORDER BY started_at, id",
        place.guild.id,
    ) + deployment.rows("SELECT cmd FROM history WHERE guild_id = ?", place.guild.id)


async def test_pages_of_ten(deployment, words):
    _, nanao, _ = scene(deployment, words.language)
    there = 0
    for count, pages in ((0, 1), (1, 1), (10, 1), (11, 2), (25, 3)):
        while there < count:
            await added(nanao, f"6/{30 - there} 9:00", "10:00")
            there += 1
        first = await nanao.says("log list")
        if not count:
            assert (lines(first), labels(first.message)) == ([words.empty], [words.add])
            continue
        message = private(first)
        seen = []
        for page in range(1, pages + 1):
            title, *found = embed(message).splitlines()
            assert title == (words.title if pages == 1 else words.page.format(page, pages))
            turns = [words.previous] * (page > 1) + [words.next] * (page < pages)
            assert labels(message) == [*turns, words.add]
            (menu,) = message.selects
            assert len(menu["options"]) == len(found) == min(10, count - len(seen))
            seen += found
            if page < pages:
                turned = await nanao.presses(message, words.next)
                assert turned.updated is message, "in place"
        newest = [f"2026-06-{30 - n:02}T" for n in range(count)]
        spans = [shown_span(day + "09:00", day + "10:00", words.language) for day in newest]
        assert [line[2:].startswith(span) for line, span in zip(seen, spans, strict=True)]
        for page in range(pages - 1, 0, -1):
            await nanao.presses(message, words.previous)
            assert embed(message).splitlines()[0] == words.page.format(page, pages)
    gone = await nanao.member.press_id(None, "log:99", message, at=nanao.tick())
    assert embed(gone.updated).splitlines()[0] == words.page.format(3, 3), "the last there is"


async def test_add_says_when_and_refuses_what_cannot_have_been(deployment, words):
    place, nanao, _ = scene(deployment, words.language)
    span = shown_span("09:00", "10:00", words.language)
    for options in ({"end": "10:00"}, {"length": "1h"}, {"length": "60分"}):
        answer = await nanao.says("log add", start="9:00", task="数学", **options)
        assert embed(private(answer)) == words.added.format(span)
        assert labels(answer.message) == words.changes
        undone = await nanao.presses(answer.message, words.changes[2])
        assert embed(undone.updated).startswith(words.gone)
    await added(nanao)
    await nanao.says("start", time="11:00")
    before = rows(deployment, place)
    for options, refusal in (
        ({"start": "8:00"}, words.incomplete),
        ({"start": "8:00", "end": "9:00", "length": "1h"}, words.incomplete),
        ({"start": "2026-07-02 08:00", "end": "9:00"}, words.future),
        ({"start": "10:30", "length": "2h"}, words.too_soon),
        ({"start": "6/29 8:00", "end": "6/30 8:01"}, words.too_long),
        ({"start": "8:00", "end": "7/1 7:00"}, words.backwards.format(shown("08:00", "f"))),
        (
            {"start": "9:59", "end": "10:30"},
            words.clash.format(shown("09:00", "f"), shown("10:00", "f")),
        ),
        (
            {"start": "10:30", "end": "11:01"},
            words.running_clash.format(shown("11:00", "f")),
        ),
    ):
        answer = await nanao.says("log add", **options)
        assert embed(private(answer)) == refusal, options
        assert labels(answer.message) == [say(words.language, "button.again")]
    assert rows(deployment, place) == before
    for start, end in (("10:00", "11:00"), ("8:00", "9:00"), ("6/29 8:00", "6/30 8:00")):
        await added(nanao, start, end)


async def test_edit_by_completion_opens_the_form_as_it_is(deployment, words):
    place, nanao, _ = scene(deployment, words.language)
    start = await nanao.says("start", task="数学", time="9:00")
    await added(nanao, "6/30 23:00", "1:00")
    running = words.running.format(shown("09:00", "d"), shown("09:00"))
    assert lines(await nanao.says("log list"))[1] == running, "not by hand, and still running"
    await nanao.says("end", time="10:00", note="三章")
    offered = await nanao.types("log edit", "session")
    assert [name for name, _ in offered] == ["7/1 09:00–10:00 数学", "6/30 23:00–7/1 01:00 数学"]
    found = await nanao.types("log delete", "session", "7/1 09")
    assert [(one.name, one.value) for one in found] == [("7/1 09:00–10:00 数学", str(start.id))]
    form = (await nanao.says("log edit", session=found[0].value)).modal
    assert form.custom_id == f"edit:{start.id}"
    assert [field.label for field in form.fields] == words.form
    values = [field.value for field in form.fields]
    assert values == ["2026-07-01 09:00", "2026-07-01 10:00", "数学", "三章"]
    edited = await nanao.fills(form, start="9:10", task="英語")
    span = shown_span("09:10", "10:00", words.language)
    assert embed(private(edited)) == words.edited.format(span)
    assert labels(edited.message) == words.changes
    ((before, after),) = deployment.rows(
        "SELECT before, after FROM history WHERE interaction_id = ?", edited.id
    )
    before, after = (json.loads(one) if isinstance(one, str) else one for one in (before, after))
    assert [before["task"], after["task"]] == ["数学", "英語"]
    assert before["started_at"] < after["started_at"]
    assert [line[:2] for line in lines(await nanao.says("log list"))[1:]] == ["✎ ", "✎ "]
    again = (await nanao.presses(edited.message, words.changes[0])).modal
    assert [field.value for field in again.fields][2:] == ["英語", "三章"]
    clash = await nanao.fills(again, start="6/30 23:30", end="6/30 23:40")
    times = shown("2026-06-30T23:00", "f"), shown("01:00", "f")
    assert embed(private(clash)) == words.clash.format(*times)
    assert len(rows(deployment, place)) == 2 + 4, "a refusal writes nothing"


async def test_what_runs_is_edited_and_deleted_too(deployment, words):
    _, nanao, _ = scene(deployment, words.language)
    edit, delete, undo = words.changes
    start = await nanao.says("start", task="数学", time="9:00")
    shown_one = await nanao.chooses((await nanao.says("log list")).message, str(start.id), "entry")
    message = shown_one.updated
    assert labels(message) == [edit, delete]
    form = (await nanao.presses(message, edit)).modal
    assert [field.value for field in form.fields] == ["2026-07-01 09:00", None, "数学", None]
    edited = await nanao.fills(form, start="8:30", end="11:00")
    assert edited.updated is message
    assert shown_span("08:30", "11:00", words.language) in embed(message)
    over = await nanao.presses(start.message, words.working[1])
    assert embed(private(over)) == words.last_ended.format(shown("11:00", "f"))
    await nanao.presses(message, undo)
    await nanao.presses(message, delete)
    assert embed(message).startswith(words.deleted)
    none = await nanao.presses(start.message, words.working[0])
    assert embed(private(none)) == words.nothing_open
    nanao.waits_until("12:30")
    assert public(await nanao.says("start"))
    refused = await nanao.presses(message, undo)
    assert embed(private(refused)) == words.running_clash.format(shown("12:30", "f"))


async def test_undo_of_everything_and_of_the_undo(deployment, words):
    place, nanao, _ = scene(deployment, words.language)
    edit, delete, undo = words.changes
    entry = await added(nanao)
    message = entry.message
    form = (await nanao.presses(message, edit)).modal
    assert (await nanao.fills(form, task="英語")).updated is message
    told = [embed(message)]
    for _ in range(4):
        assert (await nanao.presses(message, undo)).updated is message
        told.append(embed(message))
    assert ["英語" in text for text in told] == [True, False, True, False, True]
    assert all(text.startswith(words.undone) for text in told[1:])
    await nanao.presses(message, delete)
    assert embed(message).startswith(words.deleted)
    assert labels(message) == [undo]
    assert lines(await nanao.says("log list")) == [words.empty]
    await nanao.presses(message, undo)
    assert embed(message).startswith(words.undone)
    assert labels(message) == words.changes
    assert len(lines(await nanao.says("log list"))) == 2
    late = await nanao.member.press_id(place.channel, f"revert:{entry.id}", message)
    assert embed(private(late)) == words.too_late, "pressed long after that day"
    early = await nanao.member.press_id(
        place.channel, f"revert:{entry.id}", message, at=nanao.tick()
    )
    assert embed(private(early)) == words.changed_since


async def test_undo_for_a_day_and_only_if_it_still_fits(deployment, words):
    _, nanao, _ = scene(deployment, words.language)
    entry = await added(nanao)
    deleted = await nanao.presses(entry.message, words.changes[1])
    other = await added(nanao, "9:30", "10:30")
    refused = await nanao.presses(deleted.updated, words.changes[2])
    times = shown("09:30", "f"), shown("10:30", "f")
    assert embed(private(refused)) == words.clash.format(*times)
    await nanao.presses(other.message, words.changes[1])
    deleted_at = nanao.now
    nanao.now += timedelta(hours=24, seconds=-1)
    last = await nanao.presses(other.message, words.changes[2])
    assert last.updated, "to the very second"
    await nanao.presses(other.message, words.changes[1])
    nanao.now = deleted_at + timedelta(hours=24, seconds=1)
    late = await nanao.presses(deleted.updated, words.changes[2])
    assert embed(private(late)) == words.too_late


async def test_what_is_not_ones_own_or_nonsense_is_refused(deployment, words):
    place, nanao, hana = scene(deployment, words.language)
    entry = await added(nanao)
    elsewhere, _, _ = scene(deployment, words.language)
    there = Person(elsewhere.guild.add_member(user=place.nanao.user), nanao.now)
    before = rows(deployment, place)
    for command in ("log edit", "log delete"):
        theirs = await hana.says(command, session=str(entry.id))
        assert embed(private(theirs)) == words.not_yours
        abroad = await there.says(command, session=str(entry.id))
        assert embed(private(abroad)) == words.unknown
        for nonsense in ("7/1 09:00–10:00 英語", "x", "-1", "1 or 1", "٣", "１"):
            refused = await nanao.says(command, session=nonsense)
            assert embed(private(refused)) in (words.choose, words.unknown), nonsense
        for number in ("12", "9" * 30):
            refused = await nanao.says(command, session=number)
            assert embed(private(refused)) == words.unknown
    for custom_id in ids(entry.message):
        answer = await hana.member.press_id(place.channel, custom_id, at=hana.tick())
        assert embed(private(answer)) == words.not_yours
    assert rows(deployment, place) == before
    await nanao.presses(entry.message, words.changes[1])
    for command in ("log edit", "log delete"):
        again = await nanao.says(command, session=str(entry.id))
        assert embed(private(again)) == words.removed


async def test_a_session_may_be_sent_by_the_name_that_completion_shows(deployment, words):
    _, nanao, hana = scene(deployment, words.language)
    for start, end in (("9:00", "10:00"), ("10:00", "11:00")):
        await added(nanao, start, end)
    offered = await nanao.types("log delete", "session")
    late, early = [choice.name for choice in offered]
    form = (await nanao.says("log edit", session=early)).modal
    assert form.fields[0].value == "2026-07-01 09:00"
    assert embed(private(await hana.says("log delete", session=late))) == words.choose
    await nanao.says("log delete", session=f" {late} ")
    offered = await nanao.types("log delete", "session")
    assert [choice.name for choice in offered] == [early]


async def test_what_is_refused_opens_again_with_what_was_typed(deployment, words):
    place, nanao, _ = scene(deployment, words.language)
    again, end = (say(words.language, f"button.{key}") for key in ("again", "end"))
    refused = await nanao.says("start", task="*数学*", time="99:00")
    form = (await nanao.presses(private(refused), again)).modal
    assert [field.value for field in form.fields] == ["*数学*", "99:00", None]
    twice = await nanao.fills(form, start="98:00")
    form = (await nanao.presses(private(twice), again)).modal
    assert [field.value for field in form.fields] == ["*数学*", "98:00", None]
    started = await nanao.fills(form, start="20m")
    assert "数学" in embed(private(started))
    post = await posted(started)
    assert labels(public(post))[1] == end
    over = await nanao.presses(post, end)
    fix = (await nanao.presses(over.updated, say(words.language, "button.fix"))).modal
    refused = await nanao.fills(fix, end="19:00")
    form = (await nanao.presses(private(refused), again)).modal
    assert [field.value for field in form.fields] == ["2026-07-01 11:40", "19:00"]
    fixed = await nanao.fills(form, end="11:50")
    assert shown("11:50") in embed(public(await posted(fixed)))
    nonsense = await nanao.says("stats", period="xyz")
    form = (await nanao.presses(private(nonsense), again)).modal
    told = await nanao.fills(form, period="today")
    assert told.updated is nonsense.message
    assert [row[4] for row in rows(deployment, place)[:1]] == ["*数学*"]


async def test_forms_open_filled_and_what_is_left_changes_nothing(deployment, words):
    place, nanao, _ = scene(deployment, words.language)
    entry = await added(nanao)
    edit = words.changes[0]
    old, stale = [(await nanao.presses(entry.message, edit)).modal for _ in range(2)]
    await nanao.says("me", zone="london")
    assert embed(private(await nanao.fills(old, text="三章"))).endswith("三章")
    ((_, _, start, end, task, note, *_),) = rows(deployment, place)[:1]
    assert [str(one)[:16] for one in (start, end)] == ["2026-07-01 00:00", "2026-07-01 01:00"]
    assert (task, note) == ("数学", "三章")
    refused = await nanao.fills(stale, text="四章", task="英語")
    assert embed(private(refused)) == say(words.language, "refused.form.changed", now="三章")
    form = (await nanao.presses(refused.message, say(words.language, "button.again"))).modal
    assert [field.value for field in form.fields][2:] == ["英語", "四章"]
    assert embed(private(await nanao.fills(form))).endswith("四章")
    form = (await nanao.presses(entry.message, edit)).modal
    assert form.fields[0].value == "2026-07-01 01:00", "in London"

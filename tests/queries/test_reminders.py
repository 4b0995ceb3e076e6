"""Reminders and ends for want of an answer, as rows: each is taken once, whoever is faster."""

from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import disnake
import pytest

from cogs.components import filled_in, with_inputs
from cogs.reminders import Reminders
from domain.command import Answer, Command, Continued, Ended, NothingOpen, NotYours, Restarted
from domain.errors import UserError
from domain.logbook import Inputs, LogbookEntry
from domain.reminders import AskEndTime, Reminder, SessionKey, Taken, Unanswered
from i18n import LANGUAGES, say
from interactions.actions import Action
from interactions.routes import parse_custom_id
from models import Break, Guild, History, Member, Session
from queries import profile, reminders
from queries.active import keep_going, pause
from queries.corrections import confirm, fix
from queries.guilds import working
from queries.logbook import delete, edit
from queries.sessions import begin, end, end_named
from tests.support.commands import HANA, HERE, NANAO, THERE, at, begun, command, do
from tests.support.rows import everything, session
from views.answer import render
from views.reply import Reply

HOUR = timedelta(hours=1)
DEFAULTS = command("12:00").defaults


def take(id_: int, when: Any, who: int = NANAO) -> Taken:
    now = at(when) if isinstance(when, str) else when
    return do(reminders.take, DEFAULTS, SessionKey(id_, HERE, who), now)


def moments() -> dict[SessionKey, datetime]:
    return {key: one.at for key, one in do(reminders.due_times).items()}


def process(shard: int) -> Reminders:
    settings = SimpleNamespace(shard_count=2, shard_ids=(shard,))
    return Reminders(SimpleNamespace(settings=settings))  # type: ignore[arg-type]


def test_a_session_is_looked_after_by_whoever_may_know_of_it() -> None:
    """Messages reach the first of two shards, and its member's hours are set in either."""
    first, second = (shard << 22 for shard in (2, 3))
    begun("12:00", NANAO, first)
    begun("12:01", NANAO, second)
    answered = begun("12:00", HANA, second)
    own = {begun(f"12:0{minute}", 33, one) for minute, one in enumerate((first, second))}
    Member.create(user_id=33, remind_hours=2)
    do(keep_going, command("12:02", HANA, second), answered)
    found = do(reminders.due_times)
    for shard, here in enumerate((first, second)):
        ours = {key for key in found if process(shard).looks_after(key, found[key])}
        theirs = {key for key in found if key.guild_id == here or key.session_id in own}
        extra = {SessionKey(answered, second, HANA)} if shard == 0 else set[SessionKey]()
        assert ours == theirs | extra


def test_where_own_hours_were_taken_back_the_sessions_are_looked_after() -> None:
    first, second = (shard << 22 for shard in (2, 3))
    begun("12:00", NANAO, second)
    begun("12:00", HANA, second)
    do(profile.set_remind_hours, command("13:00", NANAO, first), "0")
    here, elsewhere = process(0), process(0)
    back = do(profile.set_remind_hours, command("13:01", NANAO, first), "auto")
    assert here.changes_in(back) is None
    found = do(reminders.due_times)
    assert {key.user_id for key in found if here.looks_after(key, found[key])} == {NANAO}
    assert not [key for key in found if elsewhere.looks_after(key, found[key])]


def test_signs_of_life_that_an_earlier_release_wrote_as_breaks_alone_count() -> None:
    id_ = begun("12:00")
    Break.create(session=id_, guild_id=HERE, started_at=at("13:00"), ended_at=at("15:00"))
    assert take(id_, "16:00") == Taken(at("19:00"))
    assert isinstance(do(end, command("20:30"), None, None), Ended), "so it is not asked"
    assert session(id_).ended_at == at("20:30")


def test_a_night_that_nobody_answers() -> None:
    id_ = begun("12:00", task="math")
    key = SessionKey(id_, HERE, NANAO)
    assert moments() == {key: at("16:00")}
    assert take(id_, "15:59") == Taken(at("16:00"))
    taken = take(id_, "16:00")
    assert isinstance(taken.notice, Reminder)
    assert not taken.notice.late
    assert taken.next_at == taken.notice.closes_at == at("12:00") + 12 * HOUR
    assert moments() == {key: taken.next_at}
    assert take(id_, "16:00") == Taken(taken.next_at)  # another process had the same idea
    over = take(id_, at("12:00") + 12 * HOUR)
    assert isinstance(over.notice, Unanswered)
    assert over.next_at is None
    assert take(id_, at("12:00") + 12 * HOUR) == Taken(None)
    now = session(id_)
    assert (now.ended_at, now.closed_by, now.confirmed_at) == (at("16:00"), "timeout", None)
    assert moments() == {}
    (row,) = History.select().where(History.cmd == "timeout")
    assert (row.user_id, row.user_name, row.interaction_id) == (str(NANAO), "Nanao", None)
    assert (row.before["ended_at"], row.after["closed_by"]) == (None, "timeout")


def test_whatever_a_member_does_meanwhile_holds() -> None:
    id_ = begun("12:00")
    do(pause, command("15:00"), id_)
    assert take(id_, "16:00") == Taken(at("19:00"))
    assert take(id_, "19:00").notice
    do(keep_going, command("20:00"), id_)
    assert (session(id_).reminded_at, session(id_).untold) == (None, None)
    assert take(id_, "23:00") == Taken(at("20:00") + 4 * HOUR)
    do(end, command("23:30"), None, None)
    assert take(id_, at("12:00") + 99 * HOUR) == Taken(None)


def test_the_members_own_hours_go_before_the_servers() -> None:
    id_, hers = begun("12:00"), begun("12:00", HANA)
    Guild.create(guild_id=HERE, remind_hours=2, close_hours=3, ask_hours=1)
    Member.create(user_id=HANA, remind_hours=1)
    assert moments() == {
        SessionKey(id_, HERE, NANAO): at("14:00"),
        SessionKey(hers, HERE, HANA): at("13:00"),
    }
    assert take(hers, "13:00", HANA).next_at == at("15:00")
    Member.update(remind_hours=0).execute()
    assert moments()[SessionKey(id_, HERE, NANAO)] == at("14:00")
    over = take(hers, "15:00", HANA)
    assert isinstance(over.notice, Unanswered)
    assert session(hers).ended_at == at("12:00")  # nothing more is known than that it began


def test_sessions_of_no_server_yet_and_removed_ones_are_never_due() -> None:
    id_ = begun("12:00")
    Session.update(guild_id=0).execute()
    assert moments() == {}
    Session.update(guild_id=HERE, removed_at=at("13:00")).execute()
    assert moments() == {}
    assert take(id_, "23:00") == Taken(None)


def test_what_could_not_be_told_is_told_once_at_the_next_command() -> None:
    id_ = begun("12:00")
    take(id_, "16:00")
    do(reminders.note_undelivered, id_, "reminder")
    asked = command("17:00")
    assert do(working, asked).preferences.undelivered
    (notice,) = do(reminders.take_undelivered, asked)
    assert isinstance(notice, Reminder)
    assert notice.late
    assert do(reminders.take_undelivered, asked) == []
    assert not do(working, asked).preferences.undelivered
    take(id_, at("12:00") + 12 * HOUR)
    do(reminders.note_undelivered, id_, "timeout")
    (notice,) = do(reminders.take_undelivered, command("23:00"))
    assert isinstance(notice, Unanswered)


def test_what_is_answered_meanwhile_is_no_longer_to_be_told() -> None:
    id_ = begun("12:00")
    take(id_, "16:00")
    do(keep_going, command("16:01"), id_)
    do(reminders.note_undelivered, id_, "reminder")
    assert session(id_).untold is None
    take(id_, "20:01")
    do(reminders.note_undelivered, id_, "reminder")
    do(end, command("20:02"), None, None)
    assert do(reminders.take_undelivered, command("20:03")) == []
    assert session(id_).untold is None


def ended_unanswered() -> int:
    id_ = begun("12:00")
    take(id_, "16:00")
    take(id_, at("12:00") + 12 * HOUR)
    assert session(id_).unconfirmed
    return id_


def marked(asked: Command) -> set[bool]:
    """Return whether one's log, numbers and what they are made of mark a session."""
    looks = (Action("log"), *(Action(name, start_text="all") for name in ("stats", "why")))
    mark = say("ja", "log.unconfirmed").strip()
    shown = (render(do(one.do, asked), language) for one in looks for language in LANGUAGES)
    return {mark in (one.embed.description or "") for one in shown}


@pytest.mark.parametrize("how", ["until", "as it is", "edit", "confirm"])
def test_an_end_unanswered_is_confirmed_by_whatever_a_member_says_of_it(how: str) -> None:
    id_ = ended_unanswered()
    late = command("2026-08-01T12:00")  # for ever
    assert marked(late) == {True}
    if how in ("until", "as it is"):
        said = "2026-07-01 15:10" if how == "until" else "2026-07-01 16:00"
        assert isinstance(do(fix, late, id_, None, said), Ended)
        assert session(id_).ended_at == at(said.replace(" ", "T"))
    elif how == "edit":
        do(edit, late, id_, Inputs("note"))
    else:
        answer = do(confirm, late, id_)
        assert isinstance(answer, LogbookEntry)
        assert answer.session.confirmed_at == late.at
        assert do(confirm, late, id_).session == answer.session
    now = session(id_)
    assert (now.closed_by, now.unconfirmed, now.untold) == ("timeout", False, None)
    assert marked(late) == {False}


def test_nobody_confirms_what_is_not_theirs() -> None:
    id_ = ended_unanswered()
    for query in (confirm, keep_going):
        with pytest.raises(UserError) as raised:
            do(query, command("23:00", HANA), id_)
        assert raised.value.key == "not_yours"
    assert isinstance(do(keep_going, command("2026-07-02T01:00"), id_), NothingOpen)
    assert session(id_).unconfirmed


# What each button of a reminder, of the question at an end and of an end unanswered does, as the
# table has it, and what becomes of it once its session is over, and once that is deleted.
RUNNING = {
    "still": (Action("still"), Continued),
    "more": (Action("more"), Continued),
    "end_now": (Action("end_named"), AskEndTime),
    "stopped": (Action("end_named", start_text="13:00"), Ended),
    "just_now": (Action("end_asked"), Ended),
    "ended_at": (Action("end_asked", start_text="13:00"), Ended),
    "restart_now": (Action("restart_asked"), Restarted),
}
UNANSWERED = {
    "until": (Action("until", end_text="2026-07-01 13:00"), Ended),
    "discard": (Action("delete"), Answer),
    "confirm": (Action("confirm"), LogbookEntry),
}


@pytest.mark.parametrize("name", [*RUNNING, *UNANSWERED])
def test_a_button_about_a_night_does_its_own_members_session_once(name: str) -> None:
    running = name in RUNNING
    action, answers = (RUNNING if running else UNANSWERED)[name]
    id_ = begun("12:00") if running else ended_unanswered()
    action = replace(action, target=id_)
    when = at("22:00") if running else at("2026-07-02T10:00")
    # a member of the same server, who works themselves or not, and its own from another server
    begun("2026-07-01T12:30", HANA)
    before = everything()
    for who, where in ((HANA, HERE), (NANAO, THERE), (HANA, THERE)):
        told = unchanged_by(action, command(when, who, where))
        refusals = ("not_yours",) if where == HERE else ("unknown_button",)
        assert isinstance(told, NotYours) or told in refusals
    pressed = command(when)
    assert isinstance(do(action.do, pressed), answers)
    assert (everything() == before) is (answers is AskEndTime)
    # the same press again, as after a loss
    assert isinstance(unchanged_by(action, pressed), answers)
    if answers is Continued:  # which may be said as often as one likes
        assert isinstance(do(action.do, command(when + HOUR / 60)), Continued)
    else:
        unchanged_by(action, command(when + HOUR / 60))
    if running:
        do(end_named, command(when + HOUR / 30), id_, sure=True)
        assert isinstance(unchanged_by(action, command(when + HOUR)), NothingOpen)
    with suppress(UserError):  # Discard has done it
        do(delete, command(when + HOUR), id_)
    assert session(id_).removed_at
    unchanged_by(action, command(when + 2 * HOUR))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("button", ["restart", "ended_at", "restart_now", "ended_at long ago"])
def test_a_restart_keeps_the_plan_of_the_start_that_was_refused(button: str, language: str) -> None:
    old = begun("12:00")
    when = at("22:00" if button in ("restart_now", "ended_at long ago") else "16:00")
    start = Action("start", text="`art`", end_text="2h")
    reply = render(do(start.do, command(when)), language)
    if when == at("22:00"):
        reply = render(do(pressed_in(reply, f"restart:{old}").do, command(when)), language)
    action = pressed_in(reply, f"{button.split(maxsplit=1)[0]}:{old}")
    if button.startswith("ended_at"):
        form = SimpleNamespace(values={"time": "1h"}, locale="ja")
        action = filled_in(form, action)  # type: ignore[arg-type]
    answer = do(action.cleaned().do, command(when + HOUR / 60))
    assert isinstance(answer, Restarted)
    new = answer.started.session
    assert (new.task, new.planned_end_at) == ("`art`", when + HOUR / 60 + 2 * HOUR)
    assert session(new.id) == new


def pressed_in(reply: Reply, custom_id: str) -> Action:
    """Press one of the buttons of an answer, which carries words."""
    assert custom_id in [one.custom_id for one in reply.buttons]
    embed = disnake.Embed.from_dict(reply.embed.to_dict())
    message: Any = SimpleNamespace(embeds=[embed])
    return with_inputs(parse_custom_id(custom_id), message)


def unchanged_by(action: Action, asked: Command) -> Answer | str:
    """Press what may not change anything; return what it answers or refuses."""
    before = everything()
    try:
        return do(action.do, asked)
    except UserError as error:
        return error.key
    finally:
        assert everything() == before


def test_the_language_of_a_members_last_interaction_is_kept_if_it_is_another() -> None:
    def spoken() -> list[str | None]:
        return [row.last_language for row in Member.select()]

    do(begin, replace(command("12:00"), language="ja"), None, None)
    assert spoken() == ["ja"]
    do(end, command("12:10"), None, None)
    assert spoken() == ["ja"]
    do(begin, replace(command("12:20"), language="en-US"), None, None)
    assert spoken() == ["en-US"]

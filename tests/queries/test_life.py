"""Random lives of two members in two servers, against a plain model that knows only the rules."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import peewee
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from domain.command import Answer, Ended, Restarted
from domain.errors import UserError
from domain.snapshots import snapshot
from models import History, Session
from queries.corrections import ask_to_discard, discard, fix, keep, set_note, undo
from queries.guilds import end_open_sessions, working
from queries.sessions import begin, end, end_named, restart
from tests.support.commands import HANA, HERE, NANAO, THERE, command, do, session

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
TOKYO = timedelta(hours=9)
PLACES = [(who, where) for where in (HERE, THERE) for who in (NANAO, HANA)]


@dataclass(frozen=True)
class Kept:
    """What the rules say of a session."""

    id: int
    who: int
    where: int
    start: datetime
    end: datetime | None = None
    task: str | None = None
    note: str | None = None
    removed: datetime | None = None
    closed_by: str | None = None

    @property
    def runs(self) -> bool:
        return self.end is None and self.removed is None

    def meets(self, start: datetime, over: datetime | None) -> bool:
        """Say whether the two share time; touching is none."""
        return (self.end is None or start < self.end) and (over is None or self.start < over)


@dataclass(frozen=True)
class Change:
    """What an interaction did to a session."""

    at: datetime
    before: Kept | None
    after: Kept


class No(Exception):
    """The rules refuse it, for this reason."""


class Rules:
    """The same commands over plain values; each gives the kind of its answer."""

    def __init__(self) -> None:
        self.sessions: dict[int, Kept] = {}
        self.changes: dict[int, Change] = {}
        self.written = 0  # lines in the log

    def mine(self, who: int, where: int) -> list[Kept]:
        found = [s for s in self.sessions.values() if (s.who, s.where) == (who, where)]
        return sorted((s for s in found if not s.removed), key=lambda s: s.start)

    def running(self, who: int, where: int) -> Kept | None:
        return next((s for s in self.mine(who, where) if s.runs), None)

    def put(self, asked: Any, after: Kept) -> None:
        change = Change(asked.at, self.sessions.get(after.id), after)
        self.changes.setdefault(asked.id, change)
        self.written += 1
        self.sessions[after.id] = after

    def fits(self, kept: Kept) -> None:
        for other in sorted(self.mine(kept.who, kept.where), key=lambda s: not s.runs):
            if other.id != kept.id and other.meets(kept.start, kept.end):
                raise No("clash.running" if other.runs else "clash")

    def own(self, asked: Any, id_: int) -> Kept:
        kept = self.sessions.get(id_)
        if kept is None or kept.where != asked.guild_id:
            raise No("unknown_button")
        if kept.who != asked.user_id:
            raise No("not_yours")
        return kept

    def begin(self, asked: Any, task: str | None, at: datetime) -> str:
        if asked.at - at > DAY:
            raise No("start.too_old")
        if self.running(asked.user_id, asked.guild_id):
            return "AlreadyOpen"
        fresh = Kept(asked.id, asked.user_id, asked.guild_id, at, task=task)
        self.fits(fresh)
        self.put(asked, fresh)
        return "Started"

    def finish(self, asked: Any, kept: Kept, at: datetime, **changes: Any) -> str:
        if at <= kept.start:
            raise No("end.before_start")
        self.put(asked, replace(kept, end=at, **changes))
        return "Ended"

    def end(self, asked: Any, note: str | None, at: datetime) -> str:
        kept = self.running(asked.user_id, asked.guild_id)
        if kept is None:
            return "NothingOpen"
        return self.finish(asked, kept, at, **({} if note is None else {"note": note}))

    def end_named(self, asked: Any, id_: int, at: datetime) -> str:
        kept = self.sessions.get(id_)
        if kept is None or kept.where != asked.guild_id:
            raise No("unknown_button")
        if kept.who != asked.user_id:
            return "NotYours"
        return self.finish(asked, kept, at) if kept.runs else "NothingOpen"

    def restart(self, asked: Any, id_: int, task: str | None, at: datetime) -> str:
        kept = self.own(asked, id_)
        if not kept.runs:
            return "NothingOpen"
        self.finish(asked, kept, at)
        self.put(asked, Kept(asked.id, kept.who, kept.where, asked.at, task=task))
        return "Restarted"

    def over(self, kept: Kept) -> Kept:
        if kept.removed:
            raise No("discarded_since")
        if kept.end is None:
            raise No("still_running")
        return kept

    def note(self, asked: Any, id_: int, note: str | None) -> str:
        kept = self.over(self.own(asked, id_))
        if kept.note == note:
            return "Unchanged"
        self.put(asked, replace(kept, note=note))
        return "Ended"

    def fix(self, asked: Any, id_: int, start: datetime | None, over: datetime | None) -> str:
        kept = self.over(self.own(asked, id_))
        fixed = replace(kept, start=start or kept.start, end=over or kept.end)
        if fixed == kept:
            return "Unchanged"
        assert fixed.end
        assert kept.end
        if fixed.end <= fixed.start:
            raise No("end.before_start")
        if fixed.end - fixed.start > max(DAY, kept.end - kept.start):
            raise No("fix.too_long")
        self.fits(fixed)
        self.put(asked, fixed)
        return "Ended"

    def discard(self, asked: Any, id_: int) -> str:
        kept = self.own(asked, id_)
        if not kept.runs:
            return "NothingOpen"
        self.put(asked, replace(kept, removed=asked.at))
        return "Discarded"

    def undo(self, asked: Any, made: int) -> str:
        change = self.changes.get(made)
        if change is None or change.before is None or change.after.where != asked.guild_id:
            raise No("unknown_button")
        if change.after.who != asked.user_id:
            raise No("not_yours")
        if asked.at - change.at > DAY:
            raise No("undo.too_late")
        if self.sessions[change.after.id] != change.after:
            raise No("undo.changed_since")
        if not change.before.removed:
            self.fits(change.before)
        self.put(asked, change.before)
        now = change.before
        return "Discarded" if now.removed else "Running" if now.end is None else "Ended"

    def close(self, where: int, at: datetime) -> int:
        closed = [s for s in self.sessions.values() if s.where == where and s.runs]
        for kept in closed:
            self.sessions[kept.id] = replace(kept, end=at, closed_by="removal")
        return len(closed)

    def today(self, asked: Any) -> timedelta:
        midnight = (asked.at + TOKYO).replace(hour=0, minute=0, second=0, microsecond=0) - TOKYO
        parts = [
            min(s.end or asked.at, midnight + DAY) - max(s.start, midnight)
            for s in self.mine(asked.user_id, asked.guild_id)
        ]
        return sum((part for part in parts if part > timedelta()), timedelta())


places = st.sampled_from([*PLACES, *[(NANAO, HERE)] * 4])
pauses = st.integers(1, 90) | st.sampled_from([1, 5, 400])  # minutes between two commands
back = st.none() | st.integers(0, 120) | st.sampled_from([1439, 1440, 1441])
texts = st.sampled_from([None, "math", "数学"])
which = st.integers(0, 3)  # the latest, the one before …
strangers = st.sampled_from([*[0] * 8, 1, 2, 3])  # who presses: mostly whoever it belongs to
A_SESSION = precondition(lambda self: self.rules.sessions)


class Lives(RuleBasedStateMachine):
    """Both sides get the same commands; they must agree on every answer and on every row."""

    @initialize()
    def start_anew(self) -> None:
        Session.delete().execute()
        History.delete().execute()
        self.rules = Rules()
        self.now = datetime(2026, 7, 1, 0, 0, tzinfo=UTC)
        self.again: Callable[[], Any] | None = None

    def agree(self, asked: Any, query: Any, ours: Any, *rest: Any, **how: Any) -> None:
        """Ask the bot and the rules the same, and compare the answers."""
        answer: Answer | None = None
        try:
            answer = do(query, asked, *rest)
            kind = type(answer).__name__
        except UserError as no:
            kind = no.key
        try:
            expected = ours(asked, **how)
        except No as no:
            expected = str(no)
        assert kind == expected
        shown = answer.ended if isinstance(answer, Restarted) else answer
        if isinstance(shown, Ended):
            assert shown.today == self.rules.today(asked)
            assert shown.change_id == asked.id
        changed = asked.id in self.rules.changes
        self.again = (lambda: (do(query, asked, *rest), answer)) if changed else None

    def asked(self, place: tuple[int, int], minutes: int) -> Any:
        self.now += minutes * MINUTE
        return command(self.now, *place)

    def moment(self, minutes: int | None) -> tuple[str | None, datetime]:
        """Say so many minutes ago, or nothing, which means now."""
        said = None if minutes is None else f"{minutes}m"
        return said, self.now - (minutes or 0) * MINUTE

    def pressed(self, minutes: int, number: int, stranger: int) -> tuple[Any, int]:
        """Press a button of one of the latest sessions."""
        kept = sorted(self.rules.sessions.values(), key=lambda s: -s.id)
        one = kept[number % len(kept)]
        place = PLACES[(PLACES.index((one.who, one.where)) + stranger) % len(PLACES)]
        return self.asked(place, minutes), one.id

    @rule(place=places, minutes=pauses, task=texts, ago=back)
    def start(self, place: Any, minutes: int, task: str | None, ago: int | None) -> None:
        asked, (said, at) = self.asked(place, minutes), self.moment(ago)
        self.agree(asked, begin, self.rules.begin, task, said, task=task, at=at)

    @rule(place=places, minutes=pauses, note=texts, ago=back)
    def finish(self, place: Any, minutes: int, note: str | None, ago: int | None) -> None:
        asked, (said, at) = self.asked(place, minutes), self.moment(ago)
        self.agree(asked, end, self.rules.end, note, said, note=note, at=at)

    @A_SESSION
    @rule(minutes=pauses, number=which, stranger=strangers, ago=back)
    def press_end(self, minutes: int, number: int, stranger: int, ago: int | None) -> None:
        (asked, id_), (said, at) = self.pressed(minutes, number, stranger), self.moment(ago)
        self.agree(asked, end_named, self.rules.end_named, id_, said, id_=id_, at=at)

    @A_SESSION
    @rule(minutes=pauses, number=which, stranger=strangers, task=texts, ago=back)
    def end_and_restart(
        self, minutes: int, number: int, stranger: int, task: str | None, ago: int | None
    ) -> None:
        (asked, id_), (said, at) = self.pressed(minutes, number, stranger), self.moment(ago)
        rules = self.rules.restart
        self.agree(asked, restart, rules, id_, task, said, id_=id_, task=task, at=at)

    @A_SESSION
    @rule(minutes=pauses, number=which, stranger=strangers, note=texts)
    def take_a_note(self, minutes: int, number: int, stranger: int, note: str | None) -> None:
        asked, id_ = self.pressed(minutes, number, stranger)
        self.agree(asked, set_note, self.rules.note, id_, note, id_=id_, note=note)

    @A_SESSION
    @rule(minutes=pauses, number=which, stranger=strangers, since=back, ago=back)
    def fix_time(
        self, minutes: int, number: int, stranger: int, since: int | None, ago: int | None
    ) -> None:
        asked, id_ = self.pressed(minutes, number, stranger)
        (start, at), (over, until) = self.moment(since), self.moment(ago)
        times = {"start": start and at, "over": over and until}
        self.agree(asked, fix, self.rules.fix, id_, start, over, id_=id_, **times)

    @A_SESSION
    @rule(minutes=pauses, number=which, stranger=strangers)
    def cancel(self, minutes: int, number: int, stranger: int) -> None:
        asked, id_ = self.pressed(minutes, number, stranger)
        self.agree(asked, discard, self.rules.discard, id_, id_=id_)

    @precondition(lambda self: self.rules.changes)
    @rule(minutes=pauses, number=which, stranger=strangers)
    def take_back(self, minutes: int, number: int, stranger: int) -> None:
        made = sorted(self.rules.changes, reverse=True)
        one = made[number % len(made)]
        after = self.rules.changes[one].after
        place = PLACES[(PLACES.index((after.who, after.where)) + stranger) % len(PLACES)]
        self.agree(self.asked(place, minutes), undo, self.rules.undo, one, made=one)

    @precondition(lambda self: len(self.rules.sessions) > 3)
    @rule(where=st.sampled_from([HERE, THERE]))
    def remove_the_bot(self, where: int) -> None:
        self.now += MINUTE
        assert do(end_open_sessions, where, self.now) == self.rules.close(where, self.now)
        self.again = None

    @precondition(lambda self: self.again)
    @rule()
    def hear_it_twice(self) -> None:
        """The same interaction again, by a retry or another process, has the same answer."""
        assert self.again
        answer, first = self.again()
        assert answer == first

    @rule(place=places)
    def only_look(self, place: Any) -> None:
        asked = self.asked(place, 1)
        running = self.rules.running(*place)
        answer = do(ask_to_discard, asked)
        assert type(answer).__name__ == ("Discarding" if running else "NothingOpen")
        if running:
            assert type(do(keep, asked, running.id)).__name__ == "Running"
        here = [s for s in self.rules.sessions.values() if s.where == place[1] and s.runs]
        found = do(working, asked)
        assert [s.id for s in found.sessions] == [
            s.id for s in sorted(here, key=lambda s: (s.start, s.id))
        ]
        assert (found.own and found.own.id) == (running and running.id)

    @invariant()
    def every_row_is_as_the_rules_have_it(self) -> None:
        rows = {
            row.id: Kept(
                row.id,
                row.user_id,
                row.guild_id,
                row.started_at,
                row.ended_at,
                row.task,
                row.note,
                row.removed_at,
                row.closed_by,
            )
            for row in Session.select()
        }
        assert rows == self.rules.sessions

    @invariant()
    def nobody_works_twice_at_once(self) -> None:
        for place in PLACES:
            mine = self.rules.mine(*place)
            assert sum(s.runs for s in mine) <= 1
            for before, after in itertools.pairwise(mine):
                assert not before.meets(after.start, after.end)

    @invariant()
    def the_log_replays_to_what_is_there(self) -> None:
        log = list(History.select().order_by(History.created_at))
        interactions = [row.interaction_id for row in log if row.interaction_id is not None]
        assert sorted(interactions) == sorted(self.rules.changes)
        assert len(log) == self.rules.written
        present = {row.id: snapshot(session(row.id, row.guild_id)) for row in Session.select()}
        for id_, now in present.items():
            mine = [row for row in log if row.session_id == id_]
            assert mine[0].cmd == "start"
            assert mine[0].before is None
            for earlier, later in itertools.pairwise(mine):
                closed = later.before["closed_by"] and not earlier.after["closed_by"]
                assert later.before == earlier.after or closed
            assert mine[-1].after == now or now["closed_by"]


def test_the_bot_and_the_rules_agree_on_random_lives(tables: peewee.Database) -> None:
    lite = isinstance(tables, peewee.SqliteDatabase)
    examples = settings.default.max_examples // (3 if lite else 12)
    run_state_machine_as_test(
        Lives, settings=settings(max_examples=examples, stateful_step_count=40)
    )

"""Random lives of two members in two servers, against a plain model that knows only the rules."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
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
from domain.snapshots import Snapshot, snapshot
from models import History, Session
from queries import due
from queries.active import more, still
from queries.corrections import ask_to_discard, confirm, discard, fix, keep, set_note, undo
from queries.guilds import end_open_sessions, working
from queries.sessions import begin, end, end_named, restart
from tests.support.commands import HANA, HERE, NANAO, THERE, command, do, session

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
MICROSECOND = timedelta(microseconds=1)
NEVER = datetime.min.replace(tzinfo=UTC)
ASKS, REMINDS, CLOSES = 6 * HOUR, 4 * HOUR, 12 * HOUR  # after the last sign of life
TOKYO = timedelta(hours=9)
DEFAULTS = command("12:00").defaults
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
    edited: datetime | None = None
    planned: datetime | None = None
    confirmed: datetime | None = None
    active: datetime = NEVER
    reminded: datetime | None = None

    @property
    def runs(self) -> bool:
        return self.end is None and self.removed is None

    @property
    def unconfirmed(self) -> bool:
        return self.closed_by == "timeout" and self.confirmed is None

    @property
    def undone(self) -> "Kept":
        """Leave out what no undo brings back."""
        return replace(self, active=NEVER, reminded=None)

    def alive(self, at: datetime) -> "Kept":
        return replace(self, active=at, reminded=None)

    def left_alone(self, at: datetime) -> bool:
        """Say whether its end has to be asked for."""
        return at - max(self.active, self.planned or self.active) > ASKS

    def remind_at(self) -> datetime:
        if self.planned and self.planned > self.active:
            return self.planned
        return self.active + REMINDS

    def due_at(self) -> datetime:
        """Say when its member is reminded, or it is ended unanswered."""
        if self.reminded is None:
            return self.remind_at()
        return max(self.active + CLOSES, self.reminded + CLOSES - REMINDS)

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

    def fresh(self, asked: Any, task: str | None, at: datetime) -> Kept:
        return Kept(asked.id, asked.user_id, asked.guild_id, at, task=task, active=asked.at)

    def begin(self, asked: Any, task: str | None, at: datetime, until: datetime | None) -> str:
        if asked.at - at > DAY:
            raise No("start.too_old")
        if until and until <= asked.at:
            raise No("plan.past")
        if until and until - asked.at > DAY:
            raise No("plan.too_long")
        if self.running(asked.user_id, asked.guild_id):
            return "AlreadyOpen"
        fresh = replace(self.fresh(asked, task, at), planned=until)
        self.fits(fresh)
        self.put(asked, fresh)
        return "Started"

    def finish(self, asked: Any, kept: Kept, at: datetime, sure: bool, **changes: Any) -> str:
        if not sure and kept.left_alone(asked.at):
            return "EndAsked"
        if at <= kept.start:
            raise No("end.before_start")
        self.put(asked, replace(kept, end=at, **changes))
        return "Ended"

    def end(self, asked: Any, note: str | None, at: datetime, *, sure: bool) -> str:
        kept = self.running(asked.user_id, asked.guild_id)
        if kept is None:
            return "NothingOpen"
        return self.finish(asked, kept, at, sure, **({} if note is None else {"note": note}))

    def end_named(self, asked: Any, id_: int, at: datetime, *, sure: bool) -> str:
        kept = self.sessions.get(id_)
        if kept is None or kept.where != asked.guild_id:
            raise No("unknown_button")
        if kept.who != asked.user_id:
            return "NotYours"
        return self.finish(asked, kept, at, sure) if kept.runs else "NothingOpen"

    def restart(self, asked: Any, id_: int, task: str | None, at: datetime, *, sure: bool) -> str:
        kept = self.own(asked, id_)
        if not kept.runs:
            return "NothingOpen"
        if self.finish(asked, kept, at, sure) == "EndAsked":
            return "EndAsked"
        self.put(asked, self.fresh(asked, task, asked.at))
        return "Restarted"

    def still(self, asked: Any, id_: int, *, more: bool) -> str:
        kept = self.own(asked, id_)
        if not kept.runs:
            return "NothingOpen"
        until = max(kept.planned or asked.at, asked.at) + 30 * MINUTE if more else kept.planned
        self.put(asked, replace(kept.alive(asked.at), planned=until))
        return "Running"

    def confirm(self, asked: Any, id_: int) -> str:
        kept = self.own(asked, id_)
        if kept.removed:
            raise No("discarded_since")
        if kept.unconfirmed:
            self.put(asked, replace(kept, confirmed=asked.at))
        return "Entry"

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
        if fixed == kept and not kept.unconfirmed:
            return "Unchanged"
        assert fixed.end
        assert kept.end
        if fixed.end <= fixed.start:
            raise No("end.before_start")
        if fixed.end - fixed.start > max(DAY, kept.end - kept.start):
            raise No("fix.too_long")
        if fixed != kept:
            self.fits(fixed)
        confirmed = asked.at if kept.unconfirmed else kept.confirmed
        self.put(asked, replace(fixed, edited=asked.at, confirmed=confirmed))
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
        if self.sessions[change.after.id].undone != change.after.undone:
            raise No("undo.changed_since")
        if not change.before.removed:
            self.fits(change.before)
        now = change.before.alive(asked.at)
        self.put(asked, now)
        return "Discarded" if now.removed else "Running" if now.end is None else "Ended"

    def close(self, where: int, at: datetime) -> int:
        closed = [s for s in self.sessions.values() if s.where == where and s.runs]
        for kept in closed:
            self.sessions[kept.id] = replace(kept, end=at, closed_by="removal")
        return len(closed)

    def due(self) -> dict[int, datetime]:
        return {s.id: s.due_at() for s in self.sessions.values() if s.runs}

    def take(self, id_: int, now: datetime) -> str:
        kept = self.sessions[id_]
        if kept.due_at() > now:
            return "NoneType"
        if kept.reminded is None:
            self.sessions[id_] = replace(kept, reminded=now)
            return "Reminder"
        over = max(kept.start, min(kept.remind_at(), kept.reminded))
        self.sessions[id_] = replace(kept, end=over, closed_by="timeout")
        self.written += 1
        return "Unanswered"

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
plans = st.none() | st.sampled_from([30, 300, 1500])  # minutes from the start
sures = st.booleans()
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

    @rule(place=places, minutes=pauses, task=texts, ago=back, plan=plans)
    def start(
        self, place: Any, minutes: int, task: str | None, ago: int | None, plan: int | None
    ) -> None:
        asked, (said, at) = self.asked(place, minutes), self.moment(ago)
        until = None if plan is None else at + plan * MINUTE
        planned = None if plan is None else f"{plan}m"
        how = {"task": task, "at": at, "until": until}
        self.agree(asked, begin, self.rules.begin, task, said, planned, **how)

    @rule(place=places, minutes=pauses, note=texts, ago=back)
    def finish(self, place: Any, minutes: int, note: str | None, ago: int | None) -> None:
        asked, (said, at) = self.asked(place, minutes), self.moment(ago)
        sure = said is not None
        self.agree(asked, end, self.rules.end, note, said, note=note, at=at, sure=sure)

    @A_SESSION
    @rule(minutes=pauses, number=which, stranger=strangers, ago=back, sure=sures)
    def press_end(
        self, minutes: int, number: int, stranger: int, ago: int | None, sure: bool
    ) -> None:
        (asked, id_), (said, at) = self.pressed(minutes, number, stranger), self.moment(ago)
        query = partial(end_named, said=said, sure=sure)
        sure = sure or said is not None
        self.agree(asked, query, self.rules.end_named, id_, id_=id_, at=at, sure=sure)

    @A_SESSION
    @rule(minutes=pauses, number=which, stranger=strangers, task=texts, ago=back, sure=sures)
    def end_and_restart(
        self,
        minutes: int,
        number: int,
        stranger: int,
        task: str | None,
        ago: int | None,
        *,
        sure: bool,
    ) -> None:
        (asked, id_), (said, at) = self.pressed(minutes, number, stranger), self.moment(ago)
        query = partial(restart, said=said, sure=sure)
        how = {"id_": id_, "task": task, "at": at, "sure": sure or said is not None}
        self.agree(asked, query, self.rules.restart, id_, task, **how)

    @A_SESSION
    @rule(minutes=pauses, number=which, stranger=strangers, longer=sures)
    def work_on(self, minutes: int, number: int, stranger: int, longer: bool) -> None:
        asked, id_ = self.pressed(minutes, number, stranger)
        query = more if longer else still
        self.agree(asked, query, self.rules.still, id_, id_=id_, more=longer)

    @A_SESSION
    @rule(minutes=pauses, number=which, stranger=strangers)
    def agree_to_the_end(self, minutes: int, number: int, stranger: int) -> None:
        asked, id_ = self.pressed(minutes, number, stranger)
        self.agree(asked, confirm, self.rules.confirm, id_, id_=id_)

    @A_SESSION
    @rule(hours=st.integers(1, 14))
    def let_time_pass(self, hours: int) -> None:
        """Whoever is due is reminded, and what nobody answered for is ended."""
        self.now += hours * HOUR
        moments = do(due.moments)
        assert {key.session_id: at for key, at in moments.items()} == self.rules.due()
        for n, key in enumerate(moments):
            at = self.now + n * MICROSECOND  # the clock goes on from one to the next
            notice = do(due.take, DEFAULTS, key, at).notice
            assert type(notice).__name__ == self.rules.take(key.session_id, at)
            self.again = None

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
                row.edited_at,
                row.planned_end_at,
                row.confirmed_at,
                row.active_at,
                row.reminded_at,
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
                assert later.before == earlier.after or removed(earlier.after, later.before)
            assert mine[-1].after == now or removed(mine[-1].after, now)


def removed(earlier: Snapshot, later: Snapshot) -> bool:
    """Say whether a session ended as the bot was removed, which no log tells, and only that."""
    assert later["ended_at"]
    ended = {"ended_at": later["ended_at"], "closed_by": "removal"}
    return earlier["ended_at"] is None and later == earlier | ended


def test_the_bot_and_the_rules_agree_on_random_lives(tables: peewee.Database) -> None:
    lite = isinstance(tables, peewee.SqliteDatabase)
    examples = settings.default.max_examples // (3 if lite else 12)
    run_state_machine_as_test(
        Lives, settings=settings(max_examples=examples, stateful_step_count=40)
    )

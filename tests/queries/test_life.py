"""Random lives of two members in two servers, against a plain model that knows only the rules."""

import itertools
from collections.abc import Callable
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
from queries import reminders
from queries.active import extend_plan, keep_going
from queries.corrections import ask_to_discard, confirm, discard, fix, set_note, undo
from queries.guilds import end_open_sessions, working
from queries.sessions import begin, begin_same, end, end_named, restart
from tests.queries.rules import Kept, No, Rules
from tests.support.commands import HANA, HERE, NANAO, THERE, command, do
from tests.support.rows import session

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
MICROSECOND = timedelta(microseconds=1)
DEFAULTS = command("12:00").defaults
PLACES = [(who, where) for where in (HERE, THERE) for who in (NANAO, HANA)]

places = st.sampled_from([*PLACES, *[(NANAO, HERE)] * 4])
pauses = st.integers(1, 90) | st.sampled_from([1, 5, 400])  # minutes between two commands
back = st.none() | st.integers(0, 120) | st.sampled_from([1439, 1440, 1441])
plans = st.none() | st.sampled_from([30, 300, 1500])  # minutes from the start
sures = st.booleans()
texts = st.sampled_from([None, "math", "数学"])
which = st.integers(0, 3)  # the latest, the one before …
strangers = st.sampled_from([*[0] * 8, 1, 2, 3])  # who presses: mostly whoever it belongs to
# as Kept has them
COLUMNS = (
    *("id", "user_id", "guild_id", "started_at", "ended_at", "task", "note", "removed_at"),
    *("closed_by", "edited_at", "planned_end_at", "confirmed_at", "active_at", "reminded_at"),
)
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

    @A_SESSION
    @rule(minutes=pauses, number=which, stranger=strangers)
    def start_the_same(self, minutes: int, number: int, stranger: int) -> None:
        asked, id_ = self.pressed(minutes, number, stranger)
        self.agree(asked, begin_same, self.rules.begin_same, id_, id_=id_)

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
        query = partial(end_named, time_text=said, sure=sure)
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
        query = partial(restart, time_text=said, sure=sure)
        how = {"id_": id_, "task": task, "at": at, "sure": sure or said is not None}
        self.agree(asked, query, self.rules.restart, id_, task, **how)

    @A_SESSION
    @rule(minutes=pauses, number=which, stranger=strangers, longer=sures)
    def work_on(self, minutes: int, number: int, stranger: int, longer: bool) -> None:
        asked, id_ = self.pressed(minutes, number, stranger)
        query = extend_plan if longer else keep_going
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
        moments = do(reminders.due_times)
        assert {key.session_id: one.at for key, one in moments.items()} == self.rules.due()
        for n, key in enumerate(moments):
            at = self.now + n * MICROSECOND  # the clock goes on from one to the next
            notice = do(reminders.take, DEFAULTS, key, at).notice
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
        assert type(answer).__name__ == ("ConfirmDiscard" if running else "NothingOpen")
        here = [s for s in self.rules.sessions.values() if s.where == place[1] and s.runs]
        found = do(working, asked)
        assert [s.id for s in found.sessions] == [
            s.id for s in sorted(here, key=lambda s: (s.start, s.id))
        ]
        assert (found.own and found.own.id) == (running and running.id)

    @invariant()
    def every_row_is_as_the_rules_have_it(self) -> None:
        rows = {row.id: Kept(*(getattr(row, name) for name in COLUMNS)) for row in Session.select()}
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
            mine = [row for row in log if row.session_id == id_ and row.cmd != "remind"]
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

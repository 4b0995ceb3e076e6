"""The rules of sessions over plain values, which know nothing of how the bot keeps them."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
NEVER = datetime.min.replace(tzinfo=UTC)
ASKS, REMINDS, CLOSES = 6 * HOUR, 4 * HOUR, 12 * HOUR  # after the last sign of life
TOKYO = timedelta(hours=9)


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

    def begin_same(self, asked: Any, id_: int) -> str:
        kept = self.sessions.get(id_)
        if kept is None or kept.where != asked.guild_id:
            raise No("unknown_button")
        if kept.who != asked.user_id:
            return "NotYours"
        return self.begin(asked, kept.task, asked.at, None)

    def finish(self, asked: Any, kept: Kept, at: datetime, sure: bool, **changes: Any) -> str:
        if not sure and kept.left_alone(asked.at):
            return "AskEndTime"
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
        if self.finish(asked, kept, at, sure) == "AskEndTime":
            return "AskEndTime"
        self.put(asked, self.fresh(asked, task, asked.at))
        return "Restarted"

    def still(self, asked: Any, id_: int, *, more: bool) -> str:
        kept = self.own(asked, id_)
        if not kept.runs:
            return "NothingOpen"
        until = max(kept.planned or asked.at, asked.at) + 30 * MINUTE if more else kept.planned
        self.put(asked, replace(kept.alive(asked.at), planned=until))
        return "Continued"

    def confirm(self, asked: Any, id_: int) -> str:
        kept = self.own(asked, id_)
        if kept.removed:
            raise No("discarded_since")
        if kept.unconfirmed:
            self.put(asked, replace(kept, confirmed=asked.at))
        return "LogbookEntry"

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
        return "Discarded" if now.removed else "Continued" if now.end is None else "Ended"

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
        self.written += 1
        if kept.reminded is None:
            self.sessions[id_] = replace(kept, reminded=now)
            return "Reminder"
        over = max(kept.start, min(kept.remind_at(), kept.reminded))
        self.sessions[id_] = replace(kept, end=over, closed_by="timeout")
        return "Unanswered"

    def today(self, asked: Any) -> timedelta:
        midnight = (asked.at + TOKYO).replace(hour=0, minute=0, second=0, microsecond=0) - TOKYO
        parts = [
            min(s.end or asked.at, midnight + DAY) - max(s.start, midnight)
            for s in self.mine(asked.user_id, asked.guild_id)
        ]
        return sum((part for part in parts if part > timedelta()), timedelta())

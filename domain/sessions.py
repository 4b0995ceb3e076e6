"""A session as it is recorded, and the time in it that was worked."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from domain.intervals import Ends, Interval, in_utc, subtract, total


@dataclass(frozen=True, slots=True)
class Break:
    """Time within a session that is not work; no end while it lasts."""

    started_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Session:
    """One session of a member in a server (`guild_id` 0: none); no end while it is active."""

    id: int
    guild_id: int
    user_id: int
    user_name: str
    channel_id: int | None
    task: str | None
    note: str | None
    started_at: datetime
    ended_at: datetime | None
    removed_at: datetime | None = None
    closed_by: str | None = None
    edited_at: datetime | None = None  # when its member last wrote it by hand
    active_at: datetime | None = None  # its member's last activity; None: its start
    planned_end_at: datetime | None = None
    reminded_at: datetime | None = None  # since its member's last activity
    confirmed_at: datetime | None = None  # when its member agreed to an automatic end
    untold: str | None = None  # the kind of notice that could not be sent to its member by DM
    breaks: tuple[Break, ...] = ()

    @property
    def active(self) -> bool:
        return self.ended_at is None and self.removed_at is None

    @property
    def edited(self) -> bool:
        """Return whether its member wrote it by hand, then or since."""
        return self.edited_at is not None

    @property
    def last_activity(self) -> datetime:
        """When its member last did something about it.

        An earlier release wrote the breaks alone.
        """
        rests = (rest.ended_at or rest.started_at for rest in self.breaks)
        return max((self.active_at or self.started_at, *rests))

    @property
    def unconfirmed(self) -> bool:
        """Return whether it was ended unanswered and its member has not confirmed the end."""
        return is_unconfirmed(self.closed_by, self.confirmed_at)

    @property
    def open_break(self) -> Break | None:
        """Return the break that lasts."""
        if not self.active:
            return None
        return next((gap for gap in self.breaks if gap.ended_at is None), None)


def with_activity(session: Session, at: datetime) -> Session:
    """Return a session with its member's activity at a moment, which answers any reminder.

    A retry has the time of its first try, which may lie before the last activity.
    """
    return replace(session, active_at=max(session.last_activity, at), reminded_at=None, untold=None)


def is_unconfirmed(closed_by: str | None, confirmed_at: object) -> bool:
    """Return whether a session was ended unanswered and the end is not confirmed."""
    return closed_by == "timeout" and confirmed_at is None


def interval_of(session: Session, *, now: datetime) -> Interval:
    """Return when the session was, breaks included; an active one lasts until now."""
    return _until(session.started_at, session.ended_at, now)


def worked(session: Session, *, now: datetime) -> list[Ends[datetime]]:
    """Return the session without its breaks, in order; a break that lasts, lasts to its end."""
    whole = interval_of(session, now=now)
    if session.breaks:
        pauses = [_until(gap.started_at, gap.ended_at, whole.end) for gap in session.breaks]
        return subtract(whole, pauses)
    return [whole] if whole.start < whole.end else []


def break_time(session: Session, *, now: datetime) -> timedelta:
    """Return how much of the session was break."""
    return interval_of(session, now=now).length - total(worked(session, now=now))


def _until(start: datetime, end: datetime | None, now: datetime) -> Interval:
    if end:
        return Interval(start, end)
    # a command may have an earlier time than the start that was written before it: no work yet
    return Interval(start, max(in_utc(start), in_utc(now)))

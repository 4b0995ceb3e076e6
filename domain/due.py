"""When a member is reminded of a session, when it is ended unanswered, when its end is asked."""

from datetime import datetime, timedelta

from domain.command import Hours
from domain.sessions import Session

HOUR = timedelta(hours=1)  # how long a reminder is out at least before anything is ended
LATE = timedelta(minutes=5)  # from when on a reminder says that it is


def last_known(session: Session) -> datetime:
    """Return until when a member is known to work, or said that they would."""
    return max(session.last_activity, session.planned_end_at or session.last_activity)


def long_ago(session: Session, hours: Hours, now: datetime) -> bool:
    """Return whether it has to be asked when a session ended, rather than taken to be now."""
    return bool(hours.ask) and now - last_known(session) > hours.ask * HOUR


def remind_at(session: Session, hours: Hours) -> datetime | None:
    """Return when the member is asked whether they still work: at the end that they planned."""
    if not hours.remind:
        return None
    planned = session.planned_end_at
    if planned and planned > session.last_activity:
        return planned
    return session.last_activity + hours.remind * HOUR


def close_at(session: Session, hours: Hours) -> datetime | None:
    """Return when a session is ended if nobody answers; None while nobody was asked.

    Whatever the bot missed, a reminder has been out for as long as there is between the two.
    """
    if not hours.close:
        return None
    if not hours.remind:
        return last_known(session) + hours.close * HOUR
    if session.reminded_at is None:
        return None
    out = max((hours.close - hours.remind) * HOUR, HOUR)
    return max(session.last_activity + hours.close * HOUR, session.reminded_at + out)


def next_at(session: Session, hours: Hours) -> datetime | None:
    """Return when something is due about a session; None for never."""
    if not session.active:
        return None
    if session.reminded_at is None and (at := remind_at(session, hours)):
        return at
    return close_at(session, hours)

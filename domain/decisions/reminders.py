"""What happens to a session when its reminder or its automatic end is due."""

from dataclasses import replace
from datetime import datetime

from domain.command import Hours, Preferences
from domain.decisions.sessions import end_values
from domain.reminders import LATE, Reminder, close_at, next_at, remind_at
from domain.sessions import Session


def once_due(session: Session, hours: Hours, now: datetime) -> Session | None:
    """Return a session after what is due now, a reminder or its end; None if nothing is due."""
    at = next_at(session, hours)
    if at is None or at > now:
        return None
    if session.reminded_at is None and hours.remind:
        return replace(session, reminded_at=now)
    return ended_unanswered(session, hours)


def ended_unanswered(session: Session, hours: Hours) -> Session:
    """End a session at the moment its reminder was due; without one, at the last activity."""
    at = remind_at(session, hours) or session.last_activity
    if session.reminded_at:  # they may be reminded later than then, as the hours are now
        at = min(at, session.reminded_at)
    at = max(at, session.last_activity)
    return replace(session, **end_values(session, at), closed_by="timeout", untold=None)


def reminder(prefs: Preferences, session: Session, now: datetime) -> Reminder:
    """Return the reminder of an active session."""
    due_at = remind_at(session, prefs.hours) or now
    return Reminder(
        prefs,
        session,
        due_at,
        planned=due_at == session.planned_end_at,
        late=now - due_at > LATE,
        closes_at=close_at(session, prefs.hours),
    )

"""What a command may change of a session, as `history.before` and `history.after` keep it."""

from datetime import datetime
from typing import Any

from domain.sessions import Break, Session

Snapshot = dict[str, Any]
# What of a session a command may change, so what before and after keep of it, beside its breaks.
SNAPSHOT_FIELDS = (
    *("task", "note", "started_at", "ended_at", "removed_at", "closed_by", "edited_at"),
    *("planned_end_at", "confirmed_at"),
)
# What earlier releases did not keep, and what it was then.
ADDED: Snapshot = {"edited_at": None, "breaks": [], "planned_end_at": None, "confirmed_at": None}


def snapshot(session: Session) -> Snapshot:
    """Return what a command may change of a session."""
    kept = {name: _kept(getattr(session, name)) for name in SNAPSHOT_FIELDS}
    breaks = [[_kept(rest.started_at), _kept(rest.ended_at)] for rest in session.breaks]
    return kept | {"breaks": breaks}


def restored(kept: Snapshot) -> dict[str, Any]:
    """Return the values of a session that a snapshot was taken of."""
    values: dict[str, Any] = {
        name: datetime.fromisoformat(value) if value and name.endswith("_at") else value
        for name, value in kept.items()
    }
    if "breaks" in kept:
        breaks = [[at and datetime.fromisoformat(at) for at in rest] for rest in kept["breaks"]]
        values["breaks"] = tuple(Break(*rest) for rest in breaks)
    return values


def same(now: Snapshot, then: Snapshot) -> bool:
    """Return whether a session is as a snapshot, maybe of an earlier release, has it."""
    return now == ADDED | then


def _kept(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value

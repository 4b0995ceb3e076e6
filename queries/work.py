"""Who worked when in a server, as light rows: what totals of whole servers are made of."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from peewee import Node, Query, fn

from domain import sweep
from domain.command import Command
from domain.span import Span, subtract
from models import Break, Membership, Session
from queries.prepared import Prepared

Rest = tuple[datetime, datetime | None]  # no end while it lasts


class Stretch(NamedTuple):
    """A stretch of work without a break in it."""

    start: datetime
    end: datetime
    user_id: int
    user_name: str
    running: bool


def _hidden_from_others() -> Query:
    return Membership.select(Membership.user_id).where(
        Membership.guild_id == Session.guild_id,
        Membership.user_id == Session.user_id,
        Membership.private,
    )


@Prepared
def _others(guild_id: Node, user_id: Node) -> Query:
    return Session.select(fn.COUNT(Session.id)).where(
        Session.guild_id == guild_id,
        Session.user_id != user_id,
        Session.ended_at.is_null(),
        Session.removed_at.is_null(),
        ~fn.EXISTS(_hidden_from_others()),
    )


def others_working(command: Command) -> int:
    """Count who else works here now, but for those who keep to themselves."""
    (count,) = _others(command.guild_id, command.user_id).fetchone()
    return count


@Prepared
def _private(guild_id: Node) -> Query:
    return Membership.select(Membership.user_id).where(
        Membership.guild_id == guild_id, Membership.private
    )


@Prepared
def _sessions(guild_id: Node, start: Node, end: Node) -> Query:
    # text is what both databases hand over quickest
    return Session.select(
        Session.id,
        Session.user_id,
        Session.user_name,
        Session.started_at.cast("TEXT"),
        Session.ended_at.cast("TEXT"),
    ).where(
        Session.guild_id == guild_id,
        Session.removed_at.is_null(),
        Session.started_at < end,
        Session.ended_at.is_null() | (Session.ended_at > start),
    )


@Prepared
def _breaks(guild_id: Node, start: Node, end: Node) -> Query:
    return Break.select(
        Break.session, Break.started_at.cast("TEXT"), Break.ended_at.cast("TEXT")
    ).where(
        Break.guild_id == guild_id,
        Break.started_at < end,
        Break.ended_at.is_null() | (Break.ended_at > start),
    )


def moment(text: str) -> datetime:
    """Read an instant as the databases write it: in UTC, without saying so."""
    return datetime.fromisoformat(text + "+00:00")


def stretches(guild_id: int, window: Span, now: datetime) -> list[Stretch]:
    """List all work in a server within a window, in no order; what runs lasts until now."""
    rows = _sessions(guild_id, window.start, window.end).fetchall()
    breaks = _breaks_in(guild_id, window) if rows else {}
    first, last = window.start, window.end
    found: list[Stretch] = []
    for id_, user_id, name, begun, ended in rows:
        start = moment(begun)
        end = moment(ended) if ended else max(start, now)
        pieces = worked_in(start, end, breaks[id_]) if id_ in breaks else ((start, end),)
        for a, b in pieces:
            inside = (max(a, first), min(b, last))
            if inside[0] < inside[1]:
                found.append(Stretch(*inside, user_id, name, not ended))
    return found


def _breaks_in(guild_id: int, window: Span) -> dict[int, list[Rest]]:
    found: dict[int, list[Rest]] = {}
    for session_id, begun, ended in _breaks(guild_id, window.start, window.end).fetchall():
        rest = moment(begun), moment(ended) if ended else None
        found.setdefault(session_id, []).append(rest)
    return found


def worked_in(start: datetime, end: datetime, breaks: list[Rest]) -> list[sweep.Pair]:
    """Give what is left of a session without its breaks."""
    rests = (Span(begun, ended or max(begun, end)) for begun, ended in breaks)
    return [(span.start, span.end) for span in subtract(Span(start, end), rests)]


def hidden(guild_id: int) -> set[int]:
    """List who keeps to themselves in a server."""
    return {user_id for (user_id,) in _private(guild_id).fetchall()}


def together(command: Command, mine: Iterable[Span]) -> timedelta:
    """Add up how much of one's own work others did too, but for those who keep to themselves."""
    own = sweep.joined((span.start, span.end) for span in mine)
    if not own:
        return timedelta()
    window = Span(own[0][0], min(own[-1][1], command.at))
    found = stretches(command.guild_id, window, command.at)
    unseen = hidden(command.guild_id) if found else set[int]()
    unseen.add(command.user_id)
    theirs = sweep.joined((one.start, one.end) for one in found if one.user_id not in unseen)
    return sweep.length(sweep.common(own, theirs))

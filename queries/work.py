"""Who worked when in a server, as light rows: what totals of whole servers are made of."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from peewee import JOIN, Node, Query, Select, Value, chunked, fn

from domain import sweep
from domain.command import Command
from domain.span import Span
from models import Break, Membership, Session
from queries.prepared import Prepared
from queries.reading import not_before

# A stretch of work without a break in it: from when to when, of whom, and of which session.
Stretch = tuple[datetime, datetime, int, int]


def _unseen_ones() -> Query:
    return Membership.select(Membership.user_id).where(
        Membership.guild_id == Session.guild_id,
        Membership.user_id == Session.user_id,
        Membership.private | Membership.left_at.is_null(False),
    )


@Prepared
def _others(guild_id: Node, user_id: Node) -> Query:
    return Session.select(fn.COUNT(Session.id)).where(
        Session.guild_id == guild_id,
        Session.user_id != user_id,
        Session.ended_at.is_null(),
        Session.removed_at.is_null(),
        ~fn.EXISTS(_unseen_ones()),
    )


def others_working(command: Command) -> int:
    """Count who else works here now, but for who left or keeps to themselves."""
    (count,) = _others(command.guild_id, command.user_id).fetchone()
    return count


@Prepared
def _unseen(guild_id: Node) -> Query:
    return Membership.select(Membership.user_id, Membership.private).where(
        Membership.guild_id == guild_id,
        Membership.private | Membership.left_at.is_null(False),
    )


# Instants come as text, which is what both databases hand over quickest.
ZONE = "+00:00"
LASTS = "9999-12-31 00:00:00"  # of a break that has not ended: it ends with its session
IDS = 64  # in one question, which is written once: so always as many


def _light(over: Node) -> Select:
    return Session.select(Session.id, Session.user_id, Session.started_at.cast("TEXT"), over)


@Prepared
def _sessions(guild_id: Node, start: Node, end: Node, now: Node) -> Query:
    # two parts, each of which an index answers from where it begins to where it ends
    here = Session.guild_id == guild_id, Session.removed_at.is_null(), Session.started_at < end
    over = _light(Session.ended_at.cast("TEXT")).where(*here, Session.ended_at > start)
    return over.union_all(_light(now).where(*here, Session.ended_at.is_null()))


def _mine(user_id: Node, start: Node, end: Node, now: Node) -> Select:
    return _light(fn.COALESCE(Session.ended_at.cast("TEXT"), now)).where(
        Session.user_id == user_id,
        Session.removed_at.is_null(),
        Session.started_at < end,
        Session.ended_at.is_null() | (Session.ended_at > start),
    )


@Prepared
def _here(guild_id: Node, user_id: Node, start: Node, end: Node, now: Node) -> Query:
    """Ask for each session as often as it has breaks, with one of them."""
    mine = _mine(user_id, start, end, now).join(Break, JOIN.LEFT_OUTER)
    rest = Break.started_at.cast("TEXT"), fn.COALESCE(Break.ended_at.cast("TEXT"), LASTS)
    here = Session.guild_id == guild_id, not_before(guild_id, user_id, start)
    return mine.select_extend(*rest).where(*here)


@Prepared
def _elsewhere(guild_id: Node, user_id: Node, start: Node, end: Node, now: Node) -> Query:
    return _mine(user_id, start, end, now).where(Session.guild_id != guild_id)


def _light_breaks(over: Node) -> Select:
    return Break.select(Break.session, Break.started_at.cast("TEXT"), over)


def _breaks_in(*sessions: Node) -> Query:
    over = fn.COALESCE(Break.ended_at.cast("TEXT"), LASTS)
    return _light_breaks(over).where(Break.session.in_(sessions))


_breaks_of = Prepared(_breaks_in, values=IDS)


@Prepared
def _breaks(guild_id: Node, start: Node, end: Node) -> Query:
    here = Break.guild_id == guild_id, Break.started_at < end
    over = _light_breaks(Break.ended_at.cast("TEXT")).where(*here, Break.ended_at > start)
    return over.union_all(_light_breaks(Value(LASTS)).where(*here, Break.ended_at.is_null()))


def stretches(guild_id: int, window: Span, now: datetime) -> list[Stretch]:
    """List all work in a server within a window and until now, in no order."""
    window = window.until(now)
    rows = _sessions(guild_id, window.start, window.end, now).fetchall()
    breaks = _breaks(guild_id, window.start, window.end).fetchall() if rows else ()
    return _worked(rows, _by_session(breaks), window)


def own_stretches(command: Command, window: Span) -> list[Stretch]:
    """List the member's own work here within a window and until they asked, in no order.

    They may have asked a while ago, and worked since: then the numbers still hold.
    """
    window = window.until(command.at)
    who = command.guild_id, command.user_id
    rows = _here(*who, window.start, window.end, command.at).fetchall()
    breaks = _by_session((row[0], *row[4:]) for row in rows if row[4])
    return _worked({row[0]: row[:4] for row in rows}.values(), breaks, window)


def own_stretches_elsewhere(command: Command, window: Span) -> list[Stretch]:
    """List the member's own work in all other servers, likewise."""
    window = window.until(command.at)
    who = command.guild_id, command.user_id
    rows = _elsewhere(*who, window.start, window.end, command.at).fetchall()
    # to join them, Postgres may read all the breaks there are
    breaks: list[Any] = []
    for some in chunked([row[0] for row in rows], IDS):
        nobody = [0] * (IDS - len(some))
        breaks += _breaks_of(*some, *nobody).fetchall()
    return _worked(rows, _by_session(breaks), window)


def _worked(
    rows: Iterable[Any], breaks: dict[int, list[sweep.Pair]], window: Span
) -> list[Stretch]:
    first, last, read = window.start, window.end, datetime.fromisoformat
    found: list[Stretch] = []
    for id_, user_id, begun, over in rows:
        start, end = read(begun + ZONE), read(over + ZONE)
        pieces = sweep.without((start, end), breaks[id_]) if id_ in breaks else ((start, end),)
        for a, b in pieces:
            inside = a if a > first else first, b if b < last else last
            if inside[0] < inside[1]:
                found.append((*inside, user_id, id_))
    return found


def _by_session(rows: Iterable[tuple[int, str, str]]) -> dict[int, list[sweep.Pair]]:
    found: dict[int, list[sweep.Pair]] = {}
    read = datetime.fromisoformat
    for session_id, begun, over in rows:
        found.setdefault(session_id, []).append((read(begun + ZONE), read(over + ZONE)))
    return found


def hidden(guild_id: int) -> set[int]:
    """List who keeps to themselves in a server."""
    return {user_id for user_id, private in _unseen(guild_id).fetchall() if private}


def unseen(guild_id: int) -> set[int]:
    """List who keeps to themselves in a server, or left it."""
    return {user_id for user_id, _ in _unseen(guild_id).fetchall()}


def together(command: Command, mine: Iterable[Any]) -> timedelta:
    """Add up how much of one's own work others did too, but for those who keep to themselves."""
    own = sweep.joined(mine)
    if not own:
        return timedelta()
    found = stretches(command.guild_id, Span(own[0][0], own[-1][1]), command.at)
    others = {one[2] for one in found} - hidden(command.guild_id) - {command.user_id}
    theirs = sweep.joined(one for one in found if one[2] in others)
    return sweep.length(sweep.common(own, theirs))

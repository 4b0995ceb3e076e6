"""Who worked when in a server, as light rows: what totals of whole servers are made of."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from peewee import OP, Expression, Node, Query, Select, Value, chunked, fn

from domain import sweep
from domain.command import Command
from domain.span import Span
from models import Break, Membership, Session
from queries.prepared import Prepared
from queries.reading import not_before

# A stretch of work without a break in it: from when to when, of whom, and of which session.
Stretch = tuple[datetime, datetime, int, int]


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


# Text is what both databases hand over quickest, and Python reads quickest with the zone in it.
ZONE = "+00:00"
LASTS = "9999-12-31 00:00:00"  # of a break that has not ended: it ends with its session
IDS = 64  # in one question, which is written once: so always as many


def text_of(moment: Node) -> Node:
    """Ask for an instant as text, in UTC."""
    return Expression(moment, OP.CONCAT, ZONE)


def _light(over: Node) -> Select:
    return Session.select(
        Session.id, Session.user_id, text_of(Session.started_at.cast("TEXT")), text_of(over)
    )


@Prepared
def _sessions(guild_id: Node, start: Node, end: Node, now: Node) -> Query:
    # two parts, each of which an index answers from where it begins to where it ends
    here = Session.guild_id == guild_id, Session.removed_at.is_null(), Session.started_at < end
    over = _light(Session.ended_at.cast("TEXT")).where(*here, Session.ended_at > start)
    return over.union_all(_light(now).where(*here, Session.ended_at.is_null()))


def _mine(now: Node, start: Node, end: Node) -> Query:
    return _light(fn.COALESCE(Session.ended_at.cast("TEXT"), now)).where(
        Session.removed_at.is_null(),
        Session.started_at < end,
        Session.ended_at.is_null() | (Session.ended_at > start),
    )


@Prepared
def _here(guild_id: Node, user_id: Node, start: Node, end: Node, now: Node) -> Query:
    mine = Session.guild_id == guild_id, Session.user_id == user_id
    return _mine(now, start, end).where(*mine, not_before(guild_id, user_id, start))


@Prepared
def _elsewhere(guild_id: Node, user_id: Node, start: Node, end: Node, now: Node) -> Query:
    return _mine(now, start, end).where(Session.user_id == user_id, Session.guild_id != guild_id)


def _light_breaks(over: Node) -> Select:
    return Break.select(Break.session, text_of(Break.started_at.cast("TEXT")), text_of(over))


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


def own_stretches(command: Command, window: Span, *, elsewhere: bool = False) -> list[Stretch]:
    """List the member's own work here, or everywhere else, within a window and until they asked.

    In no order. They may have asked a while ago, and worked since: then the numbers still hold.
    """
    window = window.until(command.at)
    query = _elsewhere if elsewhere else _here
    who = command.guild_id, command.user_id
    rows = query(*who, window.start, window.end, command.at).fetchall()
    return _worked(rows, _breaks_of([row[0] for row in rows]), window)


def _worked(rows: list[Any], breaks: dict[int, list[sweep.Pair]], window: Span) -> list[Stretch]:
    first, last, read = window.start, window.end, datetime.fromisoformat
    found: list[Stretch] = []
    for id_, user_id, begun, over in rows:
        start, end = read(begun), read(over)
        if id_ in breaks:
            pieces = sweep.without((start, end), breaks[id_])
            found += [(max(a, first), min(b, last), user_id, id_) for a, b in pieces]
        else:
            start, end = start if start > first else first, end if end < last else last
            found.append((start, end, user_id, id_))
    return [one for one in found if one[0] < one[1]]


def _breaks_of(sessions: list[int]) -> dict[int, list[sweep.Pair]]:
    rows: list[Any] = []
    for some in chunked(sessions, IDS):
        nobody = [0] * (IDS - len(some))
        rows += _some_breaks(*some, *nobody).fetchall()
    return _by_session(rows)


def _breaks_of_sessions(*sessions: Node) -> Query:
    over = fn.COALESCE(Break.ended_at.cast("TEXT"), LASTS)
    return _light_breaks(over).where(Break.session.in_(sessions))


_some_breaks = Prepared(_breaks_of_sessions, values=IDS)


def _by_session(rows: Iterable[tuple[int, str, str]]) -> dict[int, list[sweep.Pair]]:
    found: dict[int, list[sweep.Pair]] = {}
    read = datetime.fromisoformat
    for session_id, begun, over in rows:
        found.setdefault(session_id, []).append((read(begun), read(over)))
    return found


def hidden(guild_id: int) -> set[int]:
    """List who keeps to themselves in a server."""
    return {user_id for (user_id,) in _private(guild_id).fetchall()}


def together(command: Command, mine: Iterable[Any]) -> timedelta:
    """Add up how much of one's own work others did too, but for those who keep to themselves."""
    own = sweep.joined(mine)
    if not own:
        return timedelta()
    window = Span(own[0][0], min(own[-1][1], command.at))
    found = stretches(command.guild_id, window, command.at)
    unseen = hidden(command.guild_id) if found else set[int]()
    unseen.add(command.user_id)
    theirs = sweep.joined(one for one in found if one[2] not in unseen)
    return sweep.length(sweep.common(own, theirs))

"""Who worked when in a server, as light rows: what totals of whole servers are made of."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from peewee import JOIN, Node, Query, Select, Value, chunked, fn

from domain import overlaps
from domain.calendar import Calendar, cut_by_key
from domain.command import Command
from domain.intervals import Interval
from models import Break, Membership, Session
from queries.compiled import CompiledQuery, plain
from queries.session_rows import not_before

# A stretch of work without a break in it: from when to when, of whom, and of which session.
WorkInterval = tuple[datetime, datetime, int, int]
# The same as it comes from the database: of which session, of whom, from when to when.
Row = tuple[int, int, str, str]
NOBODY = 0  # whose are the breaks among the rows


def _unseen_ones() -> Query:
    return Membership.select(Membership.user_id).where(
        Membership.guild_id == Session.guild_id,
        Membership.user_id == Session.user_id,
        Membership.private | Membership.left_at.is_null(False),
    )


@CompiledQuery
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


@CompiledQuery
def _unseen(guild_id: Node) -> Query:
    return Membership.select(Membership.user_id).where(
        Membership.guild_id == guild_id,
        Membership.private | Membership.left_at.is_null(False),
    )


# Instants come as text, which is what both databases hand over quickest.
ZONE = "+00:00"
LASTS = "9999-12-31 00:00:00"  # of a break that has not ended: it ends with its session
IDS = 64  # in one question, which is written once: so always as many


def _light(over: Node) -> Select:
    return Session.select(Session.id, Session.user_id, Session.started_at.cast("TEXT"), over)


def _all(guild_id: Node, start: Node, end: Node, now: Node, *where: Node) -> Query:
    """Ask for sessions, and for breaks as if they were of user 0: all in one round trip.

    Each part is one that an index answers from where it begins to where it ends.
    """
    here = Session.guild_id == guild_id, Session.removed_at.is_null(), Session.started_at < end
    over = _light(Session.ended_at.cast("TEXT")).where(*here, Session.ended_at > start, *where)
    runs = _light(now).where(*here, Session.ended_at.is_null(), *where)
    breaks = Break.guild_id == guild_id, Break.started_at < end
    rested = _light_breaks(Break.ended_at.cast("TEXT")).where(*breaks, Break.ended_at > start)
    rests = _light_breaks(Value(LASTS)).where(*breaks, Break.ended_at.is_null())
    return over.union_all(runs).union_all(rested).union_all(rests)


def _light_breaks(over: Node) -> Select:
    return Break.select(Break.session, Value(NOBODY), Break.started_at.cast("TEXT"), over)


@CompiledQuery
def _everybody(guild_id: Node, start: Node, end: Node, now: Node) -> Query:
    return _all(guild_id, start, end, now)


@CompiledQuery
def _companions(guild_id: Node, user_id: Node, start: Node, end: Node, now: Node) -> Query:
    private = Membership.select(Membership.user_id).where(
        Membership.guild_id == guild_id, Membership.private
    )
    seen = Session.user_id != user_id, Session.user_id.not_in(private)
    return _all(guild_id, start, end, now, *seen)


def _mine(user_id: Node, start: Node, end: Node, now: Node) -> Select:
    return _light(fn.COALESCE(Session.ended_at.cast("TEXT"), now)).where(
        Session.user_id == user_id,
        Session.removed_at.is_null(),
        Session.started_at < end,
        Session.ended_at.is_null() | (Session.ended_at > start),
    )


@CompiledQuery
def _here(guild_id: Node, user_id: Node, start: Node, end: Node, now: Node) -> Query:
    """Ask for each session as often as it has breaks, with one of them."""
    mine = _mine(user_id, start, end, now).join(Break, JOIN.LEFT_OUTER)
    rest = Break.started_at.cast("TEXT"), fn.COALESCE(Break.ended_at.cast("TEXT"), LASTS)
    here = Session.guild_id == guild_id, not_before(guild_id, user_id, start)
    return mine.select_extend(*rest).where(*here)


@CompiledQuery
def _elsewhere(guild_id: Node, user_id: Node, start: Node, end: Node, now: Node) -> Query:
    return _mine(user_id, start, end, now).where(Session.guild_id != guild_id)


def _breaks_in(*sessions: Node) -> Query:
    over = fn.COALESCE(Break.ended_at.cast("TEXT"), LASTS)
    return _light_breaks(over).where(Break.session.in_(sessions))


_breaks_of = CompiledQuery(_breaks_in, values=IDS)


def work_intervals(guild_id: int, window: Interval, now: datetime) -> list[WorkInterval]:
    """List all work in a server within a window and until now, in no order."""
    window = window.until(now)
    return _read(_worked(_everybody(guild_id, window.start, window.end, now), window))


def own_work_intervals(command: Command, window: Interval) -> list[WorkInterval]:
    """List the member's own work here within a window and until they asked, in no order.

    They may have asked a while ago, and worked since: then the numbers still hold.
    """
    window = window.until(command.at)
    who = command.guild_id, command.user_id
    rows = _here(*who, window.start, window.end, command.at).fetchall()
    breaks = [(row[0], NOBODY, *row[4:]) for row in rows if row[4]]
    return _read(_worked([*{row[0]: row[:4] for row in rows}.values(), *breaks], window))


def own_work_intervals_elsewhere(command: Command, window: Interval) -> list[WorkInterval]:
    """List the member's own work in all other servers, likewise."""
    window = window.until(command.at)
    who = command.guild_id, command.user_id
    rows = _elsewhere(*who, window.start, window.end, command.at).fetchall()
    # to join them, Postgres may read all the breaks there are
    for some in chunked([row[0] for row in rows], IDS):
        nothing = [0] * (IDS - len(some))
        rows += _breaks_of(*some, *nothing).fetchall()
    return _read(_worked(rows, window))


def _worked(rows: Iterable[Row], window: Interval) -> list[Row]:
    """Take the breaks out of the sessions and cut what is left to the window, still as text.

    Text of that form is in order of time, and compares quicker than it is read.
    """
    rows = list(rows)
    first, last = plain(window.start), plain(window.end)
    breaks: dict[int, list[overlaps.Pair]] = {}
    for session_id, user_id, begun, over in rows:
        if user_id == NOBODY:
            breaks.setdefault(session_id, []).append((begun, over))
    found: list[Row] = []
    for row in rows:
        id_, user_id, start, end = row
        if user_id == NOBODY:
            continue
        if id_ not in breaks and first <= start < end <= last:  # as nearly all are
            found.append(row)
            continue
        for a, b in overlaps.without((start, end), breaks.get(id_, ())):
            inside = max(a, first), min(b, last)
            if inside[0] < inside[1]:
                found.append((id_, user_id, *inside))
    return found


def _read(rows: Iterable[Row]) -> list[WorkInterval]:
    read = datetime.fromisoformat
    found = [(read(a + ZONE), read(b + ZONE), user_id, id_) for id_, user_id, a, b in rows]
    return [one for one in found if one[0] < one[1]]


def days_of(found: Iterable[WorkInterval], calendar: Calendar) -> dict[date, timedelta]:
    """Add one member's work up by day."""
    return cut_by_key(((start, end, None) for start, end, *_ in found), calendar).get(None, {})


def unseen(guild_id: int) -> set[int]:
    """List who keeps to themselves in a server, or left it."""
    return {user_id for (user_id,) in _unseen(guild_id).fetchall()}


def together(command: Command, mine: Iterable[overlaps.Pair]) -> timedelta:
    """Add up how much of one's own work others did too, but for those who keep to themselves."""
    own = overlaps.joined(mine)
    if not own:
        return timedelta()
    window = Interval(own[0][0], own[-1][1]).until(command.at)
    who = command.guild_id, command.user_id
    rows = _companions(*who, window.start, window.end, command.at)
    theirs = overlaps.joined([(start, end) for _, _, start, end in _worked(rows, window)])
    common = overlaps.common([(plain(start), plain(end)) for start, end in own], theirs)
    return overlaps.length(_read((0, 0, *pair) for pair in common))

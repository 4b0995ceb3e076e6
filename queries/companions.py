"""What others did in a server while a member worked, as light rows."""

from datetime import datetime
from typing import Any

from peewee import SQL, Node, NodeList, Query, Select, SqliteDatabase, fn

from models import Membership, Session, database
from queries.compiled import CompiledQuery
from queries.session_rows import not_before, restored
from queries.work_intervals import breaks_as_text, instant_as_text, light_rows, select_work


def _companions(guild_id: Any, user_id: Any, start: Any, end: Any, now: Any) -> Query:
    return select_work(guild_id, start, end, now, *_of_others(guild_id, user_id)[1:])


def _of_others(guild_id: Any, user_id: Any) -> tuple[Node, ...]:
    private = Membership.select(Membership.user_id).where(
        Membership.guild_id == guild_id, Membership.private
    )
    return (
        Session.guild_id == guild_id,
        Session.user_id != user_id,
        Session.user_id.not_in(private),
    )


def _companions_between(
    guild_id: int, user_id: int, start: datetime, end: datetime, now: datetime
) -> Query:
    """Select what others did here between two instants, but for those who are private."""
    return _companions(guild_id, user_id, start, end, now)


companions_between = CompiledQuery(_companions_between, light=True)


def _meanwhile(about: Any, guild_id: Any, user_id: Any, now: Any) -> Query:
    """Select what others did from `begun` to `until`, which another query selects."""
    return _companions(guild_id, user_id, *_ends_of(about), now).with_cte(about)


def _ends_of(about: Any) -> tuple[Select, Select]:
    begun, until = (Select((about,), (getattr(about.c, name),)) for name in ("begun", "until"))
    return begun, until


def _about(query: Any) -> Any:
    return query.cte("about", columns=("begun", "until"))


def _companions_restored(change_id: int, guild_id: int, user_id: int, now: datetime) -> Query:
    """Select what others did during a session as it was before a change."""
    return _meanwhile(restored(change_id, now), guild_id, user_id, now)


companions_restored = CompiledQuery(_companions_restored, light=True)


def _ends(now: Any) -> tuple[Any, Any]:
    return Session.started_at, fn.COALESCE(Session.ended_at, now)


def _companions_of(session_id: int, guild_id: int, user_id: int, now: datetime) -> Query:
    """Select what others did during a session."""
    its = Session.select(*_ends(now)).where(Session.id == session_id, Session.guild_id == guild_id)
    return _meanwhile(_about(its), guild_id, user_id, now)


companions_of = CompiledQuery(_companions_of, light=True)


def _companions_at_end(guild_id: int, user_id: int, now: datetime) -> Query:
    """Select what others did during the active session."""
    active = Session.alias()
    begun = active.select(active.started_at).where(
        active.guild_id == guild_id,
        active.user_id == user_id,
        active.ended_at.is_null(),
        active.removed_at.is_null(),
    )
    return _companions(guild_id, user_id, begun, now, now)


companions_at_end = CompiledQuery(_companions_at_end, light=True)


def _companions_within(
    guild_id: int, user_id: int, start: datetime, end: datetime, now: datetime
) -> Query:
    """Select what others did between two instants, while the member worked."""
    begun, until = _ends(now)
    its = Session.select(fn.MIN(begun), fn.MAX(until)).where(
        not_before(guild_id, user_id, start),
        Session.guild_id == guild_id,
        Session.user_id == user_id,
        Session.removed_at.is_null(),
        Session.started_at < end,
        Session.ended_at.is_null() | (Session.ended_at > start),
    )
    about = _about(its)
    begun, until = _ends_of(about)
    here = (
        *_of_others(guild_id, user_id),
        Session.removed_at.is_null(),
        Session.started_at < until,
        Session.started_at
        < _last_of_member_before(fn.COALESCE(Session.ended_at, now), guild_id, user_id, now),
    )
    over = light_rows(instant_as_text(Session.ended_at)).where(*here, Session.ended_at > begun)
    active = light_rows(now).where(*here, Session.ended_at.is_null())
    found = [one.select_extend(breaks_as_text().alias("breaks")) for one in (over, active)]
    return found[0].union_all(found[1]).with_cte(about)


def _last_of_member_before(at: Any, guild_id: Any, user_id: Any, now: Any) -> Node:
    """Select when the member's last session to begin before an instant ended.

    Nobody works twice at once: if it ended before another one's began, all before it did.
    """
    mine = Session.alias()
    its = mine.guild_id == guild_id, mine.user_id == user_id, mine.removed_at.is_null()
    over = fn.COALESCE(mine.ended_at, now)
    if isinstance(database.obj, SqliteDatabase):
        earlier = mine.select(over).where(*its, mine.started_at < at)
        return earlier.order_by(mine.started_at.desc()).limit(1)
    # asked for each of many, Postgres is ten times quicker to search in two sorted arrays
    begun, ended = (
        mine.select(
            NodeList((SQL("array_agg("), one, SQL("ORDER BY"), mine.started_at, SQL(")")))
        ).where(*its)
        for one in (mine.started_at, over)
    )
    place = fn.WIDTH_BUCKET(at, begun)
    return NodeList((SQL("("), ended, SQL(")["), place, SQL("]")), glue="")


companions_within = CompiledQuery(_companions_within, light=True)

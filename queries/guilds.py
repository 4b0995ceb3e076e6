"""Who is working in a server, and what a server's coming and going does to its sessions."""

from collections.abc import Collection
from datetime import datetime, timedelta

from peewee import Case, Query, chunked, fn

from database.round_trips import Row, fetch
from domain.command import Command, CompletionData, Panel, Working
from domain.intervals import Interval
from domain.text import distinct_tasks
from models import Break, Goal, Guild, History, Membership, Outage, Posting, Session
from queries import session_rows
from queries.compiled import CompiledQuery, column_value
from queries.preferences import preferences, preferences_of, settings
from queries.unit_of_work import called_now, read
from queries.work_intervals import unseen

KEEP_FOR = timedelta(days=90)  # the rows of a server that removed the bot
TASKS = 25  # as many as a completion may show


@CompiledQuery
def active_in(guild_id: int) -> Query:
    """Select the active sessions of a server, the longest first."""
    return (
        session_rows.with_breaks()
        .where(Session.guild_id == guild_id, *session_rows.ACTIVE)
        .order_by(Session.started_at, Session.id)
    )


def working(command: Command) -> Working:
    """Return who is working in the server now, the longest first.

    Not those who left, nor those who are private.
    """
    state = read(command, sessions=active_in(command.guild_id), unseen=unseen(command.guild_id))
    sessions = [called_now(session, command) for session in state.sessions]
    own = next((session for session in sessions if session.user_id == command.user_id), None)
    out_of_sight = {*state.unseen}
    if not state.prefs.private:  # whoever asks is there
        out_of_sight.discard(command.user_id)
    seen = tuple(session for session in sessions if session.user_id not in out_of_sight)
    return Working(state.prefs, seen, own)


def panel(command: Command) -> Panel:
    """Return in which language a server's panel is written."""
    return Panel(preferences(command))


def completion_data(command: Command) -> CompletionData:
    """Read what completion needs of the one who types."""
    who = command.guild_id, command.user_id
    found = fetch({"settings": settings(*who), "tasks": latest_tasks(*who)})
    return CompletionData(preferences_of(command, found["settings"]).zone, tasks_in(found["tasks"]))


def tasks_in(rows: list[Row]) -> list[str]:
    """Return the different tasks of rows, the newest spelling of each."""
    return distinct_tasks(row["task"] for row in rows if row["task"])[:TASKS]


@CompiledQuery
def latest_tasks(guild_id: int, user_id: int) -> Query:
    """Select the member's latest different tasks in the server, the newest first."""
    latest = fn.MAX(Session.started_at)
    return (
        Session.select(Session.task)
        .where(
            Session.guild_id == guild_id,
            Session.user_id == user_id,
            Session.removed_at.is_null(),
            Session.task.is_null(False),
        )
        .group_by(Session.task)
        .order_by(latest.desc())
        .limit(2 * TASKS)  # spellings of which some are one task
    )


def adopt(guild_id: int) -> int:
    """Move the sessions that are in no server yet to this one; return how many found a place.

    One that would overlap with what its member did in the server stays where it is.
    """
    here = Session.alias()
    clash = here.select(here.user_name).where(  # which only `session_of_member` leads to
        here.guild_id == guild_id,
        here.user_id == Session.user_id,
        here.removed_at.is_null(),
        Session.ended_at.is_null() | (here.started_at < Session.ended_at),
        here.ended_at.is_null() | (here.ended_at > Session.started_at),
    )
    homeless = (Session.guild_id == 0, ~fn.EXISTS(clash))
    return Session.update(guild_id=guild_id).where(*homeless).execute()


def end_open_sessions(guild_id: int, at: datetime) -> int:
    """End what runs in a server that the bot was removed from; return how many sessions."""
    # the host's clock may be behind Discord's: no session ends before it began
    ended_at = Case(None, [(Session.started_at > at, Session.started_at)], column_value(at))
    return (
        Session.update(ended_at=ended_at, closed_by="removal")
        .where(Session.guild_id == guild_id, *session_rows.ACTIVE)
        .execute()
    )


def forget(guild_id: int, at: datetime) -> None:
    """Write down that the bot is in a server no more, and since when."""
    Guild.update(seen_at=None, removed_at=at).where(Guild.guild_id == guild_id).execute()


def note_seen(guild_ids: Collection[int], at: datetime) -> None:
    """Write down that the bot is in servers, where that was not known."""
    rows = [
        {"guild_id": guild_id, "seen_at": at} for guild_id in sorted({*guild_ids} - known_guilds())
    ]
    for some in chunked(rows, 500):
        Guild.insert_many(some).on_conflict(
            conflict_target=[Guild.guild_id], update={Guild.seen_at: at, Guild.removed_at: None}
        ).execute()


def note_joined(guild_ids: Collection[int], home: int | None, at: datetime) -> int:
    """Write down that the bot is in servers; return how many sessions found a home."""
    note_seen(guild_ids, at)
    return adopt(home) if home else 0


def known_guilds() -> set[int]:
    """Return the servers that the bot is known to have been in, and not to have left."""
    rows = Guild.select(Guild.guild_id).where(Guild.seen_at.is_null(False))
    return {row.guild_id for row in rows}


def note_removed(guild_id: int, at: datetime) -> int:
    """End what runs in a server that removed the bot; return how many sessions."""
    forget(guild_id, at)
    return end_open_sessions(guild_id, at)


def purges() -> dict[int, datetime]:
    """Return which servers removed the bot, and when their rows go."""
    rows = Guild.select(Guild.guild_id, Guild.removed_at).where(Guild.removed_at.is_null(False))
    return {row.guild_id: row.removed_at + KEEP_FOR for row in rows if row.removed_at}


def purge(guild_id: int, now: datetime) -> bool:
    """Delete every row of a server that removed the bot, if it is due; return whether it was."""
    # who deletes this row does the rest; the bot may be back
    its = Guild.guild_id == guild_id, Guild.removed_at <= now - KEEP_FOR
    if not Guild.delete().where(*its).execute():
        return False
    for table in (History, Break, Session, Membership, Goal, Posting):
        table.delete().where(table.guild_id == guild_id).execute()
    return True


def note_outage(away: Interval) -> None:
    """Write down that nobody could press end for a while; an empty one takes that back."""
    if away.start == away.end:
        Outage.delete().where(Outage.started_at == away.start).execute()
        return
    Outage.insert(started_at=away.start, ended_at=away.end).on_conflict(
        conflict_target=[Outage.started_at], update={Outage.ended_at: away.end}
    ).execute()


def outages(since: datetime) -> list[Interval]:
    """List when the bot was away, the latest first."""
    rows = Outage.select().where(Outage.ended_at > since).order_by(Outage.started_at.desc())
    return [Interval(row.started_at, row.ended_at) for row in rows]


def last_command() -> datetime | None:
    """Return when any process of the bot last did what somebody asked."""
    return History.select(fn.MAX(History.created_at)).scalar()

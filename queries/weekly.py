"""The weekly summary: when it is due in each server, taken once, and what the week was."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import NamedTuple

from peewee import Expression

from database.round_trips import Row, Statement, fetch
from domain.calendar import Calendar
from domain.command import Defaults
from domain.decisions import weekly as decisions
from domain.decisions.weekly import Posting, Week
from domain.goals import SERVER, Goal
from models import Guild, Member
from models import Posting as PostingRow
from queries.compiled import statement
from queries.goals import goals, goals_in
from queries.leaderboard import listed, names_of
from queries.preferences import zone_named
from queries.work_intervals import everybody

DOUBT = timedelta(minutes=5)  # from the taking of a week, if nothing more is known of it then


class Taken(NamedTuple):
    """When the week is due next, None for never; and what is to be posted now, if anything.

    `doubtful_since`: somebody may have posted it from then on, and did not write that down.
    """

    next_at: datetime | None
    posting: Posting | None = None
    week: Week | None = None
    doubtful_since: datetime | None = None


def chosen(*where: Expression) -> Statement:
    """Select when and where each server's week is posted."""
    return statement(Guild.select().where(Guild.summary_channel_id.is_null(False), *where))


def postings(rows: Iterable[Row], defaults: Defaults) -> Iterator[Posting]:
    """Return what `chosen` selects."""
    for row in rows:
        zone = zone_named(row["zone"]) or defaults.zone
        yield Posting(
            row["guild_id"],
            Calendar(zone, row["day_starts"], row["week_starts"] or 0),
            row["language"] or defaults.language,
            row["summary_channel_id"],
            row["summary_day"],
            row["summary_hour"],
            row["summary_since"],
            row["summary_by"],
        )


def due_times(defaults: Defaults, now: datetime) -> dict[int, datetime]:
    """Return when the week is due in each server that has it posted."""
    found = postings(fetch({"chosen": chosen()})["chosen"], defaults)
    return {posting.guild_id: decisions.due_moment(posting, now) for posting in found}


def take(defaults: Defaults, guild_id: int, now: datetime) -> Taken:
    """Take a server's week to post it; nothing if it is not due, empty, or taken already.

    One of which it is not known what became of it is taken again, after a while.
    """
    reads = {"chosen": chosen(Guild.guild_id == guild_id), "taken": latest(guild_id)}
    found = fetch(reads)
    posting = next(postings(found["chosen"], defaults), None)
    if posting is None:
        return Taken(None)
    at = decisions.due_moment(posting, now)
    if at > now:
        return Taken(at)
    window = decisions.week_before(posting, at)
    next_at = decisions.next_moment(posting, now)
    first = posting.calendar.day_of(window.start)
    known = next((row for row in found["taken"] if row["from_on"] == first), None)
    if known and known["settled_at"]:
        return Taken(next_at)
    free_at = known["taken_at"] + DOUBT if known else now
    if free_at > now or not take_row(guild_id, first, now):
        return Taken(free_at if free_at > now else now + DOUBT)
    reads = {
        "rows": everybody(guild_id, window.start, window.end, now),
        "goals": goals(guild_id, SERVER),
        "listed": listed(guild_id),
    }
    found = fetch(reads)
    aims: list[Goal] = goals_in(found["goals"])
    made = decisions.week(posting, window, found["rows"], aims, found["listed"])
    if made is None:
        settle(guild_id, first, now)
        return Taken(next_at)
    week, sessions = made
    return Taken(next_at, posting, named(week, names_of(sessions)), at if known else None)


def latest(guild_id: int) -> Statement:
    """Select the latest weeks of a server that were taken."""
    its = PostingRow.guild_id == guild_id, PostingRow.kind == "week"
    return statement(PostingRow.select().where(*its).order_by(PostingRow.from_on.desc()).limit(2))


def take_row(guild_id: int, first: date, now: datetime) -> bool:
    """Take the row of a week, unless somebody took it a moment ago, or knows what became of it."""
    row = {"guild_id": guild_id, "kind": "week", "from_on": first, "taken_at": now}
    free = PostingRow.settled_at.is_null() & (PostingRow.taken_at <= now - DOUBT)
    key = PostingRow.guild_id, PostingRow.kind, PostingRow.from_on
    taken = PostingRow.insert(row).on_conflict(
        conflict_target=key, update={PostingRow.taken_at: now}, where=free
    )
    return bool(taken.as_rowcount().execute())


def settle(guild_id: int, first: date, now: datetime) -> None:
    """Write down that it is known what became of a week."""
    its = PostingRow.guild_id == guild_id, PostingRow.kind == "week", PostingRow.from_on == first
    PostingRow.update(settled_at=now).where(*its).execute()


def named(week: Week, names: dict[int, str]) -> Week:
    """Return the week with the names of its members."""
    places = (
        replace(place, entry=replace(place.entry, user_name=names[place.entry.user_id]))
        for place in week.places
    )
    return replace(week, places=tuple(places))


def note_failure(guild_id: int, first: date, now: datetime) -> bool:
    """Write down that a week was not posted, as far as is known; return whether that is new."""
    settle(guild_id, first, now)
    failed = Guild.update(summary_failed_at=now).where(
        Guild.guild_id == guild_id, Guild.summary_failed_at.is_null()
    )
    return bool(failed.execute())


def note_success(guild_id: int, first: date, now: datetime) -> None:
    """Write down that a week was posted, and that the next one can be."""
    settle(guild_id, first, now)
    failed = Guild.guild_id == guild_id, Guild.summary_failed_at.is_null(False)
    Guild.update(summary_failed_at=None).where(*failed).execute()


def language_of(user_id: int) -> str | None:
    """Return in which language a member wants to be written to, if it is known."""
    row = Member.get_or_none(Member.user_id == user_id)
    return row and (row.language or row.last_language)

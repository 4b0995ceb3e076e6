"""The weekly summary: when it is due in each server, taken once, and what the week was."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from peewee import Expression

from database.round_trips import fetch
from domain.calendar import Calendar
from domain.command import Defaults
from domain.decisions import weekly as decisions
from domain.decisions.weekly import Posting, Week
from domain.goals import Goal
from models import Guild, Member
from models import Posting as PostingRow
from queries.compiled import statement
from queries.goals import SERVER, goals, goals_in
from queries.leaderboard import listed, names_of
from queries.preferences import zone_named
from queries.work_intervals import everybody


class Taken(NamedTuple):
    """When the week is due next, None for never; and what is to be posted now, if anything."""

    next_at: datetime | None
    posting: Posting | None = None
    week: Week | None = None


def postings(defaults: Defaults, *where: Expression) -> Iterator[Posting]:
    """Read when and where each server's week is posted."""
    query = Guild.select().where(Guild.summary_channel_id.is_null(False), *where)
    for row in fetch({"rows": statement(query)})["rows"]:
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
            row["summary_failed_at"] is not None,
        )


def moments(defaults: Defaults, now: datetime) -> dict[int, datetime]:
    """Return when the week is due in each server that has it posted."""
    return {posting.guild_id: decisions.due_moment(posting, now) for posting in postings(defaults)}


def take(defaults: Defaults, guild_id: int, now: datetime) -> Taken:
    """Take a server's week to post it; nothing if it is not due, empty, or taken already."""
    posting = next(postings(defaults, Guild.guild_id == guild_id), None)
    if posting is None:
        return Taken(None)
    at = decisions.due_moment(posting, now)
    if at > now:
        return Taken(at)
    window = decisions.week_before(posting, at)
    next_at = decisions.next_moment(posting, now)
    first = posting.calendar.day_of(window.start)
    row = {"guild_id": guild_id, "kind": "week", "from_on": first, "taken_at": now}
    if not PostingRow.insert(row).on_conflict_ignore().as_rowcount().execute():
        return Taken(next_at)
    reads = {
        "rows": everybody(guild_id, window.start, window.end, now),
        "goals": goals(guild_id, SERVER),
        "listed": listed(guild_id),
    }
    found = fetch(reads)
    members = {one["user_id"] for one in found["listed"]}
    aims: list[Goal] = goals_in(found["goals"])
    made = decisions.week(posting, window, found["rows"], aims, members)
    if made is None:
        return Taken(next_at)
    week, latest = made
    return Taken(next_at, posting, named(week, names_of(latest)))


def named(week: Week, names: dict[int, str]) -> Week:
    """Return the week with the names of its members."""
    places = (
        replace(place, entry=replace(place.entry, user_name=names[place.entry.user_id]))
        for place in week.places
    )
    return replace(week, places=tuple(places))


def note_failure(guild_id: int, now: datetime) -> bool:
    """Write down that the week could not be posted; return whether that is new."""
    failed = Guild.update(summary_failed_at=now).where(
        Guild.guild_id == guild_id, Guild.summary_failed_at.is_null()
    )
    return bool(failed.execute())


def note_success(guild_id: int) -> None:
    """Write down that the week can be posted again."""
    Guild.update(summary_failed_at=None).where(Guild.guild_id == guild_id).execute()


def language_of(user_id: int) -> str | None:
    """Return in which language a member wants to be written to, if it is known."""
    row = Member.get_or_none(Member.user_id == user_id)
    return row and (row.language or row.last_language)

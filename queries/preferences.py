"""Whose zone and language hold for the one who asks, and who may see them."""

import itertools
import logging
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from peewee import Field, Query, Select, fn

from database.round_trips import Row, Statement, fetch
from domain.command import DEFAULT_HOURS, Command, Hours, Preferences
from domain.zones import exact_zone
from models import Guild, Member, Membership, Session
from queries.compiled import CompiledQuery, json_array, read_json, statement

log = logging.getLogger(__name__)


# What `hours_of` reads.
HOURS = (
    *(Guild.ask_hours, Guild.close_hours, Member.remind_hours),
    Guild.remind_hours.alias("server_remind_hours"),
)


def by_name(*columns: Any) -> dict[str, Field]:
    """Return columns by their names."""
    return {column.name: column for column in columns}


# What is read of each of the tables that the settings are in.
OF_SERVER = by_name(
    *(Guild.zone, Guild.language, Guild.day_starts, Guild.week_starts, Guild.posts),
    *(Guild.ask_hours, Guild.close_hours, Guild.remind_hours),
)
OF_MEMBER = by_name(
    *(Member.zone, Member.language, Member.day_starts, Member.last_language, Member.remind_hours),
)
OF_MEMBERSHIP = by_name(Membership.listed, Membership.private, Membership.left_at)


@CompiledQuery
def settings(guild_id: int, user_id: int) -> Query:
    """Select what the server and the member have set, in one row whatever there is.

    Each table's columns are one value: Postgres takes twice as long to plan a join of them.
    """
    undelivered = Session.select(Session.id).where(
        Session.guild_id == guild_id, Session.user_id == user_id, Session.untold.is_null(False)
    )
    here = Membership.guild_id == guild_id, Membership.user_id == user_id
    found = {
        "server": Guild.select(json_array(*OF_SERVER.values())).where(Guild.guild_id == guild_id),
        "member": Member.select(json_array(*OF_MEMBER.values())).where(Member.user_id == user_id),
        "membership": Membership.select(json_array(*OF_MEMBERSHIP.values())).where(*here),
        "undelivered": fn.EXISTS(undelivered),
    }
    return Select(columns=[value.alias(name) for name, value in found.items()])


def preferences(command: Command) -> Preferences:
    """Read the member's and the server's settings."""
    found = fetch({"settings": settings(command.guild_id, command.user_id)})
    return preferences_of(command, found["settings"])


def preferences_of(command: Command, rows: list[Row]) -> Preferences:
    """Return what the row of `settings` says, or else the bot's defaults."""
    (row,) = rows
    server = read_by_name(row["server"], OF_SERVER)
    member = read_by_name(row["member"], OF_MEMBER)
    membership = read_by_name(row["membership"], OF_MEMBERSHIP)
    server_zone = zone_named(server["zone"]) or command.defaults.zone
    server_hour, hour = server["day_starts"] or 0, member["day_starts"]
    return Preferences(
        zone=zone_named(member["zone"]) or server_zone,
        server_zone=server_zone,
        language=member["language"],
        server_language=server["language"] or command.defaults.language,
        day_starts=server_hour if hour is None else hour,
        server_day_starts=server_hour,
        listed=bool(membership["listed"]),
        private=bool(membership["private"]),
        left=membership["left_at"] is not None,
        hours=hours_of(server | {"server_remind_hours": server["remind_hours"]} | member),
        last_language=member["last_language"],
        undelivered=bool(row["undelivered"]),
        week_starts=server["week_starts"] or 0,
        posts=server["posts"] is None or bool(server["posts"]),  # a server that nobody set up
    )


def read_by_name(kept: Any, columns: dict[str, Field]) -> dict[str, Any]:
    """Return by their columns' names the values that were read as one; None if there is no row."""
    return dict(zip(columns, read_json(kept) or itertools.repeat(None), strict=False))


def hours_of(row: Row) -> Hours:
    """Return what the columns of HOURS say, or else the bot's defaults."""
    own = row["remind_hours"]
    said = Hours(
        row["ask_hours"], row["server_remind_hours"] if own is None else own, row["close_hours"]
    )
    return Hours(
        *(has if one is None else one for one, has in zip(said, DEFAULT_HOURS, strict=True))
    )


def store_language(command: Command) -> Statement:
    """Keep the language of a member's last interaction, for what they are told by DM."""
    return statement(
        Member.insert(user_id=command.user_id, last_language=command.language)
        .on_conflict(
            conflict_target=[Member.user_id], update={Member.last_language: command.language}
        )
        .as_rowcount()
    )


def clear_left_at(command: Command) -> Statement:
    """Forget that a member was once seen to be gone: they are here now."""
    return statement(
        Membership.update(left_at=None).where(
            Membership.guild_id == command.guild_id, Membership.user_id == command.user_id
        )
    )


def zone_named(name: str | None) -> ZoneInfo | None:
    """Return a zone that was stored; None for none, or one that this machine does not know."""
    return _known(name) if name else None


@cache
def _known(name: str) -> ZoneInfo | None:
    """Find a zone that was stored, on a machine that may know other ones; say once if it is not."""
    found = exact_zone(name)
    if found is None:
        log.warning("this machine's tzdata does not know the zone %s: the server's holds", name)
    return found

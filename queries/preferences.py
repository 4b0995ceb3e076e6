"""Whose zone and language hold for the one who asks, and who may see them."""

import logging
from functools import cache
from zoneinfo import ZoneInfo

from peewee import JOIN, SQL, Query, Select, fn

from database.round_trips import Row, Statement, fetch
from domain.command import USUAL, Command, Hours, Preferences
from domain.zones import known
from models import Guild, Member, Membership, Session
from queries.compiled import CompiledQuery, statement

log = logging.getLogger(__name__)


# What `hours_of` reads.
HOURS = (
    *(Guild.ask_hours, Guild.close_hours, Member.remind_hours),
    Guild.remind_hours.alias("server_remind_hours"),
)


@CompiledQuery
def settings(guild_id: int, user_id: int) -> Query:
    """Select what the server and the member have set, in one row whatever there is."""
    one_row = Select(columns=[SQL("1 AS one")]).alias("always")
    here = (Membership.guild_id == guild_id) & (Membership.user_id == user_id)
    untold = Session.select(Session.id).where(
        Session.guild_id == guild_id, Session.user_id == user_id, Session.untold.is_null(False)
    )
    return (
        Select(
            [one_row],
            [
                Guild.zone.alias("server_zone"),
                Guild.language.alias("server_language"),
                Guild.day_starts.alias("server_day_starts"),
                *(Guild.week_starts, Guild.posts),
                *(Member.zone, Member.language, Member.day_starts, Member.last_language),
                *HOURS,
                fn.EXISTS(untold).alias("untold"),
                *(Membership.listed, Membership.private),
                Membership.left_at.is_null(False).alias("left_it"),
            ],
        )
        .join(Guild, JOIN.LEFT_OUTER, on=(Guild.guild_id == guild_id))
        .join(Member, JOIN.LEFT_OUTER, on=(Member.user_id == user_id))
        .join(Membership, JOIN.LEFT_OUTER, on=here)
    )


def preferences(command: Command) -> Preferences:
    """Read the member's and the server's settings."""
    found = fetch({"settings": settings(command.guild_id, command.user_id)})
    return preferences_of(command, found["settings"])


def preferences_of(command: Command, rows: list[Row]) -> Preferences:
    """Return what the row of `settings` says, or else the bot's defaults."""
    (row,) = rows
    server = zone_named(row["server_zone"]) or command.defaults.zone
    server_hour, hour = row["server_day_starts"] or 0, row["day_starts"]
    return Preferences(
        zone=zone_named(row["zone"]) or server,
        server_zone=server,
        language=row["language"],
        server_language=row["server_language"] or command.defaults.language,
        day_starts=server_hour if hour is None else hour,
        server_day_starts=server_hour,
        listed=bool(row["listed"]),
        private=bool(row["private"]),
        left=bool(row["left_it"]),
        hours=hours_of(row),
        last_language=row["last_language"],
        untold=bool(row["untold"]),
        week_starts=row["week_starts"] or 0,
        posts=row["posts"] is None or bool(row["posts"]),  # a server that nobody set up
    )


def hours_of(row: Row) -> Hours:
    """Return what the columns of HOURS say, or else the bot's defaults."""
    own = row["remind_hours"]
    said = Hours(
        row["ask_hours"], row["server_remind_hours"] if own is None else own, row["close_hours"]
    )
    return Hours(*(has if one is None else one for one, has in zip(said, USUAL, strict=True)))


def spoken_in(command: Command) -> Statement:
    """Keep the language of a member's last interaction, for what they are told by DM."""
    return statement(
        Member.insert(user_id=command.user_id, last_language=command.language)
        .on_conflict(
            conflict_target=[Member.user_id], update={Member.last_language: command.language}
        )
        .as_rowcount()
    )


def came_back(command: Command) -> Statement:
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
    found = known(name)
    if found is None:
        log.warning("this machine's tzdata does not know the zone %s: the server's holds", name)
    return found

"""Whose zone and language hold for the one who asks, and who may see them."""

from zoneinfo import ZoneInfo

from peewee import JOIN, SQL, Node, Query, Select, fn

from domain.command import Command, Preferences
from models import Goal, Guild, Member, Membership
from queries.compiled import CompiledQuery


@CompiledQuery
def _settings(guild_id: Node, user_id: Node) -> Query:
    one_row = Select(columns=[SQL("1 AS one")]).alias("always")  # whatever else is there
    here = (Membership.guild_id == guild_id) & (Membership.user_id == user_id)
    aims = Goal.select(Goal.from_on).where(Goal.guild_id == guild_id, Goal.user_id == user_id)
    return (
        Select(
            [one_row],
            [
                *(Guild.zone, Guild.language, Guild.day_starts),
                *(Member.zone, Member.language, Member.day_starts),
                *(Membership.listed, Membership.private, Membership.left_at.is_null(False)),
                fn.EXISTS(aims),
            ],
        )
        .join(Guild, JOIN.LEFT_OUTER, on=(Guild.guild_id == guild_id))
        .join(Member, JOIN.LEFT_OUTER, on=(Member.user_id == user_id))
        .join(Membership, JOIN.LEFT_OUTER, on=here)
    )


def preferences(command: Command) -> Preferences:
    """Read the member's and the server's settings in one round trip."""
    (row,) = _settings(command.guild_id, command.user_id).fetchall()
    server_zone, server_language, server_hour, zone, language, hour, listed, private, left, aims = (
        row
    )
    defaults = command.defaults
    server = _zone(server_zone) or defaults.zone
    return Preferences(
        zone=_zone(zone) or server,
        server_zone=server,
        language=language,
        server_language=server_language or defaults.language,
        day_starts=(server_hour or 0) if hour is None else hour,
        server_day_starts=server_hour or 0,
        listed=bool(listed),
        private=bool(private),
        left=bool(left),
        aims=bool(aims),
    )


def welcome_back(command: Command) -> None:
    """Forget that a member was once seen to be gone: they are here now."""
    Membership.update(left_at=None).where(
        Membership.guild_id == command.guild_id, Membership.user_id == command.user_id
    ).execute()


def _zone(name: str | None) -> ZoneInfo | None:
    return ZoneInfo(name) if name else None

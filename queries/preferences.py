"""Whose zone and language hold for the one who asks."""

from zoneinfo import ZoneInfo

from peewee import Node, Query

from domain.command import Command, Preferences
from models import Guild, Member
from queries.prepared import Prepared


@Prepared
def _settings(guild_id: Node, user_id: Node) -> Query:
    server = Guild.select(Guild.guild_id, Guild.zone, Guild.language, Guild.day_starts).where(
        Guild.guild_id == guild_id
    )
    member = Member.select(Member.user_id, Member.zone, Member.language, -1).where(
        Member.user_id == user_id
    )
    return server | member


def preferences(command: Command) -> Preferences:
    """Read the member's and the server's settings in one round trip."""
    zones: dict[bool, str | None] = {}
    languages: dict[bool, str | None] = {}
    day_starts = 0
    for _, zone, language, hour in _settings(command.guild_id, command.user_id).fetchall():
        of_server = hour >= 0
        zones[of_server], languages[of_server] = zone, language
        day_starts = max(day_starts, hour)
    defaults = command.defaults
    server_zone = _zone(zones.get(True)) or defaults.zone
    return Preferences(
        zone=_zone(zones.get(False)) or server_zone,
        server_zone=server_zone,
        language=languages.get(False),
        server_language=languages.get(True) or defaults.language,
        day_starts=day_starts,
    )


def _zone(name: str | None) -> ZoneInfo | None:
    return ZoneInfo(name) if name else None

"""Whose zone and language hold for the one who asks."""

from zoneinfo import ZoneInfo

from domain.command import Command, Preferences
from models import Guild, Member, database


def preferences(command: Command) -> Preferences:
    """Read the member's and the server's settings in one round trip."""
    server = Guild.select(Guild.guild_id, Guild.zone, Guild.language, Guild.day_starts).where(
        Guild.guild_id == command.guild_id
    )
    member = Member.select(Member.user_id, Member.zone, Member.language, -1).where(
        Member.user_id == command.user_id
    )
    zones: dict[bool, str | None] = {}
    languages: dict[bool, str | None] = {}
    day_starts = 0
    for _, zone, language, hour in (server | member).tuples().execute(database):
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

"""Settings as an operator's are who chose nothing but a database."""

from dataclasses import fields
from typing import Any
from zoneinfo import ZoneInfo

from settings import Settings


def settings_for(database_url: str, **changed: Any) -> Settings:
    """Return settings with this database and all else as it is by itself."""
    chosen = {"token": "none", "database_url": database_url, "zone": ZoneInfo("Asia/Tokyo")}
    chosen |= {"language": "ja", "log_level": "INFO", "migrate": True, "ignored": ()}
    nothing = dict.fromkeys(field.name for field in fields(Settings))
    return Settings(**nothing | chosen | changed)

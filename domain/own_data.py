"""One's own data, as it is handed out and deleted."""

from dataclasses import dataclass
from datetime import datetime

from domain.command import Answer


@dataclass(frozen=True, slots=True)
class Exported(Answer):
    """What is known of a member: what they chose, and once it is packed, all of it as a zip."""

    profile: str
    archive: bytes = b""
    sessions: int = 0


@dataclass(frozen=True, slots=True)
class Deletion(Answer):
    """When all that is known of a member is to be deleted; None if it stays."""

    user_id: int
    at: datetime | None

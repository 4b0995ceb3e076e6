"""One's own data, as it is handed out."""

from dataclasses import dataclass

from domain.command import Answer


@dataclass(frozen=True, slots=True)
class Exported(Answer):
    """What is known of a member, as a zip; at first what they chose, then their sessions too."""

    archive: bytes
    sessions: int = 0

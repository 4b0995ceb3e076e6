"""What a form showed when it opened, and which of its fields were changed by whoever sent it."""

import base64
import hashlib
from dataclasses import dataclass
from typing import Literal, TypeAlias
from zoneinfo import ZoneInfo

from domain.command import Answer
from domain.errors import UserError
from domain.logbook import Inputs

# The forms that show what is there, and so must read it first.
FormName: TypeAlias = Literal[
    "note", "fix", "task", "edit", "zone", "goal", "group_goal", "server_zone", "server_goal"
]
DIGEST = 6  # characters, of 6 bits


class Digests(Inputs):
    """The digest of what each field of a form showed.

    None where it is not known: of an option, and of a form that an earlier release opened.
    """


UNKNOWN = Digests()


@dataclass(frozen=True, slots=True)
class Shown:
    """What the fields of a form showed, and the zone in which its times were written."""

    digests: Digests = UNKNOWN
    zone: ZoneInfo | None = None


NOT_SHOWN = Shown()


@dataclass(frozen=True, slots=True)
class Form(Answer):
    """A form to be opened, filled in with what is there now; `target` is the session it is for."""

    name: FormName
    target: int | None
    inputs: Inputs
    digests: Digests


@dataclass(frozen=True, slots=True)
class Unchanged(Answer):
    """A form was sent as it had been opened: nothing is written."""


def digest(text: str | None) -> str:
    """Return a short name for a text, that fits beside others into the id of a field."""
    hashed = hashlib.blake2b((text or "").encode(), digest_size=DIGEST).digest()
    return base64.urlsafe_b64encode(hashed).decode()[:DIGEST]


def is_new(word: str, typed: str | None, shown: str | None, now: str | None) -> bool:
    """Return whether a field is to be written, of which `shown` is the digest of what it showed.

    `now` is the text that it would show now. Raise UserError with `form.changed` if somebody else
    has changed what is to be written since.
    """
    if typed == now or (shown is not None and digest(typed) == shown):
        return False
    if shown is not None and digest(now) != shown:
        raise UserError("form.changed", word=word, now=now)
    return True

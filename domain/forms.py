"""What a form showed when it opened, and which of its fields its sender changed."""

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
    """Return a short digest of a text, of which several fit into a custom_id."""
    hashed = hashlib.blake2b((text or "").encode(), digest_size=DIGEST).digest()
    return base64.urlsafe_b64encode(hashed).decode()[:DIGEST]


def is_new(field: str, typed: str | None, shown: str | None, now: str | None) -> bool:
    """Return whether a field of a form was changed, and so is to be written.

    `shown` is the digest of what it showed, `now` the text that it would show now. Raise UserError
    with `form.changed` if that was changed elsewhere since.
    """
    if typed == now or (shown is not None and digest(typed) == shown):
        return False
    if shown is not None and digest(now) != shown:
        raise UserError("form.changed", word=field, now=now)
    return True

"""The export and the deletion of a member's own data; a deletion waits for a day."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.command import Answer, Command
from domain.errors import UserError
from domain.state import Decision, SettingsChanged, State
from domain.text import task_key

DELETION_DELAY = timedelta(hours=24)  # a borrowed phone must not delete it in five minutes
CONFIRMING_WORDS = frozenset({"delete", "削除"})  # the form asks for one of them


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


def ask_to_delete(state: State, command: Command, text: str | None) -> Decision[Deletion]:
    """Have all of it deleted in a day; a deletion that waits already is not put off."""
    if task_key(text or "").strip() not in CONFIRMING_WORDS:
        raise UserError("delete_data.word", text=text or "")
    at = state.deletion or command.at + DELETION_DELAY
    changes = () if state.deletion or state.already_done(command) else (deletion_change(None, at),)
    return Deletion(state.prefs, command.user_id, at), changes


def keep_data(state: State, command: Command) -> Decision[Deletion]:
    """Keep it: nothing is deleted."""
    kept = Deletion(state.prefs, command.user_id, None)
    if state.already_done(command):
        return kept, ()
    if state.deletion is None:
        raise UserError("keep_data.nothing")
    return kept, (deletion_change(state.deletion, None),)


def deletion_change(before: datetime | None, after: datetime | None) -> SettingsChanged:
    """Change when it is deleted."""
    return SettingsChanged("me", {"delete_at": written(before)}, {"delete_at": written(after)})


def written(at: datetime | None) -> str | None:
    """Write an instant as the history keeps it."""
    return at and at.isoformat()

"""Which lines of a table become sessions, and the undo of an import."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from domain.command import Command
from domain.decisions.corrections import refuse_late, undoable
from domain.decisions.logbook import LONGEST
from domain.errors import UserError
from domain.imports import Imported, ImportedLine, OccupiedTime, Reason, RefusedLine
from domain.sessions import Session
from domain.state import Decision, ImportUndone, SessionsImported, State


class ClassifiedLines(NamedTuple):
    """What of a table is new, what was there already, and what is refused."""

    new: list[ImportedLine]
    known: int
    refused: list[RefusedLine]


def classify(
    found: Sequence[ImportedLine],
    refused: Sequence[RefusedLine],
    taken: Sequence[tuple[datetime, datetime]],
    command: Command,
) -> ClassifiedLines:
    """Decide about each line: as for /log add, nothing overlaps, lasts long or is to come."""
    known, there, out = 0, OccupiedTime(taken), ClassifiedLines([], 0, [*refused])
    for entry in found:
        if there.contains(entry.start, entry.end):
            known += 1
        elif key := reason_against(entry, there, command):
            out.refused.append(RefusedLine(entry.line, key))
        else:
            there.add(entry.start, entry.end)
            out.new.append(entry)
    return ClassifiedLines(out.new, known, sorted(out.refused, key=lambda refusal: refusal.line))


def reason_against(one: ImportedLine, there: OccupiedTime, command: Command) -> Reason | None:
    """Return why a line is refused; what was here once may be of any length again."""
    length = one.end - one.start
    if length < timedelta() or not (length or one.exported):
        return "backwards"
    if one.end > command.at:
        return "future"
    if length > LONGEST and not one.exported:
        return "long"
    return "clash" if there.overlaps(one.start, one.end) else None


def import_sessions(
    state: State, command: Command, new: Sequence[ImportedLine]
) -> Decision[Imported]:
    """Create the sessions; their ids follow the import's."""
    if not new:
        raise UserError("import.nothing")
    sessions = tuple(
        Session(
            id=command.id + n,
            guild_id=command.guild_id,
            user_id=command.user_id,
            user_name=command.user_name,
            channel_id=None,
            task=one.task,
            note=one.note,
            started_at=one.start,
            ended_at=one.end,
            edited_at=command.at,
            breaks=one.breaks,
        )
        for n, one in enumerate(new, 1)
    )
    return Imported(state.prefs, len(new), command.id), (SessionsImported(sessions),)


def undo_import(state: State, command: Command, change_id: int) -> Decision[Imported]:
    """Remove all that an import added, within 24 hours."""
    done = state.already_done(command)
    made = undoable(state.recorded, command, of_session=False)
    if made.after is None or "sessions" not in made.after:
        raise UserError("unknown_button")
    count = made.after["sessions"]
    answer = Imported(state.prefs, count, change_id, undone=True)
    if done:
        return answer, ()
    refuse_late(made, command)
    return answer, (ImportUndone(change_id, count),)

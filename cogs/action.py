"""What a command, a button, a modal or a retry asks for, and the query that does it."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from domain.command import Answer, Command
from domain.refused import Refused
from domain.text import clean, one_line
from queries import correction, room, session

TASK, NOTE, TIME = 100, 500, 60  # characters


@dataclass(frozen=True, slots=True)
class Action:
    """One thing to do: to which session or change, with which task or note, and when.

    `said` is a time as it was typed; `retried` repeats one that was not saved.
    """

    verb: str
    target: int | None = None
    text: str | None = None
    said: str | None = None
    retried: bool = False

    def cleaned(self) -> "Action":
        """Drop what nobody can keep or read from what was typed."""
        return replace(
            self,
            text=LIMITS.get(self.verb, one_line_task)(self.text),
            said=one_line(self.said, TIME),
        )

    def do(self, command: Command) -> Answer:
        """Run the query; this is the whole transaction."""
        return QUERIES[self.verb](command, self)


def one_line_task(text: str | None) -> str | None:
    """Clean a task."""
    return one_line(text, TASK)


def note(text: str | None) -> str | None:
    """Clean a note, which may have several lines."""
    return clean(text, NOTE)


LIMITS: dict[str, Callable[[str | None], str | None]] = {"end": note, "note": note}


def _target(action: Action) -> int:
    if action.target is None:  # only a forged retry names nothing
        raise Refused("unknown_button")
    return action.target


QUERIES: dict[str, Callable[[Command, Action], Answer]] = {
    "start": lambda c, a: session.begin(c, a.text, a.said, retried=a.retried),
    "end": lambda c, a: session.end(c, a.text, a.said, retried=a.retried),
    "end_named": lambda c, a: session.end_named(c, _target(a), a.said),
    "restart": lambda c, a: session.restart(c, _target(a), a.text, a.said),
    "keep": lambda c, a: correction.keep(c, _target(a)),
    "note": lambda c, a: correction.set_note(c, _target(a), a.text),
    # two times are said: when it began in `said`, when it ended in `text`
    "fix": lambda c, a: correction.fix(c, _target(a), a.said, a.text),
    "undo": lambda c, a: correction.undo(c, _target(a)),
    "cancel": lambda c, _: correction.ask_to_discard(c),
    "discard": lambda c, a: correction.discard(c, _target(a)),
    "now": lambda c, _: room.working(c),
    "panel": lambda c, _: room.panel(c),
}
# Those that only read have nothing to save, so nothing to try again either.
READS = frozenset({"now", "cancel", "keep", "panel"})

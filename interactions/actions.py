"""What a command, a button, a modal or a retry asks for, and the query that does it."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import disnake

from domain.command import Answer, Command
from domain.errors import UserError
from domain.logbook import Words
from domain.ranking import RankBy
from domain.text import clean, one_line
from queries import active, corrections, guilds, leaderboard, logbook, profile, sessions, stats

TASK, NOTE, TIME = 100, 500, 60  # characters
NOTED = frozenset(
    {"end", "note", "add", "add_for", "edit"}
)  # whose text is a note; all others': a task


@dataclass(frozen=True, slots=True)
class Action:
    """One thing to do: to which session or change, with which words, and when.

    `text` is a note or a task, as the action has it; `task` stands beside a note. `start_text` and
    `end_text` are times as they were typed, from when and to when. `retried` repeats one that was
    not saved. What has pages begins with the first.
    """

    name: str
    target: int | None = None
    text: str | None = None
    start_text: str | None = None
    end_text: str | None = None
    task: str | None = None
    page: int = 1
    retried: bool = False

    def cleaned(self) -> "Action":
        """Drop what nobody can keep or read from what was typed."""
        noted = self.name in NOTED
        return replace(
            self,
            text=clean(self.text, NOTE) if noted else one_line(self.text, TASK),
            start_text=one_line(self.start_text, TIME),
            end_text=one_line(self.end_text, TIME),
            task=one_line(self.task, TASK),
        )

    def do(self, command: Command) -> Answer:
        """Run the query; this is the whole transaction."""
        return QUERIES[self.name](command, self)


def _target(action: Action) -> int:
    if action.target is None:  # only a forged retry names nothing
        raise UserError("unknown_button")
    return action.target


def _add(command: Command, action: Action, *, lasted: bool) -> Answer:
    words = Words(action.text, action.start_text, action.end_text, action.task)
    return logbook.add(command, words, lasted=lasted)


def _edit(command: Command, action: Action) -> Answer:
    words = Words(action.text, action.start_text, action.end_text, action.task)
    return logbook.edit(command, _target(action), words)


def by_of(text: str | None) -> RankBy:
    """Read by what a board is ordered; UserError for anything else, as only a forged button has."""
    if text in ("time", "days"):
        return text
    raise UserError("unknown_button")


def _joined(command: Command, action: Action) -> Answer:
    profile.set_listed(command, "yes")
    return leaderboard.board(_then(command, action), action.start_text, by_of(action.text), 1)


def _then(command: Command, action: Action) -> Command:
    """Ask as it was asked first, if a button names that."""
    if action.target is None:
        return command
    at = disnake.utils.snowflake_time(action.target)
    return replace(command, id=action.target, at=min(at, command.at))


QUERIES: dict[str, Callable[[Command, Action], Answer]] = {
    "start": lambda c, a: sessions.begin(c, a.text, a.start_text, retried=a.retried),
    "end": lambda c, a: sessions.end(c, a.text, a.start_text, retried=a.retried),
    "end_named": lambda c, a: sessions.end_named(c, _target(a), a.start_text),
    "restart": lambda c, a: sessions.restart(c, _target(a), a.text, a.start_text),
    "keep": lambda c, a: corrections.keep(c, _target(a)),
    "break": lambda c, _: active.toggle_break(c),
    "pause": lambda c, a: active.pause(c, _target(a)),
    "resume": lambda c, a: active.resume(c, _target(a)),
    "task": lambda c, a: active.set_task(c, _target(a), a.text),
    "note": lambda c, a: corrections.set_note(c, _target(a), a.text),
    "fix": lambda c, a: corrections.fix(c, _target(a), a.start_text, a.end_text),
    "undo": lambda c, a: corrections.undo(c, _target(a)),
    "cancel": lambda c, _: corrections.ask_to_discard(c),
    "discard": lambda c, a: corrections.discard(c, _target(a)),
    "now": lambda c, _: guilds.working(c),
    "panel": lambda c, _: guilds.panel(c),
    "log": lambda c, a: logbook.listed(c, a.page),
    "stats": lambda c, a: stats.stats(_then(c, a), a.start_text),
    "share": lambda c, a: stats.stats(_then(c, a), a.start_text, shared=True),
    "why": lambda c, a: stats.account(_then(c, a), a.start_text, a.page),
    "rank": lambda c, a: leaderboard.board(_then(c, a), a.start_text, by_of(a.text), a.page),
    "join": _joined,
    "me": lambda c, _: profile.profile(c),
    "zone": lambda c, a: profile.set_zone(c, a.text),
    "language": lambda c, a: profile.set_language(c, a.text),
    "day_starts": lambda c, a: profile.set_day_starts(c, a.text),
    "listed": lambda c, a: profile.set_listed(c, a.text),
    "private": lambda c, a: profile.set_private(c, a.text),
    "goal": lambda c, a: profile.set_goal(c, a.start_text, a.text),
    "group_goal": lambda c, a: profile.set_group_goal(c, a.start_text),
    "restore": lambda c, a: profile.restore(c, _target(a)),
    "entry": lambda c, a: logbook.shown(c, _target(a)),
    "add": lambda c, a: _add(c, a, lasted=False),
    "add_for": lambda c, a: _add(c, a, lasted=True),
    "edit": _edit,
    "delete": lambda c, a: logbook.delete(c, _target(a)),
    "revert": lambda c, a: corrections.revert(c, _target(a)),
}
ORGANISERS = frozenset({"panel", "group_goal"})  # what only they may do, by whatever button
# Those that only read have nothing to save, so nothing to try again either.
READS = frozenset(
    {
        *("now", "cancel", "keep", "panel", "log", "entry"),
        *("stats", "share", "why", "rank", "me"),
    }
)

"""What a form shows when it opens: the present values."""

from zoneinfo import ZoneInfo

from domain.command import Command
from domain.decisions.config import server_goal
from domain.errors import UserError
from domain.forms import Digests, Form, FormName, digest
from domain.goals import Goal, format_aim, goal_on, goal_text
from domain.logbook import Inputs
from domain.sessions import Session
from domain.state import Decision, State
from domain.times import format_time

# The inputs that each form shows.
ASKED: dict[FormName, tuple[str, ...]] = {
    "note": ("text",),
    "task": ("text",),
    "fix": ("start", "end"),
    "edit": ("text", "start", "end", "task"),
    "zone": ("text",),
    "server_zone": ("text",),
}


def form_contents(
    state: State, command: Command, name: FormName, target: int | None
) -> Decision[Form]:
    """Return a form filled in with the present values."""
    match name:
        case "zone":
            assert state.chosen
            inputs = Inputs(state.chosen["zone"])
        case "goal":
            on = state.prefs.calendar.day_of(command.at)
            return of_goal(state, name, goal_on(state.goals, on)), ()
        case "server_zone":
            assert state.server
            inputs = Inputs(state.server["zone"])
        case "group_goal" | "server_goal":
            return of_goal(state, name, server_goal(state, command)), ()
        case _:
            session = state.require_own(state.named, command)
            if session.removed_at:
                raise UserError("discarded_since")
            inputs = of_session(session, state.prefs.zone, name)
    texts = {word: getattr(inputs, word) for word in ASKED[name]}
    digests = Digests(**{word: digest(text) for word, text in texts.items()})
    return Form(state.prefs, name, target, Inputs(**texts), digests), ()


def of_session(session: Session, zone: ZoneInfo, name: FormName) -> Inputs:
    """Write a session as its member would type it."""
    text = session.task if name == "task" else session.note
    end = format_time(session.ended_at, zone) if session.ended_at else None
    return Inputs(text, format_time(session.started_at, zone), end, session.task)


def of_goal(state: State, name: FormName, goal: Goal | None) -> Form:
    """Return a form with a goal; how long and how often are one thing, and have one digest."""
    inputs = Inputs(goal and goal.per, goal and format_aim(goal))
    return Form(state.prefs, name, None, inputs, Digests(start=digest(goal_text(goal))))

"""What members choose for themselves, and the weekly goal of a server."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from domain.command import Command
from domain.decisions.corrections import refuse_late, undoable
from domain.decisions.leaderboard import progress_of_server
from domain.errors import UserError
from domain.forms import Shown, Unchanged, is_new
from domain.goals import SERVER, Goal, goal_on, goal_text, parse_aim
from domain.profile import GroupGoal, Profile
from domain.snapshots import Snapshot
from domain.state import Decision, SettingsChanged, State
from domain.work_intervals import cut, total_of
from domain.zones import parse_zone

REMINDERS = (0, 1, 2, 3, 4, 6, 8, 12)  # hours without activity; 0: never
NOT_KEPT: Snapshot = {"remind_hours": None}  # in the history by earlier releases
LONGEST = {"day": timedelta(days=1), "week": timedelta(weeks=1)}


def profile(state: State, command: Command, **news: Any) -> Decision[Profile]:
    """Show what the member chose."""
    assert state.chosen is not None
    goal = goal_on(state.goals, state.prefs.calendar.day_of(command.at))
    named = ("zone", "day_starts", "remind_hours")
    chosen = {name: state.chosen[name] for name in named}
    who, more = (state.prefs, command.user_id, command.at), chosen | news
    answer = Profile(*who, goal=goal, deletion=state.deletion, **more)
    return answer, ()


def with_choice(state: State, chosen: Snapshot) -> State:
    """Return the state once a choice is written; whoever chooses has not left."""
    prefs, hour = state.prefs, chosen["day_starts"]
    prefs = replace(
        prefs,
        zone=ZoneInfo(chosen["zone"]) if chosen["zone"] else prefs.server_zone,
        language=chosen["language"],
        day_starts=prefs.server_day_starts if hour is None else hour,
        listed=chosen["listed"],
        private=chosen["private"],
        left=False,
    )
    return replace(state, prefs=prefs, chosen=chosen)


def choose(
    state: State, command: Command, news: Literal["changed", "zone"], choice: Snapshot
) -> Decision[Profile]:
    """Change what the member chose, from now on."""
    state, changes = apply_choice(state, command, choice)
    answer, _ = profile(state, command, news=news, change_id=command.id)
    return answer, changes


def apply_choice(
    state: State, command: Command, choice: Snapshot
) -> tuple[State, tuple[SettingsChanged, ...]]:
    """Return the state once a choice is written, and the change; none if it was made already."""
    assert state.chosen is not None
    if state.already_done(command):
        return state, ()
    after = state.chosen | choice
    return with_choice(state, after), (SettingsChanged("me", state.chosen, after),)


def zone_of(text: str | None) -> Snapshot:
    """Read a zone; None, the server's, without a text."""
    return {"zone": parse_zone(text).key if text else None}


def set_zone(
    state: State, command: Command, text: str | None, shown: Shown
) -> Decision[Profile | Unchanged]:
    """Set the member's zone; without a text to the server's."""
    assert state.chosen is not None
    digest, now = shown.digests.text, state.chosen["zone"]
    if digest and not state.already_done(command) and not is_new("text", text, digest, now):
        return Unchanged(state.prefs), ()
    return choose(state, command, "zone", zone_of(text))


def parse_day_starts(text: str | None) -> Snapshot:
    """Read at which hour, from 0 to 6, a member's days begin; at the server's for `auto`."""
    if text not in {*"0123456", "auto"}:
        raise UserError("unknown_button")
    return {"day_starts": None if text == "auto" else int(text)}


def parse_remind_hours(text: str | None) -> Snapshot:
    """Read after how many hours a member is reminded; as on the server for `auto`."""
    if text not in (*map(str, REMINDERS), "auto"):
        raise UserError("unknown_button")
    return {"remind_hours": None if text == "auto" else int(text)}


def parse_yes_no(text: str | None) -> bool:
    """Read `parse_yes_no` or `no`; raise UserError for what no button of the bot sends."""
    if text not in ("yes", "no"):
        raise UserError("unknown_button")
    return text == "yes"


def set_goal(
    state: State, command: Command, text: str | None, per: str, shown: Shown
) -> Decision[Profile | Unchanged]:
    """Set the member's goal of a day or a week, from today on; `none`: no goal."""
    on = state.prefs.calendar.day_of(command.at)
    aim = parse_aim(text)
    if aim is None:
        return Unchanged(state.prefs), ()
    if aim > LONGEST[per]:
        raise UserError("goal.too_long", text=text)
    new = goal_snapshot(command.user_id, on, aim, per)
    goals, changes = change_goal(state, command, state.goals, new, shown)
    if goals is None:
        return Unchanged(state.prefs), ()
    state = replace(state, goals=goals)
    answer, _ = profile(state, command, news="changed", change_id=command.id)
    return answer, changes


def set_group_goal(
    state: State, command: Command, text: str | None, shown: Shown
) -> Decision[GroupGoal | Unchanged]:
    """Set the server's goal of a week, from today on; `none`: no goal."""
    on = state.prefs.server_calendar.day_of(command.at)
    aim = parse_aim(text)
    if aim is None:
        return Unchanged(state.prefs), ()
    new = goal_snapshot(SERVER, on, aim, "week")
    goals, changes = change_goal(state, command, state.server_goals, new, shown)
    if goals is None:
        return Unchanged(state.prefs), ()
    return group_goal(replace(state, server_goals=goals), command), changes


def group_goal(state: State, command: Command) -> GroupGoal:
    """Return the server's goal for this week."""
    calendar, week = state.prefs.server_calendar, state.week or ()
    progress = progress_of_server(
        state.server_goals, lambda window: total_of(cut(week, window)), calendar, command.at
    )
    return GroupGoal(state.prefs, progress, command.id)


def goal_snapshot(whose: int, on: date, aim: timedelta, per: str) -> Snapshot:
    """Return a goal as the history keeps it."""
    minutes = min(aim // timedelta(minutes=1), 2**31 - 1)
    return {"whose": whose, "from_on": on.isoformat(), "minutes": minutes, "per": per}


def change_goal(
    state: State, command: Command, goals: Sequence[Goal], new: Snapshot, shown: Shown
) -> tuple[Sequence[Goal] | None, tuple[SettingsChanged, ...]]:
    """Return the goals with a new one, and the choice; as they are if it has been made already.

    None if a form asks for the goal that it showed.
    """
    if state.already_done(command):
        return goals, ()
    on = date.fromisoformat(new["from_on"])
    if shown.digests.start is not None:
        asked = goal_text(Goal(on, new["minutes"], new["per"]) if new["minutes"] else None)
        if not is_new("start", asked, shown.digests.start, goal_text(goal_on(goals, on))):
            return None, ()
    return with_goal(goals, new), (
        SettingsChanged("goal", stored_goal_snapshot(goals, new["whose"], on), new),
    )


def stored_goal_snapshot(goals: Sequence[Goal], whose: int, on: date) -> Snapshot:
    """Return the goal that begins on a day, as the history keeps it; without minutes if none."""
    goal = next((one for one in goals if one.from_on == on), None)
    known = {"minutes": goal and goal.minutes, "per": goal and goal.per}
    return {"whose": whose, "from_on": on.isoformat(), **known}


def with_goal(goals: Sequence[Goal], kept: Snapshot) -> list[Goal]:
    """Return the goals with one as the history has it."""
    on = date.fromisoformat(kept["from_on"])
    others = [goal for goal in goals if goal.from_on != on]
    return others if kept["minutes"] is None else [*others, Goal(on, kept["minutes"], kept["per"])]


def restore(state: State, command: Command) -> Decision[Profile | GroupGoal]:
    """Undo a choice, within 24 hours and if it has not been changed since."""
    done = state.already_done(command)
    made = undoable(state.recorded, command, of_session=False)
    before, after = made.before, made.after
    assert before is not None
    assert after is not None
    if "server" in after:  # an organiser's setting has an undo of its own
        raise UserError("unknown_button")
    if "whose" not in after:
        before, after = NOT_KEPT | before, NOT_KEPT | after
    changes: tuple[SettingsChanged, ...] = ()
    whose = after.get("whose")
    if whose == SERVER and not command.organiser:
        raise UserError("organisers_only")  # they may have been one when they set it
    if not done:
        refuse_late(made, command)
        if current_values(state, after) != after:
            raise UserError("undo.changed_since")
        changes = (SettingsChanged("undo", after, before),)
        if whose is None:
            state = with_choice(state, before)
        elif whose == SERVER:
            state = replace(state, server_goals=with_goal(state.server_goals, before))
        else:
            state = replace(state, goals=with_goal(state.goals, before))
    if whose == SERVER:
        return group_goal(state, command), changes
    answer, _ = profile(state, command, news="undone", change_id=command.id)
    return answer, changes


def current_values(state: State, after: Snapshot) -> Snapshot | None:
    """Return the present values of what was chosen."""
    if "whose" not in after:
        return state.chosen
    goals = state.server_goals if after["whose"] == SERVER else state.goals
    return stored_goal_snapshot(goals, after["whose"], date.fromisoformat(after["from_on"]))

"""What organisers set for a server."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from domain.command import Command, Hours
from domain.config import SETTINGS, Config, ConfirmSettings, Page, WeeklySummary
from domain.decisions.corrections import refuse_late, undoable
from domain.decisions.profile import goal_snapshot, stored_goal_snapshot, with_goal
from domain.errors import UserError
from domain.forms import NOT_SHOWN, Shown, is_new
from domain.goals import SERVER, Goal, goal_on, goal_text
from domain.snapshots import Snapshot
from domain.state import Decision, SettingsChanged, State

MINUTE = timedelta(minutes=1)
SUMMARY_HOUR = 9  # until another one is chosen
# Settings that decide where days and weeks begin: changing one changes numbers already seen.
CUTS = ("zone", "day_starts", "week_starts")
HOURS = ("ask_hours", "remind_hours", "close_hours")
SUMMARY = ("summary_channel_id", "summary_day", "summary_hour")


def config(state: State, command: Command, page: Page = "main", **news: Any) -> Decision[Config]:
    """Show the settings of the server."""
    prefs, server = state.prefs, state.server
    assert server is not None
    assert state.chosen is not None
    summary = None
    if server["summary_channel_id"] is not None:
        summary = WeeklySummary(
            *(server[name] for name in SUMMARY), failed=server["summary_failed"]
        )
    new = server["zone"] is None and state.chosen["zone"] and prefs.zone != prefs.server_zone
    answer = Config(
        prefs,
        command.at,
        own_zone=server["zone"] is not None,
        own_language=server["language"] is not None,
        hours=hours_of(server),
        goal=server_goal(state, command),
        summary=summary,
        page=page,
        proposed=prefs.zone if new else None,
        **news,
    )
    return answer, ()


def hours_of(server: Snapshot) -> Hours:
    """Return the hours that hold for a server, the bot's where it has none."""
    found = {name.removesuffix("_hours"): server[name] for name in HOURS}
    return Hours(**{name: value for name, value in found.items() if value is not None})


def change(
    state: State,
    command: Command,
    typed: Mapping[str, str],
    *,
    sure: bool,
    shown: Shown = NOT_SHOWN,
) -> Decision[Config | ConfirmSettings]:
    """Change settings from now on, those that change numbers only if the organiser is `sure`."""
    if state.already_done(command):
        return config(state, command, page_of(typed), news="changed", change_id=command.id)
    typed = changed_in(state, command, typed, shown)
    wanted = {SETTINGS[name][0]: SETTINGS[name][1](value) for name, value in typed.items()}
    page = page_of(typed)
    assert state.server is not None
    goal = server_goal(state, command)
    before = state.server | {"goal": goal.minutes if goal else 0}
    wanted = completed(wanted, state, command)
    after = {name: value for name, value in wanted.items() if before[name] != value}
    anew = {} if sure else cuts(state, after)
    after = {name: value for name, value in after.items() if name not in anew}
    hours = hours_of(state.server | after)
    if not hours.in_order:
        raise UserError("hours.order", remind=hours.remind, close=hours.close)
    changes: tuple[SettingsChanged, ...] = ()
    if after:
        state, changes = set_to(state, command, after)
    change_id = command.id if changes else None
    if anew:
        key = anew.pop("zone", None)
        new = dict.fromkeys(CUTS[1:]) | anew
        return ConfirmSettings(
            state.prefs, key and ZoneInfo(key), **new, change_id=change_id
        ), changes
    news = {"news": "changed", "change_id": change_id} if changes else {}
    answer, _ = config(state, command, page, **news)
    return answer, changes


def changed_in(
    state: State, command: Command, typed: Mapping[str, str], shown: Shown
) -> Mapping[str, str]:
    """Return the settings that a form was sent with and had not shown."""
    zone_shown, goal_shown = shown.digests.text, shown.digests.start
    if zone_shown and "zone" in typed:
        assert state.server is not None
        same = not is_new("text", typed["zone"] or None, zone_shown, state.server["zone"])
        return {} if same else typed
    if goal_shown and "goal" in typed:
        now = server_goal(state, command)
        minutes = SETTINGS["goal"][1](typed["goal"])
        asked = goal_text(Goal(date.min, minutes, "week") if minutes else None)
        return typed if is_new("start", asked, goal_shown, goal_text(now)) else {}
    return typed


def cuts(state: State, after: Snapshot) -> Snapshot:
    """Return those settings that would make days or weeks begin elsewhere than now."""
    found = {name: after[name] for name in CUTS if name in after}
    if found.get("zone") == state.prefs.server_zone.key:  # the bot's, which nobody had chosen
        del found["zone"]
    return found


def page_of(names: Mapping[str, Any]) -> Page:
    """Return the page of the panel that has a setting."""
    if any(name in HOURS for name in names):
        return "hours"
    return "summary" if any(name.startswith("summary") for name in names) else "main"


def completed(wanted: Snapshot, state: State, command: Command) -> Snapshot:
    """Return new settings with the bot's zone for none, and the time of a new summary."""
    server = state.server
    assert server is not None
    if "zone" in wanted:
        wanted["zone"] = wanted["zone"] or command.defaults.zone.key
    if wanted.get("summary_channel_id") is not None:
        first = wanted.get("week_starts", server["week_starts"])
        day, hour = server["summary_day"], server["summary_hour"]
        wanted.setdefault("summary_day", first if day is None else day)
        wanted.setdefault("summary_hour", SUMMARY_HOUR if hour is None else hour)
    return wanted


def server_goal(state: State, command: Command) -> Goal | None:
    """Return the server's goal for this week."""
    return goal_on(state.server_goals, state.prefs.server_calendar.day_of(command.at))


def set_to(
    state: State, command: Command, after: Snapshot
) -> tuple[State, tuple[SettingsChanged, ...]]:
    """Return the state once settings are written, and the change."""
    assert state.server is not None
    new = {name: value for name, value in after.items() if name != "goal"}
    kept: Snapshot = {"server": new}
    kept_before: Snapshot = {"server": {name: state.server[name] for name in new}}
    if "goal" in after:
        on = state.prefs.server_calendar.day_of(command.at)
        kept_before["goal"] = stored_goal_snapshot(state.server_goals, SERVER, on)
        kept["goal"] = goal_snapshot(SERVER, on, after["goal"] * MINUTE, "week")
    return with_settings(state, command, kept), (SettingsChanged("config", kept_before, kept),)


def with_settings(state: State, command: Command, kept: Snapshot) -> State:
    """Return the state with settings as the history has them."""
    assert state.server is not None
    assert state.chosen is not None
    server = state.server | kept["server"]
    if moves_summary(kept["server"]):
        server["summary_failed"] = False
    prefs, own, hour = state.prefs, state.chosen["zone"], state.chosen["day_starts"]
    server_zone = ZoneInfo(server["zone"]) if server["zone"] else command.defaults.zone
    prefs = replace(
        prefs,
        server_zone=server_zone,
        zone=prefs.zone if own else server_zone,
        server_language=server["language"] or command.defaults.language,
        server_day_starts=server["day_starts"],
        day_starts=server["day_starts"] if hour is None else hour,
        week_starts=server["week_starts"],
        posts=server["posts"],
    )
    goals = with_goal(state.server_goals, kept["goal"]) if "goal" in kept else state.server_goals
    return replace(state, prefs=prefs, server=server, server_goals=goals)


def moves_summary(settings: Snapshot) -> bool:
    """Return whether settings decide when or where the weekly summary is posted."""
    return any(name in (*SUMMARY, *CUTS) for name in settings)


def restore(state: State, command: Command) -> Decision[Config]:
    """Take back what an organiser set, within 24 hours and if it still holds."""
    done = state.already_done(command)
    made = undoable(state.recorded, command, of_session=False)
    assert made.before is not None
    assert made.after is not None
    if "server" not in made.after:
        raise UserError("unknown_button")
    page = page_of(made.after["server"])
    changes: tuple[SettingsChanged, ...] = ()
    if not done:
        refuse_late(made, command)
        if now_set(state, made.after) != made.after:
            raise UserError("undo.changed_since")
        state = with_settings(state, command, made.before)
        assert state.server is not None
        if not hours_of(state.server).in_order:
            raise UserError("undo.changed_since")
        changes = (SettingsChanged("undo", made.after, made.before),)
    answer, _ = config(state, command, page, news="undone", change_id=command.id)
    return answer, changes


def now_set(state: State, after: Snapshot) -> Snapshot:
    """Return the present values of settings that were changed."""
    assert state.server is not None
    now: Snapshot = {"server": {name: state.server[name] for name in after["server"]}}
    if "goal" in after:
        on = date.fromisoformat(after["goal"]["from_on"])
        now["goal"] = stored_goal_snapshot(state.server_goals, SERVER, on)
    return now

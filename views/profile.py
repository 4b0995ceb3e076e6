"""How a member's own choices look, and how they are changed."""

from datetime import datetime

import disnake
from disnake.ui import Button, StringSelect

from domain.command import Preferences
from domain.decisions.profile import REMINDERS
from domain.profile import GroupGoal, Profile
from i18n import LANGUAGES, length, say
from views.reply import (
    BLUE,
    Part,
    Reply,
    Style,
    button,
    day_and_clock,
    goal_bar,
    render,
    select,
    text_reply,
)

NEWS = {"shown": "title", "changed": "changed", "zone": "changed.zone", "undone": "undone"}


@render.register
def _(answer: Profile, language: str) -> Reply:
    embed = disnake.Embed(description="\n".join(lines(answer, language)), color=BLUE)
    return Reply(embed, tuple(parts(answer, language)))


def lines(answer: Profile, language: str) -> list[str]:
    """Return what holds for the member here."""
    prefs = answer.preferences
    zone = say(
        language,
        "me.zone" if answer.zone else "me.zone.server",
        zone=prefs.zone.key.replace("_", "\\_"),
        clock=f"{answer.at.astimezone(prefs.zone):%H:%M}",
    )
    goal = answer.goal
    deletion = answer.deletion
    soon = [say(language, "deletion.soon", at=day_and_clock(deletion))] if deletion else []
    return [
        say(language, f"me.{NEWS[answer.news]}"),
        zone,
        say(language, "me.day_starts", hour=prefs.day_starts),
        choice_name(language, "language", prefs.language or "auto"),
        say(language, f"me.goal.{goal.per}", length=length(language, goal.aim))
        if goal
        else say(language, "me.goal.none"),
        say(language, "me.listed" if prefs.listed else "me.unlisted"),
        say(language, f"me.{visibility_key(prefs)}"),
        choice_name(language, "remind_hours", remind_of(answer)),
        *soon,
    ]


def visibility_key(prefs: Preferences) -> str:
    """Return the key of who sees the member's starts and ends."""
    if prefs.private:
        return "private"
    return "public" if prefs.posts else "unposted"


def parts(answer: Profile, language: str) -> list[Part]:
    """Create the menus and buttons that change it; each button says what pressing it does."""
    prefs = answer.preferences
    listed, private = prefs.listed, prefs.private
    found: list[Part] = [
        menu(language, "language", [*LANGUAGES, "auto"], prefs.language or "auto"),
        menu(language, "day_starts", [*map(str, range(7)), "auto"], hour_of(answer)),
        menu(language, "remind_hours", [*map(str, REMINDERS), "auto"], remind_of(answer)),
        button(language, "zone", "zone"),
        button(language, "goal", "goal"),
        button(language, "unlist" if listed else "join", f"listed:{'no' if listed else 'yes'}"),
        button(
            language,
            "open" if private else "close",
            f"private:{'no' if private else 'yes'}",
        ),
    ]
    if answer.goal:
        found.append(button(language, "no_goal", "no_goal"))
    found += [button(language, "export", "export"), button(language, "preview", "preview")]
    found.append(delete_or_keep(answer.deletion, language))
    if answer.change_id is not None:
        found.append(button(language, "undo", f"restore:{answer.change_id}"))
    return found


def delete_or_keep(at: datetime | None, language: str) -> Button[None]:
    """Return the button to delete all of one's data, or to keep it after all."""
    if at is None:
        return button(language, "delete_data", "delete_data", Style.danger)
    return button(language, "keep_data", "keep_data", Style.primary)


def hour_of(answer: Profile) -> str:
    """Return which hour the member chose."""
    return "auto" if answer.day_starts is None else str(answer.day_starts)


def remind_of(answer: Profile) -> str:
    """Return after how many hours the member chose to be reminded."""
    return "auto" if answer.remind_hours is None else str(answer.remind_hours)


def menu(language: str, of: str, values: list[str], chosen: str) -> StringSelect[None]:
    """Create a menu whose choices explain themselves."""
    return select(of, {value: choice_name(language, of, value) for value in values}, chosen)


def choice_name(language: str, of: str, value: str) -> str:
    """Return the name of one choice of a menu."""
    if of == "remind_hours" and value.isdecimal():
        never = "" if int(value) else ".never"
        return say(language, f"me.remind_hours{never}", hours=value)
    if value.isdecimal():
        return say(language, "me.day_starts", hour=value)
    if value in LANGUAGES:
        return say(language, "me.language", name=say(value, "language"))
    return say(language, f"me.{of}.{value}")


@render.register
def _(answer: GroupGoal, language: str) -> Reply:
    text, buttons = say(language, "group_goal.none"), [button(language, "goal", "group_goal")]
    if answer.progress:
        text = say(language, "group_goal.set") + "\n" + goal_bar(language, answer.progress, "group")
        buttons.append(button(language, "no_goal", "no_group_goal"))
    if answer.change_id is not None:
        buttons.append(button(language, "undo", f"restore:{answer.change_id}"))
    return text_reply(text, BLUE, *buttons)

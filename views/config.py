"""How the settings of a server look, and how organisers change them."""

import disnake
from disnake import ChannelType, SelectDefaultValue, SelectDefaultValueType
from disnake.ui import Button, ChannelSelect, StringSelect

from domain.config import Config, ConfirmSettings, settings_text
from i18n import LANGUAGES, length, say
from views.reply import BLUE, YELLOW, Part, Reply, Style, button, render, select

NEWS = {"shown": "config.title", "changed": "me.changed", "undone": "me.undone"}
# What the menus offer, beside the present value: fewer than the 25 that Discord allows.
HOURS = {
    "remind": (0, 1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 24),
    "close": (0, 2, 4, 6, 8, 10, 12, 16, 20, 24, 36, 48, 72),
    "ask": (0, 1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 24),
}


@render.register
def _(answer: Config, language: str) -> Reply:
    text = "\n".join(lines(answer, language))
    parts = PAGES[answer.page](answer, language)
    if answer.change_id is not None:
        parts.append(button(language, "undo", f"unset:{answer.change_id}"))
    return Reply(disnake.Embed(description=text, color=BLUE), tuple(parts))


def lines(answer: Config, language: str) -> list[str]:
    """Return what holds for the server."""
    prefs, goal = answer.preferences, answer.goal
    clock = f"{answer.at.astimezone(prefs.server_zone):%H:%M}"
    zone = prefs.server_zone.key.replace("_", "\\_")
    return [
        say(language, NEWS[answer.news]),
        say(language, "me.zone" if answer.own_zone else "config.zone", zone=zone, clock=clock),
        say(language, "me.day_starts", hour=prefs.server_day_starts),
        named(language, "week_starts", str(prefs.week_starts)),
        named(language, "language", prefs.server_language if answer.own_language else "auto"),
        say(language, f"config.posts.{'yes' if prefs.posts else 'no'}"),
        say(language, "config.goal", length=length(language, goal.aim))
        if goal
        else say(language, "config.goal.none"),
        *(named(language, f"{of}_hours", str(getattr(answer.hours, of))) for of in HOURS),
        *summary_lines(answer, language),
    ]


def summary_lines(answer: Config, language: str) -> list[str]:
    """Return when and where the week is posted, and what is in the way."""
    summary = answer.summary
    if summary is None:
        return [say(language, f"config.summary.{'choose' if answer.page == 'summary' else 'none'}")]
    day, channel = weekday(language, summary.day), f"<#{summary.channel_id}>"
    when = say(language, "config.summary", day=day, hour=summary.hour, channel=channel)
    trouble = summary.blocked or ("failed" if summary.failed else "")
    return [when, say(language, f"config.summary.{trouble}")] if trouble else [when]


def weekday(language: str, number: int) -> str:
    """Return the name of a day of the week; 0 is Monday."""
    return say(language, f"WEEKDAY_{number}")


def named(language: str, of: str, value: str) -> str:
    """Return what one value of a setting means."""
    if of == "language":
        if value == "auto":
            return say(language, "config.language.auto")
        return say(language, "config.language", name=say(value, "language"))
    if of in ("week_starts", "summary_day"):
        return say(language, f"config.{of}", day=weekday(language, int(value)))
    if of == "day_starts":
        return say(language, "me.day_starts", hour=value)
    if value == "0" and of.endswith("_hours"):
        return say(language, f"config.{of}.never")
    return say(language, f"config.{of}", hours=value)


def menu(language: str, of: str, values: list[str], chosen: str) -> StringSelect[None]:
    """Create a menu whose choices explain themselves; what is chosen is among them."""
    if chosen not in values:
        values = sorted([*values, chosen], key=int)
    return select(f"set:{of}", {value: named(language, of, value) for value in values}, chosen)


def main_page(answer: Config, language: str) -> list[Part]:
    """Return the controls of language, days, weeks, posts and the goal."""
    prefs = answer.preferences
    spoken = prefs.server_language if answer.own_language else "auto"
    shown = "no" if prefs.posts else "yes"
    found: list[Part] = [
        menu(language, "language", [*LANGUAGES, "auto"], spoken),
        menu(language, "day_starts", [*map(str, range(7))], str(prefs.server_day_starts)),
        menu(language, "week_starts", [*map(str, range(7))], str(prefs.week_starts)),
        button(language, "zone", "server_zone"),
        button(language, "goal", "server_goal"),
        *([button(language, "no_goal", "set:goal:none")] if answer.goal else []),
        button(language, "show_posts" if shown == "yes" else "hide_posts", f"set:posts:{shown}"),
        button(language, "hours", "config:hours"),
        button(language, "summary", "config:summary"),
    ]
    if answer.proposed:
        label = say(language, "button.propose", zone=answer.proposed.key)
        proposal = Button[None](
            label=label, custom_id=f"set:zone:{answer.proposed.key}", style=Style.success
        )
        found.insert(3, proposal)
    return found


def hours_page(answer: Config, language: str) -> list[Part]:
    """Return the menus for the hours of reminders."""
    found: list[Part] = [
        menu(language, f"{of}_hours", [*map(str, hours)], str(getattr(answer.hours, of)))
        for of, hours in HOURS.items()
    ]
    return [*found, button(language, "back", "config:main")]


def summary_page(answer: Config, language: str) -> list[Part]:
    """Return the menus for where and when the week is posted."""
    summary, back = answer.summary, button(language, "back", "config:main")
    channels = ChannelSelect[None](
        custom_id="set:summary_channel",
        placeholder=say(language, "config.summary_channel"),
        channel_types=[ChannelType.text, ChannelType.news],
    )
    if summary is None:
        return [channels, back]
    if summary.blocked != "gone":
        kind = SelectDefaultValueType.channel
        channels.default_values = [SelectDefaultValue(summary.channel_id, kind)]
    return [
        channels,
        menu(language, "summary_day", [*map(str, range(7))], str(summary.day)),
        menu(language, "summary_hour", [*map(str, range(24))], str(summary.hour)),
        button(language, "summary_off", "set:summary_channel:none"),
        back,
    ]


PAGES = {"main": main_page, "hours": hours_page, "summary": summary_page}


@render.register
def _(answer: ConfirmSettings, language: str) -> Reply:
    prefs = answer.preferences
    text_lines = [say(language, "me.changed")] if answer.change_id is not None else []
    text_lines.append(say(language, "config.sure"))
    typed: dict[str, object] = {}
    if answer.zone is not None:
        text_lines.append(f"{prefs.server_zone.key} → {answer.zone.key}".replace("_", "\\_"))
        typed["zone"] = answer.zone.key
    now = {"day_starts": prefs.server_day_starts, "week_starts": prefs.week_starts}
    for of, before in now.items():
        new = getattr(answer, of)
        if new is not None:
            text_lines.append(
                f"{named(language, of, str(before))} → {named(language, of, str(new))}"
            )
            typed[of] = new
    buttons = [
        button(language, "sure", f"sure:{settings_text(typed)}", Style.primary),
        button(language, "unsure", "config:main"),
    ]
    if answer.change_id is not None:
        buttons.append(button(language, "undo", f"unset:{answer.change_id}"))
    return Reply(disnake.Embed(description="\n".join(text_lines), color=YELLOW), tuple(buttons))

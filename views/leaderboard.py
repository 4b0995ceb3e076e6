"""How a server's leaderboard looks."""

from collections.abc import Sequence

import disnake

from domain.leaderboard import Entry, Leaderboard, Place, RankBy
from domain.periods import as_dates
from i18n import length, say
from views.logbook import pages
from views.reply import (
    BLUE,
    Part,
    Reply,
    Style,
    button,
    goal_bar,
    member_name,
    render,
    together_lines,
)
from views.stats import footer, period_name


@render.register
def _(answer: Leaderboard, language: str) -> Reply:
    total = say(language, "rank.total", total=length(language, answer.total))
    text_lines = [total if answer.total else say(language, "rank.nothing")]
    text_lines += together_lines(language, answer.together)
    if answer.progress:
        text_lines.append(goal_bar(language, answer.progress, "group"))
    if answer.total:
        text_lines += ["", *place_lines(language, answer.places, answer.by)]
    if own := own_line(language, answer):
        text_lines += ["", own]
    calendar = answer.preferences.server_calendar
    today, starts = calendar.day_of(answer.at), calendar.week_starts
    title = period_name(language, answer.period, today, starts)
    embed = disnake.Embed(title=title, description="\n".join(text_lines), color=BLUE)
    embed.set_footer(text=footer(calendar))
    return Reply(embed, tuple(buttons(answer, language)))


def place_lines(language: str, places: Sequence[Place], by: RankBy) -> list[str]:
    """Return a line for each place, or that there is none."""
    lines = [
        say(language, "rank.line", place=one.place, entry=entry_line(language, one.entry, by))
        for one in places
    ]
    return lines or [say(language, "rank.nobody")]


def entry_line(language: str, entry: Entry, by: RankBy) -> str:
    """Return what a member did, and whether they work now."""
    done = say(language, "stats.days", count=entry.days) if by == "days" else None
    return say(
        language,
        "rank.entry",
        name=member_name(entry.user_name),
        done=done or length(language, entry.time),
        running=say(language, "rank.running") if entry.active else "",
    )


def own_line(language: str, answer: Leaderboard) -> str:
    """Return what the reader did, and why they are not on the leaderboard."""
    own = answer.own
    if own is None:
        return ""
    days = answer.by == "days"
    done = say(language, "stats.days", count=own.days) if days else length(language, own.time)
    if answer.own_place is not None:
        return say(language, "rank.own", place=answer.own_place, done=done)
    why = "rank.own.private" if answer.preferences.private else "rank.own.unlisted"
    return say(language, why, done=done)


def buttons(answer: Leaderboard, language: str) -> list[Part]:
    """Create the buttons for pages, for the other order, and to be listed."""
    other: RankBy = "time" if answer.by == "days" else "days"
    label = "by_time" if answer.by == "days" else "by_days"
    asked = f"{answer.asked_id}:{as_dates(answer.period.first, answer.period.last)}"
    found: list[Part] = [
        *pages(f"rank:{answer.by}:{asked}", answer.page, answer.pages, language),
        button(language, label, f"rank:{other}:{asked}:1"),
    ]
    if not answer.preferences.listed and not answer.preferences.private:
        found.append(button(language, "join", f"join:{answer.by}:{asked}", Style.success))
    return found

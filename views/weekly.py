"""A server's week as it is posted, and the message to an organiser that it could not be."""

from typing import Literal

import disnake

from domain.decisions.weekly import Week
from domain.periods import as_dates
from i18n import length, say
from views.leaderboard import place_lines
from views.picture.words import days as days_named
from views.reply import (
    BLUE,
    YELLOW,
    Picture,
    Reply,
    Style,
    button,
    goal_bar,
    member_name,
    text_reply,
    together_lines,
)
from views.stats import Days, bars, footer


def weekly_post(week: Week, server: str, language: str) -> Reply:
    """Return what a server did, and of its members those who chose to be listed."""
    counts = (
        say(language, "weekly.members", count=week.members),
        say(language, "stats.days", count=len(week.worked_days)),
    )
    lines = [
        say(language, "rank.total", total=length(language, week.total)),
        say(language, "stats.between").join(counts),
        *together_lines(language, week.together),
        *([goal_bar(language, week.progress, "past_week")] if week.progress else []),
        "",
        *place_lines(language, week.places, "time"),
    ]
    title = say(language, "weekly.title", dates=days_named(language, week.first, week.last))
    embed = disnake.Embed(title=title, description="\n".join(lines), color=BLUE)
    embed.set_footer(text=footer(week.calendar))
    join = button(language, "join", f"join:time:{as_dates(week.first, week.last)}", Style.success)
    return Reply(embed, (join,), picture(week, server, language))


def picture(week: Week, server: str, language: str) -> Picture:
    """Draw the days of a week as bars, of everybody together."""
    title = member_name(server, marked=False)
    days: Days = {"first": week.first, "last": week.last, "language": language, "title": title}
    return bars(week.by_day, None, days)


def not_posted(
    channel_id: int, server: str, language: str, outcome: Literal["failed", "unknown"]
) -> Reply:
    """Return, to the organiser who set it, that a week was not posted, as far as is known."""
    channel, name = f"<#{channel_id}>", member_name(server)
    return text_reply(say(language, f"weekly.{outcome}", server=name, channel=channel), YELLOW)

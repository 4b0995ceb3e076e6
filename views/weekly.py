"""How a server's week is told to everybody, and to an organiser that it could not be."""

import disnake

from domain.decisions.weekly import Week
from domain.periods import as_dates
from i18n import length, say
from views.leaderboard import entry_line
from views.picture import bars_alt, bars_png
from views.picture.words import days as days_named
from views.reply import BLUE, YELLOW, Picture, Reply, Style, button, goal_bar, line, member_name
from views.sessions import MINUTE
from views.stats import footer


def weekly_post(week: Week, server: str, language: str) -> Reply:
    """Return what a server did, and of its members those who chose to be listed."""
    counts = (
        say(language, "weekly.members", count=week.members),
        say(language, "stats.days", count=len(week.worked_days)),
    )
    told = [
        say(language, "rank.total", total=length(language, week.total)),
        say(language, "stats.between").join(counts),
    ]
    if week.together >= MINUTE:
        told.append(say(language, "together", together=length(language, week.together)))
    if week.progress:
        told.append(goal_bar(language, week.progress, "past_week"))
    places = [
        say(
            language,
            "rank.line",
            place=place.place,
            entry=entry_line(language, place.entry, "time"),
        )
        for place in week.places
    ]
    told += ["", *(places or [say(language, "rank.nobody")])]
    dates = days_named(language, week.first, week.last)
    title = say(language, "weekly.title", dates=dates)
    embed = disnake.Embed(title=title, description="\n".join(told), color=BLUE)
    embed.set_footer(text=footer(week.calendar))
    join = button(language, "join", f"join:time:{as_dates(week.first, week.last)}", Style.success)
    return Reply(embed, (join,), picture(week, server, language))


def picture(week: Week, server: str, language: str) -> Picture:
    """Draw the days of a week as bars, of everybody together."""
    days = {"first": week.first, "last": week.last}
    title = member_name(server, marked=False)
    return Picture(
        lambda font: bars_png(
            week.by_day, **days, goal=None, language=language, title=title, font=font
        ),
        bars_alt(week.by_day, **days, goal=None, language=language, title=title),
    )


def not_posted(channel_id: int, server: str, language: str) -> Reply:
    """Return, to the organiser who set it, that a week could not be posted."""
    channel, name = f"<#{channel_id}>", member_name(server)
    return line(say(language, "weekly.failed", server=name, channel=channel), YELLOW)

"""How a member's own numbers look."""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import TypedDict

import disnake
from disnake.ui import Button

from domain.calendar import EPOCH, Calendar
from domain.decisions.stats import Stats
from domain.goals import goal_on
from domain.periods import Period, as_dates, name_of
from domain.summary import Summary
from i18n import length, say
from views.picture import (
    bars_alt,
    bars_png,
    day_alt,
    day_png,
    heatmap_alt,
    heatmap_png,
)
from views.picture.bars import MOST_DAYS
from views.picture.words import days as days_named
from views.reply import (
    BLUE,
    Picture,
    Reply,
    button,
    escape_markdown,
    goal_bar,
    member_name,
    render,
    text_reply,
    together_lines,
)
from views.sessions import MINUTE, start_button


class Days(TypedDict):
    """Which days a picture shows, under which title."""

    first: date
    last: date
    language: str
    title: str


EVER = EPOCH.date()  # the first day of all there is


@render.register
def _(answer: Stats, language: str) -> Reply:
    numbers, shared = answer.summary, answer.shared and not answer.preferences.private
    calendar = answer.preferences.calendar
    today, starts = calendar.day_of(answer.at), calendar.week_starts
    title = period_name(language, answer.period, today, starts)
    if not numbers.sessions:
        text = say(language, "stats.nothing", period=title)
        return text_reply(text, BLUE, start_button(language), button(language, "add", "add"))
    text = "\n".join(lines(answer, language))
    if answer.shared and not shared:
        text += "\n\n" + say(language, "stats.private")
    embed = disnake.Embed(title=title, description=text, color=BLUE)
    if shared:
        embed.set_author(name=member_name(answer.user_name, marked=False))
    embed.set_footer(text=footer(calendar))
    return Reply(embed, () if shared else buttons(answer, language), picture(answer, language))


def picture(answer: Stats, language: str) -> Picture:
    """Choose the picture that shows a period best: a day, some weeks, or a heatmap."""
    first, last, prefs = answer.period.first, answer.period.last, answer.preferences
    title = member_name(answer.user_name, marked=False)
    days: Days = {"first": first, "last": last, "language": language, "title": title}
    by_day, intervals = answer.summary.by_day, answer.summary.intervals
    if first == last:
        zone, day = prefs.zone, prefs.calendar.day(first)
        return Picture(
            lambda font: day_png(
                intervals, day=day, zone=zone, language=language, title=title, font=font
            ),
            day_alt(intervals, day=day, zone=zone, language=language, title=title),
        )
    if (last - first).days < MOST_DAYS:
        return bars(by_day, daily_goal(answer), days)
    starts = prefs.week_starts
    return Picture(
        lambda font: heatmap_png(by_day, week_starts=starts, font=font, **days),
        heatmap_alt(by_day, week_starts=starts, **days),
    )


def bars(by_day: Mapping[date, timedelta], goal: timedelta | None, days: Days) -> Picture:
    """Return a picture of days as bars, with the goal of each day as a line."""
    return Picture(
        lambda font: bars_png(by_day, goal=goal, font=font, **days),
        bars_alt(by_day, goal=goal, **days),
    )


def daily_goal(answer: Stats) -> timedelta | None:
    """Return the goal of each day, if one and the same held on all of them."""
    today = answer.preferences.calendar.day_of(answer.at)
    first, last = answer.period.first, min(answer.period.last, today)
    held = {goal_on(answer.goals, first + timedelta(n)) for n in range((last - first).days + 1)}
    goal = held.pop() if len(held) == 1 else None
    return goal.aim if goal and goal.per == "day" else None


def buttons(answer: Stats, language: str) -> tuple[Button[None], ...]:
    """Return the buttons for the parts of the number, and to show it to everybody."""
    period = answer.period
    asked = f"{answer.asked_id}:{as_dates(period.first, period.last)}"
    why = button(language, "why", f"why:{asked}")
    share = button(language, "share", f"share:{asked}")
    return (why,) if answer.preferences.private else (why, share)


def lines(answer: Stats, language: str) -> list[str]:
    """Return the numbers, but for what is zero or one."""
    numbers = answer.summary
    found = [total_line(answer, language)]
    if numbers.sessions > 1:
        found.append(counts(numbers, language))
    if numbers.days > 1 and numbers.best_weekday is not None and numbers.best_hour is not None:
        weekday = say(language, "weekdays").split()[numbers.best_weekday]
        found.append(say(language, "stats.best", weekday=weekday, hour=numbers.best_hour))
    past = answer.period.last < answer.preferences.calendar.day_of(answer.at)
    if answer.streak > 1 and not past:  # it is today's
        found.append(say(language, "stats.streak", days=answer.streak))
    found += together_lines(language, answer.together)
    if answer.everywhere and not answer.shared:  # other servers are nobody's business here
        found.append(say(language, "stats.everywhere", total=length(language, answer.everywhere)))
    found += unconfirmed(answer, language)
    if answer.progress:
        of = f"past_{answer.progress.goal.per}" if past else None
        found.append(goal_bar(language, answer.progress, of))
    tasks = [
        say(language, "stats.task", task=escape_markdown(task), worked=length(language, worked))
        for task, worked in numbers.top_tasks
        if worked >= MINUTE
    ]
    return [*found, "", *tasks] if tasks else found


def unconfirmed(answer: Stats, language: str) -> list[str]:
    """Return the note, to the member alone, of sessions that were ended unanswered."""
    count = answer.summary.unconfirmed
    return [say(language, "stats.unconfirmed", count=count)] if count and not answer.shared else []


def total_line(answer: Stats, language: str) -> str:
    """Return the total, and that of the period before."""
    name, before = answer.period.name.replace("all", "between"), answer.before
    ago = say(language, f"stats.before.{name}", before=length(language, before)) if before else ""
    return say(language, "stats.total", total=length(language, answer.summary.total), before=ago)


def counts(numbers: Summary, language: str) -> str:
    """Return how many days and sessions, how long on average and at most."""
    found = [
        say(language, "stats.sessions", count=numbers.sessions),
        say(language, "stats.average", average=length(language, numbers.average)),
        say(language, "stats.longest", longest=length(language, numbers.longest)),
    ]
    if numbers.days > 1:
        found.insert(0, say(language, "stats.days", count=numbers.days))
    return say(language, "stats.between").join(found)


def period_name(language: str, period: Period, today: date, week_starts: int = 0) -> str:
    """Return the name of a period, with its dates unless they are its name."""
    if period.name == "all":
        return say(language, "period.all")
    dates = days_named(language, period.first, period.last)
    known = period.name != "between"
    name = period.name if known else name_of(period.first, period.last, today, week_starts)
    if name is None:
        return dates
    name = period_named(language, name)
    if period.first == period.last:
        return say(language, "period.day", name=name, day=dates)
    return say(language, "period.dated", name=name, dates=dates)


def period_named(language: str, name: str) -> str:
    """Return the name of one of the periods that have one, such as `last week`."""
    return say(language, f"period.{name.replace(' ', '_')}")


def footer(calendar: Calendar) -> str:
    """Return the zone of the days, and the hour at which they begin if it is not midnight."""
    late = f" · {calendar.day_starts}:00–" if calendar.day_starts else ""
    return f"{calendar.zone.key}{late}"


def dates_in(message: disnake.Message | None) -> str | None:
    """Read the days of a message from its footer, where an earlier release wrote them."""
    text = message.embeds[0].footer.text if message and message.embeds else None
    found = re.match(r"(\d{4}-\d\d-\d\d)?–(\d{4}-\d\d-\d\d) ·", text or "")
    return f"{found[1] or EVER}..{found[2]}" if found else None

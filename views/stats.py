"""How one's own numbers look, and the parts they are made of."""

import re
from datetime import date, datetime, timedelta
from typing import TypedDict

import disnake
from disnake.ui import Button

from domain.calendar import EPOCH, Calendar
from domain.decisions.stats import Account, Stats
from domain.goals import goal_on
from domain.intervals import Ends
from domain.periods import Period, as_dates, name_of
from domain.summary import Part, Summary
from i18n import length, say
from views.logbook import marks, pages
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
    clock,
    date_and_clock,
    from_to,
    goal_bar,
    line,
    member_name,
    plain,
    task_of,
)
from views.sessions import MINUTE, render, start_button


class PictureText(TypedDict):
    """What every picture says in words."""

    language: str
    title: str


EVER = EPOCH.date()  # the first day of all there is
SHORT = 30  # characters of a task where every part has its line
SECOND = timedelta(seconds=1)
# What the period before is called.
BEFORE = {
    "today": "stats.before.today",
    "yesterday": "stats.before.yesterday",
    "week": "stats.before.week",
    "month": "stats.before.month",
    "year": "stats.before.year",
    "all": "stats.before.between",
    "between": "stats.before.between",
}
SPANS = 3  # breaks of one session that are named


@render.register
def _(answer: Stats, language: str) -> Reply:
    numbers, shared = answer.summary, answer.shared and not answer.preferences.private
    calendar = answer.preferences.calendar
    today, starts = calendar.day_of(answer.at), calendar.week_starts
    title = period_name(language, answer.period, today, starts)
    if not numbers.sessions:
        text = say(language, "stats.nothing", period=title)
        return line(text, BLUE, start_button(language), button(language, "add", "add"))
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
    first, last = answer.period.first, answer.period.last
    words: PictureText = {
        "language": language,
        "title": member_name(answer.user_name, marked=False),
    }
    if first == last:
        calendar = answer.preferences.calendar
        day = calendar.day(first)
        intervals = answer.summary.intervals
        return Picture(
            lambda font: day_png(intervals, day=day, zone=calendar.zone, font=font, **words),
            day_alt(intervals, day=day, zone=calendar.zone, **words),
        )
    by_day = answer.summary.by_day
    if (last - first).days < MOST_DAYS:
        goal = daily_goal(answer)
        return Picture(
            lambda font: bars_png(by_day, first=first, last=last, goal=goal, font=font, **words),
            bars_alt(by_day, first=first, last=last, goal=goal, **words),
        )
    starts = answer.preferences.week_starts
    return Picture(
        lambda font: heatmap_png(
            by_day, first=first, last=last, week_starts=starts, font=font, **words
        ),
        heatmap_alt(by_day, first=first, last=last, week_starts=starts, **words),
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
        found.append(
            say(
                language,
                "stats.best",
                weekday=say(language, "weekdays").split()[numbers.best_weekday],
                hour=numbers.best_hour,
            )
        )
    past = answer.period.last < answer.preferences.calendar.day_of(answer.at)
    if answer.streak > 1 and not past:  # it is today's
        found.append(say(language, "stats.streak", days=answer.streak))
    if answer.together >= MINUTE:
        found.append(say(language, "together", together=length(language, answer.together)))
    if answer.everywhere and not answer.shared:  # other servers are nobody's business here
        found.append(say(language, "stats.everywhere", total=length(language, answer.everywhere)))
    found += unconfirmed(answer, language)
    if answer.progress:
        of = f"past_{answer.progress.goal.per}" if past else None
        found.append(goal_bar(language, answer.progress, of))
    tasks = [
        say(language, "stats.task", task=plain(task), worked=length(language, worked))
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
    before = answer.before
    key = BEFORE[answer.period.name]
    compared = say(language, key, before=length(language, before)) if before else ""
    return say(
        language, "stats.total", total=length(language, answer.summary.total), before=compared
    )


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
    """Return the name of a period, with its dates where the name does not say them."""
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
    """Return in whose zone the days are, and when one begins there."""
    late = f" · {calendar.day_starts}:00–" if calendar.day_starts else ""
    return f"{calendar.zone.key}{late}"


def dates_in(message: disnake.Message | None) -> str | None:
    """Read from the footer of a message of an earlier release which days it tells of."""
    text = message.embeds[0].footer.text if message and message.embeds else None
    found = re.match(r"(\d{4}-\d\d-\d\d)?–(\d{4}-\d\d-\d\d) ·", text or "")
    return f"{found[1] or EVER}..{found[2]}" if found else None


@render.register
def _(answer: Account, language: str) -> Reply:
    title = "why.title" if answer.pages == 1 else "why.page"
    text_lines = [
        say(
            language,
            title,
            total=exact(answer.total),
            count=answer.count,
            page=answer.page,
            pages=answer.pages,
        )
    ]
    counted_before = answer.before
    for part in answer.parts:
        # each is what it adds to the whole seconds so far: so they add up to the total
        counted_now = counted_before + part.worked
        text_lines.append(
            part_line(language, part, exact(whole(counted_now) - whole(counted_before)), answer)
        )
        counted_before = counted_now
    calendar = answer.preferences.calendar
    text_lines.append(say(language, "why.days", zone=calendar.zone.key, hour=calendar.day_starts))
    asked = f"{answer.asked_id}:{as_dates(answer.first, answer.last)}"
    turn = pages(f"why:{asked}", answer.page, answer.pages, language)
    reply = line("\n".join(text_lines), BLUE, *turn)
    reply.embed.set_footer(text=footer(calendar))
    return reply


def part_line(language: str, part: Part, counted: str, answer: Account) -> str:
    """Return what one session adds: its time, how it was cut to the period, its breaks."""
    session = part.session
    how: list[str] = []
    if part.starts_before or part.ends_after:
        begun, over = date_and_clock(part.whole.start), date_and_clock(part.whole.end)
        how.append(say(language, "why.cut", start=begun, end=over))
    rests = [(start, end) for start, end in part.breaks if end - start >= SECOND]
    if rests:
        intervals = say(language, "why.and").join(map(interval, rests[:SPANS]))
        more = "…" if len(rests) > SPANS else ""
        rest = exact(part.interval.length - part.worked)
        how.append(say(language, "why.break", rest=rest, intervals=intervals + more))
    if session.active:
        how.append(say(language, "why.running"))
    start, end = from_to(part.interval.start, part.interval.end, answer.preferences.zone)
    return say(
        language,
        "why.line",
        mark=marks(language, session),
        start=start,
        end=end,
        task=task_of(language, "started.task", session.task and session.task[:SHORT]),
        counted=counted,
        how="".join(how),
    )


def interval(rest: Ends[datetime]) -> str:
    """Show from when to when."""
    return f"{clock(rest[0])}–{clock(rest[1])}"


def whole(worked: timedelta) -> timedelta:
    """Return a length in whole seconds."""
    return timedelta(seconds=worked // timedelta(seconds=1))


def exact(worked: timedelta) -> str:
    """Return a length to the second, as 1:05:09."""
    minutes, seconds = divmod(worked // timedelta(seconds=1), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}"

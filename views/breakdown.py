"""How every part of a number looks: the answer to *Why?*."""

from datetime import datetime, timedelta

from domain.decisions.stats import Breakdown
from domain.intervals import Ends
from domain.periods import as_dates
from domain.summary import Part
from i18n import say
from views.logbook import marks, pages
from views.reply import BLUE, Reply, clock, date_and_clock, from_to, render, task_of, text_reply
from views.stats import footer

SHORT = 30  # characters of a task where every part has its line
SECOND = timedelta(seconds=1)
SPANS = 3  # breaks of one session that are named


@render.register
def _(answer: Breakdown, language: str) -> Reply:
    title = "why.title" if answer.pages == 1 else "why.page"
    numbers = {"total": exact_length(answer.total), "page": answer.page, "pages": answer.pages}
    text_lines = [say(language, title, count=answer.count, **numbers)]
    counted_before = answer.before
    for part in answer.parts:
        # each is what it adds to the whole seconds so far: so they add up to the total
        counted_now = counted_before + part.worked
        text_lines.append(
            part_line(
                language,
                part,
                exact_length(whole_seconds(counted_now) - whole_seconds(counted_before)),
                answer,
            )
        )
        counted_before = counted_now
    calendar = answer.preferences.calendar
    text_lines.append(say(language, "why.days", zone=calendar.zone.key, hour=calendar.day_starts))
    asked = f"{answer.asked_id}:{as_dates(answer.first, answer.last)}"
    turn = pages(f"why:{asked}", answer.page, answer.pages, language)
    reply = text_reply("\n".join(text_lines), BLUE, *turn)
    reply.embed.set_footer(text=footer(calendar))
    return reply


def part_line(language: str, part: Part, counted: str, answer: Breakdown) -> str:
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
        rest = exact_length(part.interval.length - part.worked)
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
        task=task_of(language, session.task and session.task[:SHORT]),
        counted=counted,
        how="".join(how),
    )


def interval(rest: Ends[datetime]) -> str:
    """Show from when to when."""
    return f"{clock(rest[0])}–{clock(rest[1])}"


def whole_seconds(worked: timedelta) -> timedelta:
    """Return a length in whole seconds."""
    return timedelta(seconds=worked // timedelta(seconds=1))


def exact_length(worked: timedelta) -> str:
    """Return a length to the second, as 1:05:09."""
    minutes, seconds = divmod(worked // timedelta(seconds=1), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}"

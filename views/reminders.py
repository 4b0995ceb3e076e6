"""Reminders of forgotten sessions, the question when one ended, and the notice of its end."""

from domain.intervals import total
from domain.logbook import Inputs
from domain.reminders import AskEndTime, Reminder, Unanswered
from domain.sessions import worked
from i18n import length, say
from views.modal import with_inputs
from views.reply import (
    YELLOW,
    Reply,
    Style,
    button,
    clock,
    day_and_clock,
    from_to,
    render,
    task_of,
    text_reply,
)


@render.register
def _(answer: AskEndTime, language: str) -> Reply:
    session = answer.session
    text = say(
        language,
        "end_asked",
        start=day_and_clock(session.started_at),
        length=length(language, answer.at - session.started_at),
        task=task_of(language, session.task),
    )
    now, then = ("restart_now", "ended_at") if answer.then else ("just_now", "ended")
    reply = text_reply(
        text,
        YELLOW,
        button(language, "just_now", f"{now}:{session.id}"),
        button(language, "ended_at", f"{then}:{session.id}", Style.primary),
        button(language, "keep_going", f"still:{session.id}"),
    )
    inputs = Inputs(answer.text, end=answer.plan)
    return with_inputs(reply, "next" if answer.then else "ended", language, inputs)


@render.register
def _(answer: Reminder, language: str) -> Reply:
    session, due_at = answer.session, answer.due_at
    text = say(
        language,
        "reminder.planned" if answer.planned else "reminder",
        end=clock(due_at),
        length=length(language, due_at - session.started_at),
        task=task_of(language, session.task),
    )
    if answer.late:
        text += "\n" + say(language, "reminder.late", due=day_and_clock(due_at))
    if answer.closes_at:
        closes = day_and_clock(answer.closes_at)
        text += "\n" + say(language, "reminder.closes", at=closes, end=clock(due_at))
    more = (button(language, "more", f"more:{session.id}"),) if answer.planned else ()
    return text_reply(
        text,
        YELLOW,
        button(language, "still", f"still:{session.id}", Style.primary),
        *more,
        button(language, "end_now", f"end:{session.id}", Style.danger),
        button(language, "ended_at", f"stopped:{session.id}"),
    )


@render.register
def _(answer: Unanswered, language: str) -> Reply:
    session = answer.session
    assert session.ended_at is not None
    start, end = from_to(session.started_at, session.ended_at, answer.preferences.zone)
    took = length(language, total(worked(session, now=session.ended_at)))
    text = say(language, "unanswered", end=clock(session.ended_at))
    task = task_of(language, session.task)
    text += "\n" + say(language, "unanswered.span", start=start, end=end, worked=took, task=task)
    return text_reply(
        text,
        YELLOW,
        button(language, "until", f"until:{session.id}"),
        button(language, "discard", f"delete:{session.id}"),
        button(language, "confirm", f"confirm:{session.id}", Style.primary),
    )

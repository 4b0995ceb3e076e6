"""How each answer about a session looks."""

from datetime import timedelta

import disnake
from disnake.ui import Button
from disnake.utils import snowflake_time

from domain.command import (
    AlreadyOpen,
    ConfirmDiscard,
    Continued,
    Discarded,
    Ended,
    NothingOpen,
    NotYours,
    Restarted,
    Started,
)
from domain.intervals import Interval, total
from domain.logbook import Inputs
from domain.sessions import Session, break_time, worked
from i18n import length, say
from views.modal import with_inputs
from views.reply import (
    BLUE,
    GREEN,
    GREY,
    YELLOW,
    Reply,
    Style,
    ago,
    button,
    clock,
    clock_or_day,
    day_and_clock,
    escape_markdown,
    from_to,
    goal_bar,
    member_name,
    render,
    task_of,
    text_reply,
    together_lines,
)

MINUTE = timedelta(minutes=1)
# What is told of a session that goes on, with work and in a break.
GOING_ON = {"kept": ("kept", "kept.resting"), "undone": ("undone", "undone.resting")}


def end_button(language: str, session: Session) -> Button[None]:
    """Return the button that ends this very session."""
    return button(language, "end", f"end:{session.id}", Style.danger)


def running_buttons(language: str, session: Session) -> tuple[Button[None], ...]:
    """Return the buttons to take a break or go on, to end, and to change the task."""
    rest = "resume" if session.open_break else "pause"
    return (
        button(language, rest, f"{rest}:{session.id}"),
        end_button(language, session),
        button(language, "task", f"task:{session.id}"),
    )


def start_button(language: str) -> Button[None]:
    """Return the button that starts a session now."""
    return button(language, "start", "start", Style.success)


@render.register
def _(answer: Started, language: str) -> Reply:
    session = answer.session
    others = say(language, "started.others", count=answer.others) if answer.others else ""
    text = say(
        language,
        "started",
        name=member_name(session.user_name),
        task=task_of(language, session.task),
        others=others,
    )
    return text_reply(
        f"{text}\n{since_text(language, session)}", GREEN, *running_buttons(language, session)
    )


@render.register
def _(answer: Continued, language: str) -> Reply:
    session, rest = answer.session, answer.session.open_break
    begun = rest.started_at if rest else session.started_at
    if answer.news in GOING_ON:
        text = say(language, GOING_ON[answer.news][bool(rest)], start=clock(begun))
    else:
        same = answer.news in ("task", "planned")
        state = "resting" if rest else "task" if same else "resumed"
        task = task_of(language, session.task)
        text = say(language, f"running.{state}", name=member_name(session.user_name), task=task)
        text += "\n" + say(language, "since", clock=clock(begun), ago=ago(begun))
        text += until_text(language, session)
    reply = text_reply(text, GREY if rest else GREEN, *running_buttons(language, session))
    if answer.news in GOING_ON:
        reply.embed.set_author(name=member_name(session.user_name, marked=False))
    if answer.change_id is None:
        return reply
    return reply.with_button(button(language, "undo", f"undo:{answer.change_id}"))


@render.register
def _(answer: Ended, language: str) -> Reply:
    session = answer.session
    assert session.ended_at is not None
    took = length(language, total(worked(session, now=session.ended_at)))
    text = say(language, "ended", worked=took, detail=ended_detail(answer, took, language))
    zone = answer.preferences.zone
    today = snowflake_time(answer.change_id).astimezone(zone).date()
    start, end = from_to(session.started_at, session.ended_at, zone, today)
    task = task_of(language, session.task)
    text += "\n" + say(language, "ended.span", start=start, end=end) + task
    text += "".join(f"\n{line}" for line in together_lines(language, answer.together))
    if answer.progress:
        text += "\n" + goal_bar(language, answer.progress)
    embed = disnake.Embed(description=text, color=BLUE)
    embed.set_author(name=member_name(session.user_name, marked=False))
    if session.note:
        embed.add_field(
            say(language, "modal.note.label"), escape_markdown(session.note)[:1024], inline=False
        )
    embed.set_footer(text=zone.key)
    again = "same" if session.task else "start_again"
    start = button(language, again, f"same:{session.id}", Style.success)
    return Reply(embed, (*corrections(answer, language), start))


def corrections(answer: Ended, language: str) -> tuple[Button[None], ...]:
    """Return the buttons to note what was done, fix the times, or undo it."""
    return (
        button(language, "note", f"note:{answer.session.id}"),
        button(language, "fix", f"fix:{answer.session.id}"),
        button(language, "undo", f"undo:{answer.change_id}"),
    )


def ended_detail(answer: Ended, took: str, language: str) -> str:
    """Return the break and the day's total, without what is nothing or says the same again."""
    assert answer.session.ended_at is not None
    rest = break_time(answer.session, now=answer.session.ended_at)
    today = length(language, answer.today)
    more = answer.today >= MINUTE and today != took
    if rest >= MINUTE and more:
        return say(language, "ended.rest_today", rest=length(language, rest), today=today)
    if rest >= MINUTE:
        return say(language, "ended.rest", rest=length(language, rest))
    return say(language, "ended.today", today=today) if more else ""


@render.register
def _(answer: Restarted, language: str) -> Reply:
    ended, started = render(answer.ended, language), render(answer.started, language)
    return Reply(
        disnake.Embed(
            description=f"{ended.embed.description}\n\n{started.embed.description}", color=GREEN
        ).set_footer(text=ended.embed.footer.text or ""),
        started.buttons + corrections(answer.ended, language),
    )


@render.register
def _(answer: AlreadyOpen, language: str) -> Reply:
    session = answer.session
    text = say(
        language,
        "already_open",
        start=clock_or_day(session.started_at, answer.at),
        task=task_of(language, session.task),
    )
    reply = text_reply(
        text,
        YELLOW,
        button(language, "keep", f"keep:{session.id}", Style.primary),
        button(language, "restart", f"restart:{session.id}"),
        button(language, "ended_at", f"ended_at:{session.id}"),
    )
    return with_inputs(reply, "ended_at", language, Inputs(answer.task, end=answer.plan))


@render.register
def _(answer: NothingOpen, language: str) -> Reply:
    last = answer.last
    buttons = start_button(language), button(language, "add", "add")
    if last is None or last.ended_at is None:
        return text_reply(say(language, "nothing_open", last=""), GREY, *buttons)
    closed = last.unconfirmed or last.closed_by == "removal"
    how = last.closed_by if closed else "last"
    text = say(language, f"nothing_open.{how}", end=day_and_clock(last.ended_at))
    reply = text_reply(say(language, "nothing_open", last=text), GREY, *buttons)
    fix = "until" if last.unconfirmed else "fix"
    return reply.with_button(button(language, fix, f"{fix}:{last.id}")) if closed else reply


@render.register
def _(answer: ConfirmDiscard, language: str) -> Reply:
    session = answer.session
    text = say(
        language,
        "discarding",
        start=clock_or_day(session.started_at, answer.at),
        task=task_of(language, session.task),
    )
    return text_reply(
        text,
        YELLOW,
        button(language, "discard", f"discard:{session.id}", Style.danger),
        button(language, "keep", f"keep:{session.id}"),
    )


@render.register
def _(answer: Discarded, language: str) -> Reply:
    undo = button(language, "undo", f"undo:{answer.change_id}")
    return text_reply(say(language, "discarded"), GREY, undo)


@render.register
def _(answer: NotYours, language: str) -> Reply:
    text = say(language, "not_yours.own", name=member_name(answer.owner))
    own = end_button(language, answer.own) if answer.own else start_button(language)
    if answer.own is None:
        text = say(language, "refused.not_yours", name=member_name(answer.owner))
    return text_reply(text, GREY, own)


def since_text(language: str, session: Session) -> str:
    """Return since when a session is active."""
    start = session.started_at
    return say(language, "since", clock=clock(start), ago=ago(start)) + until_text(
        language, session
    )


def until_text(language: str, session: Session) -> str:
    """Return until when its member plans to work; nothing without a plan."""
    planned = session.planned_end_at
    if planned is None:
        return ""
    return say(language, "until", clock=clock_or_day(planned, session.started_at))


def with_outage_note(reply: Reply, language: str, outage: Interval, session: Session) -> Reply:
    """Return a reply with the note that the bot was away, and a button to say when it ended."""
    text = say(language, "away", start=day_and_clock(outage.start), end=clock(outage.end))
    if reply.has_button_for("fix", "ended_at", "stopped"):
        return reply.with_line(text)
    return reply.with_line(text).with_button(button(language, "ended_at", f"stopped:{session.id}"))

"""How a member's own logbook looks."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from disnake import SelectOption
from disnake.ui import Button, StringSelect

from domain.intervals import total
from domain.logbook import LogbookEntry, LogbookPage
from domain.sessions import Session, break_time, worked
from i18n import length, say
from views.reply import (
    BLUE,
    GREY,
    Reply,
    Style,
    button,
    date_and_clock,
    escape_markdown,
    from_to,
    render,
    task_of,
    text_reply,
)
from views.sessions import MINUTE

LONGEST = 100  # characters of a choice, Discord's limit
NEWS = {
    "shown": "log.shown",
    "added": "log.added",
    "edited": "log.edited.now",
    "deleted": "log.deleted",
    "undone": "log.undone",
    "gone": "log.undone.gone",
    "confirmed": "log.confirmed",
}


@render.register
def _(answer: LogbookPage, language: str) -> Reply:
    add = button(language, "add", "add")
    if not answer.sessions:
        return text_reply(say(language, "log.empty"), GREY, add)
    title = "log.page" if answer.pages > 1 else "log.title"
    lines = [
        say(language, title, page=answer.page, pages=answer.pages),
        *(log_line(language, session, answer) for session in answer.sessions),
    ]
    reply = text_reply(
        "\n".join(lines),
        BLUE,
        menu(language, answer),
        *pages("log", answer.page, answer.pages, language),
        add,
    )
    reply.embed.set_footer(text=answer.preferences.zone.key)
    return reply


def log_line(language: str, session: Session, answer: LogbookPage | LogbookEntry) -> str:
    """Show a session: when, how long, on what, and whether it was written by hand."""
    rest = break_time(session, now=answer.at)
    start, end = date_and_clock(session.started_at), ""
    if session.ended_at:
        start, end = from_to(session.started_at, session.ended_at, answer.preferences.zone)
    return say(
        language,
        "log.line",
        mark=marks(language, session),
        start=start,
        end=end,
        worked=length(language, total(worked(session, now=answer.at))),
        rest=say(language, "log.rest", rest=length(language, rest)) if rest >= MINUTE else "",
        running=say(language, "log.running") if session.active else "",
        task=task_of(language, session.task),
    )


def marks(language: str, session: Session) -> str:
    """Return the marks of a session: ended unanswered and not confirmed, written by hand."""
    unconfirmed = say(language, "log.unconfirmed") if session.unconfirmed else ""
    return unconfirmed + (say(language, "log.edited") if session.edited else "")


def menu(language: str, answer: LogbookPage) -> StringSelect[None]:
    """Create the menu from which a session is chosen, to be edited or deleted."""
    zone = answer.preferences.zone
    options = [
        SelectOption(label=name, value=str(session.id))
        for name, session in session_names(answer.sessions, zone, answer.at)
    ]
    return StringSelect(custom_id="entry", placeholder=say(language, "log.choose"), options=options)


def session_names(
    sessions: Iterable[Session], zone: ZoneInfo, now: datetime
) -> list[tuple[str, Session]]:
    """Return names of sessions without markdown: the same name a second time gets a number."""
    found: list[tuple[str, Session]] = []
    met = Counter[str]()
    for session in sessions:
        name = session_name(session, zone, now.astimezone(zone).year)
        met[name] += 1
        number = f" ({met[name]})" if met[name] > 1 else ""
        found.append((name[: LONGEST - len(number)] + number, session))
    return found


def session_name(session: Session, zone: ZoneInfo, this_year: int) -> str:
    """Return `11/22 21:40–22:45 task`, with the year of another one and the day of a later end."""
    start, end = session.started_at.astimezone(zone), ""
    if session.ended_at:
        over = session.ended_at.astimezone(zone)
        day = "" if over.date() == start.date() else f"{over.month}/{over.day} "
        end = f"{day}{over:%H:%M}"
    year = "" if start.year == this_year else f"{start.year}/"
    begun = f"{year}{start.month}/{start.day} {start:%H:%M}"
    return f"{begun}–{end} {session.task or ''}".strip()[:LONGEST]


def pages(action: str, page: int, count: int, language: str) -> list[Button[None]]:
    """Create the buttons that turn pages, where there are any to turn to."""
    found: list[Button[None]] = []
    if page > 1:
        found.append(button(language, "previous", f"{action}:{page - 1}"))
    if page < count:
        found.append(button(language, "next", f"{action}:{page + 1}"))
    return found


@render.register
def _(answer: LogbookEntry, language: str) -> Reply:
    session = answer.session
    gone = session.removed_at is not None
    key = NEWS["gone" if gone and answer.news == "undone" else answer.news]
    text = say(language, key)
    note = "" if gone or not session.note else f"\n{escape_markdown(session.note)}"
    text = f"{text}\n{log_line(language, session, answer)}{note}"
    buttons: list[Button[None]] = []
    if not gone:
        buttons.append(button(language, "edit", f"edit:{session.id}"))
        buttons.append(button(language, "delete", f"delete:{session.id}", Style.danger))
    if answer.change_id is not None:
        buttons.append(button(language, "undo", f"revert:{answer.change_id}"))
    reply = text_reply(text, GREY if gone else BLUE, *buttons)
    reply.embed.set_footer(text=answer.preferences.zone.key)
    return reply

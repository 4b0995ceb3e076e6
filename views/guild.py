"""How a server's own answers look: who works in it, and its panel."""

from collections.abc import Iterable

from domain.command import Panel, Working
from domain.sessions import Session
from i18n import say
from views.reply import (
    BLUE,
    GREEN,
    GREY,
    Reply,
    Style,
    ago,
    button,
    clock,
    member_name,
    render,
    task_of,
    text_reply,
)
from views.sessions import end_button, start_button, until_text

SHOWN = 25  # members in a list; more would push the buttons off a phone's screen
ROOM = 3900  # characters that a list may take of an embed's 4096


@render.register
def _(answer: Working, language: str) -> Reply:
    sessions = answer.sessions
    own = end_button(language, answer.own) if answer.own else start_button(language)
    if not sessions:
        return text_reply(say(language, "working.nobody"), GREY, own)
    lines = [say(language, "working", count=len(sessions))]
    lines += lines_that_fit(working_line(language, session) for session in sessions[:SHOWN])
    if left := len(sessions) + 1 - len(lines):
        lines.append(say(language, "working.more", count=left))
    return text_reply("\n".join(lines), GREEN, own)


def working_line(language: str, session: Session) -> str:
    """Return the line of one who works, or takes a break, and since when."""
    begun = session.open_break.started_at if session.open_break else session.started_at
    return say(
        language,
        "working.resting" if session.open_break else "working.line",
        name=member_name(session.user_name),
        task=task_of(language, session.task),
        clock=clock(begun),
        ago=ago(begun),
    ) + until_text(language, session)


@render.register
def _(_answer: Panel, language: str) -> Reply:
    return text_reply(
        say(language, "panel"),
        BLUE,
        button(language, "panel.start", "panel:start", Style.success),
        button(language, "end", "panel:end", Style.danger),
        button(language, "now", "panel:now"),
    )


def lines_that_fit(lines: Iterable[str]) -> list[str]:
    """Return as many whole lines as an embed may have."""
    kept: list[str] = []
    for text in lines:
        if sum(map(len, kept)) + len(text) > ROOM:
            break
        kept.append(text)
    return kept

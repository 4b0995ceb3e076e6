"""Error messages: one sentence, and a button to go on where there is one."""

from datetime import datetime

from domain.errors import UserError
from i18n import say
from views.reply import (
    GREY,
    YELLOW,
    Reply,
    Style,
    button,
    day_and_clock,
    escape_markdown,
    member_name,
    text_reply,
)


def refusal_reply(refused: UserError, language: str) -> Reply:
    """Return the message of a UserError; instants in the reader's zone, typed text as typed."""
    values = {key: shown(value) for key, value in refused.values.items()}
    if refused.key == "form.changed":
        values["now"] = values["now"] or say(language, "form.nothing")
    if "name" in refused.values:
        values["name"] = member_name(str(refused.values["name"]))
    return text_reply(say(language, f"refused.{refused.key}", **values), GREY)


def shown(value: object) -> object:
    """Show a value within a sentence."""
    if isinstance(value, datetime):
        return day_and_clock(value)
    return escape_markdown(value) if isinstance(value, str) else value


def failure_reply(key: str, language: str, **values: object) -> Reply:
    """Return the message of a failure that is not the reader's."""
    return text_reply(say(language, key, **values), YELLOW)


def unsaved_reply(again: str, language: str, key: str) -> Reply:
    """Return that nothing was saved, with a button that does `again` the same."""
    retry = button(language, "retry", f"retry:{again}", Style.primary)
    return text_reply(say(language, key), YELLOW, retry)

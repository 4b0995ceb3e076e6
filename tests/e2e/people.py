"""What a person can tell about an answer: who sees it, whether it rings, what it offers."""

import re
from datetime import datetime
from typing import Any

from devtools.sandbox import Channel, Interaction, Member, Message
from devtools.sandbox.forms import Modal
from devtools.sandbox.interactions import Kind
from i18n import say
from tests.support.until import until

# What stands under the end of a session without a task.
ENDED = [say("ja", f"button.{one}") for one in ("note", "fix", "undo", "start_again")]


def labels(message: Message) -> list[str]:
    return [button.label for button in message.buttons]


def ids(message: Message) -> list[str]:
    return [button.custom_id or "" for button in message.buttons]


def running_ids(session_id: int) -> list[str]:
    """The buttons under a session that runs."""
    return [f"{action_name}:{session_id}" for action_name in ("pause", "end", "task")]


def public(answer: Interaction | Message) -> Message:
    """The message of an answer, which everybody sees and nobody hears.

    Discord lets no wait be silent, so what was deferred is as loud as its wait was.
    """
    waited = isinstance(answer, Interaction) and answer.deferred
    message = answer if isinstance(answer, Message) else answer.message
    assert message, f"no message: {answer}"
    assert not message.ephemeral, message
    assert message.silent or waited, message
    assert message.notifies == [], message
    return message


def private(answer: Interaction) -> Message:
    """The message of an answer that only the one who asked sees."""
    message = answer.message
    assert message, f"no message: {answer}"
    assert message.ephemeral, message
    assert message.notifies == [], message
    return message


async def posted(answer: Interaction) -> Message:
    """The one post beside a private answer; it comes a moment after it, a picture even later."""
    await until(lambda: answer.followups)
    await answer.discord.settle()
    assert len(answer.followups) == 1, answer.followups
    return answer.followups[0]


def acknowledged(answer: Interaction) -> bool:
    """Whether the answer says that this very interaction was done: its buttons name it."""
    shown = [answer.message, answer.updated, answer.original, *answer.followups]
    there = [message for message in shown if message and not message.loading]
    done = rf"(end|undo):{answer.id}"
    return any(re.fullmatch(done, one) for message in there for one in ids(message))


async def fills(
    member: Member, form: Modal | None, at: datetime | None = None, **texts: str
) -> Interaction:
    """Fill in some fields of a form, by what their ids begin with, and send it."""
    assert form
    ids = {field.custom_id.partition(":")[0]: field.custom_id for field in form.fields}
    return await member.submit(form, {ids[name]: text for name, text in texts.items()}, at=at)


async def forge(
    member: Member,
    channel: Channel,
    kind: Kind,
    data: dict[str, Any],
    message: Message | None = None,
) -> Interaction:
    """Send what no honest client sends, and wait for the answer."""
    interaction = Interaction(member, kind, channel, data, source=message)
    member.discord.interactions.open(interaction)
    return await interaction.answer()

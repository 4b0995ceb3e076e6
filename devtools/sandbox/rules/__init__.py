"""Discord's rules for what a bot sends; what breaks one is refused as Discord refuses it."""

from devtools.sandbox.rules.commands import (
    check_choices,
    check_command,
    check_commands,
    check_count,
)
from devtools.sandbox.rules.messages import (
    CALLBACK_FLAGS,
    CHANNEL_FLAGS,
    EDITABLE_FLAGS,
    check_edit,
    check_flags,
    check_modal,
    check_new_message,
)
from devtools.sandbox.rules.shape import Location

__all__ = [
    "CALLBACK_FLAGS",
    "CHANNEL_FLAGS",
    "EDITABLE_FLAGS",
    "Location",
    "check_choices",
    "check_command",
    "check_commands",
    "check_count",
    "check_edit",
    "check_flags",
    "check_modal",
    "check_new_message",
]

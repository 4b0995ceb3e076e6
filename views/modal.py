"""The forms that open on a press."""

import disnake
from disnake import TextInputStyle
from disnake.ui import Label, TextInput

from texts import say

# verb → (title, (field, label, style, longest, must it be filled in))
Field = tuple[str, str, TextInputStyle, int, bool]
SHORT, LONG = TextInputStyle.short, TextInputStyle.paragraph
MODALS: dict[str, tuple[str, tuple[Field, ...]]] = {
    "note": ("modal.note.title", (("text", "modal.note.label", LONG, 500, True),)),
    "fix": (
        "modal.fix.title",
        (
            ("start", "modal.fix.start", SHORT, 60, False),
            ("end", "modal.fix.end", SHORT, 60, False),
        ),
    ),
    "ended_at": ("modal.ended_at.title", (("time", "modal.ended_at.label", SHORT, 60, True),)),
    "stopped": ("modal.ended_at.title", (("time", "modal.ended_at.label", SHORT, 60, True),)),
}


def modal(verb: str, target: int, language: str) -> disnake.ui.Modal:
    """Make the form that a button opens; its id names what it will act on."""
    title, fields = MODALS[verb]
    return disnake.ui.Modal(
        title=say(language, title),
        custom_id=f"{verb}:{target}",
        components=[
            Label(
                say(language, label),
                TextInput(
                    custom_id=name,
                    style=style,
                    max_length=longest,
                    required=required,
                    placeholder=say(language, "modal.time.placeholder") if style is SHORT else None,
                ),
            )
            for name, label, style, longest, required in fields
        ],
    )

"""The forms that open on a press."""

import disnake
from disnake import SelectOption, TextInputStyle
from disnake.ui import Label, StringSelect, TextInput

from domain.logbook import Words
from i18n import say

# form → (title, (field, label, style, longest, must it be filled in, what an empty one shows))
Field = tuple[str, str, TextInputStyle, int, bool, str | None]
SHORT, LONG = TextInputStyle.short, TextInputStyle.paragraph
TIME = "modal.time.placeholder"
ZONE, LENGTH = "modal.zone.placeholder", "modal.goal.placeholder"
WHEN: Field = ("time", "modal.ended_at.label", SHORT, 60, True, TIME)
TASK: Field = ("task", "modal.task.label", SHORT, 100, False, None)
NOTE: Field = ("text", "modal.note.label", LONG, 500, False, None)
FORMS: dict[str, tuple[str, tuple[Field, ...]]] = {
    "note": ("modal.note.title", (("text", "modal.note.label", LONG, 500, True, None),)),
    "fix": (
        "modal.fix.title",
        (
            ("start", "modal.fix.start", SHORT, 60, False, TIME),
            ("end", "modal.fix.end", SHORT, 60, False, TIME),
        ),
    ),
    "ended_at": ("modal.ended_at.title", (WHEN,)),
    "until": ("modal.ended_at.title", (("end", *WHEN[1:]),)),
    "task": ("modal.task.title", (("text", "modal.task.label", SHORT, 100, True, None),)),
    "add": (
        "modal.add.title",
        (
            ("start", "modal.add.start", SHORT, 60, True, TIME),
            ("end", "modal.add.end", SHORT, 60, False, "modal.add.placeholder"),
            ("length", "modal.add.length", SHORT, 60, False, "modal.add.length.placeholder"),
            TASK,
            NOTE,
        ),
    ),
    "edit": (
        "modal.edit.title",
        (
            ("start", "modal.edit.start", SHORT, 60, False, TIME),
            ("end", "modal.edit.end", SHORT, 60, False, TIME),
            TASK,
            NOTE,
        ),
    ),
    "zone": ("modal.zone.title", (("text", "modal.zone.label", SHORT, 60, False, ZONE),)),
    "server_zone": (
        "modal.server_zone.title",
        (("text", "modal.server_zone.label", SHORT, 60, False, ZONE),),
    ),
    "server_goal": (
        "modal.server_goal.title",
        (("time", "modal.goal.label", SHORT, 60, False, LENGTH),),
    ),
    "delete_data": (
        "modal.delete_data.title",
        (("text", "modal.delete_data.label", SHORT, 20, True, None),),
    ),
    "goal": ("modal.goal.title", (("time", "modal.goal.label", SHORT, 60, False, LENGTH),)),
}


def modal(form: str, custom_id: str, language: str, words: Words | None = None) -> disnake.ui.Modal:
    """Create a form, filled in with what is known; `custom_id` names what it will act on."""
    title, fields = FORMS[form]
    words = words or Words()
    known = {"text": words.text, "start": words.said, "end": words.until, "task": words.task}
    return disnake.ui.Modal(
        title=say(language, title),
        custom_id=custom_id,
        components=[
            *([per(language)] if form == "goal" else []),
            *(
                Label(
                    say(language, label),
                    TextInput(
                        custom_id=name,
                        style=style,
                        max_length=longest,
                        required=required,
                        placeholder=say(language, empty) if empty else None,
                        value=known.get(name),
                    ),
                )
                for name, label, style, longest, required, empty in fields
            ),
        ],
    )


def per(language: str) -> Label:
    """Let a goal be one for the day or for the week."""
    options = [
        SelectOption(label=say(language, f"modal.goal.{one}"), value=one, default=one == "day")
        for one in ("day", "week")
    ]
    return Label(say(language, "modal.goal.per"), StringSelect(custom_id="per", options=options))

"""The forms, and their inputs where they are kept in a message."""

from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

import disnake
from disnake import TextInputStyle
from disnake.ui import Button, FileUpload, Label, StringSelect, TextInput

from domain import text
from domain.forms import NOT_SHOWN, Digests, Shown
from domain.logbook import Inputs
from i18n import LANGUAGES, say
from views.reply import (
    Reply,
    Style,
    button,
    escape_markdown,
    legacy_inputs,
    select,
    unescape_markdown,
)

TIME_OR_DAYS = ("time", "RANK_BY_TIME"), ("days", "RANK_BY_DAYS")
A_DAY_OR_WEEK = ("day", "modal.goal.day"), ("week", "modal.goal.week")
TIME, KEPT, NOW = "modal.time.placeholder", "modal.time.kept", "modal.time.now"


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a form: its name there, and which input it holds.

    A `shown` one is filled in with what is there, and says so by its id. A `hidden` one stands in
    messages alone: the form is opened from one, and does not ask for it.
    """

    name: str
    input: str
    label: str
    longest: int
    empty: str | None = None  # what it shows while it is empty
    required: bool = False
    long: bool = False
    choices: tuple[tuple[str, str], ...] = ()  # each with its name
    hidden: bool = False


START = Field("start", "start", "modal.start", text.TIME, TIME, required=True)
END = Field("end", "end", "modal.end", text.TIME, "modal.end.placeholder")
LENGTH = Field("length", "length", "modal.length", text.TIME, "modal.length.placeholder")
WHEN = Field("time", "start", "modal.end", text.TIME, TIME, required=True)
TASK, NOTE = (
    Field("task", "task", "modal.task.label", text.TASK),
    Field("text", "text", "modal.note.label", text.NOTE, long=True),
)
ONLY_TASK = replace(TASK, name="text", input="text")
NEXT_TASK = replace(ONLY_TASK, label="modal.next_task", hidden=True)
PLAN = Field("plan", "end", "modal.plan", text.TIME, "START_PLAN_DESCRIPTION")
NEXT_PLAN = replace(PLAN, hidden=True)
TIMES = replace(START, empty=KEPT, required=False), replace(END, empty=KEPT)
GOAL = Field(
    "time", "start", "modal.goal.label", text.TIME, "modal.goal.placeholder", required=True
)
ZONE = Field("text", "text", "modal.zone.label", text.TIME, "modal.zone.placeholder")
SERVER_ZONE = replace(ZONE, label="modal.server_zone.label", empty="modal.server_zone.placeholder")
PERIOD = Field("period", "start", "modal.period", text.TIME, "modal.period.placeholder")
BY = Field("by", "text", "modal.by", 0, choices=TIME_OR_DAYS)
PER = Field("per", "text", "modal.goal.per", 0, choices=A_DAY_OR_WEEK)
# form → its title and its fields
FORMS: dict[str, tuple[str, tuple[Field, ...]]] = {
    "start": ("modal.start.title", (ONLY_TASK, replace(START, empty=NOW, required=False), PLAN)),
    "end": ("modal.end.title", (replace(WHEN, empty=NOW, required=False), NOTE)),
    "stats": ("modal.period.title", (PERIOD,)),
    "rank": ("modal.period.title", (PERIOD, BY)),
    "note": ("modal.note.title", (NOTE,)),
    "fix": ("modal.fix.title", TIMES),
    "ended_at": ("modal.ended_at.title", (WHEN, NEXT_TASK, NEXT_PLAN)),
    "ended": ("modal.ended_at.title", (WHEN, replace(NOTE, hidden=True))),
    "until": ("modal.ended_at.title", (replace(END, empty=TIME, required=True),)),
    "next": ("modal.task.title", (NEXT_TASK, NEXT_PLAN)),
    "task": ("modal.task.title", (ONLY_TASK,)),
    "add": ("modal.add.title", (START, END, LENGTH, TASK, NOTE)),
    "edit": ("modal.edit.title", (*TIMES, TASK, NOTE)),
    "zone": ("modal.zone.title", (ZONE,)),
    "goal": ("modal.goal.title", (PER, GOAL)),
    "group_goal": ("modal.server_goal.title", (GOAL,)),
    "server_goal": ("modal.server_goal.title", (GOAL,)),
    "server_zone": ("modal.server_zone.title", (SERVER_ZONE,)),
    "settings": ("config.title", (replace(NOTE, label="modal.settings", hidden=True),)),
    "import": ("modal.import.title", ()),
    "delete_data": (
        "modal.delete_data.title",
        (Field("text", "text", "modal.delete_data.label", 20, required=True),),
    ),
}
FILE = "file"  # the id of its field
# form → the field of the file that is sent in it, and which files it may be
FILES = {"import": ("modal.import.label", "ME_IMPORT_DESCRIPTION")}
INPUTS = {field.name: field.input for _, fields in FORMS.values() for field in fields}


def modal(
    form: str, custom_id: str, language: str, inputs: Inputs | None = None, shown: Shown = NOT_SHOWN
) -> disnake.ui.Modal:
    """Create a form, filled in with inputs; `custom_id` names what it will act on.

    Each field's own id carries what it showed at first, for a submitted form does not say.
    """
    title, _ = FORMS[form]
    inputs = inputs or Inputs()
    parts = [
        Label(say(language, field.label), field_component(field, language, inputs, shown))
        for field in visible_fields(form)
    ]
    if form in FILES:
        label, which = (say(language, key) for key in FILES[form])
        parts.append(Label(label, FileUpload(custom_id=FILE), description=which))
    return disnake.ui.Modal(title=say(language, title), custom_id=custom_id, components=parts)


def field_component(
    field: Field, language: str, inputs: Inputs, shown: Shown
) -> TextInput | StringSelect[None]:
    """Create what a field is filled in with."""
    value: str | None = getattr(inputs, field.input)
    if names := choice_names(field, language):
        return select(field.name, names, value if value in names else next(iter(names)))
    digest = getattr(shown.digests, field.input)
    zone = shown.zone.key if shown.zone and field in TIMES else ""
    return TextInput(
        custom_id=":".join((field.name, digest or "", zone)).rstrip(":"),
        style=TextInputStyle.paragraph if field.long else TextInputStyle.short,
        max_length=max(field.longest, len(value or "")),
        required=field.required,
        placeholder=say(language, field.empty) if field.empty else None,
        value=value,
    )


def visible_fields(form: str) -> list[Field]:
    """Return the fields that a form asks for."""
    return [field for field in FORMS[form][1] if not field.hidden]


def choice_names(field: Field, language: str) -> dict[str, str]:
    """Return what the choices of a field are called."""
    return {one: say(language, key) for one, key in field.choices}


def with_inputs(
    reply: Reply, form: str, language: str, inputs: Inputs, shown: Shown = NOT_SHOWN
) -> Reply:
    """Show the inputs of a form in a message, from where its buttons read them again.

    Each stands under the name of its field, and the zone of its times in the footer.
    """
    embed = reply.embed.copy()
    for field in FORMS[form][1]:
        value: str | None = getattr(inputs, field.input)
        if value:
            named = choice_names(field, language).get(value, value)
            embed.add_field(
                say(language, field.label), escape_markdown(named), inline=not field.long
            )
    if shown.zone:
        embed.set_footer(text=shown.zone.key)
    return replace(reply, embed=embed)


def inputs_in(message: disnake.Message | None, form: str) -> Inputs:
    """Read what a message of ours shows of the inputs of a form, in whichever language."""
    if message is None or not message.embeds or not message.embeds[0].fields:
        return legacy_inputs(message)
    shown = {field.name: unescape_markdown(field.value or "") for field in message.embeds[0].fields}
    found: dict[str, str] = {}
    for field in FORMS[form][1]:
        for language in LANGUAGES:
            value = shown.get(say(language, field.label))
            names = {name: one for one, name in choice_names(field, language).items()}
            if value is not None and (not names or value in names):
                found[field.input] = names.get(value, value)
    return Inputs(**found)


def digests_as_text(digests: Digests) -> str:
    """Write digests as they stand in the id of a button."""
    return ".".join(digest or "" for digest in digests).rstrip(".")


def digests_of(written: str) -> Digests:
    """Read digests from the id of a button."""
    return Digests(*(digest or None for digest in written.split(".")))


def again_button(
    language: str, key: str, name: str, target: int | None, digests: Digests
) -> Button[None]:
    """Create a button that opens the form of an action with the inputs of its message."""
    its = f"{name}:{'' if target is None else target}:{digests_as_text(digests)}"
    return button(language, key, f"again:{its}", Style.primary)


def shown_in(form: str, digests: Digests, zone: ZoneInfo | None) -> Shown:
    """Return what the fields of a form say that they show; the zone if there are times."""
    timed = any(field in TIMES for field in FORMS[form][1])
    return Shown(digests, zone if timed else None)

"""Modals and menus: what a person finds to fill in, and what the client sends when it is done."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from devtools.sandbox.errors import NotPossible
from devtools.sandbox.messages import (
    ACTION_ROW,
    FILE_UPLOAD,
    STRING_SELECT,
    TEXT_INPUT,
    Message,
)

LABEL = 18


@dataclass(frozen=True)
class Option:
    """One choice of a menu in a form."""

    label: str
    value: str
    chosen: bool


@dataclass(frozen=True)
class Field:
    """One thing to fill in."""

    label: str
    custom_id: str
    value: str | None
    style: int
    required: bool
    min_length: int
    max_length: int
    placeholder: str | None
    type: int
    description: str | None = None
    options: tuple[Option, ...] = ()

    @property
    def shown(self) -> str:
        """What stands in it when it opens, as a person sees it."""
        return ", ".join(one.label for one in self.options if one.chosen) or self.value or ""


@dataclass(frozen=True, eq=False)
class Modal:
    """A form that the bot opened on a person's screen, in a channel, maybe from a message."""

    title: str
    custom_id: str
    components: list[dict[str, Any]]
    user_id: int
    channel_id: int
    message: Message | None = None

    @property
    def fields(self) -> list[Field]:
        return [_field(part, label) for part, label in _inputs(self.components)]

    @property
    def uploads(self) -> set[str]:
        """What the fields are called in which files are sent."""
        files = [field for field in self.fields if field.type == FILE_UPLOAD]
        return {name for field in files for name in (field.label, field.custom_id)}

    def submission(self, texts: dict[str, Any]) -> dict[str, Any]:
        """Return what the client sends. Raises NotPossible where it would not send."""
        fields = self.fields
        names = {name for field in fields for name in (field.label, field.custom_id)}
        if wrong := set(texts) - names:
            raise NotPossible("no_field", fields=", ".join(sorted(wrong)), title=self.title)
        values = {field.custom_id: _filled(field, texts) for field in fields}
        return {
            "custom_id": self.custom_id,
            "components": [
                _echo(part, values)
                for part in self.components
                if part["type"] in (ACTION_ROW, LABEL)
            ],
        }


def _inputs(
    components: list[dict[str, Any]],
) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Yield each input with what carries its label."""
    for part in components:
        if part["type"] == LABEL:
            yield part["component"], part
        elif part["type"] == ACTION_ROW:
            for inner in part["components"]:
                yield inner, inner


def _field(part: dict[str, Any], label: dict[str, Any]) -> Field:
    return Field(
        label=label.get("label") or "",
        custom_id=part["custom_id"],
        value=part.get("value"),
        style=part.get("style") or 1,
        required=part.get("required") is not False,
        min_length=part.get("min_length") or 0,
        max_length=part.get("max_length") or 4000,
        placeholder=part.get("placeholder"),
        type=part["type"],
        description=label.get("description") if label is not part else None,
        options=tuple(
            Option(one["label"], one["value"], bool(one.get("default")))
            for one in part.get("options") or ()
        ),
    )


def _filled(field: Field, texts: dict[str, Any]) -> Any:
    if field.type != TEXT_INPUT:
        return _chosen(field, texts.get(field.custom_id, texts.get(field.label)))
    text = str(texts.get(field.custom_id, texts.get(field.label, field.value or "")))
    if not text:
        if field.required:
            raise NotPossible("field_empty", label=field.label)
        return text
    if not field.min_length <= len(text) <= field.max_length:
        raise NotPossible(
            "field_length", label=field.label, low=field.min_length, high=field.max_length
        )
    return text


def _chosen(field: Field, said: Any) -> list[str]:
    """Return the values of what is chosen by label or value; what stands there if nothing is."""
    if said is None or said == "":
        values = [option.value for option in field.options if option.chosen]
    elif not field.options:  # people, channels or files
        values = [str(value) for value in (said if isinstance(said, list) else [said])]
    else:
        named = said if isinstance(said, list) else [one.strip() for one in str(said).split(",")]
        values = [_option(field.options, one) for one in named]
    if field.required and not values:
        raise NotPossible("field_empty", label=field.label)
    return values


def _option(options: Iterable[Option], wanted: Any) -> str:
    for option in options:
        if wanted in (option.value, option.label):
            return option.value
    raise NotPossible("menu_no_choice", value=wanted)


def _echo(part: dict[str, Any], values: dict[str, Any]) -> dict[str, Any]:
    if part["type"] == LABEL:
        return {"type": LABEL, "id": 1, "component": _value(part["component"], values)}
    return {
        "type": ACTION_ROW,
        "id": 1,
        "components": [_value(inner, values) for inner in part["components"]],
    }


def _value(part: dict[str, Any], values: dict[str, Any]) -> dict[str, Any]:
    value = values[part["custom_id"]]
    key = "value" if part["type"] == TEXT_INPUT else "values"
    return {"type": part["type"], "id": 2, "custom_id": part["custom_id"], key: value}


def selection(message: Message, values: list[Any], custom_id: str | None) -> dict[str, Any]:
    """Return what the client sends for a choice in a menu under a message."""
    menus = [menu for menu in message.selects if custom_id in (None, menu["custom_id"])]
    if not menus:
        raise NotPossible("no_menu", name=custom_id or "")
    menu = menus[0]
    low, high = menu.get("min_values", 1), menu.get("max_values", 1)
    if menu.get("disabled") or not low <= len(values) <= high:
        raise NotPossible("menu_count", low=low, high=high)
    data: dict[str, Any] = {"component_type": menu["type"], "custom_id": menu["custom_id"]}
    if menu["type"] == STRING_SELECT:
        options = [Option(one["label"], one["value"], chosen=False) for one in menu["options"]]
        return data | {"values": [_option(options, value) for value in values]}
    return data | {"values": [str(value.id) for value in values], "resolved": _resolved(values)}


def _resolved(values: list[Any]) -> dict[str, Any]:
    resolved: dict[str, Any] = {}
    for value in values:
        for section, payload in value.resolved.items():
            resolved.setdefault(section, {})[str(value.id)] = payload
    return resolved

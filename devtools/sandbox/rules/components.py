"""Components: rows, buttons, menus, the layouts of version 2, and the inputs of modals."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from devtools.sandbox import limits
from devtools.sandbox.messages import (
    ACTION_ROW,
    BUTTON,
    COMPONENTS_V2,
    FILE_UPLOAD,
    LINK_BUTTON,
    SELECTS,
    STRING_SELECT,
    TEXT_DISPLAY,
    TEXT_INPUT,
    walk,
)
from devtools.sandbox.rules.shape import (
    Check,
    Location,
    anything,
    boolean,
    each,
    number,
    one_of,
    passes,
    required,
    shape,
    snowflake,
    text,
    unique,
    url,
)

SECTION, THUMBNAIL, GALLERY, FILE, SEPARATOR, CONTAINER, LABEL = 9, 11, 12, 13, 14, 17, 18
RADIO_GROUP, CHECKBOX_GROUP, CHECKBOX = 21, 22, 23
PREMIUM_BUTTON = 6

_custom_id = text(limits.CUSTOM_ID, 1)
_emoji = shape({}, {"id": snowflake, "name": text(32), "animated": boolean})
_media = shape({"url": url(limits.URL, "http", "https", "attachment")})
_ids = {"id": number(0, 2**31 - 1)}

_button = shape(
    {"style": one_of(1, 2, 3, 4, 5, 6)},
    _ids
    | {
        "custom_id": _custom_id,
        "label": text(limits.BUTTON_LABEL),
        "url": url(limits.BUTTON_URL, "http", "https", "discord"),
        "sku_id": snowflake,
        "disabled": boolean,
        "emoji": _emoji,
    },
)
_menu = {
    "placeholder": text(limits.PLACEHOLDER),
    "min_values": number(0, limits.SELECT_OPTIONS),
    "max_values": number(1, limits.SELECT_OPTIONS),
    "disabled": boolean,
    "required": boolean,
}
_option = shape(
    {"label": text(limits.SELECT_TEXT, 1), "value": text(limits.SELECT_TEXT, 1)},
    {"description": text(limits.SELECT_TEXT), "default": boolean, "emoji": _emoji},
)
_string_select = shape(
    {"custom_id": _custom_id, "options": each(_option, limits.SELECT_OPTIONS, 1)}, _ids | _menu
)
_other_select = shape({"custom_id": _custom_id}, _ids | _menu)
_text_input = shape(
    {"custom_id": _custom_id, "style": one_of(1, 2)},
    _ids
    | {
        "label": text(limits.LABEL_TEXT, 1),
        "value": text(limits.TEXT_INPUT),
        "placeholder": text(limits.TEXT_INPUT_PLACEHOLDER),
        "min_length": number(0, limits.TEXT_INPUT),
        "max_length": number(1, limits.TEXT_INPUT),
        "required": boolean,
    },
)

_SHAPES: dict[int, Check] = {
    BUTTON: _button,
    STRING_SELECT: _string_select,
    **dict.fromkeys(SELECTS - {STRING_SELECT}, _other_select),
    TEXT_INPUT: _text_input,
    TEXT_DISPLAY: shape({"content": text(limits.TEXT_DISPLAY_TOTAL, 1)}, _ids),
    ACTION_ROW: shape({"components": each(anything, limits.ROW_BUTTONS, 1)}, _ids),
    SECTION: shape(
        {"components": each(anything, limits.SECTION_TEXTS, 1), "accessory": anything}, _ids
    ),
    THUMBNAIL: shape(
        {"media": _media},
        _ids | {"description": text(limits.ATTACHMENT_DESCRIPTION), "spoiler": boolean},
    ),
    GALLERY: shape({"items": each(shape({"media": _media}), limits.GALLERY_ITEMS, 1)}, _ids),
    FILE: shape({"file": _media}, _ids | {"spoiler": boolean}),
    SEPARATOR: shape({}, _ids | {"divider": boolean, "spacing": one_of(1, 2)}),
    CONTAINER: shape(
        {"components": each(anything, limits.COMPONENTS, 1)},
        _ids | {"accent_color": number(0, 0xFFFFFF), "spoiler": boolean},
    ),
    LABEL: shape(
        {"label": text(limits.LABEL_TEXT, 1), "component": anything},
        _ids | {"description": text(limits.LABEL_DESCRIPTION, 1)},
    ),
    FILE_UPLOAD: shape(
        {"custom_id": _custom_id},
        _ids
        | {
            "min_values": number(0, limits.ATTACHMENTS),
            "max_values": number(1, limits.ATTACHMENTS),
            "required": boolean,
        },
    ),
    RADIO_GROUP: shape({"custom_id": _custom_id, "options": each(_option, 10, 2)}, _ids),
    CHECKBOX_GROUP: shape({"custom_id": _custom_id, "options": each(_option, 10, 1)}, _ids),
    CHECKBOX: shape({"custom_id": _custom_id}, _ids),
}
_IN_ROW = (BUTTON, *sorted(SELECTS))
_LAYOUTS = (ACTION_ROW, SECTION, TEXT_DISPLAY, GALLERY, FILE, SEPARATOR)
_IN_LABEL = (TEXT_INPUT, *sorted(SELECTS), FILE_UPLOAD, RADIO_GROUP, CHECKBOX_GROUP, CHECKBOX)
# what may stand inside what: the key that holds it, and the types
_INSIDE: dict[int, tuple[tuple[str, tuple[int, ...]], ...]] = {
    ACTION_ROW: (("components", _IN_ROW),),
    SECTION: (("components", (TEXT_DISPLAY,)), ("accessory", (BUTTON, THUMBNAIL))),
    CONTAINER: (("components", _LAYOUTS),),
    LABEL: (("component", _IN_LABEL),),
}


def check_message_components(components: Any, flags: int, at: Location) -> None:
    """Check what stands under (or, in version 2, is) a message."""
    if flags & COMPONENTS_V2:
        allowed, most = (*_LAYOUTS, CONTAINER), limits.COMPONENTS
    else:
        allowed, most = (ACTION_ROW,), limits.ROWS
    if not passes(each(anything, most), components, at):
        return
    before = at.count
    for index, part in enumerate(components):
        _check_part(part, allowed, at / index)
    if at.count == before:
        _check_together(components, flags, at)


def check_modal_components(components: Any, at: Location) -> None:
    if not passes(each(anything, limits.MODAL_COMPONENTS, 1), components, at):
        return
    before = at.count
    for index, part in enumerate(components):
        where = at / index
        if isinstance(part, dict) and part.get("type") == ACTION_ROW:
            _check_input_row(part, where)
        else:
            _check_part(part, (LABEL, TEXT_DISPLAY), where)
            _check_in_label(part, where)
    if at.count == before:
        _check_unique(components, at)


def _check_input_row(row: dict[str, Any], at: Location) -> None:
    inputs = row.get("components")
    if passes(each(anything, 1, 1), inputs, at / "components"):
        assert inputs
        where = at / "components" / 0
        _check_part(inputs[0], (TEXT_INPUT,), where)
        if isinstance(inputs[0], dict) and not inputs[0].get("label"):
            required(where / "label")


def _check_in_label(part: Any, at: Location) -> None:
    inner = part.get("component") if isinstance(part, dict) else None
    if not isinstance(inner, dict):
        return
    if inner.get("type") == TEXT_INPUT and inner.get("label"):
        (at / "component" / "label").add("COMPONENT_LABEL_NOT_ALLOWED")
    if inner.get("disabled"):
        (at / "component" / "disabled").add("COMPONENT_DISABLED_IN_MODAL")


def _check_part(part: Any, allowed: tuple[int, ...], at: Location) -> None:
    if not passes(shape({"type": one_of(*allowed)}), part, at):
        return
    kind = part["type"]
    if not passes(_SHAPES[kind], part, at):
        return
    for key, types in _INSIDE.get(kind, ()):
        inside = part[key] if isinstance(part[key], list) else [part[key]]
        for index, inner in enumerate(inside):
            where = at / key / index if isinstance(part[key], list) else at / key
            _check_part(inner, types, where)
    if further := _FURTHER.get(kind):
        further(part, at)


def _check_row(row: dict[str, Any], at: Location) -> None:
    kinds = [part.get("type") for part in row["components"] if isinstance(part, dict)]
    if len(kinds) > 1 and any(kind != BUTTON for kind in kinds):
        (at / "components").add("COMPONENT_LAYOUT_WIDTH_EXCEEDED")


def _check_button(button: dict[str, Any], at: Location) -> None:
    style = button["style"]
    key = {LINK_BUTTON: "url", PREMIUM_BUTTON: "sku_id"}.get(style, "custom_id")
    if not button.get(key):
        codes = {"url": "BUTTON_COMPONENT_URL_REQUIRED"}
        code = codes.get(key, "BUTTON_COMPONENT_CUSTOM_ID_REQUIRED")
        (at / key).add(code, key=key.replace("_", " "))
    if any(button.get(other) for other in {"url", "sku_id", "custom_id"} - {key}):
        at.add("BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE")
    if style != PREMIUM_BUTTON and not (button.get("label") or button.get("emoji")):
        at.add("BUTTON_COMPONENT_LABEL_REQUIRED")


def _check_select(menu: dict[str, Any], at: Location) -> None:
    low, high = menu.get("min_values", 1), menu.get("max_values", 1)
    if low > high:
        (at / "min_values").add("SELECT_COMPONENT_MIN_VALUES_TOO_LARGE")
    options = menu.get("options")
    if options is None:
        return
    if high > len(options):
        (at / "max_values").add("SELECT_COMPONENT_MAX_VALUES_TOO_LARGE")
    if sum(bool(option.get("default")) for option in options) > high:
        (at / "options").add("SELECT_COMPONENT_TOO_MANY_DEFAULTS")
    values = ((at / "options" / index, option["value"]) for index, option in enumerate(options))
    unique(values, "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED")


def _check_input(part: dict[str, Any], at: Location) -> None:
    low = part.get("min_length") or 0
    high = part.get("max_length") or limits.TEXT_INPUT
    if low > high:
        (at / "min_length").add("TEXT_INPUT_MIN_LENGTH_TOO_LARGE")
    value = part.get("value")
    if value and not low <= len(value) <= high:
        (at / "value").add("BASE_TYPE_BAD_LENGTH", low=low, high=high)


_FURTHER: dict[int, Check] = {
    ACTION_ROW: _check_row,
    BUTTON: _check_button,
    **dict.fromkeys(SELECTS, _check_select),
    TEXT_INPUT: _check_input,
}


def _check_together(components: list[dict[str, Any]], flags: int, at: Location) -> None:
    """Check what only the whole shows: unique ids, the number of parts, the length of all text."""
    _check_unique(components, at)
    if not flags & COMPONENTS_V2:
        return
    parts = list(walk(components))
    if len(parts) > limits.COMPONENTS:
        at.add("COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED", high=limits.COMPONENTS)
    characters = sum(len(part["content"]) for part in parts if part["type"] == TEXT_DISPLAY)
    if characters > limits.TEXT_DISPLAY_TOTAL:
        at.add("COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED", most=limits.TEXT_DISPLAY_TOTAL)


def _check_unique(components: list[dict[str, Any]], at: Location) -> None:
    for key, code in (
        ("custom_id", "COMPONENT_CUSTOM_ID_DUPLICATED"),
        ("id", "COMPONENT_ID_DUPLICATED"),
    ):
        located = _located(components, at)
        values = ((where / key, part[key]) for where, part in located if part.get(key))
        unique(values, code)


def _located(
    components: list[dict[str, Any]], at: Location
) -> Iterator[tuple[Location, dict[str, Any]]]:
    for index, part in enumerate(components):
        where = at / index
        yield where, part
        yield from _located(part.get("components") or [], where / "components")
        for single in ("accessory", "component"):
            if inner := part.get(single):
                yield where / single, inner

"""What a `custom_id` means: read strictly, by the patterns in the table of actions."""

import re
from collections import defaultdict
from dataclasses import dataclass, replace

from disnake.ui import Button

from domain.errors import UserError
from domain.forms import Shown
from interactions.actions import ACTIONS, Action, Route
from views.modal import digests_as_text, digests_of
from views.reply import Part, Reply

_ID = r"[0-9]{1,19}"
_DAY = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_SETTINGS = r"[a-z_]+:[A-Za-z0-9/_+-]*(?:,[a-z_]+:[A-Za-z0-9/_+-]*)*"
# Behind any of ours, where nothing else says it: in which server it is meant.
_MEANT = re.compile(rf"(?P<there>.*)@(?P<guild>{_ID})", re.DOTALL)
_DIGESTS = r"(?:[\w-]{6})?(?:\.(?:[\w-]{6})?){0,4}"
# Behind what Try again acts on: what a form showed, or what was chosen and of which days.
_MORE = rf"(?::(?P<digests>{_DIGESTS})|:(?P<text>[\w-]*)(?::(?P<dates>[\d.-]*))?)?"
_RETRY = re.compile(rf"retry:(?P<name>\w+):(?P<first>{_ID})(?::(?P<target>{_ID})?{_MORE})?")
_AGAIN = re.compile(rf"again:(?P<name>\w+):(?P<target>{_ID})?:(?P<digests>{_DIGESTS})")
_SAID = re.compile(rf"said:(?P<name>\w+)(?::(?P<target>{_ID}))?")
_SAID_AGAIN = Route("said", opens=True, message_data="inputs")


@dataclass(frozen=True, slots=True)
class ParsedCustomId:
    """What was pressed, chosen or filled in, before any inputs are added."""

    route: Route
    action: Action


def parse_custom_id(custom_id: str) -> ParsedCustomId:
    """Read a `custom_id`; UserError for one that is none of ours."""
    custom_id, guild_id = split_guild(custom_id)
    if found := _SAID.fullmatch(custom_id):
        return ParsedCustomId(_SAID_AGAIN, replace(_with_form(found), guild_id=guild_id))
    for pattern, name, route in _ROUTES.get(custom_id.partition(":")[0], ()):
        if found := pattern.fullmatch(custom_id):
            parts = found.groupdict()
            target, page = parts.get("target"), parts.get("page")
            action = Action(
                name,
                parse_id(target) if target else None,
                parts.get("text") or parts.get("settings"),
                parts.get("dates"),
                page=parse_id(page) if page else 1,
                guild_id=guild_id,
            )
            return ParsedCustomId(route, action)
    raise UserError("unknown_button")


def parse_retry(custom_id: str) -> tuple[Action, int] | None:
    """Read Try again, and the id of the first try; None for any other button.

    What was typed stands in the message. Raises UserError for what there is no sense in trying
    again.
    """
    if not custom_id.startswith("retry:"):
        return None
    custom_id, guild_id = split_guild(custom_id)
    found = _RETRY.fullmatch(custom_id)
    known = ACTIONS.get(found["name"]) if found else None
    if found is None or known is None or known.read_only or known.file:
        raise UserError("unknown_button")
    target = parse_id(found["target"]) if found["target"] else None
    action = Action(found["name"], target, retried=True, guild_id=guild_id)
    if action.definition.form:
        if found["text"]:
            raise UserError("unknown_button")
        action = replace(action, shown=Shown(digests_of(found["digests"] or "")))
    else:
        text = found["text"] or found["digests"]  # a word of six letters may be either
        action = replace(action, text=text or None, start_text=found["dates"] or None)
    return action, parse_id(found["first"])


def split_guild(custom_id: str) -> tuple[str, int | None]:
    """Read in which server a button is meant, None if that is where it is; and the rest."""
    found = _MEANT.fullmatch(custom_id)
    return (found["there"], parse_id(found["guild"])) if found else (custom_id, None)


def in_guild(reply: Reply, guild_id: int, server: str | None = None) -> Reply:
    """Add to the buttons of an answer in which server they are meant, outside of it.

    Those that name nothing that is the reader's own already are left out. `server` is what it is
    called, if that is known.
    """
    if server:
        reply.embed.set_author(name=server)
    buttons: list[Part] = []
    for button in reply.buttons:
        custom_id = button.custom_id or ""
        retry = parse_retry(custom_id)
        action = retry[0] if retry else parse_reopen(custom_id) or parse_custom_id(custom_id).action
        if isinstance(button, Button) and action.allowed_in_dm:
            button.custom_id = f"{custom_id}@{guild_id}"
            buttons.append(button)
    return replace(reply, buttons=tuple(buttons))


def retry_argument(action: Action, first_id: int) -> str:
    """Return what Try again repeats, as it stands behind `retry:`.

    What people type is not in it: that stands in the message.
    """
    if action.definition.form:
        rest = digests_as_text(action.shown.digests)
    else:
        rest = f"{action.text or ''}:{action.start_text or ''}"
    target = "" if action.target is None else action.target
    return f"{action.name}:{first_id}:{target}:{rest}".rstrip(":")


def parse_reopen(custom_id: str) -> Action | None:
    """Read the button that opens a form with the inputs of its message; None for any other."""
    if not custom_id.startswith("again:"):
        return None
    custom_id, guild_id = split_guild(custom_id)
    found = _AGAIN.fullmatch(custom_id)
    if found is None:
        raise UserError("unknown_button")
    shown = Shown(digests_of(found["digests"]))
    return replace(_with_form(found), shown=shown, guild_id=guild_id)


def reopened_form_id(action: Action) -> str:
    """Return the `custom_id` of a form that is opened with inputs typed before."""
    target = "" if action.target is None else f":{action.target}"
    return f"said:{action.name}{target}{'' if action.guild_id is None else f'@{action.guild_id}'}"


def _with_form(found: re.Match[str]) -> Action:
    if found["name"] not in ACTIONS or not ACTIONS[found["name"]].form:
        raise UserError("unknown_button")
    target = parse_id(found["target"]) if found["target"] else None
    return Action(found["name"], target, again=True)


def parse_id(text: str) -> int:
    """Read an id; UserError for anything else, as only a forged button has."""
    if not re.fullmatch(_ID, text) or int(text) >= 2**63:
        raise UserError("unknown_button")
    return int(text)


def _compiled(route: Route) -> re.Pattern[str]:
    pattern = route.pattern.replace("[", "(?:").replace("]", ")?")
    shapes = {"target": _ID, "page": _ID, "text": "[A-Za-z0-9-]+", "settings": _SETTINGS}
    shapes["dates"] = rf"{_DAY}\.\.{_DAY}"
    for field, shape in shapes.items():
        pattern = pattern.replace(f"{{{field}}}", f"(?P<{field}>{shape})")
    return re.compile(pattern)


_ROUTES = defaultdict[str, list[tuple[re.Pattern[str], str, Route]]](list)
for _name, _definition in ACTIONS.items():
    for _route in _definition.routes:
        _first = re.split(r"[:\[]", _route.pattern)[0]
        _ROUTES[_first].append((_compiled(_route), _name, _route))

"""Every view with the worst that people can make of it keeps to Discord's limits.

Tasks of 100 characters, notes of 500, names of 32, markdown that doubles when it is escaped, emoji,
the largest ids and the longest zone, in both languages. The limits are copied with their names.
"""

import types
import typing
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any, Literal, Union
from zoneinfo import ZoneInfo

import pytest
from disnake import OptionChoice

from devtools.sandbox.rules import check_modal
from domain.calendar import Calendar
from domain.command import Ended, Preferences, Working
from domain.errors import UserError
from domain.forms import Digests, Shown, digest
from domain.goals import Goal
from domain.intervals import Interval
from domain.leaderboard import Entry, Place
from domain.logbook import Inputs
from domain.periods import Period
from domain.reminders import Unanswered
from domain.sessions import Break, Session
from domain.summary import Part, Summary, parts_of, summary
from i18n import words
from tests.support.answers import LANGUAGES, check, kinds, payload
from tests.support.lives import rows_of
from views import completion
from views.answer import render
from views.errors import failure_reply, refusal_reply, unsaved_reply
from views.help import help_text
from views.modal import FORMS, again_button, digests_as_text, modal, visible_fields, with_inputs
from views.reply import Reply
from views.sessions import with_outage_note

# As they are called in Discord's OpenAPI file, or on which page of its documentation they stand.
LIMITS = {
    "RichEmbed.title": 256,
    "RichEmbed.description": 4096,
    "RichEmbed.fields": 25,
    "RichEmbedField.name": 256,
    "RichEmbedField.value": 1024,
    "RichEmbedFooter.text": 2048,
    "RichEmbedAuthor.name": 256,
    "Embed Limits": 6000,  # resources/message: all of an embed's texts
    "Legacy Message Component Behavior": 5,  # components/reference: rows
    "ActionRowComponentForMessageRequest.components": 5,
    "ButtonComponentForMessageRequest.custom_id": 100,
    "ButtonComponentForMessageRequest.label": 80,
    "StringSelectComponentForMessageRequest.custom_id": 100,
    "StringSelectComponentForMessageRequest.placeholder": 150,
    "StringSelectComponentForMessageRequest.options": 25,
    "ChannelSelectComponentForMessageRequest.custom_id": 100,
    "ChannelSelectComponentForMessageRequest.placeholder": 150,
    "Select Option Structure": 100,  # components/reference: label and value
    "MessageAttachmentRequest.description": 1024,
    "ModalInteractionCallbackRequestData.title": 45,
    "ModalInteractionCallbackRequestData.custom_id": 100,
    "Modal": 5,  # interactions/receiving-and-responding: components
    "LabelComponentForModalRequest.label": 45,
    "TextInputComponentForModalRequest.custom_id": 100,
    "TextInputComponentForModalRequest.placeholder": 100,
    "TextInputComponentForModalRequest.value": 4000,
    "InteractionApplicationCommandAutocompleteCallbackStringData.choices": 25,
    "ApplicationCommandOptionStringChoice.name": 100,
    "ApplicationCommandOptionStringChoice.value": 100,  # 6000 there; the commands' page says 100
}
HARD = {
    "japanese": "締切の近い原稿",
    "english": "An unusually long task ",
    "markdown": "*_~|`[<\\",
    "stars": "*",
    "mentions": "<@123456789012345678> ",
    "links": "https://a.b/_<",
    "emoji": "👩‍👩‍👧‍👦🦀",
    "braces": "{task}{0}%s",
}
NOW = datetime(2026, 11, 22, 12, 34, 56, tzinfo=UTC)
FAR = ZoneInfo("America/Argentina/ComodRivadavia")  # no other name is as long
LARGEST = 2**63 - 1
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
LONG = timedelta(hours=10_000, minutes=59)
CALENDAR = Calendar(FAR, 6)
MANY = {Working: 200}  # all others: a page


def filled(piece: str, count: int) -> str:
    """Repeat what is hard to show up to so many characters, without a blank at an end."""
    text = (piece * count)[:count]
    return f"{text[:-1]}x" if text[-1:].isspace() else text


def typed(piece: str) -> Inputs:
    """Make words as long as they may be."""
    short, task = filled(piece, 60), filled(piece, 100)
    return Inputs(filled(piece, 500), short, short, task, short)


SHOWN = Shown(Digests(*[digest("x")] * 5), FAR)


def sessions(piece: str, *, over: bool | None = None) -> list[Session]:
    """Make sessions that say as much as they can: one that is over, one in a break."""
    start = NOW - 23 * HOUR
    one = Session(
        id=LARGEST,
        guild_id=LARGEST,
        user_id=LARGEST,
        user_name=filled(piece, 32),
        channel_id=LARGEST,
        task=filled(piece, 100),
        note=filled(piece, 500),
        started_at=start,
        ended_at=NOW,
        edited_at=NOW,
        closed_by="removal",
        breaks=tuple(Break(start + n * HOUR, start + n * HOUR + 59 * MINUTE) for n in range(9)),
    )
    open_break = (*one.breaks, Break(NOW - HOUR, None))
    runs = replace(one, ended_at=None, closed_by=None, breaks=open_break)
    removed = replace(one, removed_at=NOW)
    return [one] if over else [one, runs, removed]


@cache
def numbers(piece: str) -> Summary:
    """Make a summary of a year of long sessions with different tasks."""
    (one,) = sessions(piece, over=True)
    found = [
        replace(
            one,
            id=LARGEST - n,
            task=f"{n % 6}{one.task}"[:100],
            started_at=one.started_at - n * 24 * HOUR,
            ended_at=NOW - n * 24 * HOUR,
            breaks=tuple(
                Break(b.started_at - n * 24 * HOUR, NOW - n * 24 * HOUR) for b in one.breaks[:1]
            )
            if n % 2
            else (),
        )
        for n in range(300)
    ]
    window = Interval(NOW - timedelta(days=299), NOW + HOUR)
    return summary(rows_of(found, NOW), window, CALENDAR)


@cache
def part(piece: str) -> Part:
    """Make a part that was cut at both ends and has more breaks than are named."""
    (one,) = sessions(piece, over=True)
    window = Interval(NOW - 22 * HOUR, NOW - HOUR)
    return next(parts_of([one], window, NOW))


def periods() -> list[Period]:
    ends = [date(2026, 11, 22), date(2026, 11, 16), date(2026, 10, 1), date(2025, 12, 31)]
    found = [Period("between", on, ends[0], *[CALENDAR.between(on, ends[0])] * 2) for on in ends]
    year = date(2026, 1, 1), date(2026, 12, 31)
    return [*found, Period("year", *year, *[CALENDAR.between(*year)] * 2)]


def worst(hint: Any, kind: type, piece: str) -> list[Any]:
    """Give the values for an annotation among which the worst one is."""
    known: dict[Any, list[Any]] = {
        str: [filled(piece, 100)],
        int: [LARGEST],
        bool: [True, False],
        datetime: [NOW],
        date: [date(2026, 12, 31)],
        timedelta: [LONG],
        type(None): [None],
        ZoneInfo: [FAR],
        Session: sessions(piece, over=kind in (Ended, Unanswered)),
        Goal: [Goal(date(2026, 1, 1), 2**31 - 1, per) for per in ("day", "week")],
        Digests: [SHOWN.digests],
        Part: [part(piece)],
        Period: periods(),
        Summary: [numbers(piece)],
        Place: [Place(LARGEST, Entry(LARGEST, filled(piece, 32), LONG, 36_500, active=True))],
        Preferences: [
            Preferences(FAR, FAR, language, language, 6, 6, listed, private)
            for language, listed, private in [("ja", True, False), ("en-US", False, True)]
        ],
    }
    arguments = typing.get_args(hint)
    if hint in known:
        return known[hint]
    if typing.get_origin(hint) is Literal:
        return list(arguments)
    if typing.get_origin(hint) in (Union, types.UnionType):
        return [value for one in arguments for value in worst(one, kind, piece)]
    if typing.get_origin(hint) is tuple:
        each = worst(arguments[0], kind, piece)[:2][-1:]  # of sessions, the one in a break
        return [tuple(several(each[0], MANY.get(kind, 10)))]
    return list(made(hint, piece))


def made(kind: type, piece: str) -> Iterator[Any]:
    """Make the worst of a kind, and again with every other value for each of its fields."""
    values = [worst(one, kind, piece) for one in typing.get_type_hints(kind).values()]
    first = [choices[0] for choices in values]
    yield kind(*first)
    for number, choices in enumerate(values):
        for choice in choices[1:]:
            yield kind(*first[:number], choice, *first[number + 1 :])


def several(one: Any, count: int) -> Iterator[Any]:
    """Repeat a value, so that no two sessions are the same."""
    for n in range(count):
        yield replace(one, id=LARGEST - n) if isinstance(one, Session) else one


def measured(sent: Any) -> Iterator[tuple[str, int]]:
    """Give the length of everything that is limited, by the limit's name."""
    for embed in sent["embeds"]:
        texts = {
            "RichEmbed.title": embed.get("title", ""),
            "RichEmbed.description": embed.get("description", ""),
            "RichEmbedFooter.text": embed.get("footer", {}).get("text", ""),
            "RichEmbedAuthor.name": embed.get("author", {}).get("name", ""),
        }
        fields = embed.get("fields", [])
        pairs = [*texts.items()]
        for name in ("name", "value"):
            pairs += [(f"RichEmbedField.{name}", field[name]) for field in fields]
        yield from ((name, len(text)) for name, text in pairs)
        yield "RichEmbed.fields", len(fields)
        yield "Embed Limits", sum(len(text) for _, text in pairs)
    yield "Legacy Message Component Behavior", len(sent["components"])
    for row in sent["components"]:
        yield "ActionRowComponentForMessageRequest.components", len(row["components"])
        for one in row["components"]:
            kind = {2: "Button", 3: "StringSelect", 8: "ChannelSelect"}[one["type"]]
            for name in ("custom_id", "label", "placeholder", "options"):
                if one.get(name):
                    yield f"{kind}ComponentForMessageRequest.{name}", len(one[name])
            for option in one.get("options", []):
                yield "Select Option Structure", len(option["label"])
                yield "Select Option Structure", len(option["value"])


def keeps_to_limits(reply: Reply) -> None:
    """Refuse what is too long, and what is empty where Discord wants something."""
    for name, length in measured(payload(reply)):
        assert length <= LIMITS[name], name
    assert reply.embed.description
    if reply.picture:
        assert 0 < len(reply.picture.alt) <= LIMITS["MessageAttachmentRequest.description"]
    check(reply)  # and whatever else the sandbox knows of


@pytest.mark.parametrize("piece", HARD.values(), ids=HARD)
@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.__name__)
def test_every_answer_at_its_worst_is_one_that_discord_takes(kind, piece):
    for answer in made(kind, piece):
        for language in LANGUAGES:
            reply = render(answer, language)
            keeps_to_limits(reply)
            keeps_to_limits(
                with_outage_note(reply, language, Interval(NOW - HOUR, NOW), sessions(piece)[1])
            )


def test_the_worst_is_bad_enough():
    longest: dict[str, int] = {}
    for kind in kinds():
        for name, length in measured(payload(render(next(made(kind, "*")), "ja"))):
            longest[name] = max(longest.get(name, 0), length)
    assert longest["RichEmbed.description"] > 3000
    assert longest["RichEmbedField.value"] == 1000
    assert longest["Select Option Structure"] == 100


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("piece", HARD.values(), ids=HARD)
def test_every_form_filled_in_at_its_worst_is_one_that_discord_takes(piece, language):
    for action_name in filter(visible_fields, FORMS):
        form = modal(action_name, f"said:{action_name}:{LARGEST}", language, typed(piece), SHOWN)
        form = form.to_components()
        check_modal(form)
        called = "ModalInteractionCallbackRequestData"
        assert len(form["title"]) <= LIMITS[f"{called}.title"]
        assert len(form["custom_id"]) <= LIMITS[f"{called}.custom_id"]
        assert len(form["components"]) <= LIMITS["Modal"]
        for label in form["components"]:
            field = label["component"]
            assert len(label["label"]) <= LIMITS["LabelComponentForModalRequest.label"]
            assert len(field["custom_id"]) <= LIMITS["TextInputComponentForModalRequest.custom_id"]
            called = "TextInputComponentForModalRequest"
            for name in ("value", "placeholder"):
                assert len(field.get(name) or "") <= LIMITS[f"{called}.{name}"]
            assert len(field.get("value") or "") <= field.get("max_length", 4000)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("piece", HARD.values(), ids=HARD)
def test_every_choice_at_its_worst_is_one_that_discord_takes(piece, language):
    zone = ZoneInfo("Asia/Tokyo")
    tasks = [f"{n}{filled(piece, 99)}" for n in range(40)]
    known = [replace(one, id=n) for n in range(20) for one in sessions(piece)[:2]]
    found = [
        [OptionChoice(task, task) for task in completion.tasks(tasks, "")],
        completion.sessions("", known, zone, NOW),
        *(
            completion.periods(typed, NOW, zone, language)
            for typed in ("", piece * 20, "2024-12-20 2026-11-22")
        ),
        *(completion.zones(typed, NOW, language) for typed in ("", "a", "argentina", piece * 20)),
        *(completion.moments(typed, NOW, zone, language) for typed in ("", "2", piece * 20)),
    ]
    called = "InteractionApplicationCommandAutocompleteCallbackStringData"
    assert max(map(len, found)) == LIMITS[f"{called}.choices"]
    for choices in found:
        assert len(choices) <= LIMITS[f"{called}.choices"]
        for choice in choices:
            for text in (choice.name, str(choice.value)):
                assert 1 <= len(text) <= LIMITS["ApplicationCommandOptionStringChoice.name"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("piece", HARD.values(), ids=HARD)
def test_every_no_at_its_worst_is_one_that_discord_takes(piece, language):
    named = "name text said start end near zone id now most remind close"
    values: dict[str, object] = dict.fromkeys(named.split(), filled(piece, 100))
    for key in (key for key in words(language) if key.startswith("refused.")):
        keeps_to_limits(refusal_reply(UserError(key.removeprefix("refused."), **values), language))
    for key in (key for key in words(language) if key.startswith("error.")):
        keeps_to_limits(failure_reply(key, language, id=LARGEST))
        for form in FORMS:
            again = f"group_goal:{LARGEST}:{LARGEST}:{digests_as_text(SHOWN.digests)}"
            reply = unsaved_reply(again, language, "error.unsaved")
            keeps_to_limits(with_inputs(reply, form, language, typed(piece), SHOWN))
            button = again_button(language, "again", "group_goal", LARGEST, SHOWN.digests)
            keeps_to_limits(reply.with_button(button))
    for organiser in (True, False):
        keeps_to_limits(help_text(language, organiser=organiser))

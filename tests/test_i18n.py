"""Every word a person reads: in both languages, where it is used, and within Discord's limits."""

import ast
import asyncio
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import chain
from pathlib import Path
from string import Formatter
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import pytest

import domain.periods
import domain.time_grammar
import i18n
import models
from bot import Bot
from devtools.sandbox.rules import check_commands, check_modal
from domain.calendar import Calendar
from domain.times import parse_time
from health import Health
from i18n import LANGUAGES, length, say, words
from main import COGS
from tests.support.settings import settings_for
from views.modal import FORMS, modal, visible_fields

ROOT = Path(__file__).resolve().parent.parent
SPEAKING = ("domain", "queries", "views", "cogs", "interactions", "bot.py", "main.py", "i18n.py")
# Of two days in one year each language names the year once, at its own end.
OF_THEIR_OWN = {"picture.range"}
# Who says a key: the argument's position, what is put before it, and what is put in by itself.
SAYERS: dict[str, tuple[int, str, set[str]]] = {
    "say": (1, "", set()),
    "failure_reply": (0, "", set()),
    "notify_owner": (0, "", set()),
    "button": (1, "button.", set()),
    "again_button": (1, "button.", set()),
    "UserError": (0, "refused.", set()),
}
NAMERS = ("described", "option", "localized")  # of commands and options
KEY = re.compile(r"[a-z_]+(\.[a-z_]+)+")
ALL_KEYS = sorted(set().union(*(words(language) for language in LANGUAGES)))


class Said(NamedTuple):
    """A key in the code, with the names of the values that are given with it."""

    key: str
    given: set[str]
    where: str


@cache
def sources() -> list[tuple[str, ast.Module]]:
    paths = [ROOT / place for place in SPEAKING]
    files = chain(*(sorted(path.rglob("*.py")) if path.is_dir() else [path] for path in paths))
    return [
        (str(file.relative_to(ROOT)), ast.parse(file.read_text(encoding="utf-8"))) for file in files
    ]


def strings(node: ast.AST) -> set[str]:
    return {
        part.value
        for part in ast.walk(node)
        if isinstance(part, ast.Constant) and isinstance(part.value, str)
    }


def meant(argument: ast.expr, within: ast.AST) -> set[str]:
    """Give the literals that an argument may be: written there, or assigned to its name."""
    if isinstance(argument, ast.Constant | ast.IfExp):
        return strings(argument) - (
            strings(argument.test) if isinstance(argument, ast.IfExp) else set()
        )
    if not isinstance(argument, ast.Name):
        return set()
    return set().union(
        *(
            meant(node.value, within)
            for node in ast.walk(within)
            if isinstance(node, ast.Assign)
            and any(isinstance(it, ast.Name) and it.id == argument.id for it in node.targets)
        )
    )


def calls(tree: ast.AST) -> Iterator[tuple[str, ast.Call, ast.AST]]:
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            for node in ast.walk(function):
                if isinstance(node, ast.Call):
                    called = node.func
                    name = called.attr if isinstance(called, ast.Attribute) else None
                    name = called.id if isinstance(called, ast.Name) else name
                    yield name or "", node, function


@cache
def said() -> list[Said]:
    """Find every key that the code says by a literal."""
    found = []
    for place, tree in sources():
        for name, call, function in calls(tree):
            if name not in SAYERS:
                continue
            position, prefix, own = SAYERS[name]
            if len(call.args) > position:
                given = own | {keyword.arg or "" for keyword in call.keywords}
                found += [
                    Said(prefix + key, given, f"{place}:{call.lineno}")
                    for key in meant(call.args[position], function)
                ]
    return found


@cache
def patterns() -> list[re.Pattern[str]]:
    """Find every key that the code puts together, except in those who say it for others."""
    found = []
    for _, tree in sources():
        for name, call, function in calls(tree):
            if name == "say" and getattr(function, "name", "") not in (*SAYERS, "refusal_reply"):
                found += [
                    re.compile(
                        "".join(
                            re.escape(str(part.value)) if isinstance(part, ast.Constant) else ".+"
                            for part in node.values
                        )
                    )
                    for argument in call.args[1:2]
                    for node in ast.walk(argument)
                    if isinstance(node, ast.JoinedStr)
                ]
    return found


@cache
def named() -> set[str]:
    """Find the keys of commands and options: a name and a description each."""
    found = set()
    for _, tree in sources():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                if node.func.id in NAMERS[:2]:
                    for key in strings(node.args[0]):
                        found |= {f"{key}_NAME", f"{key}_DESCRIPTION"}
                elif node.func.id == NAMERS[2]:
                    found |= strings(node.args[0]) & set(ALL_KEYS)
    return found


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def test_both_languages_have_the_same_keys():
    first, *others = (  # a form for one is English's alone, where it has one
        {key for key in words(language) if not key.endswith(".one")} for language in LANGUAGES
    )
    assert all(keys == first for keys in others)
    assert {path.stem for path in i18n.LOCALE.iterdir()} == set(LANGUAGES)


def test_no_key_is_written_twice_in_a_file():
    for language in LANGUAGES:
        text = (i18n.LOCALE / f"{language}.json").read_text(encoding="utf-8")
        keys = re.findall(r'^\s*"([^"]+)":', text, flags=re.MULTILINE)
        assert len(keys) == len(set(keys)) == len(words(language))


def test_both_languages_ask_for_the_same_values():
    for key in set(ALL_KEYS) - OF_THEIR_OWN:
        asked = [placeholders(words(one)[key]) for one in LANGUAGES if key in words(one)]
        assert all(one == asked[0] for one in asked), key


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_is_empty_or_has_a_stray_space(language):
    for key, text in words(language).items():
        assert text or key == "ended.no_rest", key
        assert "  " not in text, key


def test_every_key_that_is_said_exists():
    missing = [one for one in said() if one.key not in words("ja")]
    assert not missing
    assert named() <= set(ALL_KEYS)
    assert len(said()) > 50


def test_whatever_looks_like_a_key_in_the_code_is_one():
    beginnings = {key.partition(".")[0] for key in ALL_KEYS if "." in key}
    for place, tree in sources():
        for text in strings(tree):
            if KEY.fullmatch(text) and text.partition(".")[0] in beginnings:
                assert text in ALL_KEYS or f"refused.{text}" in ALL_KEYS, place


def test_every_key_that_is_said_gets_its_values():
    for one in said():
        if "" not in one.given:  # **values: cannot be read from the call
            for language in LANGUAGES:
                assert placeholders(words(language)[one.key]) <= one.given, one


def test_every_key_is_used():
    mentioned = set().union(*(strings(tree) for _, tree in sources()))
    used = {one.key for one in said()} | named()
    used |= {f"refused.{key}" for key in models.VIOLATIONS.values()}
    composed = patterns()
    unused = [
        key
        for key in ALL_KEYS
        if key not in used
        and key not in mentioned
        and key.removesuffix(".one") not in used
        and not any(pattern.fullmatch(key) for pattern in composed)
    ]
    assert not unused


def test_every_composed_key_has_something_to_find():
    for pattern in patterns():
        assert any(pattern.fullmatch(key) for key in ALL_KEYS), pattern.pattern


@pytest.mark.parametrize("key", [key for key in ALL_KEYS if key.endswith(".one")])
def test_a_form_for_one_belongs_to_a_form_for_many(key):
    for known in map(words, LANGUAGES):
        many = placeholders(known[key.removesuffix(".one")])
        assert "count" in many
        assert placeholders(known.get(key, "")) <= many


@pytest.mark.parametrize(
    ("count", "english", "japanese"),
    [(1, " (1 other)", "（ほかに1人）"), (2, " (2 others)", "（ほかに2人）")],
)
def test_one_is_said_as_one(count, english, japanese):
    assert say("en-US", "started.others", count=count) == english
    assert say("ja", "started.others", count=count) == japanese


def test_what_has_no_form_for_one_says_one_too():
    assert say("en-US", "working", count=1) == "1 working now"


def test_braces_in_what_people_typed_stay_as_they_are():
    assert say("en-US", "started.task", task="{task} {0} {") == " · {task} {0} {"


@pytest.mark.parametrize(
    ("locale", "language"),
    [
        ("ja", "ja"),
        ("ja-JP", "ja"),
        ("en-US", "en-US"),
        ("en-GB", "en-US"),
        ("ko", "en-US"),
        ("jav", "en-US"),
        ("None", "en-US"),
        ("", "en-US"),
    ],
)
def test_readers_of_other_languages_read_english(locale, language):
    assert i18n.language_of(locale) == language


@pytest.mark.parametrize(
    ("worked", "japanese", "english"),
    [
        (timedelta(), "1分未満", "under a minute"),
        (timedelta(seconds=59, microseconds=999999), "1分未満", "under a minute"),
        (timedelta(minutes=1), "1分", "1 min"),
        (timedelta(minutes=59, seconds=59), "59分", "59 min"),
        (timedelta(hours=1), "1時間", "1 h"),
        (timedelta(hours=1, minutes=25), "1時間25分", "1 h 25 min"),
        (timedelta(days=1, hours=1), "25時間", "25 h"),
        (timedelta(hours=10000, minutes=1), "10000時間1分", "10000 h 1 min"),
    ],
)
def test_lengths_are_whole_minutes_rounded_down(worked, japanese, english):
    assert length("ja", worked) == japanese
    assert length("en-US", worked) == english


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_button_is_too_long_and_none_says_cancel(language):
    buttons = {key: text for key, text in words(language).items() if key.startswith("button.")}
    assert buttons
    for key, text in buttons.items():
        assert 1 <= len(text) <= 80, key
        assert "キャンセル" not in text  # it also reads as "close"
        assert "cancel" not in text.lower()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("action_name", [form for form in FORMS if visible_fields(form)])
async def test_every_modal_is_one_that_discord_takes(action_name, language):
    sent = modal(action_name, f"{action_name}:{2**63 - 1}", language).to_components()
    check_modal(sent)
    assert len(sent["title"]) <= 45
    assert all(1 <= len(label["label"]) <= 45 for label in sent["components"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_nobody_apologises(language):
    for text in words(language).values():
        assert not re.search(r"すみません|申し訳|ごめん|恐れ入り|\bsorry\b|apolog", text.lower())


@pytest.fixture(scope="module")
def registered() -> list[dict[str, Any]]:
    """What the bot tells Discord of its commands."""

    async def told() -> list[dict[str, Any]]:
        bot = Bot(settings_for("sqlite:////nowhere.db"), Health())
        for cog in COGS:
            bot.load_extension(cog)
        sent = [command.body.to_dict() for command in bot.application_commands]
        await bot.close()
        return sent

    return asyncio.run(told())


def described(sent: list[dict[str, Any]], path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Give every command, subcommand, option and its place."""
    for one in sent:
        where = f"{path} {one['name']}".strip()
        yield where, one
        yield from described(one.get("options") or [], where)


def test_discord_takes_every_command_in_every_language(registered):
    check_commands(registered)
    assert {"start", "end", "now", "cancel", "panel", "help"} <= {one["name"] for one in registered}


def test_every_command_and_option_is_described_in_both_languages(registered):
    for where, one in described(registered):
        assert one["description"] != "-", where
        for translated in ("name_localizations", "description_localizations"):
            assert set(one.get(translated) or {}) == set(LANGUAGES), where
        for text in (one["description"], *one["description_localizations"].values()):
            assert 1 <= len(text) <= 100, where
        assert one["description"] == one["description_localizations"]["en-US"]


def test_commands_are_called_the_same_everywhere_and_options_by_their_language(registered):
    for command in registered:
        assert set(command["name_localizations"].values()) == {command["name"]}
    names = {
        one["name_localizations"]["ja"] for where, one in described(registered) if " " in where
    }
    assert {"作業", "時刻", "やったこと"} <= names


NOON = datetime(2026, 11, 22, 3, tzinfo=UTC)


def examples(text: str) -> list[str]:
    return re.split(r"[、,]\s*", re.split(r"例：|Try ", text)[1])


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", ["time.unreadable", "time.future", "time.bare_number"])
@pytest.mark.parametrize("number", ["0", "7", "29", "30", "99", "４５"])
def test_the_examples_of_a_refused_time_work(language, key, number):
    shown = examples(say(language, f"refused.{key}", text=number))
    assert len(shown) == 3
    for example in shown:
        assert parse_time(example, now=NOON, zone=ZoneInfo("Asia/Tokyo")) <= NOON


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_examples_of_all_other_times_work(language):
    known, tokyo = words(language), ZoneInfo("Asia/Tokyo")
    for key in ("START_TIME_DESCRIPTION", "END_TIME_DESCRIPTION"):
        for example in re.split(r"[、,]\s*", re.split(r"[:：]\s*", known[key], maxsplit=1)[1]):
            assert parse_time(example, now=NOON, zone=tokyo) <= NOON
    for example in re.split(r"[、,]\s*", known["modal.time.placeholder"]):
        assert parse_time(example, now=NOON, zone=tokyo) <= NOON
    for example in examples(known["refused.length.unreadable"]):
        assert domain.time_grammar.parse_length(example) > timedelta()
    for example in examples(known["refused.period.unreadable"]):
        assert domain.periods.parse_period(
            example, now=NOON, calendar=Calendar(tokyo)
        ).window.length

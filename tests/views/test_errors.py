"""Every no there is, in both languages, and the way back to what was not saved."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest

from domain.errors import UserError
from i18n import say, words
from tests.support.answers import LANGUAGES, NASTY, check, ids, labels
from views.errors import failure_reply, refusal_reply, unsaved_reply

AT = datetime(2026, 7, 1, 12, 0, tzinfo=UTC)
VALUES: dict[str, Any] = {"start": AT, "end": AT}
NOES = sorted(key.removeprefix("refused.") for key in words("ja") if key.startswith("refused."))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", NOES)
def test_every_no_is_a_sentence_that_discord_takes(key: str, language: str) -> None:
    asked = re.findall(r"{(\w+)}", words(language)[f"refused.{key}"])
    for nasty in NASTY:
        values = {name: VALUES.get(name, (nasty * 80)[:80].strip()) for name in asked}
        reply = refusal_reply(UserError(key, **values), language)
        check(reply)
        assert reply.embed.description
        assert not reply.buttons


def test_instants_are_shown_on_the_readers_clock_and_words_as_they_were_typed() -> None:
    text = refusal_reply(UserError("clash", start=AT, end=AT), "en-US").embed.description
    clock = "<t:1782907200:f>"
    assert text == say("en-US", "refused.clash", start=clock, end=clock)
    text = refusal_reply(UserError("time.unreadable", text="*99:00*"), "ja").embed.description
    assert text == r"「\*99:00\*」は読めませんでした。例：20分前、19:00、昨日 23:10"


@pytest.mark.parametrize(
    ("language", "text", "label"),
    [
        (
            "ja",
            "記録できませんでした。何も変わっていません。［もう一度］は最初の時刻で記録します",
            "もう一度",
        ),
        ("en-US", "Not saved, nothing changed. Try again keeps your time", "Try again"),
    ],
)
def test_what_was_not_saved_can_be_tried_again(language: str, text: str, label: str) -> None:
    reply = unsaved_reply("start:123", language, "error.unsaved")
    assert (reply.embed.description, labels(reply)) == (text, [label])
    assert ids(reply) == ["retry:start:123"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", [key for key in words("ja") if key.startswith("error.")])
def test_every_trouble_is_told_without_a_button(key: str, language: str) -> None:
    reply = failure_reply(key, language, id=2**63 - 1)
    check(reply)
    assert reply.embed.description
    assert not reply.buttons
    assert "{" not in reply.embed.description

"""A member's name, wherever it is shown: it turns no words around it, and it links nowhere."""

import json
from datetime import timedelta

import pytest

from domain.command import Answer, Continued, Ended, NotYours, Restarted, Started, Working
from domain.errors import UserError
from tests.support.answers import ASKED, payload, session
from views.answer import render
from views.errors import refusal_reply
from views.reply import Reply, member_name

EVIL = "\u202eanana\u2066 [x](https://evil.example) https://evil.example/_a_ <@1>"
OPEN, OVER = session(60, user_name=EVIL), session(60, 0, user_name=EVIL)
STARTED = Started(ASKED, OPEN, 0)
ENDED = Ended(ASKED, OVER, timedelta(), 9)
SHOW_NAMES = [
    STARTED,
    ENDED,
    Restarted(ASKED, ENDED, STARTED),
    Working(ASKED, (OPEN,), None),
    Continued(ASKED, OPEN, "kept"),
    Continued(ASKED, OPEN, "paused", 9),
    NotYours(ASKED, EVIL, None),
    NotYours(ASKED, EVIL, OPEN),
]


def check(reply: Reply) -> None:
    text = json.dumps(payload(reply), ensure_ascii=False)
    assert "anana" in text
    assert not {"\u202e", "\u2066"} & set(text)
    assert "https://" not in text


@pytest.mark.parametrize("language", ["ja", "en-US"])
@pytest.mark.parametrize("answer", SHOW_NAMES, ids=lambda one: type(one).__name__)
def test_a_name_is_harmless_in_every_answer(answer: Answer, language: str) -> None:
    check(render(answer, language))


@pytest.mark.parametrize("language", ["ja", "en-US"])
def test_a_name_is_harmless_in_a_refusal(language: str) -> None:
    check(refusal_reply(UserError("not_yours", name=EVIL), language))


def test_a_harmless_name_is_shown_as_it_is() -> None:
    for name in ("ナナオ", "שלום مرحبا", "👩‍👩‍👧‍👦", "a.b:c/d"):
        assert member_name(name) == member_name(name, marked=False) == name
    assert member_name("**a**") == r"\*\*a\*\*"
    assert member_name("**a**", marked=False) == "**a**"
    assert member_name("\u202e\n") == "…"
    assert len(member_name("x" * 100)) == 80

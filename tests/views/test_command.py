"""A choice means the same whether its value or its name was sent."""

import pytest

from cogs.config import CHOICES, COMPLETED, value_of
from cogs.leaderboard import BY
from i18n import LANGUAGES, words
from interactions.actions import parse_rank_by
from views.command import choice_name, choice_of, yes
from views.completion import settings

BY_NAME = [(words(language)[key], value) for language in LANGUAGES for key, value in BY.items()]


@pytest.mark.parametrize(
    ("said", "by"), [*BY_NAME, ("time", "time"), ("days", "days"), (" ＤＡＹＳ ", "days")]
)
def test_the_order_of_a_board(said: str, by: str) -> None:
    assert parse_rank_by(choice_of(said, BY)) == by


@pytest.mark.parametrize("setting", CHOICES)
def test_a_choice_of_a_server(setting: str) -> None:
    for key, value in CHOICES[setting].items():
        for said in (value, *(choice_name(key, language) for language in LANGUAGES)):
            assert value_of(setting, said) == value


@pytest.mark.parametrize("setting", COMPLETED)
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_completion_shows_of_a_servers_setting(setting: str, language: str) -> None:
    for choice in [one for typed in ("", "5", "17") for one in settings(setting, typed, language)]:
        assert value_of(setting, choice.name) == choice.value
        assert value_of(setting, str(choice.value)) == choice.value


def test_what_is_no_choice_stays_as_it_was_said() -> None:
    assert choice_of("height", BY) == "height"


@pytest.mark.parametrize(
    ("said", "share"),
    [
        *[(said, True) for said in (True, "true", "True", "はい", " yes ")],
        *[(said, False) for said in (False, "false", "いいえ", "no", "", None, 0)],
    ],
)
def test_who_does_not_say_yes_shares_nothing(said: object, share: bool) -> None:
    assert yes(said) is share

"""Help, and the three steps that organisers see beside it."""

import pytest

from tests.support.answers import LANGUAGES, check
from views.help import help_text


@pytest.mark.parametrize("language", LANGUAGES)
def test_help_names_the_commands_and_shows_organisers_their_three_steps(language: str) -> None:
    member, organiser = (help_text(language, organiser=one) for one in (False, True))
    check(member)
    check(organiser)
    text = member.embed.description or ""
    for command in (
        "/start",
        "/end",
        "/now",
        "/break",
        "/cancel",
        "/log",
        "/stats",
        "/rank",
        "/me",
    ):
        assert command in text
    assert "/panel" not in text
    steps = (organiser.embed.description or "").removeprefix(text)
    assert [f"\n{number}. " in steps for number in (1, 2, 3, 4)] == [True, True, True, False]
    assert "/panel" in steps

"""Help, and the three steps that organisers see beside it."""

import pytest

from domain.operations import Counts, Status
from i18n import say
from tests.support.answers import LANGUAGES, NOW, check
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


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("answers", [True, False])
def test_the_owner_reads_how_the_process_fares(language: str, answers: bool) -> None:
    status = Status(
        version="1.2.3",
        since=NOW,
        gateway=answers,
        latency=0.0421,
        median=0.0012,
        slow=0.3,
        jobs=1000,
        waiting=7,
        counts=Counts("005_forgotten_sessions", 11, 12, 13) if answers else None,
        due=NOW if answers else None,
        backup=None,
    )
    plain = help_text(language, organiser=True)
    reply = help_text(language, organiser=True, status=status)
    check(reply)
    told = (reply.embed.description or "").removeprefix(plain.embed.description or "")
    wanted = ["1.2.3", "1.2 ms", "300 ms", "1000", "7", "–"]
    wanted += ["42 ms", "11", "12", "13", "005"] if answers else []
    assert [word for word in wanted if word not in told] == []
    assert (say(language, "help.owner.silent") in told) != answers

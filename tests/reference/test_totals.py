"""What the database is asked for equals a plain, slow count over the sessions that were drawn."""

from datetime import UTC, datetime, timedelta

import pytest

from domain.command import Command, Ended
from domain.reminders import AskEndTime
from queries import guilds, sessions
from queries.corrections import set_note
from tests.reference.plain import Plain, compare, peek

pytestmark = pytest.mark.usefixtures("brought")


def ended(asked: Command, plain: Plain) -> timedelta | None:
    return end(asked).today if plain.active else None


def shared_time(asked: Command, plain: Plain) -> timedelta | None:
    return end(asked).together if plain.active else None


def end(asked: Command) -> Ended:
    """End what runs, now; one that was left alone for long asks first."""
    answer = peek(sessions.end, asked, None, None)
    if isinstance(answer, AskEndTime):
        answer = peek(sessions.end_named, asked, answer.session.id, sure=True)
    assert isinstance(answer, Ended)
    return answer


def last_together(plain: Plain) -> timedelta | None:
    ever = datetime.min.replace(tzinfo=UTC), plain.now
    running = [one for one in plain.mine if one.active]
    return plain.together(plain.pieces(running, ever)) if running else None


def noted(asked: Command, plain: Plain) -> timedelta:
    over = next(one for one in plain.mine if one.ended_at)
    return peek(set_note, asked, over.id, f"not {over.note}").today


def begun(asked: Command, plain: Plain) -> int | None:
    answer = peek(sessions.begin, asked, None, None)
    return None if plain.active else answer.others


def working(asked: Command, plain: Plain) -> list[int]:
    return [one.id for one in peek(guilds.working, asked).sessions]


# each: what the database says, and what the plain reader does
NUMBERS = {
    "today": (noted, Plain.today),
    "today, at the end": (ended, lambda plain: plain.today() if plain.active else None),
    "together, at the end": (shared_time, last_together),
    "working": (working, lambda plain: [one.id for one in plain.seen]),
    "others": (begun, lambda plain: None if plain.active else len(plain.seen)),
}


@pytest.mark.parametrize("number", NUMBERS)
def test_the_database_says_what_a_plain_count_says(number: str) -> None:
    compare(*NUMBERS[number])

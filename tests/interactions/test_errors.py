"""What cannot be told leaves a line in the log and nothing else."""

import logging
from unittest.mock import Mock

import disnake
import pytest

from interactions.errors import report_unfinished
from interactions.responder import ALREADY_ANSWERED, Responder


@pytest.mark.parametrize(
    ("error", "level"),
    [
        (
            disnake.HTTPException(Mock(status=400), {"code": ALREADY_ANSWERED, "message": ""}),
            logging.INFO,
        ),
        (OSError("the network is down"), logging.WARNING),
    ],
)
async def test_an_answer_that_is_there_when_the_process_ends_is_no_error(error, level, caplog):
    inter = Mock(spec=disnake.ApplicationCommandInteraction, id=7, locale="ja")
    inter.response.is_done = lambda: False

    async def refuse(**_values: object) -> None:
        raise error

    inter.response.send_message = refuse
    with caplog.at_level(logging.INFO, "interactions.errors"):
        await report_unfinished(Responder(inter))
    assert [record.levelno for record in caplog.records] == [level]

"""Packing one's own data: read in pages, each a job of its own, so that others are served too."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from io import BytesIO
from typing import IO, TypeVar
from zipfile import ZIP_DEFLATED, ZipFile

import database
from domain.command import Command
from domain.errors import UserError
from domain.exports import (
    BOM,
    HISTORY,
    SERVERS,
    SESSIONS,
    WorkedRow,
    history_table,
    inert,
    number,
    sessions_table,
    table,
)
from domain.own_data import Exported
from interactions.client import Client
from queries import own_data

MAX_BYTES = 10 * 2**20  # bytes that a file may have on any server
R = TypeVar("R")


def write(file: IO[bytes], written: Callable[[Sequence[R]], str], rows: Sequence[R]) -> None:
    """Write rows into a file."""
    file.write(written(rows).encode())


async def packed(client: Client, command: Command, begun: Exported) -> Exported:
    """Add what a member did to what they chose.

    Raises UserError if it is more than Discord takes.
    """
    zone, packed, servers = begun.preferences.zone, BytesIO(begun.archive), set[int]()

    def sessions(rows: Sequence[WorkedRow]) -> str:
        servers.update(row.guild_id for row in rows)
        return sessions_table(rows, zone, command.at)

    with ZipFile(packed, "a", ZIP_DEFLATED) as archive:

        async def sheet(
            name: str,
            columns: Sequence[str],
            page: Callable[[Command, R | None], Sequence[R]],
            written: Callable[[Sequence[R]], str],
        ) -> int:
            count, last = 0, None
            with archive.open(name, "w") as file:
                file.write((BOM + table([columns])).encode())
                while rows := await database.run(page, command, last):
                    count, last = count + len(rows), rows[-1]
                    # to write and to pack takes longer than to read
                    await asyncio.to_thread(write, file, written, rows)
            return count

        count = await sheet("sessions.csv", SESSIONS, own_data.sessions_page, sessions)
        await sheet(
            "history.csv", HISTORY, own_data.acts_page, lambda rows: history_table(rows, zone)
        )
        names = ((id_, client.get_guild(id_)) for id_ in sorted(servers))
        rows = [(number(id_), inert(guild.name)) for id_, guild in names if guild]
        archive.writestr("servers.csv", BOM + table([SERVERS, *rows]))
    if packed.tell() > MAX_BYTES:
        raise UserError("export.too_large", text=str(round(packed.tell() / 2**20)))
    return replace(begun, archive=packed.getvalue(), sessions=count)

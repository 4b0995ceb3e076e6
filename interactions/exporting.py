"""Packing one's own data: read in pages, each a job of its own, so that others are served too."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from io import BytesIO
from typing import IO, TypeVar
from zipfile import ZIP_DEFLATED, ZipFile

import database
from domain.command import Command
from domain.decisions.own_data import Exported
from domain.errors import UserError
from domain.exports import (
    BOM,
    HISTORY,
    SERVERS,
    SESSIONS,
    ExportedSession,
    ZoneFormatter,
    escape_formula,
    format_id,
    history_table,
    sessions_table,
    table,
)
from i18n import say
from interactions.client import Client
from queries import own_data

MAX_BYTES = 10 * 2**20  # bytes that a file may have on any server
R = TypeVar("R")


def write(file: IO[bytes], written: Callable[[Sequence[R]], str], rows: Sequence[R]) -> None:
    """Write rows into a file."""
    file.write(written(rows).encode())


def refuse_large(packed: BytesIO) -> None:
    """Refuse what is more than Discord takes."""
    if packed.tell() > MAX_BYTES:
        raise UserError("export.too_large", text=str(MAX_BYTES // 2**20))


async def pack_export(client: Client, command: Command, begun: Exported) -> Exported:
    """Add what a member did to what they chose.

    Raises UserError if it is more than Discord takes.
    """
    local, packed, servers = ZoneFormatter(begun.preferences.zone), BytesIO(), set[int]()

    def sessions(rows: Sequence[ExportedSession]) -> str:
        servers.update(row.guild_id for row in rows)
        return sessions_table(rows, local, command.at)

    # level 1 takes a third of the time, and packs to a tenth all the same
    with ZipFile(packed, "w", ZIP_DEFLATED, compresslevel=1) as archive:

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
                    refuse_large(packed)
            return count

        language = begun.preferences.language or command.language or command.defaults.language
        archive.writestr("README.txt", say(language, "export.readme"))
        archive.writestr("profile.json", begun.profile)
        count = await sheet("sessions.csv", SESSIONS, own_data.sessions_page, sessions)
        await sheet(
            "history.csv", HISTORY, own_data.history_page, lambda rows: history_table(rows, local)
        )
        names = ((id_, client.get_guild(id_)) for id_ in sorted(servers))
        rows = [(format_id(id_), escape_formula(guild.name)) for id_, guild in names if guild]
        archive.writestr("servers.csv", BOM + table([SERVERS, *rows]))
        for file in archive.infolist():
            file.date_time = command.at.astimezone(local.zone).timetuple()[:6]
    refuse_large(packed)
    return replace(begun, archive=packed.getvalue(), sessions=count)

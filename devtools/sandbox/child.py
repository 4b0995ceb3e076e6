"""The bot as a process of its own: started with the sandbox's address, watched, stopped."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from pathlib import Path

_STOP_SECONDS = 10.0
_TAIL_LINES = 25
_LOOK_SECONDS = 0.1


class Child:
    """A command that runs a bot; its output goes to a log."""

    def __init__(self, command: list[str], environment: dict[str, str], log: Path) -> None:
        self.command = command
        self.log = log
        self._environment = environment
        self._process: asyncio.subprocess.Process | None = None
        self._stopping = False

    async def start(self) -> None:
        self._stopping = False
        with self.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *self.command,
                env={**os.environ, **self._environment},
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C at the prompt is not meant for the bot
            )

    async def died(self) -> int:
        """Wait until it ends without being stopped; return its exit code."""
        while True:
            assert self._process
            process, code = self._process, await self._process.wait()
            if process is self._process and not self._stopping:
                return code
            await asyncio.sleep(_LOOK_SECONDS)

    async def stop(self) -> None:
        """Stop it as a host does: SIGTERM, and after a while SIGKILL for it and its children."""
        self._stopping, process = True, self._process
        if process is None or process.returncode is not None:
            return
        process.terminate()
        try:
            await asyncio.wait_for(process.wait(), _STOP_SECONDS)
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            await process.wait()

    def tail(self) -> str:
        """Return the last lines of the log."""
        lines = self.log.read_text(errors="replace").splitlines()
        return "\n".join(lines[-_TAIL_LINES:])

"""One process of the bot: `main.py` for real, or forked from a Python that has loaded it."""

import asyncio
import os
import re
import runpy
import signal
import subprocess
import sys
import time
import warnings
from collections.abc import Iterator
from multiprocessing import get_context
from pathlib import Path

from tests.support.until import stopwatch

ROOT = Path(__file__).resolve().parents[2]
RECORD = re.compile(r"^\d{4}-\d\d-\d\d [\d:,]+ ([A-Z]+) ")
BEGIN = "import sys, main"
RUN = "main.exit_process(main.main())"
# To load it takes a second of a processor, so most processes are forked from one that has.
LOADED = get_context("forkserver")
LOADED.set_forkserver_preload(["tests.e2e.preload"])


def become(log: Path, environment: dict[str, str], first: str) -> None:
    """Become the bot; `first` are statements that bend it before it begins."""
    with log.open("wb") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(ROOT)
    warnings.simplefilter("default")
    if first:
        exec(f"{BEGIN}\n{first}\n{RUN}", {"__name__": "__main__"})
    else:
        sys.argv = ["main.py"]
        runpy.run_path("main.py", run_name="__main__")


class Forked:
    """A forked process, with what is needed here of subprocess.Popen."""

    def __init__(self, log: Path, environment: dict[str, str], first: str) -> None:
        self._process = LOADED.Process(target=become, args=(log, environment, first), daemon=True)
        self._process.start()
        self.pid = self._process.pid
        self.kill = self._process.kill
        self.wait = self._process.join

    def poll(self) -> int | None:
        return self._process.exitcode

    @property
    def returncode(self) -> int | None:
        return self.poll()

    def send_signal(self, number: signal.Signals) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)


def fresh(
    log: Path, environment: dict[str, str], first: str, project: Path = ROOT
) -> subprocess.Popen[bytes]:
    """Start `python main.py`, as an operator does."""
    command = ["-c", f"{BEGIN}\n{first}\n{RUN}"] if first else ["main.py"]
    with log.open("wb") as file:
        return subprocess.Popen(
            [sys.executable, *command],
            cwd=project,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
        )


class Process:
    """One process of the bot; `first` are statements that bend it before it begins.

    `project` is where its code is, if it is another release's.
    """

    forks = True

    def __init__(
        self, log: Path, settings: dict[str, str], first: str = "", project: Path = ROOT
    ) -> None:
        self.path = log
        log.touch()
        forks = self.forks and project == ROOT
        start = (log, settings, first)
        self.popen = Forked(*start) if forks else fresh(*start, project)

    @property
    def log(self) -> str:
        return self.path.read_text(encoding="utf-8", errors="replace")

    @property
    def running(self) -> bool:
        return self.popen.poll() is None

    async def logged(self, pattern: str, seconds: float = 60.0) -> re.Match[str]:
        """Wait until the log holds a pattern."""
        until = time.monotonic() + seconds
        while not (found := re.search(pattern, self.log)):
            ended = not self.running and not re.search(pattern, self.log)
            if ended or time.monotonic() > until:
                raise AssertionError(f"no {pattern!r} in the log:\n{self.log}")
            await asyncio.sleep(0.02)
        return found

    async def exit_code(self, seconds: float = 60.0) -> int:
        until = time.monotonic() + seconds
        while self.running:
            assert time.monotonic() < until, f"it still runs:\n{self.log}"
            await asyncio.sleep(0.01)
        return self.popen.returncode

    async def stop(self, number: signal.Signals = signal.SIGTERM) -> float:
        """Ask the process to end; return how many seconds it took. It must end with 0."""
        seconds, took = stopwatch(self.popen.pid), 0.0
        self.popen.send_signal(number)
        ended = asyncio.create_task(self.exit_code())
        while not ended.done():
            took = seconds()
            await asyncio.sleep(0.01)
        assert ended.result() == 0, f"exit code {ended.result()}:\n{self.log}"
        return took

    def kill(self) -> None:
        self.popen.kill()
        self.popen.wait()

    def records(self) -> Iterator[tuple[str, str]]:
        """Give each record of the log with its level; what is no record has the level ''."""
        level, lines = "", list[str]()
        for line in self.log.splitlines():
            if begins := RECORD.match(line):
                if lines:
                    yield level, "\n".join(lines)
                level, lines = begins[1], []
            lines.append(line)
        if lines:
            yield level, "\n".join(lines)

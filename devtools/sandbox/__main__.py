"""`python -m devtools.sandbox -- COMMAND…`: a bot, a Discord for it, and a prompt for a person."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import shlex
import signal
import sys
import tempfile
import threading
from collections.abc import AsyncIterator, Awaitable, Iterator
from datetime import timedelta
from pathlib import Path

from devtools.sandbox.child import Child
from devtools.sandbox.errors import NotReady
from devtools.sandbox.prompt import Prompt
from devtools.sandbox.screen import Screen, visible
from devtools.sandbox.server import Sandbox
from devtools.sandbox.stamps import terminal_zone
from devtools.sandbox.words import Language, say

_READY_SECONDS = 60.0


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m devtools.sandbox",
        description="Try a Discord bot on this machine, without an account.",
        epilog="The bot is given DISCORD_TOKEN, DISCORD_API_URL and CLOCK_FILE in its environment.",
    )
    parser.add_argument("--tour", type=Path, metavar="FILE", help="lines to play without input")
    parser.add_argument("--data", type=Path, metavar="DIR", help="for the log, files and history")
    parser.add_argument("--guild", nargs="+", metavar="NAME", help="servers; the first is entered")
    parser.add_argument("--name", default="bot", help="what the bot is called")
    parser.add_argument("--as", default="nanao", dest="who", metavar="NAME", help="who you are")
    parser.add_argument("--picture", type=Path, metavar="FILE", help="draw at the end what you see")
    parser.add_argument("--font", type=Path, metavar="FILE", help="for the picture")
    parser.add_argument("--port", type=int, default=0, help="of the sandbox; by default a free one")
    split = arguments.index("--") if "--" in arguments else len(arguments)
    options = parser.parse_args(arguments[:split])
    options.command = arguments[split + 1 :]
    if not options.command:
        parser.error("no bot to start: end with -- COMMAND…")
    if options.picture and not options.font:
        parser.error("--picture needs --font")
    return options


def _language() -> Language:
    for variable in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(variable):
            return "ja" if value.startswith("ja") else "en"
    return "en"


class Run:
    """One run: the sandbox, the bot in it, and whoever gives the lines."""

    def __init__(self, options: argparse.Namespace, folder: Path) -> None:
        self._options = options
        self._language: Language = _language()
        self._folder = folder
        self._discord = Sandbox(port=options.port, bot_name=options.name)

    def _say(self, key: str, **values: object) -> None:
        print(say(key, self._language, **values), flush=True)

    async def play(self) -> int:
        """Do everything; return the exit code."""
        log = self._folder / "bot.log"
        log.unlink(missing_ok=True)
        async with self._discord as discord:
            discord.clock_file = self._folder / "clock"
            discord.later(timedelta())
            environment = {
                "DISCORD_TOKEN": discord.token,
                "DISCORD_API_URL": discord.api_url,
                "CLOCK_FILE": str(discord.clock_file.resolve()),
            }
            child = Child(self._options.command, environment, log)
            prompt = self._prompt(child)
            self._say("starting", command=shlex.join(child.command), log=log)
            await child.start()
            try:
                return await self._watched(child, self._converse(prompt))
            except NotReady as why:
                self._say("not_ready", why=why, log=child.log)
                print(child.tail())
                return 1
            finally:
                await child.stop()

    def _prompt(self, child: Child) -> Prompt:
        locale = "ja" if self._language == "ja" else "en-US"
        names = self._options.guild or ["sandbox"]
        for name in names:
            self._discord.add_guild(name, locale=locale).add_channel("general")
        guild = next(iter(self._discord.guilds.values()))
        member = guild.add_member(self._options.who, locale=locale)

        async def restart() -> None:
            await child.stop()
            await child.start()
            await self._discord.ready(timeout=_READY_SECONDS)

        screen = Screen(_show, self._language, terminal_zone(), self._folder / "files")
        return Prompt(self._discord, member, screen, restart)

    async def _watched(self, child: Child, conversation: Awaitable[int]) -> int:
        """Converse until that ends or the bot does."""
        talk = asyncio.ensure_future(conversation)
        death = asyncio.ensure_future(child.died())
        try:
            await asyncio.wait({talk, death}, return_when=asyncio.FIRST_COMPLETED)
            if talk.done():
                return talk.result()
            self._say("died", code=death.result(), log=child.log)
            print(child.tail())
            return 1
        finally:
            for task in (talk, death):
                task.cancel()
            await asyncio.gather(talk, death, return_exceptions=True)

    async def _converse(self, prompt: Prompt) -> int:
        await self._discord.ready(timeout=_READY_SECONDS)
        names = [f"/{one.name}" for one in self._discord.commands_in(prompt.guild.id)]
        self._say("ready", count=len(names), names=" ".join(names))
        if sys.stdin and sys.stdin.isatty() and sys.stdout.isatty():
            from devtools.sandbox.terminal import converse

            await converse(prompt, self._folder / "history")
            return 0
        return await self._play_lines(prompt)

    async def _play_lines(self, prompt: Prompt) -> int:
        count = failed = 0
        async for line in self._lines():
            if line in ("quit", "exit"):
                break
            print(line if line.startswith("#") else f"> {line}", flush=True)
            count += not line.startswith("#")
            failed += not await prompt.run(line)
        if self._options.picture:
            self._draw(prompt)
        if failed:
            self._say("failed", count=failed, all=count)
        return 1 if failed else 0

    def _draw(self, prompt: Prompt) -> None:
        from devtools.sandbox.picture import conversation  # Pillow, which nothing else needs

        seen = visible(prompt.member, prompt.channel)
        drawn = conversation(seen, prompt.reader, self._options.font)
        self._options.picture.write_bytes(drawn)

    async def _lines(self) -> AsyncIterator[str]:
        """Yield what is piped in, or without any of that the tour."""
        empty = True
        async for line in _lines_of_stdin():
            empty = False
            yield line
        if empty and self._options.tour:
            self._say("touring", path=self._options.tour)
            for line in _lines_of_file(self._options.tour):
                yield line


async def _lines_of_stdin() -> AsyncIterator[str]:
    """Yield the lines of standard input that say something, as they come."""
    if sys.stdin is None:  # closed by whoever started us
        return
    queue: asyncio.Queue[str | None] = asyncio.Queue()
    loop = asyncio.get_running_loop()

    def read() -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
            for line in sys.stdin:
                loop.call_soon_threadsafe(queue.put_nowait, line)
            loop.call_soon_threadsafe(queue.put_nowait, None)

    # a daemon: nobody waits for it when the bot has died and the pipe is still open
    threading.Thread(target=read, daemon=True).start()
    while (line := await queue.get()) is not None:
        if line.strip():
            yield line.strip()


def _lines_of_file(path: Path) -> Iterator[str]:
    yield from (line.strip() for line in path.read_text("utf-8").splitlines() if line.strip())


def _show(line: str) -> None:
    print(line, flush=True)


async def _run(options: argparse.Namespace) -> int:
    task = asyncio.current_task()
    assert task
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    if options.data:
        options.data.mkdir(parents=True, exist_ok=True)
    folder = options.data or Path(tempfile.mkdtemp(prefix="sandbox-"))
    return await Run(options, folder).play()


def main() -> int:
    options = _options(sys.argv[1:])
    try:
        return asyncio.run(_run(options))
    except BrokenPipeError:  # `| head` has seen enough; what is left must not be flushed at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except (KeyboardInterrupt, asyncio.CancelledError):
        return 130


if __name__ == "__main__":
    sys.exit(main())

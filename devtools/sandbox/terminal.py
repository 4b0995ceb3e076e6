"""The prompt at a terminal: history, completion, forms asked field by field."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterator
from pathlib import Path

from prompt_toolkit import PromptSession
from prompt_toolkit.completion import CompleteEvent, Completer, Completion, WordCompleter
from prompt_toolkit.document import Document
from prompt_toolkit.history import FileHistory
from prompt_toolkit.patch_stdout import patch_stdout

from devtools.sandbox import limits, typed
from devtools.sandbox.errors import NotAnswered, NotPossible
from devtools.sandbox.options import SUBCOMMAND, localized
from devtools.sandbox.prompt import Prompt

_NEWS_SECONDS = 0.5
_CLOSING = {"[": "]", "［": "］"}


class Suggestions(Completer):
    """What could come next: words of the prompt, commands, options, and the bot's suggestions."""

    def __init__(self, prompt: Prompt) -> None:
        self._prompt = prompt

    def get_completions(
        self, document: Document, complete_event: CompleteEvent
    ) -> Iterator[Completion]:
        """Satisfy the base class; suggestions of the bot come from the asynchronous twin."""
        yield from ()

    async def get_completions_async(
        self, document: Document, complete_event: CompleteEvent
    ) -> AsyncGenerator[Completion, None]:
        line = document.text_before_cursor
        if line[:1] in ("[", "［"):
            labels = [f"{line[0]}{label}{_CLOSING[line[0]]}" for label in self._names("press")]
            for found in _matching(labels, line):
                yield found
        elif line.startswith("/"):
            try:
                for found in await self._of_command(
                    line, asked=complete_event.completion_requested
                ):
                    yield found
            except (NotPossible, NotAnswered):
                return  # half a line is often none yet
        else:
            for found in self._of_words(line):
                yield found

    def _of_words(self, line: str) -> Iterator[Completion]:
        prompt = self._prompt
        word, space, rest = line.partition(" ")
        if not space:
            yield from _matching(prompt.words, word)
        elif word in ("as", "in", "server", "lang", "press"):
            yield from _matching(self._names(word), rest)

    def _names(self, word: str) -> list[str]:
        prompt = self._prompt
        if word == "as":
            return [member.name for member in prompt.guild.members.values()]
        if word == "lang":
            return sorted(limits.LOCALES)
        if word == "press":
            visible = reversed(prompt.member.sees(prompt.channel))
            return [button.label for message in visible for button in message.buttons]
        return [guild.name for guild in prompt.discord.guilds.values()]

    async def _of_command(self, line: str, *, asked: bool) -> list[Completion]:
        prompt = self._prompt
        commands = prompt.discord.commands_in(prompt.guild.id)
        locale = prompt.member.locale
        if " " not in line:
            return [
                Completion(
                    name,
                    start_position=-len(line),
                    display_meta=localized(command.payload, locale, "description"),
                )
                for command in commands
                if (name := f"/{localized(command.payload, locale)}").startswith(line)
            ]
        last = line.rpartition(" ")[2]
        head = line[: len(line) - len(last)]
        return self._next_words(head, last) + await self._of_option(line, asked=asked)

    def _next_words(self, head: str, last: str) -> list[Completion]:
        """Offer subcommands, or options that are not on the line yet."""
        prompt = self._prompt
        locale = prompt.member.locale
        options = typed.next_options(prompt.member, prompt.channel, head)
        return [
            Completion(
                word,
                start_position=-len(last),
                display_meta=localized(option, locale, "description"),
            )
            for option in options
            if (word := localized(option, locale) + _ending(option)).startswith(last)
        ]

    async def _of_option(self, line: str, *, asked: bool) -> list[Completion]:
        """Offer what the bot, or the option's choices, offer for the value being typed."""
        if not asked:
            return []
        what = typed.read(self._prompt.member, self._prompt.channel, line)
        if not what.values:
            return []
        name, value = list(what.values.items())[-1]
        option = what.route.option(name)
        if option.get("choices"):
            locale = self._prompt.member.locale
            found = [localized(choice, locale) for choice in option["choices"]]
            return list(_matching(found, value))
        if not option.get("autocomplete"):
            return []
        return [
            Completion(choice, start_position=-len(value))
            for choice in await self._prompt.suggestions(line)
        ]


def _ending(option: dict[str, object]) -> str:
    return " " if option["type"] in (SUBCOMMAND, SUBCOMMAND + 1) else ":"


def _matching(words: list[str], start: str) -> Iterator[Completion]:
    for word in dict.fromkeys(words):
        if word.startswith(start):
            yield Completion(word, start_position=-len(start))


async def converse(prompt: Prompt, history: Path) -> None:
    """Ask for lines until `quit` or the end of input."""
    session: PromptSession[str] = PromptSession(
        history=FileHistory(str(history)), completer=Suggestions(prompt)
    )
    with patch_stdout():
        news = asyncio.create_task(_show_news(prompt))
        try:
            while (line := await _ask(session, _sign(prompt))) is not None:
                if line.strip() in ("quit", "exit"):
                    return
                await prompt.run(line)
                await _ask_form(prompt)
        finally:
            news.cancel()
            await asyncio.gather(news, return_exceptions=True)


def _sign(prompt: Prompt) -> str:
    return f"{prompt.member.name} #{prompt.channel.name}> "


async def _ask(session: PromptSession[str], sign: str) -> str | None:
    """Ask for a line; None at the end of input, an empty line after Ctrl-C."""
    try:
        return await session.prompt_async(sign)
    except KeyboardInterrupt:
        return ""
    except EOFError:
        return None


async def _ask_form(prompt: Prompt) -> None:
    """Ask for the fields of a form one by one; Ctrl-C closes it."""
    while prompt.modal is not None:
        session: PromptSession[str] = PromptSession()
        texts: dict[str, str] = {}
        try:
            for field in prompt.modal.fields:
                labels = [option.label for option in field.options]
                texts[field.custom_id] = await session.prompt_async(
                    f"  {field.label}: ",
                    default=field.shown,
                    completer=WordCompleter(labels, sentence=True) if labels else None,
                )
        except (KeyboardInterrupt, EOFError):
            prompt.modal = None
            return
        if await prompt.submit(texts):
            return


async def _show_news(prompt: Prompt) -> None:
    """Show what comes by itself, such as a reminder."""
    while True:
        await asyncio.sleep(_NEWS_SECONDS)
        if not prompt.busy:
            prompt.show_news()

"""The prompt: a person's lines, done in the sandbox, and what that person then sees."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from devtools.sandbox import limits, permissions, typed
from devtools.sandbox.errors import NotAnswered, NotPossible
from devtools.sandbox.forms import Modal
from devtools.sandbox.interactions import Callback, Interaction
from devtools.sandbox.members import Guild, Member
from devtools.sandbox.options import Focus, localized
from devtools.sandbox.places import Channel
from devtools.sandbox.render import Reader
from devtools.sandbox.screen import News, Screen, find_button, find_choices, visible
from devtools.sandbox.server import Sandbox
from devtools.sandbox.stamps import with_times
from devtools.sandbox.state import User

_SETTLE_SECONDS = 0.15  # so long without a request: further answers of the bot have come
_LATER_SECONDS = 0.6  # until a bot has noticed that time has passed
_UNITS = {"h": "hours", "m": "minutes"}
_NEED = {"press", "choose", "as", "in", "server", "channel"}  # something behind the word

Restart = Callable[[], Awaitable[None]]


class Prompt:
    """One person after another at one keyboard."""

    def __init__(
        self, discord: Sandbox, member: Member, screen: Screen, restart: Restart | None = None
    ) -> None:
        self.discord = discord
        self.member = member
        self.channel: Channel = member.guild.channels[0]
        self.screen = screen
        self.modal: Modal | None = None
        self._restart = restart
        self._people: dict[str, User] = {member.name: member.user}
        self.busy = False
        self._news = News(discord, screen)

    @property
    def words(self) -> list[str]:
        """What a line can begin with, beside commands: each has a method `do_…` below."""
        return [*(name[3:] for name in dir(self) if name.startswith("do_")), "quit"]

    @property
    def guild(self) -> Guild:
        return self.discord.guilds[self.member.guild.id]

    def say(self, key: str, /, **values: Any) -> None:
        self.screen.show(self.reader.say(key, **values))

    async def run(self, line: str) -> bool:
        """Do one line; return whether it was understood and answered."""
        return await self._done(self._do(line.strip()))

    async def submit(self, texts: dict[str, str]) -> bool:
        """Send the form that is open; return whether that worked."""
        return await self._done(self._submit(texts))

    async def _done(self, doing: Awaitable[None]) -> bool:
        """Do something, and show what came of it."""
        self.busy, failure = True, None
        try:
            await doing
        except (NotPossible, NotAnswered) as error:
            failure = error
        await self.discord.settle(_SETTLE_SECONDS)
        self.show_news()
        self.busy = False
        if failure:
            self.screen.show(f"✗ {failure.in_language(self.screen.language)}")
        return failure is None

    async def _do(self, line: str) -> None:
        if not line or line.startswith("#"):
            return
        if line.startswith("/"):
            await self._command(line)
            return
        if line[0] in "[［" and line[-1] in "]］":
            await self.do_press(line[1:-1])
            return
        word, _, rest = line.partition(" ")
        if word not in self.words or word == "quit":
            raise NotPossible("not_understood", line=line)
        if word in _NEED and not rest.strip():
            raise NotPossible("needs_word", word=word)
        await getattr(self, f"do_{word}")(rest.strip())

    # what a person does

    async def _command(self, line: str) -> None:
        what = typed.read(self.member, self.channel, line)
        await self._answered(
            self.member.slash(what.words, channel=self.channel, options=dict(what.values))
        )

    async def do_complete(self, line: str) -> None:
        for choice in await self.suggestions(line) or [self.reader.say("no_choices")]:
            self.screen.show(f"  {choice}")

    async def suggestions(self, line: str) -> list[str]:
        """List what the bot offers for the last option of a line, as a client shows it."""
        what = typed.read(self.member, self.channel, line)
        if not what.values:
            raise NotPossible("needs_option", name=what.words, option=what.route.there)
        focus = Focus(*list(what.values.items())[-1])
        others = {name: value for name, value in what.values.items() if name != focus.option}
        choices = await self.member.complete(
            what.words,
            option=focus.option,
            value=focus.value,
            channel=self.channel,
            options=dict(others),
        )
        return [choice.name for choice in choices]

    async def do_press(self, label: str) -> None:
        message, custom_id = find_button(self.member, self.channel, label.strip("[]［］ "))
        await self._answered(self.member.press(message, custom_id=custom_id))

    async def do_choose(self, text: str) -> None:
        message, menu, values = find_choices(self.member, self.channel, text)
        await self._answered(self.member.select(message, values, custom_id=menu["custom_id"]))

    async def do_fill(self, text: str) -> None:
        if self.modal is None:
            raise NotPossible("no_form")
        labels = [field.label for field in self.modal.fields]
        await self._submit(typed.read_fields(text, labels))

    async def _submit(self, texts: dict[str, str]) -> None:
        assert self.modal
        modal = self.modal
        await self._answered(self.member.submit(modal, dict(texts)))
        if self.modal is modal:
            self.modal = None

    async def _answered(self, doing: Awaitable[Interaction]) -> None:
        try:
            interaction = await doing
        except NotAnswered as failure:
            if failure.interaction.callback is not Callback.DEFERRED_UPDATE:
                raise
            self.say("acknowledged")  # pressed, and the bot changed nothing: that is allowed
            return
        if interaction.modal:
            self.modal = interaction.modal
            for line in self.reader.form(self.modal):
                self.screen.show(line)

    # who and where

    async def do_as(self, name: str) -> None:
        if name not in self._people:
            self._people[name] = self.discord.add_user(name, locale=self.member.locale)
        self._move(self._people[name], self.guild)

    async def do_in(self, name: str) -> None:
        guilds = [guild for guild in self.discord.guilds.values() if guild.name == name]
        if not guilds:
            guild = self.discord.add_guild(name, locale=self.guild.locale)
            guild.add_channel("general")
            guilds = [guild]
        self._move(self.member.user, guilds[0])

    do_server = do_in

    def _move(self, user: User, guild: Guild) -> None:
        member = guild.members.get(user.id) or guild.add_member(user=user)
        if guild is not self.guild:
            self.channel = guild.channels[0]
        self.member, self.modal = member, None
        self._news.remember(self.member, self.channel)
        self._show_where()

    async def do_channel(self, name: str) -> None:
        name = name.lstrip("#")
        found = [channel for channel in self.guild.channels if channel.name == name]
        self.channel = found[0] if found else self.guild.add_channel(name)
        self._news.remember(self.member, self.channel)
        self._show_where()

    async def do_lang(self, locale: str) -> None:
        if locale not in limits.LOCALES:
            there = ", ".join(sorted(limits.LOCALES))
            raise NotPossible("no_locale", locale=locale, there=there)
        self.member.locale = locale
        self._news.remember(self.member, self.channel)
        self._show_where()

    async def do_admin(self, _: str) -> None:
        administers = permissions.ADMINISTRATOR
        held = [role for role in self.member.roles if role.permissions & administers]
        if held:
            self.member.roles = [role for role in self.member.roles if role not in held]
        else:
            self.member.roles = [*self.member.roles, self.guild.add_role("admin", administers)]
        self.say("admin_off" if held else "admin_on", who=self.member.name)

    def _show_where(self) -> None:
        self.say(
            "you_are",
            who=self.member.name,
            guild=self.guild.name,
            channel=self.channel.name,
            language=self.member.locale,
            zone=self.screen.zone.key,
        )

    async def do_who(self, _: str) -> None:
        self._show_where()
        people = ", ".join(member.name for member in self.guild.members.values())
        guilds = ", ".join(guild.name for guild in self.discord.guilds.values())
        self.say("others", people=people, guilds=guilds)

    async def do_help(self, _: str) -> None:
        self.say("help")
        for command in self.discord.commands_in(self.guild.id):
            name = localized(command.payload, self.member.locale)
            about = localized(command.payload, self.member.locale, "description")
            self.screen.show(f"  /{name}  {about}")

    async def do_wait(self, text: str) -> None:
        try:
            await asyncio.sleep(float(text or 1))
        except ValueError:
            raise NotPossible("no_seconds", text=text) from None

    async def do_later(self, text: str) -> None:
        """Set Discord's clock ahead, and the bot's if it follows."""
        found = re.fullmatch(r"(\d{1,4})\s*([hm])", text)
        if found is None:
            raise NotPossible("no_span", text=text)
        self.discord.later(timedelta(**{_UNITS[found[2]]: int(found[1])}))
        await asyncio.sleep(_LATER_SECONDS)
        now = self.discord.now()
        stamp = f"<t:{now.timestamp():.0f}:f>"
        self.say("it_is", clock=with_times(stamp, self.member.locale, self.screen.zone, now))

    async def do_restart(self, _: str) -> None:
        if self._restart is None:
            raise NotPossible("not_understood", line="restart")
        await self._restart()
        self.say("restarted")

    # what a person sees

    @property
    def reader(self) -> Reader:
        screen = self.screen
        return Reader(self.member, screen.language, screen.zone, screen.folder)

    def show_news(self) -> None:
        """Show what is new or changed on the screen since the last time, and what is gone."""
        self._news.show(self.reader, self.channel)

    async def do_look(self, _: str) -> None:
        self._news.forget()
        if not visible(self.member, self.channel):
            self.say("nothing_here")

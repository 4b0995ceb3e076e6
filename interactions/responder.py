"""Sending an answer: words first, in as many requests as Discord needs, and the picture."""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from time import monotonic
from typing import Any, TypeAlias

import aiohttp
import disnake

from domain.errors import UserError
from i18n import language_of
from interactions.placement import Origin, Placement, Wait, wait_for
from views.picture import pictures_available
from views.reply import Picture, Reply

# Any client: what ours has beyond disnake's is said in interactions.client.
SlashInteraction: TypeAlias = disnake.ApplicationCommandInteraction[Any]
ComponentInteraction: TypeAlias = disnake.MessageInteraction[Any]
ModalInteraction: TypeAlias = disnake.ModalInteraction[Any]
AnyInteraction: TypeAlias = SlashInteraction | ComponentInteraction | ModalInteraction

log = logging.getLogger(__name__)

WAIT_AFTER = 1.0  # seconds before a wait is shown; Discord gives up after three
# Commands that are being answered: past so many, one more is told at once that it takes a moment,
# unless the latest so many were answered quickly enough that no wait may be needed.
BUSY = 20
PICTURE_TIMEOUT = (
    0.5  # seconds that a picture has where a wait is shown already; then the words go first
)
# How a request fails that Discord may or may not have received.
CONNECTION_ERRORS = (aiohttp.ClientError, OSError, disnake.DiscordServerError)
SILENT = disnake.MessageFlags(suppress_notifications=True)
UNKNOWN_INTERACTION, ALREADY_ANSWERED = 10062, 40060
# One at a time: what is drawn has the processor for itself, so words would wait for more of them.
_drawing_pool = ThreadPoolExecutor(1, thread_name_prefix="picture")


def too_late(error: BaseException) -> bool:
    """Return whether another process of ours was faster, or Discord gave up on an interaction."""
    if isinstance(error, disnake.HTTPException):
        return error.code in (UNKNOWN_INTERACTION, ALREADY_ANSWERED)
    return isinstance(error, disnake.InteractionTimedOut)


@dataclass(slots=True)
class Responder:
    """An interaction and how far its answer is: what kind of wait is shown already."""

    inter: AnyInteraction
    font: Path | None = None
    wait: Wait = "none"
    began: float = field(default_factory=monotonic)
    _unfinished: list[Callable[[], Awaitable[None]]] = field(
        default_factory=list[Callable[[], Awaitable[None]]]
    )
    _gone: bool = False  # the wait, or the message under the button
    # Discord takes one first response: a shutdown's word must not be one beside a wait under way.
    _first: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def language(self) -> str:
        """What Discord says of the reader."""
        return language_of(str(self.inter.locale))

    @property
    def origin(self) -> Origin:
        """Where it was asked."""
        inter = self.inter
        if isinstance(inter, disnake.ApplicationCommandInteraction):
            return Origin.COMMAND
        if custom_id(inter).startswith("panel:"):
            return Origin.PANEL
        if inter.message is None:
            return Origin.FORM
        if inter.guild_id is None:
            return Origin.DIRECT
        return Origin.PRIVATE if inter.message.flags.ephemeral else Origin.PUBLIC

    @property
    def left(self) -> float:
        """How many seconds are left until a wait must be shown."""
        return max(0.0, self.began + WAIT_AFTER - monotonic())

    async def show_wait(self, *, public: bool) -> None:
        """Show that the answer takes a moment, as publicly as a success would be.

        Where Discord refuses that, for example under a message that is gone, it is shown
        privately. If it refuses that too, the answer itself may go through. Raises what
        `too_late` knows.
        """
        async with self._first:
            if self.inter.response.is_done():
                return
            for wait in dict.fromkeys((wait_for(self.origin, public=public), "private")):
                if await self._shown(wait):
                    self.wait = wait
                    return

    async def _shown(self, wait: Wait) -> bool:
        """Show a wait, again if the connection broke; return whether it is there."""
        how: dict[str, bool] = {"with_message": False}
        if wait != "message":
            how = {"with_message": True, "ephemeral": wait == "private"}
        if self.origin is Origin.COMMAND:
            del how["with_message"]
        broke = False
        for _ in range(2):
            try:
                await self.inter.response.defer(**how)
            except CONNECTION_ERRORS:
                broke = True
            except disnake.HTTPException as error:
                if broke and error.code == ALREADY_ANSWERED:  # it went through the first time
                    return True
                if too_late(error):
                    raise
                log.warning("no wait for %d: %s", self.inter.id, error)
                return False
            else:
                return True
        return False

    async def show(
        self, placement: Placement, private: Callable[[], Reply], public: Callable[[], Reply]
    ) -> None:
        """Show an answer where it belongs, in the reader's words or the server's."""
        match placement.show:
            case "public":
                await self.answer_publicly(public())
            case "withdraw":
                await self.withdraw(private())
            case "private" if not placement.post:
                await self.answer_privately(private())
            case "replace" if not placement.post:
                in_private = self.origin in (Origin.PRIVATE, Origin.DIRECT)
                await self.replace(private() if in_private else public())
            case _:  # the post has the buttons
                bare = Reply(private().embed)
                await (self.replace if placement.show == "replace" else self.answer_privately)(bare)
                await self.post(public())

    async def answer_publicly(self, reply: Reply) -> None:
        """Answer for everybody to see, without a notification."""
        payload = await self._payload(reply)
        if self.wait == "public":
            await self.inter.edit_original_response(**payload)
        elif self.wait == "message":
            await self.inter.followup.send(**payload, flags=SILENT, ephemeral=False)
        else:
            await self.inter.response.send_message(**payload, flags=SILENT)

    async def answer_privately(self, reply: Reply) -> None:
        """Answer for the reader alone; a public wait is taken away first."""
        async with self._first:
            first = self.wait == "none" and not self.inter.response.is_done()
            fills = self.wait == "private" and not self._gone
            payload = await self._payload(reply, late=first or fills)
            if fills:
                await self.inter.edit_original_response(**payload)
            elif not first:
                if self.wait in ("public", "private"):
                    # a follow-up would take the place of a wait, and be seen by whoever sees that
                    with suppress(disnake.NotFound):  # a moderator was faster
                        await self.inter.delete_original_response()
                self.wait = "message"
                await self.inter.followup.send(**payload, ephemeral=True)
            else:
                await self.inter.response.send_message(**payload, ephemeral=True)

    async def replace(self, reply: Reply) -> None:
        """Replace the message under the button by the answer."""
        payload = await self._payload(reply)
        payload["attachments"] = []  # a picture that was there goes
        if self.wait == "message":
            await self.inter.edit_original_response(**payload)
        else:
            await self.inter.response.edit_message(**payload)

    async def withdraw(self, reply: Reply) -> None:
        """Take the public message under the button away, and answer for the reader alone."""
        if self.wait == "none":
            await self.inter.response.defer(with_message=False)
        with suppress(disnake.NotFound):  # a moderator was faster
            await self.inter.delete_original_response()
        payload = await self._payload(reply, late=False)
        await self.inter.followup.send(**payload, ephemeral=True)

    async def post(self, reply: Reply) -> None:
        """Post for everybody, beside a private answer."""
        payload = await self._payload(reply, late=False)
        await self.inter.followup.send(**payload, flags=SILENT, ephemeral=False)

    def give_up_place(self) -> None:
        """Answer beside from now on: where the answer belongs, it cannot be shown."""
        self._gone = True
        self._unfinished.clear()

    async def finish_pictures(self) -> None:
        """Send the pictures that were not ready with the words."""
        for finish in self._unfinished:
            await finish()

    async def _payload(self, reply: Reply, *, late: bool = True) -> dict[str, Any]:
        """Return everything as disnake sends it, with the picture if it is ready in time."""
        payload: dict[str, Any] = {"embed": reply.embed, "components": list(reply.buttons)}
        if reply.file:
            payload["file"] = disnake.File(BytesIO(reply.file.data), reply.file.name)
        if reply.picture is None or not pictures_available():
            return payload
        drawing = asyncio.ensure_future(draw_picture(reply.picture, self.font))
        if late:
            await asyncio.wait(
                {drawing}, timeout=self.left if self.wait == "none" else PICTURE_TIMEOUT
            )
        if not late or drawing.done():
            return payload | _with_picture(reply, await drawing)

        async def finish() -> None:
            if more := _with_picture(reply, await drawing):
                await self.inter.edit_original_response(**more)

        self._unfinished.append(finish)
        return payload


class Responders(dict[int, Responder]):
    """Those whose answer is not there yet, by the interaction's id, and how fast others were."""

    def __init__(self) -> None:
        super().__init__()
        self._ended: deque[float] = deque(maxlen=BUSY)

    def end(self, interaction_id: int) -> None:
        """Take out one whose answer is there."""
        if self.pop(interaction_id, None):  # it is not there if the same came twice
            self._ended.append(monotonic())

    @property
    def too_many(self) -> bool:
        """Whether one more would wait for long behind those that are there."""
        if len(self) < BUSY:
            return False
        if len(self._ended) < BUSY:
            return True
        each = (monotonic() - self._ended[0]) / BUSY
        return len(self) * each > WAIT_AFTER


def _with_picture(reply: Reply, picture: disnake.File | None) -> dict[str, Any]:
    return {"embed": reply.embed.copy().set_image(file=picture)} if picture else {}


async def draw_picture(picture: Picture, font: Path | None) -> disnake.File | None:
    """Draw a picture in a thread; None if it cannot be drawn, for the words alone do."""
    try:
        data = await asyncio.get_running_loop().run_in_executor(_drawing_pool, picture.draw, font)
    except Exception:  # the words say it all the same
        log.exception("cannot draw a picture")
        return None
    return disnake.File(BytesIO(data), "time.png", description=picture.alt)


def custom_id(inter: ComponentInteraction | ModalInteraction) -> str:
    """Return the `custom_id` of what was pressed or filled in."""
    return inter.data.custom_id


def guild_of(inter: AnyInteraction, named: int | None = None) -> int:
    """Return in which server something is asked: where it is, or outside of any, the one named.

    Raise UserError for neither, and for a button that names another one than it is in.
    """
    if inter.guild_id is None and named is None:
        raise UserError("servers_only")
    if inter.guild_id is not None and named not in (None, inter.guild_id):
        raise UserError("unknown_button")
    return inter.guild_id or named or 0

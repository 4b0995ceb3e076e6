"""Discord on this machine: REST and gateway on loopback, for any bot, without an account."""

from sandbox.errors import NotAnswered, NotPossible, NotReady
from sandbox.forms import Modal
from sandbox.guilds import Guild
from sandbox.interactions import Interaction
from sandbox.members import Member
from sandbox.messages import Message
from sandbox.server import Sandbox
from sandbox.world import Channel, User

__all__ = [
    "Channel",
    "Guild",
    "Interaction",
    "Member",
    "Message",
    "Modal",
    "NotAnswered",
    "NotPossible",
    "NotReady",
    "Sandbox",
    "User",
]

"""Discord on this machine: REST and gateway on loopback, for any bot, without an account."""

from devtools.sandbox.errors import NotAnswered, NotPossible, NotReady
from devtools.sandbox.forms import Modal
from devtools.sandbox.interactions import Interaction
from devtools.sandbox.members import Guild, Member
from devtools.sandbox.messages import Message
from devtools.sandbox.places import Channel
from devtools.sandbox.server import Sandbox
from devtools.sandbox.state import User

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

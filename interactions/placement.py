"""Where an answer is shown: decided from where it was asked and what it is, and nothing else."""

from dataclasses import dataclass
from enum import Enum, auto
from typing import Literal, TypeAlias

from domain.command import (
    AlreadyOpen,
    Answer,
    Continued,
    Discarded,
    Ended,
    NothingOpen,
    NotYours,
    Panel,
    Restarted,
    Started,
    Working,
)
from domain.config import ConfirmSettings
from domain.decisions.stats import Stats
from domain.forms import Form, Unchanged
from domain.reminders import AskEndTime
from interactions.actions import Action

Wait: TypeAlias = Literal["none", "public", "private", "message"]


class Origin(Enum):
    """Where something was asked."""

    COMMAND = auto()
    PANEL = auto()  # the panel itself never changes
    PUBLIC = auto()  # a button or a form of a message that everybody sees
    PRIVATE = auto()  # one of a message that only the one who pressed sees
    FORM = auto()  # one that a command opened, so there is no message
    DIRECT = auto()  # one of a message to them alone, outside of any server


@dataclass(frozen=True, slots=True)
class Placement:
    """How an answer is shown, and whether it is posted for everybody beside that.

    `private`: to the reader alone · `public`: to everybody · `replace`: the message under the
    button becomes it · `withdraw`: that message goes, and the reader alone is answered.
    """

    show: Literal["private", "public", "replace", "withdraw"]
    post: bool = False


def place(
    origin: Origin, answer: Answer, action: Action, wait: Wait = "none", *, beside: bool = False
) -> Placement:
    """Decide where an answer goes; `beside`: the message under the button stays as it is."""
    public = is_public(answer)
    if origin is Origin.COMMAND or (beside and public):
        if public and wait == "private":  # nobody knew yet whether the member is
            return Placement("private", post=True)
        return Placement("public" if public else "private")
    # what corrects a post is no news, unless it was not saved when the post could still change
    late = action.retried or action.again
    news = public and (late or not action.definition.corrects)
    if origin is Origin.PANEL or isinstance(answer, Unchanged | Form):  # what it is of stays
        return Placement("private", news)
    refused = wait == "private"  # Discord did not let us wait under the message
    if not refused and (origin is Origin.DIRECT or (origin is Origin.PRIVATE and not beside)):
        return Placement("replace", news and origin is Origin.PRIVATE)
    if refused or origin is Origin.FORM or not isinstance(answer, Ended | Continued | Discarded):
        return Placement("private")
    # what was posted before they, or the server, chose otherwise goes
    return Placement("replace" if answer.preferences.posted else "withdraw")


def wait_for(origin: Origin, *, public: bool) -> Wait:
    """Decide which wait is shown, where a success would be `public` or not."""
    if origin is Origin.COMMAND:
        return "public" if public else "private"
    return "private" if origin in (Origin.PANEL, Origin.FORM) else "message"


def is_saved(answer: Answer, action: Action) -> bool:
    """Return whether an answer says that something was changed."""
    nothing_new = isinstance(
        answer, AlreadyOpen | NothingOpen | NotYours | Working | AskEndTime | Unchanged
    )
    if isinstance(answer, ConfirmSettings):
        nothing_new = answer.change_id is None
    return not action.definition.read_only and not nothing_new


def is_public(answer: Answer) -> bool:
    """Return whether everybody in the channel may see an answer."""
    if isinstance(answer, Stats):  # nothing is nobody's news
        shared = answer.shared and bool(answer.summary.sessions)
        return shared and not answer.preferences.private
    if isinstance(answer, Continued):
        return answer.preferences.posted and answer.news in ("paused", "resumed")
    if isinstance(answer, Started | Ended | Restarted):
        return answer.preferences.posted
    return isinstance(answer, Panel)

"""/help: how to use the bot, and for its owner the state of the process."""

from datetime import datetime

from domain.operations import Status
from i18n import say
from views.reply import BLUE, Reply, ago, escape_markdown, text_reply


def help_text(language: str, *, organiser: bool, status: Status | None = None) -> Reply:
    """Return the commands; for an organiser also how to set the bot up."""
    text = say(language, "help")
    if organiser:
        text += "\n\n" + say(language, "help.organisers")
    if status:
        text += "\n\n" + "\n".join(operations(status, language))
    return text_reply(text, BLUE)


def operations(status: Status, language: str) -> list[str]:
    """Return the state of a process, a line for each subject."""
    counts = status.counts
    return [
        say(language, "help.owner", version=status.version, since=ago(status.since)),
        say(
            language,
            "help.owner.gateway" if status.gateway else "help.owner.gateway.gone",
            latency=milliseconds(status.latency),
        ),
        say(
            language,
            "help.owner.database",
            median=milliseconds(status.median),
            slow=milliseconds(status.slow),
            jobs=status.jobs,
            waiting=status.waiting,
        ),
        say(
            language,
            "help.owner.counts",
            open=counts.open,
            reminders=counts.reminders,
            closes=counts.closes,
            migration=escape_markdown(counts.migration),
        )
        if counts
        else say(language, "help.owner.silent"),
        say(language, "help.owner.due", due=moment(status.due)),
        say(language, "help.owner.backup", backup=moment(status.backup)),
    ]


def milliseconds(seconds: float) -> str:
    """Write a short time."""
    return f"{1000 * seconds:.0f} ms" if seconds >= 0.01 else f"{1000 * seconds:.1f} ms"


def moment(at: datetime | None) -> str:
    """Write how far a moment is, if there is one."""
    return ago(at) if at else "–"

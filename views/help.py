"""How to use the bot, in a few lines."""

from i18n import say
from views.reply import BLUE, Reply, line


def help_text(language: str, *, organiser: bool) -> Reply:
    """Explain the commands; to an organiser also the three steps of setting up."""
    text = say(language, "help")
    if organiser:
        text += "\n\n" + say(language, "help.organisers")
    return line(text, BLUE)

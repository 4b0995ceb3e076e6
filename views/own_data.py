"""How one's own data is handed out and deleted."""

from domain.exports import archived
from domain.own_data import Deletion, Exported
from i18n import say
from views.reply import BLUE, YELLOW, File, Reply, Style, button, day_and_clock, line
from views.sessions import render


@render.register
def _(answer: Exported, language: str) -> Reply:
    whole = archived("README.txt", say(language, "export.readme"), answer.archive)
    told = line(say(language, "exported", count=answer.sessions), BLUE)
    return Reply(told.embed, file=File("mokumoku.zip", whole))


@render.register
def _(answer: Deletion, language: str) -> Reply:
    if answer.at is None:
        return line(say(language, "deletion.stopped"), BLUE)
    return line(
        say(language, "deletion", at=day_and_clock(answer.at)),
        YELLOW,
        button(language, "keep_data", "keep_data", Style.primary),
        button(language, "export", "export"),
    )

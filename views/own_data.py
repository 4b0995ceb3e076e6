"""How one's own data is handed out."""

from domain.exports import archived
from domain.own_data import Exported
from i18n import say
from views.reply import BLUE, File, Reply, line
from views.sessions import render


@render.register
def _(answer: Exported, language: str) -> Reply:
    whole = archived("README.txt", say(language, "export.readme"), answer.archive)
    told = line(say(language, "exported", count=answer.sessions), BLUE)
    return Reply(told.embed, file=File("mokumoku.zip", whole))

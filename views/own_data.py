"""The export, import and deletion of a member's own data."""

from dataclasses import replace

from domain.decisions.own_data import Deletion, Exported
from domain.imports import Imported, Preview
from i18n import say
from views.reply import (
    BLUE,
    GREY,
    YELLOW,
    File,
    Reply,
    Style,
    button,
    day_and_clock,
    render,
    text_reply,
)

SHOWN = 10  # lines that are refused


@render.register
def _(answer: Exported, language: str) -> Reply:
    told = text_reply(say(language, "exported", count=answer.sessions), BLUE)
    return Reply(told.embed, file=File("mokumoku.zip", answer.archive))


@render.register
def _(answer: Deletion, language: str) -> Reply:
    if answer.at is None:
        return text_reply(say(language, "deletion.stopped"), BLUE)
    return text_reply(
        say(language, "deletion", at=day_and_clock(answer.at)),
        YELLOW,
        button(language, "keep_data", "keep_data", Style.primary),
        button(language, "export", "export"),
    )


@render.register
def _(answer: Preview, language: str) -> Reply:
    said = [
        say(language, "import.new", count=answer.new),
        *([say(language, "import.known", count=answer.known)] if answer.known else []),
        *([say(language, "import.refused", count=len(answer.refused))] if answer.refused else []),
        *(
            say(
                language,
                "import.line",
                line=refusal.line,
                reason=say(language, f"import.line.{refusal.key}"),
            )
            for refusal in answer.refused[:SHOWN]
        ),
    ]
    if len(answer.refused) > SHOWN:
        said.append(say(language, "import.more", count=len(answer.refused) - SHOWN))
    if not answer.new:
        return text_reply("\n".join(said), GREY)
    add = button(language, "import", "import", Style.primary)
    told = text_reply("\n".join(said), BLUE, add)
    return replace(told, file=File("sessions.csv", answer.file))


@render.register
def _(answer: Imported, language: str) -> Reply:
    if answer.undone:
        return text_reply(say(language, "import.undone", count=answer.count), BLUE)
    undo = button(language, "undo", f"undo_import:{answer.change_id}")
    return text_reply(say(language, "imported", count=answer.count), BLUE, undo)

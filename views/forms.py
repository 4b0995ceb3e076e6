"""A form that could not be opened in time, and the answer to one that changed nothing."""

from domain.forms import Form, Unchanged
from i18n import say
from views.modal import again_button, shown_in, with_inputs
from views.reply import BLUE, GREY, Reply, render, text_reply


@render.register
def _(answer: Form, language: str) -> Reply:
    name, digests = answer.name, answer.digests
    opens = again_button(language, "open_form", name, answer.target, digests)
    reply = text_reply(say(language, "form.here"), BLUE, opens)
    shown = shown_in(name, digests, answer.preferences.zone)
    return with_inputs(reply, name, language, answer.inputs, shown)


@render.register
def _(_answer: Unchanged, language: str) -> Reply:
    return text_reply(say(language, "form.unchanged"), GREY)

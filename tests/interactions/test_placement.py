"""Where an answer is shown, for every place where something can be asked."""

import itertools
from dataclasses import replace
from datetime import timedelta

import pytest

from domain.command import (
    AlreadyOpen,
    Continued,
    Discarded,
    Ended,
    NothingOpen,
    NotYours,
    Panel,
    Started,
    Working,
)
from interactions.actions import ACTIONS, Action
from interactions.placement import Origin, Placement, is_saved, place, wait_for
from tests.support.answers import ASKED, NOW, session

OPEN, OVER = session(60), session(60, 0)
STARTED = Started(ASKED, OPEN, 0)
ENDED = Ended(ASKED, OVER, timedelta(), 9)
PAUSED = Continued(ASKED, OPEN, "paused", 9)
NAMED = Continued(ASKED, OPEN, "task", 9)
DISCARDED = Discarded(ASKED, OPEN, 9)
REFUSED = AlreadyOpen(ASKED, OPEN, NOW, None)
NOBODY = Working(ASKED, (), None)
SHY = replace(ASKED, private=True)
SILENT = replace(ASKED, posts=False)

PRIVATE, PUBLIC = Placement("private"), Placement("public")
REPLACE, WITHDRAW = Placement("replace"), Placement("withdraw")
POST, REPLACE_AND_POST = Placement("private", post=True), Placement("replace", post=True)


@pytest.mark.parametrize(
    ("origin", "answer", "action", "placed"),
    [
        (Origin.COMMAND, STARTED, "start", PUBLIC),
        (Origin.COMMAND, ENDED, "end", PUBLIC),
        (Origin.COMMAND, PAUSED, "break", PUBLIC),
        (Origin.COMMAND, Panel(ASKED), "panel", PUBLIC),
        (Origin.COMMAND, Panel(SHY), "panel", PUBLIC),
        (Origin.COMMAND, replace(STARTED, preferences=SHY), "start", PRIVATE),
        (Origin.COMMAND, replace(STARTED, preferences=SILENT), "start", PRIVATE),
        (Origin.COMMAND, Panel(SILENT), "panel", PUBLIC),
        (Origin.COMMAND, REFUSED, "start", PRIVATE),
        (Origin.COMMAND, NOBODY, "now", PRIVATE),
        # a panel stays, and what is everybody's is posted
        (Origin.PANEL, STARTED, "start", POST),
        (Origin.PANEL, ENDED, "end", POST),
        (Origin.PANEL, NOBODY, "now", PRIVATE),
        (Origin.PANEL, replace(ENDED, preferences=SHY), "end", PRIVATE),
        # a private message becomes what was asked
        (Origin.PRIVATE, STARTED, "start", REPLACE_AND_POST),
        (Origin.PRIVATE, ENDED, "end_named", REPLACE_AND_POST),
        (Origin.PRIVATE, PAUSED, "pause", REPLACE_AND_POST),
        (Origin.PRIVATE, NAMED, "task", REPLACE),
        (Origin.PRIVATE, ENDED, "note", REPLACE),
        (Origin.PRIVATE, ENDED, "fix", REPLACE),
        (Origin.PRIVATE, ENDED, "undo", REPLACE),
        (Origin.PRIVATE, DISCARDED, "discard", REPLACE),
        (Origin.PRIVATE, replace(STARTED, preferences=SHY), "start", REPLACE),
        # so does a public one, if it shows the same session; anything else is told beside
        (Origin.PUBLIC, ENDED, "end_named", REPLACE),
        (Origin.PUBLIC, ENDED, "note", REPLACE),
        (Origin.PUBLIC, PAUSED, "pause", REPLACE),
        (Origin.PUBLIC, DISCARDED, "undo", REPLACE),
        (Origin.PUBLIC, NotYours(ASKED, "Hana", None), "end_named", PRIVATE),
        (Origin.PUBLIC, NothingOpen(ASKED, None), "end_named", PRIVATE),
        (Origin.PUBLIC, STARTED, "start", PRIVATE),
        (Origin.PUBLIC, replace(ENDED, preferences=SHY), "end_named", WITHDRAW),
        (Origin.PUBLIC, replace(PAUSED, preferences=SHY), "pause", WITHDRAW),
        (Origin.PUBLIC, replace(ENDED, preferences=SILENT), "end_named", WITHDRAW),
        # a form that a command opened has no message
        (Origin.FORM, ENDED, "note", PRIVATE),
        (Origin.FORM, NOBODY, "edit", PRIVATE),
    ],
)
def test_an_answer_belongs_where_it_was_asked(origin, answer, action, placed):
    assert place(origin, answer, Action(action)) == placed


def test_what_corrects_a_post_is_news_if_the_post_could_not_change():
    again = Action("note", 5, retried=True)
    assert place(Origin.PRIVATE, ENDED, again) == REPLACE_AND_POST


@pytest.mark.parametrize("origin", [Origin.PRIVATE, Origin.PUBLIC])
@pytest.mark.parametrize(
    ("answer", "action", "placed"),
    [
        (NOBODY, "why", PRIVATE),
        (STARTED, "same", PUBLIC),
        (REFUSED, "same", PRIVATE),
        (replace(STARTED, preferences=SHY), "same", PRIVATE),
        (replace(STARTED, preferences=SILENT), "same", PRIVATE),
    ],
)
def test_what_is_opened_beside_leaves_its_message_alone(origin, answer, action, placed):
    assert place(origin, answer, Action(action, 5), beside=True) == placed


@pytest.mark.parametrize(
    ("wait", "answer", "placed"),
    [
        ("public", STARTED, PUBLIC),
        ("private", STARTED, POST),  # nobody knew yet who keeps to themselves
        ("private", REFUSED, PRIVATE),
        ("public", REFUSED, PRIVATE),
        ("private", replace(STARTED, preferences=SHY), PRIVATE),
    ],
)
def test_a_wait_is_kept_to(wait, answer, placed):
    assert place(Origin.COMMAND, answer, Action("start"), wait) == placed


@pytest.mark.parametrize(
    ("origin", "public", "wait"),
    [
        (Origin.COMMAND, True, "public"),
        (Origin.COMMAND, False, "private"),
        (Origin.PANEL, True, "private"),
        (Origin.FORM, True, "private"),
        (Origin.PUBLIC, True, "message"),
        (Origin.PRIVATE, False, "message"),
    ],
)
def test_a_wait_is_as_public_as_a_success(origin, public, wait):
    assert wait_for(origin, public=public) == wait


@pytest.mark.parametrize("prefs", [SHY, SILENT], ids=["member", "server"])
@pytest.mark.parametrize("answer", [STARTED, ENDED, PAUSED], ids=["start", "end", "pause"])
def test_nothing_of_who_is_private_is_shown_to_all(answer, prefs):
    for origin, action in itertools.product(Origin, ACTIONS):
        placed = place(origin, replace(answer, preferences=prefs), Action(action, 5))
        assert placed.show != "public", (origin, action)
        assert not placed.post, (origin, action)
        assert origin is not Origin.PUBLIC or placed.show != "replace", action


def test_only_a_change_is_said_to_be_saved():
    assert is_saved(STARTED, Action("start"))
    assert is_saved(ENDED, Action("note", 5))
    for answer in (REFUSED, NothingOpen(ASKED, None), NotYours(ASKED, "Hana", None)):
        assert not is_saved(answer, Action("start"))
    assert not is_saved(NOBODY, Action("now"))

"""Nobody sees of others what is not theirs to see: in no post, list, picture, alt text or choice.

Every member has a name, a task and a note in each server that occur nowhere else. Whatever can be
asked is asked, shown in both languages, and searched for the words of others. And what is nobody's
business does not even change a number: the replies are the same when it is not there.
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, get_args

import pytest

import models
from devtools.rows import NOW, Member, Server, server, shares
from domain.command import Answer, Command, Ended, NotYours, Panel, Restarted, Started, Working
from domain.config import Page
from domain.decisions.stats import Stats
from domain.errors import UserError
from domain.forms import FormName
from domain.leaderboard import Leaderboard
from domain.profile import GroupGoal
from domain.sessions import Session
from i18n import say
from interactions.actions import ACTIONS, Action
from interactions.pipeline import filled_modal
from interactions.placement import is_public
from queries.forms import form_contents
from queries.guilds import completion_data
from queries.leaderboard import leaderboard_page
from queries.logbook import logbook
from tests.reference.conftest import Loaded
from tests.reference.plain import peek
from tests.support.answers import LANGUAGES, payload
from tests.support.commands import command
from views import completion
from views.answer import render
from views.errors import refusal_reply
from views.picture.card import Card
from views.reply import Reply

WORD = re.compile(r"[NTO]q[a-z]{2}z")
ZERO = timedelta()
WORKING, PRIVATE = 6, {2, 3, 8}  # the first so many members work now; some of them in private


def word(kind: str, one: Server, n: int) -> str:
    """Make a name, a task or a note that nobody else has, nor the same member elsewhere."""
    return f"{kind}q{'abc'[one.guild_id % 3]}{chr(ord('a') + n)}z"


def marked(one: Server) -> Server:
    """Give everybody their own words; some work now, some keep to themselves."""
    sessions: list[Session] = []
    for n, member in enumerate(one.members):
        mine = [s for s in one.sessions if s.user_id == member.user_id]
        words = {"task": word("T", one, n), "note": word("O", one, n)}
        mine = [replace(s, **words, user_name=word("N", one, n), closed_by=None) for s in mine]
        latest = max((s for s in mine if not s.removed_at), key=lambda s: s.started_at)
        mine.remove(latest)
        over = None if n < WORKING else latest.ended_at or NOW
        sessions += [*mine, replace(latest, ended_at=over, breaks=())]
    members = [
        replace(m, name=word("N", one, n), listed=n % 2 == 0, private=n in PRIVATE)
        for n, m in enumerate(one.members)
    ]
    return replace(one, members=tuple(members), sessions=tuple(sessions))


FOUND = [marked(server(number, shares(80, 10), seed=3)) for number in (1, 2, 3)]
ABOUT_A_SESSION = (
    *("end_named", "end_asked", "restart", "restart_asked", "same", "still", "more"),
    *("pause", "resume", "task", "note", "fix", "until", "confirm", "discard"),
    *("entry", "edit", "delete"),
)
LEFT = 4  # is listed, but was seen to be gone
READERS = (0, 2, 4, 5)  # one who is in two servers, one private, one gone, one not listed


@pytest.fixture(autouse=True)
def brought(loaded: Loaded) -> None:
    loaded(FOUND, history=True)
    for one in FOUND:
        gone = models.Membership.user_id == one.members[LEFT].user_id
        models.Membership.update(left_at=NOW).where(gone).execute()
        models.Goal.create(
            guild_id=one.guild_id, user_id=0, from_on="2026-01-01", minutes=6000, per="week"
        )


@pytest.fixture(autouse=True)
def written(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Take down the words of pictures instead of drawing them."""
    words: list[str] = []

    def begin(card: Any, height: int, language: str, font: None) -> None:
        card.language = language

    def write(card: Any, at: Any, text: str, *_: Any, **__: Any) -> None:
        words.append(text)

    monkeypatch.setattr(Card, "__init__", begin)
    monkeypatch.setattr(Card, "text", write)
    monkeypatch.setattr(Card, "width", lambda card, text, size=0: len(text))
    monkeypatch.setattr(Card, "png", lambda card: b"")
    for shape in ("block", "bar", "dashes"):
        monkeypatch.setattr(Card, shape, lambda *_, **__: None)
    return words


@dataclass(frozen=True)
class Reader:
    """Who asks, and of whose sessions and changes they know the ids."""

    one: Server
    n: int

    @property
    def member(self) -> Member:
        return self.one.members[self.n]

    @property
    def own(self) -> set[str]:
        return {word(kind, self.one, self.n) for kind in "NTO"}

    def command(self, number: int) -> Command:
        asked = command(NOW, self.member.user_id, self.one.guild_id)
        number += 500 * self.n
        return replace(asked, id=asked.id >> 22 << 22 | number, user_name=self.member.name)

    def targets(self, *, strangers: bool) -> Iterator[Session]:
        """Give one's own last sessions, and those of members here, one private, and elsewhere."""
        there = FOUND[FOUND.index(self.one) - 1]
        some = [(self.one, self.n)]
        if strangers:
            some += [(self.one, 1), (self.one, 3), (self.one, 6), (there, 7)]
        for one, n in some:
            who = one.members[n].user_id
            yield from [s for s in one.sessions if s.user_id == who and not s.removed_at][-2:]

    def actions(self, *, strangers: bool = True) -> Iterator[Action]:
        """Ask for everything that can be asked for."""
        task = word("T", self.one, self.n)
        commands = ("start", "end", "break", "cancel", "now", "panel", "log", "me", "language")
        for action_name in commands:
            yield Action(action_name, text=task)
        for said in ("today", "month", "all"):
            for action_name in ("stats", "share", "why"):
                yield Action(action_name, start_text=said)
            for by in ("time", "days"):
                yield Action("rank", text=by, start_text=said)
                yield Action("join", text=by, start_text=said)
        yield from self.choosing(task)
        yield Action("add", None, None, "2016-01-01 10:00", "2016-01-01 11:00", task)
        yield Action("add_for", None, None, "2016-01-01 10:00", "1h", task)
        for session in self.targets(strangers=strangers):
            for action_name in ABOUT_A_SESSION:
                yield Action(action_name, session.id, text=task)
            for form in get_args(FormName):
                yield Action("form", session.id, text=form)
            log = models.History.session_id == session.id
            for row in models.History.select().where(log, models.History.cmd == "end"):
                for action_name in ("undo", "revert", "restore", "unset", "undo_import"):
                    yield Action(action_name, row.interaction_id)

    def choosing(self, task: str) -> Iterator[Action]:
        """Ask for all that one may choose, and for one's own data."""
        table = f"start,end,task\n2016-01-01 10:00,2016-01-01 11:00,{task}\n".encode()
        asked: list[tuple[tuple[str, ...], dict[str, Any]]] = [
            (("zone", "server_zone"), {"text": "london"}),
            (("day_starts", "remind_hours"), {"text": "3"}),
            (("listed", "private"), {"text": "yes"}),
            (("listed", "private"), {"text": "no"}),
            (("goal",), {"text": "day", "start_text": "1h"}),
            (("group_goal", "server_goal"), {"start_text": "9h"}),
            (("no_goal", "no_group_goal", "keep_data", "export"), {}),
            *((("config",), {"text": page}) for page in get_args(Page)),
            (("configure", "configure_surely"), {"text": "zone:London,goal:9h"}),
            (("delete_data",), {"text": task}),
            (("delete_data",), {"text": "delete"}),
            (("preview", "import"), {"content": table}),
        ]
        for action_names, words in asked:
            for action_name in action_names:
                yield Action(action_name, **words)

    def asks(self, **how: bool) -> Iterator[tuple[Action, Answer | UserError]]:
        for number, action in enumerate(self.actions(**how)):
            try:
                yield action, peek(action.do, self.command(number))
            except UserError as refused:
                yield action, refused

    def choices(self) -> Iterator[str]:
        """Give what completion and forms show: from what memory keeps."""
        asked = self.command(0)
        yield from completion.tasks(peek(completion_data, asked).tasks, "")
        book = peek(logbook, asked)
        for choice in completion.sessions("", book.sessions, book.zone, asked.at):
            yield choice.name
        for session in book.sessions:
            form = filled_modal(
                peek(form_contents, asked, "edit", session.id), f"edit:{session.id}", "ja"
            )
            yield json.dumps(form.to_components(), ensure_ascii=False)


def readers() -> Iterator[Reader]:
    for one in FOUND[:2]:
        for n in READERS:
            yield Reader(one, n)


def text_of(answer: Answer | UserError, language: str, written: list[str]) -> str:
    """Give all that an answer shows, and what its picture says and is said to show."""
    known = isinstance(answer, UserError)
    reply: Reply = refusal_reply(answer, language) if known else render(answer, language)
    written.clear()
    if reply.picture:
        reply.picture.draw(None)
        written.append(reply.picture.alt)
    return json.dumps(payload(reply), ensure_ascii=False) + "\n".join(written)


def is_gone(one: Server) -> bool:
    """Whether the one who left has not been heard of since."""
    return models.Membership.get(user_id=one.members[LEFT].user_id).left_at is not None


def may_show(reader: Reader, answer: Answer | UserError) -> set[str]:
    """Say which words an answer may have."""
    if isinstance(answer, Working):
        seen = set(range(WORKING)) - PRIVATE
        if reader.n != LEFT and is_gone(reader.one):  # who asks something is there
            seen -= {LEFT}
        return {word(kind, reader.one, n) for n in seen for kind in "NT"}
    if isinstance(answer, Leaderboard):
        return {one.entry.user_name for one in answer.places}
    here = {word("N", reader.one, n) for n in range(10)}
    if isinstance(answer, NotYours):  # who presses somebody's button is told whose it is
        return reader.own | {answer.owner} & here
    if isinstance(answer, UserError):
        return reader.own | {str(answer.values.get("name"))} & here
    return reader.own


def test_no_reply_has_the_words_of_others(written: list[str]) -> None:
    asked, found = set[str](), set[str]()
    for reader in readers():
        for action, answer in reader.asks():
            asked.add(action.name)
            assert not reader.member.private or not seen_by_all(answer), action
            for language in LANGUAGES:
                words = set(WORD.findall(text_of(answer, language, written)))
                assert words <= may_show(reader, answer), (reader.n, action)
                if isinstance(answer, Working):
                    assert words == may_show(reader, answer)
                found |= words
        choices = set(WORD.findall("".join(reader.choices())))
        assert choices == reader.own - {reader.member.name}, "choices and forms are one's own"
    assert asked == set(ACTIONS), "everything that can be asked was asked"
    assert found >= set().union(*(reader.own for reader in readers()))


def seen_by_all(answer: Answer | UserError) -> bool:
    """Tell whether an answer is a post of what somebody does."""
    return isinstance(answer, Answer) and is_public(answer) and not isinstance(answer, Panel)


def test_a_picture_says_whose_it_is_and_its_alt_text_too(written: list[str]) -> None:
    reader = Reader(FOUND[0], 5)
    for said in ("today", "month", "all"):
        answer = peek(Action("share", start_text=said).do, reader.command(0))
        text_of(answer, "ja", written)
        assert len(written) > 2
        for words in (" ".join(written[:-1]), written[-1]):
            assert WORD.findall(words) == [reader.member.name]


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_is_private_shares_with_nobody_and_is_told_so(language: str) -> None:
    reader = Reader(FOUND[0], 2)
    answer = peek(Action("share", start_text="all").do, reader.command(0))
    shown = render(answer, language)
    assert not is_public(answer)
    assert (shown.embed.description or "").endswith(say(language, "stats.private"))
    assert shown.embed.author.name is None
    assert shown.has_button_for("why")
    assert not shown.has_button_for("share")


def test_the_board_has_who_is_listed_and_nobody_else() -> None:
    for reader in readers():
        listed = {0, 6} | ({LEFT} if reader.n == LEFT else set[int]())
        for by in ("time", "days"):
            found = peek(leaderboard_page, reader.command(0), "all", by, 1)
            names = {word("N", reader.one, n) for n in listed}
            assert {one.entry.user_name for one in found.places} == names
        worked = [s for s in reader.one.sessions if s.removed_at is None]
        ended = [(s.ended_at or NOW) - s.started_at for s in worked]
        rests = [(b.ended_at or NOW) - b.started_at for s in worked for b in s.breaks]
        assert found.total == sum(ended, ZERO) - sum(rests, ZERO), "over everybody, listed or not"


def numbers(answer: Answer | UserError) -> Answer | UserError:
    """Leave out what is of all servers, and what is of the whole group."""
    if isinstance(answer, Stats) and not answer.shared:
        return replace(answer, everywhere=None)
    if isinstance(answer, Leaderboard):
        return replace(answer, total=ZERO, together=ZERO, progress=None)
    return replace(answer, progress=None) if isinstance(answer, GroupGoal) else answer


def alone(answer: Answer | UserError) -> Answer | UserError:
    """Leave out what others have to do with it."""
    if isinstance(answer, Restarted):
        ended, started = alone(answer.ended), alone(answer.started)
        return replace(answer, ended=ended, started=started)
    if isinstance(answer, Ended | Stats):
        return replace(numbers(answer), together=ZERO)
    return replace(answer, others=0) if isinstance(answer, Started) else numbers(answer)


Change = Callable[[Answer | UserError], Answer | UserError]


def shown(reader: Reader, leave_out: Change, written: list[str]) -> dict[str, str]:
    """Ask everything of one's own, and give the replies in both languages."""
    return {
        f"{action} {language}": text_of(leave_out(answer), language, written)
        for action, answer in reader.asks(strangers=False)
        for language in LANGUAGES
        if leave_out is not alone or not isinstance(answer, Working | Leaderboard)
    }


def forget(*which: Any) -> None:
    """Let sessions never have been."""
    ids = models.Session.select(models.Session.id).where(*which)
    models.Break.delete().where(models.Break.session.in_(ids)).execute()
    models.Session.delete().where(*which).execute()


def test_what_is_done_in_other_servers_changes_nothing_here(written: list[str]) -> None:
    here = FOUND[0]
    before = [shown(Reader(here, n), numbers, written) for n in READERS]
    forget(models.Session.guild_id != here.guild_id)
    for table in (models.History, models.Membership, models.Goal, models.Guild):
        table.delete().where(table.guild_id != here.guild_id).execute()
    assert [shown(Reader(here, n), numbers, written) for n in READERS] == before


def test_what_the_private_do_changes_nothing_but_the_groups_total(written: list[str]) -> None:
    seen = [Reader(FOUND[1], n) for n in READERS if n not in PRIVATE]
    before = [shown(reader, numbers, written) for reader in seen]
    totals = [peek(leaderboard_page, reader.command(0), "all", "time", 1).total for reader in seen]
    forget(models.Session.user_id.in_([FOUND[1].members[n].user_id for n in PRIVATE]))
    assert [shown(reader, numbers, written) for reader in seen] == before
    after = [peek(leaderboard_page, reader.command(0), "all", "time", 1).total for reader in seen]
    assert all(now < then for now, then in zip(after, totals, strict=True))


def test_what_others_do_changes_nothing_of_ones_own(written: list[str]) -> None:
    for reader in (Reader(FOUND[0], 5), Reader(FOUND[1], 0), Reader(FOUND[2], 2)):
        before = shown(reader, alone, written)
        here = models.Session.guild_id == reader.one.guild_id
        forget(here, models.Session.user_id != reader.member.user_id)
        assert shown(reader, alone, written) == before

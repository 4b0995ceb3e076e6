"""The one table of actions: what runs each, what its text means, who may, and what calls it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Literal, NamedTuple, TypeAlias, get_args

import disnake

from domain.command import Answer, Command
from domain.config import Page, read_settings
from domain.errors import UserError
from domain.forms import NOT_SHOWN, FormName, Shown
from domain.leaderboard import RankBy
from domain.logbook import Inputs
from domain.text import NOTE, TASK, TIME, clean, one_line
from i18n import LANGUAGES
from queries import (
    active,
    config,
    corrections,
    forms,
    guilds,
    imports,
    leaderboard,
    logbook,
    own_data,
    profile,
    sessions,
    stats,
)


class Text(NamedTuple):
    """What the text of an action means: how it is cleaned, and how long it may be."""

    clean: Callable[[str | None, int], str | None]
    longest: int


A_TASK, A_NOTE = Text(one_line, TASK), Text(clean, NOTE)
SETTINGS = Text(one_line, 500)  # as many as /config has, each with its name
# What an action is aimed at. A session or a change must be named; `asked` names the interaction
# whose numbers are shown again, and may be missing.
Target: TypeAlias = Literal["nothing", "session", "change", "asked"]


@dataclass(frozen=True, slots=True)
class Route:
    """A `custom_id` of ours, in the pattern of which `[]` may be missing.

    One that `opens` lets the action's form open first, which comes back under the same id. What
    the id does not say stands in the message: the `inputs` of that form, in one of an earlier
    release which `dates` it tells of, or its file. `beside`: what was pressed stays as it is. A
    menu's id is followed by what was chosen.
    """

    pattern: str
    opens: bool = False
    message_data: Literal["", "inputs", "dates", "file"] = ""
    beside: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """All that there is to say about one action."""

    run: Callable[[Command, "Action"], Answer]
    text: Text = A_TASK
    form: str = ""  # in which its inputs are typed
    target: Target = "nothing"
    read_only: bool = False  # saves nothing, so there is nothing to try again either
    organisers: bool = False  # they alone may, by whatever button
    public: bool = False  # a success is for everybody to see
    file: bool = False  # of somebody's: pressed again rather than tried again
    # Takes so long that a member may have one of these at a time. None that saves something is: of
    # two processes the slower one, still at the last press, would refuse what the other one does.
    exclusive: bool = False
    corrects: bool = False  # what was posted before: no news if done in private
    routes: tuple[Route, ...] = ()


@dataclass(frozen=True, slots=True)
class Action:
    """One thing to do: to which session or change, with which inputs, and when.

    `text` is a note or a task, as the table has it; `task` stands beside a note. `start_text` and
    `end_text` are times as they were typed, from when and to when, and `length_text` how long.
    `shown` is what the form showed in which they were typed. `retried` repeats one that was not
    saved, `again` one that was refused. What has pages begins with the first. A button outside of
    a server names that.
    """

    name: str
    target: int | None = None
    text: str | None = None
    start_text: str | None = None
    end_text: str | None = None
    task: str | None = None
    page: int = 1
    retried: bool = False
    again: bool = False
    length_text: str | None = None
    shown: Shown = NOT_SHOWN
    guild_id: int | None = None  # None: where it was asked
    file: str | None = None  # where Discord keeps one that was sent
    content: bytes = b""  # of that file, once it is fetched

    @property
    def allowed_in_dm(self) -> bool:
        """Whether it may be asked outside of its server: it names what is the member's own.

        What makes a post may not.
        """
        if self.name == "form":
            return self.target is not None
        return self.definition.target in ("session", "change") and not self.definition.public

    @property
    def definition(self) -> Definition:
        """Its row of the table."""
        return ACTIONS[self.name]

    @property
    def inputs(self) -> Inputs:
        """What was typed."""
        return Inputs(self.text, self.start_text, self.end_text, self.task, self.length_text)

    def with_inputs(self, inputs: Inputs, shown: Shown = NOT_SHOWN) -> "Action":
        """Return it with these inputs, typed in a form that showed something."""
        return replace(
            self,
            text=inputs.text,
            start_text=inputs.start,
            end_text=inputs.end,
            task=inputs.task,
            length_text=inputs.length,
            shown=shown,
        )

    def cleaned(self) -> "Action":
        """Drop what nobody can keep or read from what was typed."""
        text = self.definition.text
        return replace(
            self,
            text=text.clean(self.text, text.longest),
            start_text=one_line(self.start_text, TIME),
            end_text=one_line(self.end_text, TIME),
            task=one_line(self.task, TASK),
            length_text=one_line(self.length_text, TIME),
        )

    def do(self, command: Command) -> Answer:
        """Run the query; this is the whole transaction."""
        if self.target is None and self.definition.target in ("session", "change"):
            raise UserError("unknown_button")  # only a forged retry names nothing
        return self.definition.run(command, self)


def parse_rank_by(text: str | None) -> RankBy:
    """Read the order of a leaderboard; UserError for anything else, as from a forged button."""
    if text in ("time", "days"):
        return text
    raise UserError("unknown_button")


def parse_language(text: str | None) -> str | None:
    """Read a language, None for that of one's Discord; UserError for what no button says."""
    if text not in (*LANGUAGES, "auto"):
        raise UserError("unknown_button")
    return None if text == "auto" else text


def parse_page(text: str | None) -> Page:
    """Read a page of the panel of settings; UserError for what no button says."""
    if text in ("main", "hours", "summary"):
        return text
    raise UserError("unknown_button")


def parse_settings(text: str | None) -> dict[str, str]:
    """Read settings of a server; UserError for what no option or button says."""
    typed = read_settings(text)
    if "language" in typed:
        parse_language(typed["language"])
    return typed


def _target_of(action: Action) -> int:
    assert action.target is not None  # `do` has seen to it
    return action.target


def _join(command: Command, action: Action) -> Answer:
    asked = _first_asked(command, action)
    return leaderboard.join(command, asked, action.start_text, parse_rank_by(action.text))


def _form(command: Command, action: Action) -> Answer:
    for name in get_args(FormName):
        if name == action.text:
            return forms.form_contents(command, name, action.target)
    raise UserError("unknown_button")


def _first_asked(command: Command, action: Action) -> Command:
    """Return the command as it was asked first, if a button names that one."""
    if action.target is None:
        return command
    at = disnake.utils.snowflake_time(action.target)
    return replace(command, id=action.target, at=min(at, command.at))


ACTIONS: Mapping[str, Definition] = MappingProxyType(
    {
        # one's session
        "start": Definition(
            run=lambda c, a: sessions.begin(c, a.text, a.start_text, a.end_text, retried=a.retried),
            form="start",
            public=True,
            routes=(Route("start"), Route("panel:start")),
        ),
        "same": Definition(
            run=lambda c, a: sessions.begin_same(c, _target_of(a), retried=a.retried),
            target="session",
            public=True,
            routes=(Route("same:{target}", beside=True),),
        ),
        "end": Definition(
            run=lambda c, a: sessions.end(c, a.text, a.start_text, retried=a.retried),
            text=A_NOTE,
            form="end",
            public=True,
            routes=(Route("panel:end"),),
        ),
        "end_named": Definition(
            run=lambda c, a: sessions.end_named(c, _target_of(a), time_text=a.start_text),
            form="ended_at",
            target="session",
            routes=(Route("end:{target}"), Route("stopped:{target}", opens=True)),
        ),
        "end_asked": Definition(
            run=lambda c, a: sessions.end_named(c, _target_of(a), a.text, a.start_text, sure=True),
            text=A_NOTE,
            form="ended",
            target="session",
            routes=(
                Route("just_now:{target}", message_data="inputs"),
                Route("ended:{target}", opens=True, message_data="inputs"),
            ),
        ),
        "restart": Definition(
            run=lambda c, a: sessions.restart(c, _target_of(a), a.text, a.start_text, a.end_text),
            form="ended_at",
            target="session",
            routes=(
                Route("restart:{target}", message_data="inputs"),
                Route("ended_at:{target}", opens=True, message_data="inputs"),
            ),
        ),
        "restart_asked": Definition(
            run=lambda c, a: sessions.restart(c, _target_of(a), a.text, plan=a.end_text, sure=True),
            form="next",
            target="session",
            routes=(Route("restart_now:{target}", message_data="inputs"),),
        ),
        "still": Definition(
            run=lambda c, a: active.keep_going(c, _target_of(a)),
            target="session",
            routes=(Route("still:{target}"), Route("keep:{target}")),
        ),
        "more": Definition(
            run=lambda c, a: active.extend_plan(c, _target_of(a)),
            target="session",
            routes=(Route("more:{target}"),),
        ),
        "break": Definition(run=lambda c, _: active.toggle_break(c), public=True),
        "pause": Definition(
            run=lambda c, a: active.pause(c, _target_of(a)),
            target="session",
            routes=(Route("pause:{target}"),),
        ),
        "resume": Definition(
            run=lambda c, a: active.resume(c, _target_of(a)),
            target="session",
            routes=(Route("resume:{target}"),),
        ),
        "task": Definition(
            run=lambda c, a: active.set_task(c, _target_of(a), a.text, a.shown),
            form="task",
            target="session",
            routes=(Route("task:{target}", opens=True),),
        ),
        "note": Definition(
            run=lambda c, a: corrections.set_note(c, _target_of(a), a.text, a.shown),
            text=A_NOTE,
            form="note",
            target="session",
            corrects=True,
            routes=(Route("note:{target}", opens=True),),
        ),
        "fix": Definition(
            run=lambda c, a: corrections.fix(c, _target_of(a), a.start_text, a.end_text, a.shown),
            form="fix",
            target="session",
            corrects=True,
            routes=(Route("fix:{target}", opens=True),),
        ),
        "until": Definition(
            run=lambda c, a: corrections.fix(c, _target_of(a), None, a.end_text, a.shown),
            form="until",
            target="session",
            corrects=True,
            routes=(Route("until:{target}", opens=True),),
        ),
        "confirm": Definition(
            run=lambda c, a: corrections.confirm(c, _target_of(a)),
            target="session",
            routes=(Route("confirm:{target}"),),
        ),
        "undo": Definition(
            run=lambda c, a: corrections.undo(c, _target_of(a)),
            target="change",
            corrects=True,
            routes=(Route("undo:{target}"),),
        ),
        "cancel": Definition(run=lambda c, _: corrections.ask_to_discard(c), read_only=True),
        "discard": Definition(
            run=lambda c, a: corrections.discard(c, _target_of(a)),
            target="session",
            routes=(Route("discard:{target}"),),
        ),
        # the server
        "now": Definition(
            run=lambda c, _: guilds.working(c), read_only=True, routes=(Route("panel:now"),)
        ),
        "panel": Definition(
            run=lambda c, _: guilds.panel(c), read_only=True, organisers=True, public=True
        ),
        "group_goal": Definition(
            run=lambda c, a: profile.set_group_goal(c, a.start_text, a.shown),
            form="group_goal",
            organisers=True,
            routes=(Route("group_goal", opens=True),),
        ),
        "no_group_goal": Definition(
            run=lambda c, _: profile.set_group_goal(c, "none"),
            organisers=True,
            routes=(Route("no_group_goal"),),
        ),
        "config": Definition(
            run=lambda c, a: config.config_page(c, parse_page(a.text or "main")),
            read_only=True,
            organisers=True,
            routes=(Route("config:{text}"),),
        ),
        "configure": Definition(
            run=lambda c, a: config.change(c, parse_settings(a.text), sure=False),
            text=SETTINGS,
            form="settings",
            organisers=True,
            routes=(Route("set:{settings}"),),
        ),
        "configure_surely": Definition(
            run=lambda c, a: config.change(c, parse_settings(a.text), sure=True),
            text=SETTINGS,
            form="settings",
            organisers=True,
            routes=(Route("sure:{settings}"),),
        ),
        "server_zone": Definition(
            run=lambda c, a: config.change(c, {"zone": a.text or ""}, sure=False, shown=a.shown),
            form="server_zone",
            organisers=True,
            routes=(Route("server_zone", opens=True),),
        ),
        "server_goal": Definition(
            run=lambda c, a: config.change(
                c, {"goal": a.start_text} if a.start_text else {}, sure=False, shown=a.shown
            ),
            form="server_goal",
            organisers=True,
            routes=(Route("server_goal", opens=True),),
        ),
        "unset": Definition(
            run=lambda c, a: config.restore(c, _target_of(a)),
            target="change",
            organisers=True,
            routes=(Route("unset:{target}"),),
        ),
        # the logbook
        "log": Definition(
            run=lambda c, a: logbook.logbook_page(c, a.page),
            read_only=True,
            routes=(Route("log:{page}"),),
        ),
        "entry": Definition(
            run=lambda c, a: logbook.logbook_entry(c, _target_of(a)),
            target="session",
            read_only=True,
            routes=(Route("entry:{target}"),),
        ),
        "add": Definition(
            run=lambda c, a: logbook.add(c, a.inputs),
            text=A_NOTE,
            form="add",
            routes=(Route("add", opens=True),),
        ),
        # as an earlier release called it where a length was said, in its buttons to try again
        "add_for": Definition(
            run=lambda c, a: logbook.add(c, a.inputs._replace(end=None, length=a.end_text)),
            text=A_NOTE,
            form="add",
        ),
        "edit": Definition(
            run=lambda c, a: logbook.edit(c, _target_of(a), a.inputs, a.shown),
            text=A_NOTE,
            form="edit",
            target="session",
            routes=(Route("edit:{target}", opens=True),),
        ),
        "delete": Definition(
            run=lambda c, a: logbook.delete(c, _target_of(a)),
            target="session",
            routes=(Route("delete:{target}"),),
        ),
        "revert": Definition(
            run=lambda c, a: corrections.revert(c, _target_of(a)),
            target="change",
            routes=(Route("revert:{target}"),),
        ),
        # numbers
        "stats": Definition(
            run=lambda c, a: stats.stats(_first_asked(c, a), a.start_text),
            form="stats",
            target="asked",
            read_only=True,
        ),
        "share": Definition(
            run=lambda c, a: stats.stats(_first_asked(c, a), a.start_text, shared=True),
            form="stats",
            target="asked",
            read_only=True,
            public=True,
            routes=(Route("share:{target}[:{dates}]", message_data="dates"),),
        ),
        "why": Definition(
            run=lambda c, a: stats.breakdown(_first_asked(c, a), a.start_text, a.page),
            target="asked",
            read_only=True,
            routes=(
                Route("why:{target}[:{dates}]", message_data="dates", beside=True),
                Route("why:{target}[:{dates}]:{page}", message_data="dates"),
            ),
        ),
        "rank": Definition(
            run=lambda c, a: leaderboard.leaderboard_page(
                _first_asked(c, a), a.start_text, parse_rank_by(a.text), a.page
            ),
            form="rank",
            target="asked",
            read_only=True,
            routes=(Route("rank:{text}[:{target}][:{dates}][:{page}]", message_data="dates"),),
        ),
        "join": Definition(
            run=_join,
            target="asked",
            routes=(Route("join:{text}[:{target}][:{dates}][:{page}]", message_data="dates"),),
        ),
        # what a form shows; `text` is its name
        "form": Definition(run=_form, read_only=True),
        # what one chooses
        "me": Definition(run=lambda c, _: profile.profile(c), read_only=True),
        "zone": Definition(
            run=lambda c, a: profile.set_zone(c, a.text, a.shown),
            form="zone",
            routes=(Route("zone", opens=True),),
        ),
        "language": Definition(
            run=lambda c, a: profile.set_language(c, parse_language(a.text)),
            routes=(Route("language:{text}"),),
        ),
        "remind_hours": Definition(
            run=lambda c, a: profile.set_remind_hours(c, a.text),
            routes=(Route("remind_hours:{text}"),),
        ),
        "day_starts": Definition(
            run=lambda c, a: profile.set_day_starts(c, a.text),
            routes=(Route("day_starts:{text}"),),
        ),
        "listed": Definition(
            run=lambda c, a: profile.set_listed(c, a.text), routes=(Route("listed:{text}"),)
        ),
        "private": Definition(
            run=lambda c, a: profile.set_private(c, a.text), routes=(Route("private:{text}"),)
        ),
        "goal": Definition(
            run=lambda c, a: profile.set_goal(c, a.start_text, a.text, a.shown),
            form="goal",
            routes=(Route("goal", opens=True),),
        ),
        "no_goal": Definition(
            run=lambda c, _: profile.set_goal(c, "none", "day"), routes=(Route("no_goal"),)
        ),
        "restore": Definition(
            run=lambda c, a: profile.restore(c, _target_of(a)),
            target="change",
            routes=(Route("restore:{target}"),),
        ),
        # one's own data
        "preview": Definition(
            run=lambda c, a: imports.preview(c, a.content),
            form="import",
            read_only=True,
            file=True,
            exclusive=True,
            routes=(Route("preview", opens=True, beside=True),),
        ),
        "import": Definition(
            run=lambda c, a: imports.import_sessions(c, a.content),
            file=True,
            routes=(Route("import", message_data="file"),),
        ),
        "undo_import": Definition(
            run=lambda c, a: imports.undo_import(c, _target_of(a)),
            target="change",
            routes=(Route("undo_import:{target}"),),
        ),
        "delete_data": Definition(
            run=lambda c, a: own_data.ask_to_delete(c, a.text),
            form="delete_data",
            routes=(Route("delete_data", opens=True),),
        ),
        "keep_data": Definition(
            run=lambda c, _: own_data.keep_data(c), routes=(Route("keep_data"),)
        ),
        "export": Definition(
            run=lambda c, _: own_data.export(c),
            read_only=True,
            exclusive=True,
            routes=(Route("export", beside=True),),
        ),
    }
)

"""Everything that members do to their records, ready to be done at a bad moment."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from types import SimpleNamespace

from devtools.sandbox import Interaction
from tests.e2e.deployment import Place
from tests.e2e.people import private
from tests.e2e.scene import Person

MANAGE_SERVER = 1 << 5


@dataclass
class Act:
    """Something that somebody does, and what is to come of it in the end."""

    who: Person
    do: Callable[[], Awaitable[Interaction]]
    retry: str  # the action, and behind a colon what it acts on
    cmd: str  # how the log calls it
    told: str  # with what the answer begins once it is saved
    public: bool = False
    asked: Interaction | None = None
    pressed: str = ""  # the id of the button to try again

    @property
    def first(self) -> Interaction:
        assert self.asked
        return self.asked

    @property
    def custom_id(self) -> str:
        action_name, _, target = self.retry.partition(":")
        return f"retry:{action_name}:{self.first.id}" + (f":{target}" if target else "")


async def acts(place: Place, words: SimpleNamespace, noon: datetime) -> list[Act]:
    """Prepare one act of each kind, each of a member of their own."""
    names = iter(range(20))

    def person(permissions: int = 0) -> Person:
        name = f"m{next(names)}"
        more = {"permissions": permissions} if permissions else {}
        return Person(place.guild.add_member(name, locale=words.language, **more), noon)

    async def entry(who: Person) -> Interaction:
        return await who.says("log add", start="8:00", length="1h", task="数学")

    edit, delete, undo = words.changes
    adder, former, editor, deleter, undoer = (person() for _ in range(5))
    add_form = (await former.presses(private(await former.says("end")), words.offers[1])).modal
    edit_form = (await editor.presses((edited := await entry(editor)).message, edit)).modal
    deleted, undone = await entry(deleter), await entry(undoer)
    breaker, pauser, tasker = (person() for _ in range(3))
    await breaker.says("start", task="数学")
    paused, renamed = await pauser.says("start", task="数学"), await tasker.says("start")
    task_form = (await tasker.presses(renamed.message, words.working[2])).modal
    mover, lister, joiner, aimer = (person() for _ in range(4))
    panel, board = private(await lister.says("me")), await joiner.says("rank")
    goal_form = (await aimer.presses(private(await aimer.says("me")), words.controls[1])).modal
    boss, setter = person(MANAGE_SERVER), person(MANAGE_SERVER)
    news = {one: getattr(words, one).splitlines()[0] for one in ("added", "edited", "deleted")}
    resting = words.paused.partition("**")[0]
    texts = {"start": "9:00", "task": "*英語*", "text": "三章\n**四章**"}
    return [
        Act(
            adder,
            lambda: adder.says(
                "log add", start="9:00", end="10:00", task="*英語*", note="三章\n**四章**"
            ),
            "add",
            "add",
            news["added"],
        ),
        Act(
            former,
            lambda: former.fills(add_form, **texts, length="1h"),
            "add",
            "add",
            news["added"],
        ),
        Act(
            editor,
            lambda: editor.fills(edit_form, **texts | {"end": "10:00"}),
            f"edit:{edited.id}",
            "edit",
            news["edited"],
        ),
        Act(
            deleter,
            lambda: deleter.presses(deleted.message, delete),
            f"delete:{deleted.id}",
            "delete",
            news["deleted"],
        ),
        Act(
            undoer,
            lambda: undoer.presses(undone.message, undo),
            f"revert:{undone.id}",
            "undo",
            words.gone,
        ),
        Act(breaker, lambda: breaker.says("break"), "break", "break", resting, public=True),
        Act(
            pauser,
            lambda: pauser.presses(paused.message, words.working[0]),
            f"pause:{paused.id}",
            "break",
            resting,
            public=True,
        ),
        Act(
            tasker,
            lambda: tasker.fills(task_form, text="*英語*"),
            f"task:{renamed.id}",
            "task",
            "**",
        ),
        Act(mover, lambda: mover.says("me", zone="new york"), "zone", "me", words.cut_anew),
        Act(
            lister,
            lambda: lister.presses(panel, words.controls[2]),
            "listed",
            "me",
            words.changed,
        ),
        Act(
            joiner,
            lambda: joiner.presses(board.message, words.join),
            f"join:{board.id}",
            "me",
            words.all_together.partition("{")[0],
        ),
        Act(
            aimer,
            lambda: aimer.fills(goal_form, time="2h", per="day"),
            "goal",
            "goal",
            words.changed,
        ),
        Act(
            boss,
            lambda: boss.says("panel", goal="20h"),
            "group_goal",
            "goal",
            words.group.splitlines()[0],
        ),
        Act(
            setter,
            lambda: setter.says("config", remind_hours="3"),
            "configure",
            "config",
            words.changed,
        ),
    ]

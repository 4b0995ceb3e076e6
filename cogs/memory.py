"""What is known without asking the database: nothing here is needed, all of it may be forgotten."""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field

from cogs.action import Action
from domain.command import Answer, Command, Discarded, Ended, Known, Restarted, Started, Working
from domain.session import Session
from domain.span import Span
from views.reply import Reply
from views.session import away

MEMBERS = 5000  # as many as one process may ever meet in a while; some 2 kB each
TASKS = 25


@dataclass(slots=True)
class Memory:
    """What completion may show at once, and the outages to tell of."""

    outages: Sequence[Span] = ()
    told: set[int] = field(default_factory=set[int])
    members: OrderedDict[tuple[int, int], Known] = field(
        default_factory=OrderedDict[tuple[int, int], Known]
    )

    def of(self, command: Command) -> Known | None:
        """What is known of the one who asks."""
        return self.members.get((command.guild_id, command.user_id))

    def know(self, command: Command, known: Known) -> None:
        """Keep what was read for a member; the ones met longest ago are forgotten."""
        self.members[command.guild_id, command.user_id] = known
        self.members.move_to_end((command.guild_id, command.user_id))
        while len(self.members) > MEMBERS:
            self.members.popitem(last=False)

    def learn(self, command: Command, action: Action, result: Answer) -> None:
        """Keep what an answer tells about a member of whom the rest is known."""
        known = self.of(command)
        if known is None:
            return
        tasks = known.tasks
        if action.text and isinstance(result, Started | Restarted):
            tasks = [action.text, *(old for old in tasks if old != action.text)][:TASKS]
        self.know(command, Known(result.preferences.zone, tasks))

    def with_outage(self, reply: Reply, result: Answer, language: str) -> Reply:
        """Tell a member once that the bot was away while their session ran."""
        session = result.own if isinstance(result, Working) else getattr(result, "session", None)
        if not isinstance(session, Session) or isinstance(result, Discarded):
            return reply
        if session.id in self.told and not isinstance(result, Ended):
            return reply
        for outage in self.outages:
            over = session.ended_at
            if session.started_at <= outage.start and (over is None or outage.end <= over):
                self.told.add(session.id)
                return away(reply, language, outage, session)
        return reply

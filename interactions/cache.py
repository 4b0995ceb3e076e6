"""What is known without asking the database; all of it may be dropped at any time."""

import logging
import time
from collections import OrderedDict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Generic, NamedTuple, TypeVar

import clock
from domain.command import (
    Answer,
    Command,
    CompletionData,
    Discarded,
    Ended,
    Restarted,
    Started,
    Working,
)
from domain.intervals import Interval
from domain.logbook import Logbook
from domain.profile import Profile
from domain.sessions import Session
from domain.text import distinct_tasks
from interactions.actions import Action
from views.reply import Reply
from views.sessions import with_outage_note

log = logging.getLogger(__name__)

NOTICED = timedelta(minutes=5)  # shorter downtimes matter to nobody
SEEN_FOR = 3600.0  # seconds for which a member counts as there
MEMBERS = 5000  # as many as one process may ever meet in a while; some 2 kB each
LOGBOOKS = 300  # of those who look at their log; up to 30 kB each
TASKS = 25

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
Key = tuple[int, int]  # a server and a member


class BoundedDict(OrderedDict[K, V], Generic[K, V]):
    """A dictionary of at most so many things, which drops those that were set longest ago."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self.most = most

    def put(self, key: K, value: V) -> None:
        """Add one, and drop the oldest beyond so many."""
        self[key] = value
        self.move_to_end(key)
        while len(self) > self.most:
            self.popitem(last=False)


class Downtime(NamedTuple):
    """When the bot was away, by `clock.boot_time`; `start` by the calendar, if known."""

    since: float
    until: float
    start: datetime | None = None


@dataclass(slots=True)
class Cache:
    """What completion may show at once, who is private, and the outages to tell of."""

    outages: Sequence[Interval] = ()
    downtimes: list[Downtime] = field(default_factory=list[Downtime])  # that have no date yet
    clock_offset: float | None = None  # seconds from `clock.boot_time` to Discord's clock
    unwritten_outages: list[Interval] = field(default_factory=list[Interval])
    announced_sessions: set[int] = field(default_factory=set[int])
    busy_members: set[int] = field(default_factory=set[int])  # members, for what takes long
    private: set[Key] = field(default_factory=set[Key])
    silent_guilds: set[int] = field(default_factory=set[int])  # servers in which nothing is posted
    private_known: bool = False  # all of them
    public: BoundedDict[Key, None] = field(default_factory=lambda: BoundedDict[Key, None](MEMBERS))
    seen: BoundedDict[Key, float] = field(default_factory=lambda: BoundedDict[Key, float](MEMBERS))
    members: BoundedDict[Key, CompletionData] = field(
        default_factory=lambda: BoundedDict[Key, CompletionData](MEMBERS)
    )
    checked_guilds: BoundedDict[int, float] = field(
        default_factory=lambda: BoundedDict[int, float](MEMBERS)
    )
    logbooks: BoundedDict[Key, Logbook] = field(
        default_factory=lambda: BoundedDict[Key, Logbook](LOGBOOKS)
    )

    def completion_data(self, command: Command) -> CompletionData | None:
        """Return what is known of the one who asks."""
        return self.members.get(key_of(command))

    def is_known_public(self, command: Command) -> bool:
        """Return whether it is known that the one who asks is not private."""
        key = key_of(command)
        if command.guild_id in self.silent_guilds:
            return False
        return key in self.public or (self.private_known and key not in self.private)

    def set_private_members(self, keys: Iterable[Key], guild_ids: Iterable[int]) -> None:
        """Keep which members are private, and in which servers nothing is posted."""
        self.private.update(keys)
        self.silent_guilds.update(guild_ids)
        self.private_known = True

    def keep_completion_data(self, command: Command, known: CompletionData) -> None:
        """Keep what was read for a member."""
        self.members.put(key_of(command), known)

    def forget(self, user_id: int) -> None:
        """Forget a member, on all servers."""
        for known in (self.public, self.members, self.logbooks, self.seen):
            for key in [key for key in known if key[1] == user_id]:
                del known[key]
        self.private = {key for key in self.private if key[1] != user_id}

    def logbook(self, command: Command) -> Logbook | None:
        """Return what is known of the latest sessions of the one who asks."""
        return self.logbooks.get(key_of(command))

    def keep_logbook(self, command: Command, book: Logbook) -> None:
        """Keep what was read of a member's sessions."""
        self.logbooks.put(key_of(command), book)

    def note_present(self, keys: Iterable[Key]) -> None:
        """Note that members are there."""
        for key in keys:
            self.seen.put(key, time.monotonic())

    def not_recently_seen(self, keys: Iterable[Key]) -> list[Key]:
        """Return those of whom it is not known that they are still there."""
        now = time.monotonic()
        return [key for key in keys if now - self.seen.get(key, now - SEEN_FOR) >= SEEN_FOR]

    def should_check_members(self, guild_id: int) -> bool:
        """Return whether it is time to look who works in a server, and note that somebody does."""
        now = time.monotonic()
        if now - self.checked_guilds.get(guild_id, now - SEEN_FOR) < SEEN_FOR:
            return False
        self.checked_guilds.put(guild_id, now)
        return True

    def update(self, command: Command, action: Action, result: Answer) -> None:
        """Update what is known of a member by an answer."""
        key = key_of(command)
        if isinstance(result, Profile) and result.change_id is not None:
            self.forget_elsewhere(key)
        self.note_present([key])
        if result.preferences.private:
            self.private.add(key)
            self.public.pop(key, None)
        else:
            self.private.discard(key)
            self.public.put(key, None)
        posts, silent = result.preferences.posts, self.silent_guilds
        (silent.discard if posts else silent.add)(command.guild_id)
        if known := self.members.get(key):
            tasks = known.tasks
            if action.text and isinstance(result, Started | Restarted):
                tasks = distinct_tasks([action.text, *tasks])[:TASKS]
            self.members.put(key, CompletionData(result.preferences.zone, tasks))
        if book := self.logbooks.get(key):
            for session in sessions_in(result):
                if session.user_id == command.user_id:
                    book = book.with_session(session)
            self.logbooks[key] = book.in_zone(result.preferences.zone)

    def forget_elsewhere(self, key: Key) -> None:
        """Forget what is known of a member in other servers: they may live elsewhere from now on.

        What zone holds there is read again by the next completion.
        """
        for kept in (self.members, self.logbooks):
            for other in [one for one in kept if one[1] == key[1] and one != key]:
                del kept[other]

    def note_time(self, at: datetime) -> None:
        """Set the clock by a command, and by that when the bot was away.

        Of all commands the one that came quickest counts: some wait for a process to wake up.
        """
        offset = at.timestamp() - clock.boot_time()
        self.clock_offset = max(offset, self.clock_offset or offset)
        downtimes, self.downtimes = self.downtimes, []
        for downtime in downtimes:
            self.note_downtime(downtime)

    def note_downtime(self, downtime: Downtime) -> None:
        """Note that the bot was away, once the time is known; it is stored with a command.

        This machine's own date may be that of its last shutdown, or have jumped ahead. What was
        noted by that under the same `start` is put right.
        """
        start, noticed = downtime.start, NOTICED.total_seconds()
        if start is None and downtime.until - downtime.since < noticed:
            return
        if self.clock_offset is None:
            self.downtimes.append(downtime)
            return
        end = datetime.fromtimestamp(downtime.until + self.clock_offset, UTC)
        start = start or datetime.fromtimestamp(downtime.since + self.clock_offset, UTC)
        known = [outage for outage in self.outages if outage.start == start]
        self.outages = [outage for outage in self.outages if outage.start != start]
        if end - start >= NOTICED:
            self.outages = [Interval(start, end), *self.outages]
            self.unwritten_outages.append(Interval(start, end))
            if not known:
                log.warning("downtime from %s to %s", start, end)
        elif known:
            self.unwritten_outages.append(Interval(start, start))

    def add_outages(self, outages: Iterable[Interval]) -> None:
        """Add outages that were written down earlier."""
        self.outages = [
            *self.outages,
            *(outage for outage in outages if outage not in self.outages),
        ]

    def with_outage(self, reply: Reply, result: Answer, language: str, at: datetime) -> Reply:
        """Return an answer that tells a member once that the bot was away while their session ran.

        It ends at `at`, by Discord's clock, at the latest.
        """
        session = result.own if isinstance(result, Working) else getattr(result, "session", None)
        if not isinstance(session, Session) or isinstance(result, Discarded):
            return reply
        if session.id in self.announced_sessions and not isinstance(result, Ended):
            return reply
        for known in self.outages:
            if known.start >= at:
                continue
            outage = Interval(known.start, min(known.end, at))
            over = session.ended_at
            if session.started_at <= outage.start and (over is None or outage.end <= over):
                self.announced_sessions.add(session.id)
                return with_outage_note(reply, language, outage, session)
        return reply


def key_of(command: Command) -> Key:
    """Return who asks, and in which server."""
    return command.guild_id, command.user_id


def sessions_in(result: Answer) -> list[Session]:
    """List the sessions that an answer shows as they are now, whole."""
    if isinstance(result, Restarted):
        return [result.ended.session, result.started.session]
    session = getattr(result, "session", None)
    return [session] if isinstance(session, Session) else []

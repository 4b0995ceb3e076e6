"""Servers that never were, with their members and sessions, drawn at random from a seed.

Each server is drawn by itself: it has the same rows whatever else is in the database.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import chain
from operator import attrgetter

from domain.sessions import Break, Session

NOW = datetime(2026, 11, 27, 12, 34, 56, tzinfo=UTC)  # 21:34 in Tokyo, and the month nearly over
DISCORD_EPOCH = datetime(2015, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)
MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000  # milliseconds, in which the generator counts
FIRST_GUILD, FIRST_USER, FIRST_CHANNEL = 3 * 10**17, 5 * 10**17, 7 * 10**17
MOST_MEMBERS = 10_000  # of one server
BUSIEST = 3000  # days in which anybody does all that they do

NAMES = ("ナナオ", "Hana", "민수", "小明", "Alex", "ゆうき🦀", "O'Brien", "田中 太郎", "Zoë")
JAPANESE = ("数学", "英語の復習", "卒論", "競プロ", "個人開発", "読書", "簿記2級", "確定申告")
LONG = "締め切りが近い原稿を、構成から見直しながら、参考文献を三本読んで、図を二枚描き直す"
ENGLISH = ("math", "thesis draft", "reading", "Rust book", "guitar", "TOEIC words", "job hunting")
TASKS = (*JAPANESE, LONG, *ENGLISH)
NOTES = ("3問解けた", "第2章まで", "done for today", "half of it\nthe rest tomorrow", "眠い")
ZONES = ("Asia/Tokyo", "America/New_York", "Europe/London", "Australia/Lord_Howe", "Asia/Kathmandu")


@dataclass(frozen=True, slots=True)
class Member:
    """One who works in a server, and what they set."""

    user_id: int
    name: str
    zone: str | None
    language: str | None
    listed: bool
    private: bool


@dataclass(frozen=True, slots=True)
class Server:
    """A server, how it is set, and all that was done in it, in order."""

    guild_id: int
    zone: str | None
    language: str | None
    day_starts: int
    members: tuple[Member, ...]
    sessions: tuple[Session, ...]


def shares(sessions: int, members: int) -> list[int]:
    """Return how many sessions each member has: some do much of it, most a little."""
    weights = [(n + 1) ** -0.7 for n in range(members)]
    total, given, sofar = sum(weights), 0, 0.0
    counts: list[int] = []
    for weight in weights:
        sofar += weight
        counts.append(round(sessions * sofar / total) - given)
        given += counts[-1]
    return counts


def server(number: int, counts: Sequence[int], *, seed: int = 0, now: datetime = NOW) -> Server:
    """Draw a server whose members have so many sessions each.

    Every second server from 2 on shares a tenth of its members with the one before it.
    """
    rng = random.Random(f"{seed}/{number}")
    guild_id = FIRST_GUILD + number
    members = tuple(_member(rng, seed, number, n, len(counts)) for n in range(len(counts)))
    ids = _Ids(number)
    lives = (
        _Life(rng, ids, guild_id, one, now).sessions(count)
        for one, count in zip(members, counts, strict=True)
    )
    sessions = tuple(sorted(chain.from_iterable(lives), key=attrgetter("id")))
    zone = rng.choice((None, *ZONES))
    language = rng.choice((None, "ja", "en-US"))
    return Server(guild_id, zone, language, rng.choice((0, 0, 0, 4)), members, sessions)


def servers(
    number: int, members: int, sessions: int, *, first: int = 0, seed: int = 0, now: datetime = NOW
) -> Iterator[Server]:
    """Draw so many servers, each with so many members and sessions."""
    counts = shares(sessions, members)
    for one in range(first, first + number):
        yield server(one, counts, seed=seed, now=now)


def _member(rng: random.Random, seed: int, number: int, n: int, of: int) -> Member:
    shared = number >= 2 and number % 2 == 0 and n < of // 10
    user_id = FIRST_USER + (number - shared) * MOST_MEMBERS + n
    own = random.Random(f"{seed}/{user_id}")  # what they are in every server
    name = f"{own.choice(NAMES)} {n}"
    zone = own.choice(ZONES) if own.random() < 0.2 else None
    language = own.choice((None, None, "ja", "en-US"))
    return Member(user_id, name, zone, language, rng.random() < 0.6, rng.random() < 0.1)


class _Ids:
    """Ids as Discord gives them: the time first, and nothing twice in a server or in two."""

    def __init__(self, number: int) -> None:
        self.number = number % 4096
        self.given = 0

    def at(self, milliseconds: int) -> int:
        if milliseconds < 0:
            raise ValueError("more sessions than there were days for them")
        self.given += 1
        return milliseconds << 22 | self.number << 10 | self.given % 1024


class _Life:
    """One member's habits in a server: when, how long, at what."""

    def __init__(
        self, rng: random.Random, ids: _Ids, guild_id: int, member: Member, now: datetime
    ) -> None:
        self.rng = rng
        self.ids = ids
        self.guild_id = guild_id
        self.member = member
        self.now = (now - DISCORD_EPOCH) // MILLISECOND
        self.hour = rng.choice((0, 5, 9, 12, 12, 13, 14))  # UTC: the evening, in Japan
        self.length = rng.choice((25, 45, 60, 90))  # minutes, the middle one
        self.tasks = rng.sample(TASKS, 6)
        self.pace = rng.choice((0.3, 0.6, 1.2, 2.5))  # sessions a day
        self.here = rng.random()

    def sessions(self, count: int) -> Iterator[Session]:
        """Draw sessions back from now; each is over when the next one begins, or before."""
        pace, later = max(self.pace, count / BUSIEST), self.now
        midnight = later - later % DAY
        if count < 1000 and self.here < 0.3:  # has not been here for a while
            midnight -= int(self.rng.random() * 600) * DAY
        elif count and self.here > 0.9:
            later -= int((1 + self.rng.random() * 240) * MINUTE)
            yield self._session(later, None)
            count -= 1
        while count:
            for start in sorted(self._starts(midnight, pace), reverse=True):
                end = min(start + self._length(), later)
                if count and end - start >= MINUTE and end < self.now:
                    yield self._session(start, end)
                    later = start
                    count -= 1
            midnight -= DAY

    def _starts(self, midnight: int, pace: float) -> list[int]:
        draw = self.rng.normalvariate
        number = int(pace + self.rng.random())
        return [midnight + int(draw(self.hour, 2.5) * HOUR) for _ in range(number)]

    def _length(self) -> int:
        forgotten = 8 if self.rng.random() < 0.005 else 1
        return int(MINUTE * (1 + forgotten * self.length * self.rng.lognormvariate(0, 0.6)))

    def _session(self, start: int, end: int | None) -> Session:
        rng, removed, closed_by = self.rng, None, None
        chance = rng.random()
        if end and chance < 0.04:
            removed = end
            end = end if chance < 0.02 else None  # deleted, or cancelled while it ran
        elif end and chance > 0.999:
            closed_by = "removal"
        task = rng.choice(self.tasks) if rng.random() < 0.65 else None
        if task and chance > 0.8:
            task = f"{task} {int(chance * 100)}"
        return Session(
            id=self.ids.at(start),
            guild_id=self.guild_id,
            user_id=self.member.user_id,
            user_name=self.member.name,
            channel_id=FIRST_CHANNEL + self.guild_id % 1000,
            task=task,
            note=rng.choice(NOTES) if end and rng.random() < 0.15 else None,
            started_at=_moment(start),
            ended_at=_moment(end) if end else None,
            removed_at=_moment(removed) if removed else None,
            closed_by=closed_by,
            breaks=tuple(self._breaks(start, end or removed or self.now, lasts=not end)),
        )

    def _breaks(self, start: int, until: int, *, lasts: bool) -> Iterator[Break]:
        draw = self.rng.random
        if until - start < 40 * MINUTE or draw() > 0.3:
            return
        cuts = sorted(
            start + int(draw() * (until - start)) for _ in range(self.rng.choice((2, 4, 6)))
        )
        for begin, over in zip(cuts[::2], cuts[1::2], strict=True):
            still = lasts and over == cuts[-1] and draw() < 0.5
            yield Break(_moment(begin), None if still else _moment(over))


def _moment(milliseconds: int) -> datetime:
    return DISCORD_EPOCH + timedelta(milliseconds=milliseconds)

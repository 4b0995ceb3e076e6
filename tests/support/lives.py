"""Random lives to test with: zones at their oddest, calendars, spans and sessions."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from domain.calendar import ONE_DAY, Calendar
from domain.intervals import Interval
from domain.sessions import Break, Session
from domain.work_intervals import NOBODY, Row, as_text

MINUTE = timedelta(minutes=1)
# each with the instants around which its clocks do what they do
ODD_TIMES = {
    "Asia/Tokyo": ["2026-07-01T00:00"],  # never changes
    "America/New_York": ["2026-03-08T07:00", "2026-11-01T06:00"],
    "Europe/London": ["2026-03-29T01:00", "2026-10-25T01:00"],
    "Australia/Lord_Howe": ["2026-04-04T15:00", "2026-10-03T15:30"],  # by half an hour
    "Asia/Kathmandu": ["2026-01-01T00:00"],  # 5:45 ahead
    "Pacific/Apia": ["2011-12-30T10:00"],  # skipped the 30th
    "America/Sao_Paulo": ["2018-11-04T03:00", "2018-02-18T02:00"],  # at midnight
}


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def interval(start: str, end: str) -> Interval:
    return Interval(utc(start), utc(end))


def session(
    started_at: datetime,
    ended_at: datetime | None,
    *breaks: Break,
    task: str | None = None,
    **others: object,
) -> Session:
    known = {"id": 1, "guild_id": 1, "user_id": 7, "user_name": "Nanao", "channel_id": None}
    return Session(
        **{**known, **others},
        task=task,
        note=None,
        started_at=started_at,
        ended_at=ended_at,
        breaks=breaks,
    )


def rows_of(recorded: Iterable[Session], now: datetime) -> list[Row]:
    """Write sessions as the rows of their member, with ids of their own."""
    found: list[Row] = []
    for number, one in enumerate(recorded, 1):
        if one.removed_at is None:
            ends = as_text(one.started_at), as_text(one.ended_at or now)
            ended = one.closed_by, one.confirmed_at
            found.append((number, one.user_id, *ends, None, one.task, *ended))
            for rest in one.breaks:
                over = as_text(rest.ended_at) if rest.ended_at else "9999-12-31 00:00:00"
                found.append((number, NOBODY, as_text(rest.started_at), over))
    return found


def calendars_with_a_time() -> st.SearchStrategy[tuple[Calendar, datetime]]:
    """A calendar, and one of the odd times of its zone."""
    odd = [(zone, utc(at)) for zone, times in ODD_TIMES.items() for at in times]
    return st.tuples(st.sampled_from(odd), st.integers(0, 6), st.integers(0, 6)).map(
        lambda drawn: (Calendar(ZoneInfo(drawn[0][0]), *drawn[1:]), drawn[0][1])
    )


def instants(around: datetime, days: int = 4) -> st.SearchStrategy[datetime]:
    return st.integers(-days * 86400, days * 86400).map(
        lambda seconds: around + timedelta(seconds=seconds)
    )


def edges(calendar: Calendar, around: datetime) -> st.SearchStrategy[datetime]:
    """Midnights, what the zone did and what it did it in, and a minute beside each."""
    middle = calendar.day_of(around)
    days = [calendar.start_of(middle + n * ONE_DAY) for n in range(-3, 4)]
    near = [around + timedelta(minutes=15 * n) for n in range(-5, 6)]
    return st.tuples(st.sampled_from([*days, *near]), st.sampled_from([0, 0, 0, -1, 1])).map(
        lambda drawn: drawn[0] + drawn[1] * MINUTE
    )


def intervals(around: datetime, days: int = 4) -> st.SearchStrategy[Interval]:
    return st.tuples(instants(around, days), instants(around, days)).map(
        lambda ends: Interval(min(ends), max(ends))
    )


@st.composite
def sessions(
    draw: st.DrawFn, around: datetime, calendar: Calendar, *, most: int = 6
) -> list[Session]:
    """Sessions in two servers on whole minutes, some open, removed, with breaks, overlapping.

    Many begin or end where a day does, or within a change of the clocks.
    """
    found: list[Session] = []
    minutes = st.integers(-3 * 1440, 2 * 1440).map(lambda minute: around + minute * MINUTE)
    moments = minutes | edges(calendar, around)
    for number in range(draw(st.integers(0, most))):
        start = draw(moments)
        over = draw(moments | st.none())
        length = int((over - start) / MINUTE) if over and over > start else 0
        length = length if 0 < length < 3000 else draw(st.integers(0, 30 * 60))
        cuts = sorted(draw(st.lists(st.integers(0, length), max_size=4)))
        pauses = [
            Break(start + begin * MINUTE, start + end * MINUTE)
            for begin, end in zip(cuts[::2], cuts[1::2], strict=False)
        ]
        found.append(
            session(
                start,
                None if draw(st.integers(0, 5)) == 0 else start + length * MINUTE,
                *pauses,
                id=number,
                guild_id=draw(st.integers(1, 2)),
                task=draw(st.sampled_from([None, "数学", "math"])),
                removed_at=draw(st.sampled_from([None, None, None, around])),
            )
        )
    return found

"""What becomes of one member's rows, case by case, as the rules say it."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

NOW = datetime(2026, 7, 3, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Case:
    """Commands as (cmd, moment before now), sessions as (start, end), both in seconds."""

    name: str
    rows: tuple[tuple[str, float], ...]
    sessions: tuple[tuple[float, float | None], ...] = ()
    unpaired: int = 0

    def __str__(self) -> str:
        return self.name


HOUR, DAY = 3600, 86400
TICK = 0.000001

CASES = (
    Case("nothing", ()),
    Case("one session", (("start", 9000), ("end", 5400)), ((9000, 5400),)),
    Case("two", (("start", 900), ("end", 800), ("start", 700), ("end", 600)),
     ((900, 800), (700, 600))),
    Case("an end without a start", (("end", 500),), (), 1),
    Case("an end before the first start", (("end", 500), ("start", 400), ("end", 300)),
     ((400, 300),), 1),
    Case("two ends", (("start", 900), ("end", 800), ("end", 700)), ((900, 800),), 1),
    Case("a second start counts", (("start", 900), ("start", 800), ("end", 700)), ((800, 700),), 1),
    Case(
        "three starts", (("start", 99), ("start", 80), ("start", 60), ("end", 50)), ((60, 50),), 2
    ),
    Case("written twice", (("start", 900), ("start", 899), ("end", 800), ("end", 798.5)),
     ((900, 800),)),
    Case("written twice, 5 s apart", (("start", 90), ("start", 85), ("end", 20)), ((90, 20),)),
    Case("5 s and a tick apart", (("start", 90), ("start", 85 - TICK), ("end", 20)),
     ((85 - TICK, 20),), 1),
    Case("4 s and again 4 s apart", (("start", 90), ("start", 86), ("start", 82), ("end", 20)),
     ((82, 20),), 1),
    Case("repeated past the end", (("start", 90), ("end", 88), ("start", 86), ("end", 20)),
     ((90, 88), (86, 20))),
    Case("an end without a start, written twice", (("end", 90), ("end", 89)), (), 1),
    Case("a session of no length", (("start", 90), ("end", 90 - TICK)), ((90, 90 - TICK),)),
    Case("end and start at once", (("start", 90), ("end", 50), ("start", 50), ("end", 9)),
     ((90, 50), (50, 9))),
    Case("start and end at once", (("start", 50), ("end", 50)), ((50, None),), 1),
    Case("exactly 24 h", (("start", 30 * HOUR), ("end", 6 * HOUR)), ((30 * HOUR, 6 * HOUR),)),
    Case("over 24 h", (("start", 30 * HOUR), ("end", 6 * HOUR - TICK)), (), 2),
    Case("over 24 h, then one more",
     (("start", 90 * HOUR), ("end", 60 * HOUR), ("start", 9 * HOUR), ("end", 8 * HOUR)),
     ((9 * HOUR, 8 * HOUR),), 2),
    Case("still open", (("start", 900),), ((900, None),)),
    Case("open after one that ended", (("start", 90), ("end", 80), ("start", 70)),
     ((90, 80), (70, None))),
    Case("open for a minute less than a day", (("start", DAY - 60),), ((DAY - 60, None),)),
    Case("open for exactly a day", (("start", DAY),), (), 1),
    Case("open for a minute more than a day", (("start", DAY + 60),), (), 1),
    Case("left open years ago", (("start", 900 * DAY),), (), 1),
    Case("open and written twice", (("start", 90), ("start", 87)), ((90, None),)),
    Case("an old start, then an open one", (("start", 30 * HOUR), ("start", HOUR)), ((HOUR, None),),
     1),
    Case("years ago", (("start", 900 * DAY), ("end", 900 * DAY - HOUR)),
     ((900 * DAY, 900 * DAY - HOUR),)),
)  # fmt: skip


def before(now: datetime, seconds: float) -> datetime:
    """Go back, counting in whole microseconds."""
    return now - timedelta(microseconds=round(seconds * 1_000_000))

"""What the pictures cost a process that has drawn none yet.

    python -m devtools.bench.pictures

Reads the process's memory from /proc, so it needs Linux.
"""

import subprocess
import sys
from typing import NamedTuple

from devtools.bench.bots import ROOT

DRAW = """
import sys, time
from datetime import date, timedelta

def kilobytes(name):
    return next(int(l.split()[1]) for l in open("/proc/self/status") if l.startswith(name))

import domain.calendar, i18n, asyncio
before, began = kilobytes("VmRSS"), time.process_time()
from views.picture import bars_png, heatmap_png
days = {date(2026, 1, 1) + timedelta(n): timedelta(minutes=n) for n in range(365)}
def bars():
    bars_png(days, first=date(2026, 10, 1), last=date(2026, 10, 31), goal=timedelta(hours=2),
             language="ja", title="ナナオ · 민수 · 小明 · 🦀")
assert "PIL" not in sys.modules
bars()
first, began = time.process_time() - began, time.process_time()
for _ in range(10):
    bars()
    heatmap_png(days, first=min(days), last=max(days), language="ja", title="ナナオ")
print(first, (time.process_time() - began) / 20, (kilobytes("VmHWM") - before) / 1024)
"""


class Cost(NamedTuple):
    """What was measured in a process of its own."""

    first: float  # seconds of one core for the first picture, with the import of Pillow
    each: float  # seconds of one core for each of twenty more
    memory: float  # megabytes added, at the peak and not only afterwards


def measure() -> Cost:
    """Draw in a process of its own."""
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", DRAW], cwd=ROOT, check=True, capture_output=True, text=True
    )
    return Cost(*map(float, done.stdout.split()))


def main() -> None:
    """Measure and print."""
    cost = measure()
    print(f"first picture {cost.first * 1000:.0f} ms, each later one {cost.each * 1000:.0f} ms")
    print(f"memory at the peak +{cost.memory:.1f} MB")


if __name__ == "__main__":
    main()

"""How figures are written down, and the machine on which they were taken."""

import platform
from collections.abc import Iterable, Sequence

import psutil


def machine() -> str:
    """Return the machine on which figures are taken."""
    memory = psutil.virtual_memory().total / 2**30
    system, python = platform.system(), platform.python_version()
    return f"{psutil.cpu_count()} cores, {memory:.0f} GiB, {system}, Python {python}"


def percentile(share: float, values: Iterable[float]) -> float:
    """Return the value that such a share of all do not exceed."""
    ordered = sorted(values)
    return ordered[round(share * (len(ordered) - 1))]


def row(*cells: object) -> str:
    """Write one line of a Markdown table."""
    return f"| {' | '.join(map(str, cells))} |"


def table(heads: Sequence[str], rows: Iterable[Sequence[object]] = ()) -> str:
    """Write a Markdown table: names in the first column, numbers in the others."""
    lines = [row(*heads).replace("|  |", "| |", 1), f"|---|{'---:|' * (len(heads) - 1)}"]
    return "\n".join([*lines, *(row(*cells) for cells in rows)])

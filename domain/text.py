"""What people type, made fit to keep."""

import unicodedata
from collections.abc import Iterable

# Overrides of the writing direction would turn the words around them too.
DIRECTIONS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
TASK, NOTE, TIME = 100, 500, 60  # characters, the most that are kept
UNFIT = ("Cc", "Cs")  # control characters (Postgres refuses NUL) and halves of a character


def clean(text: str | None, limit: int) -> str | None:
    """Drop what cannot be kept or shown, and cut at `limit` characters; None if nothing is left."""
    if text is None:
        return None
    fit = "".join(
        " " if character in "\t\r" else character
        for character in text
        if character in "\n\t\r"
        or (unicodedata.category(character) not in UNFIT and character not in DIRECTIONS)
    )
    return fit.strip()[:limit].strip() or None


def one_line(text: str | None, limit: int) -> str | None:
    """Clean a text that is shown within a line."""
    kept = clean(text, len(text)) if text else None
    return clean(" ".join(kept.split()), limit) if kept else None


def task_key(task: str) -> str:
    """Return what every spelling of a task has in common: `Math`, `math` and `ＭＡＴＨ` are one."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", task).casefold())


def distinct_tasks(tasks: Iterable[str]) -> list[str]:
    """Return each task once, as it is spelled first."""
    found: dict[str, str] = {}
    for task in tasks:
        found.setdefault(task_key(task), task)
    return list(found.values())

"""How far a goal has come, as a bar in words."""

from domain.goals import Progress
from i18n import length, say

CELLS = 10


def goal_bar(language: str, progress: Progress, of: str | None = None) -> str:
    """Show a bar with what was done and what was aimed at; full only when it is reached.

    `of` says whose goal it is, or that it is past, where it is not one's own for now.
    """
    full = CELLS if progress.reached else int(CELLS * (progress.done / progress.aim))
    state = "reached" if progress.reached else "going"
    return say(
        language,
        f"goal.{of or progress.goal.per}.{state}",
        bar="▰" * full + "▱" * (CELLS - full),
        done=length(language, progress.done),
        aim=length(language, progress.aim),
    )

"""How every answer looks: the one place that knows all kinds of them."""

from views import (
    breakdown,
    config,
    forms,
    guild,
    leaderboard,
    logbook,
    own_data,
    profile,
    reminders,
    sessions,
    stats,
)
from views.reply import render

__all__ = ["KINDS", "render"]

# Each registers how its answers are shown.
KINDS = (
    sessions,
    guild,
    logbook,
    stats,
    breakdown,
    leaderboard,
    profile,
    config,
    own_data,
    reminders,
    forms,
)

"""Everything that a member asks a database, once: what the bench measures, and tests count."""

from collections.abc import Awaitable, Callable
from typing import Any

from domain.logbook import Inputs
from queries import active, corrections, guilds, leaderboard, logbook, profile, sessions, stats

Ask = Callable[..., Awaitable[Any]]  # what to call, and with what behind the command
PERIODS = ("week", "month", "year", "all")  # a query is told apart by the one it is asked for


async def conversation(ask: Ask) -> None:
    """Ask everything once, each a minute after the one before."""
    begun = await ask(sessions.begin, "数学", None)
    await ask(guilds.working)
    await ask(guilds.completion_data)
    await ask(corrections.ask_to_discard)
    ended = await ask(sessions.end, None, None)
    await ask(corrections.set_note, ended.session.id, "3問解けた")
    fixed = await ask(corrections.fix, ended.session.id, "5m", None)
    await ask(corrections.undo, fixed.change_id)
    begun = await ask(sessions.begin, "math", None)
    discarded = await ask(corrections.discard, begun.session.id)
    await ask(corrections.undo, discarded.change_id)
    begun = await ask(sessions.restart, begun.session.id, None)
    await ask(active.toggle_break)
    await ask(active.resume, begun.started.session.id)
    await ask(active.pause, begun.started.session.id)
    await ask(active.set_task, begun.started.session.id, "読書")
    await ask(sessions.end_named, begun.started.session.id)
    await look_back(ask)


async def look_back(ask: Ask) -> None:
    """Ask for everything that was, and choose what one may choose."""
    await ask(logbook.logbook_page, 1)
    await ask(logbook.logbook)
    added = await ask(logbook.add, Inputs(None, "2m", "1m", "math"))
    edited = await ask(logbook.edit, added.session.id, Inputs("新しい", None, None, "math"))
    await ask(corrections.revert, edited.change_id)
    await ask(logbook.logbook_entry, added.session.id)
    await ask(logbook.delete, added.session.id)
    for period in PERIODS:
        await ask(stats.stats, period)
    await ask(stats.breakdown, "month", 1)
    await ask(leaderboard.leaderboard_page, "month", "time", 1)
    await ask(leaderboard.leaderboard_page, "year", "days", 1)
    await ask(profile.set_goal, "2h", "day")
    await ask(profile.set_group_goal, "100h")
    changed = await ask(profile.set_listed, "yes")
    await ask(profile.restore, changed.change_id)
    await ask(profile.profile)

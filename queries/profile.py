"""What members choose for themselves, and organisers for a server's week.

Every function is one transaction, and writes down what was before, so that it can be undone.
"""

from domain.command import Command
from domain.decisions import profile as decisions
from domain.errors import UserError
from domain.forms import NOT_SHOWN, Shown, Unchanged
from domain.goals import SERVER
from domain.profile import GroupGoal, Profile
from domain.snapshots import Snapshot
from domain.state import State
from models import Guild, Membership
from queries.goals import goals
from queries.history import change_by
from queries.stored_settings import chosen, deletion
from queries.unit_of_work import commit, read
from queries.work_intervals import everybody, this_week, week_of_goal


def profile(command: Command) -> Profile:
    """Show what the member chose."""
    return commit(command, *decisions.profile(read_chosen(command, lock=False), command))


def set_zone(command: Command, text: str | None, shown: Shown = NOT_SHOWN) -> Profile | Unchanged:
    """Set the member's zone; to the server's, if none is said."""
    return commit(command, *decisions.set_zone(read_chosen(command), command, text, shown))


def set_language(command: Command, language: str | None) -> Profile:
    """Answer the member in a language of ours; in that of their Discord without one."""
    return _choose(command, {"language": language})


def set_day_starts(command: Command, text: str | None) -> Profile:
    """Set the hour at which the member's days begin, from 0 to 6; at the server's for `auto`."""
    choice = decisions.parse_day_starts(text)
    return commit(command, *decisions.choose(read_chosen(command), command, "zone", choice))


def set_remind_hours(command: Command, text: str | None) -> Profile:
    """Remind the member after so many hours, or never; as the server has it for `auto`."""
    return _choose(command, decisions.parse_remind_hours(text))


def set_listed(command: Command, text: str | None) -> Profile:
    """Put the member on the server's leaderboard, or take them off it."""
    return _choose(command, {"listed": decisions.parse_yes_no(text)})


def set_private(command: Command, text: str | None) -> Profile:
    """Keep the member out of all posts and lists of the server, or not."""
    return _choose(command, {"private": decisions.parse_yes_no(text)})


def _choose(command: Command, choice: Snapshot) -> Profile:
    return commit(command, *decisions.choose(read_chosen(command), command, "changed", choice))


def read_chosen(command: Command, *, lock: bool = True) -> State:
    """Read what the member chose."""
    who = command.guild_id, command.user_id
    return read(
        command, lock=lock, chosen=chosen(*who), goals=goals(*who), deletion=deletion(who[1])
    )


def set_goal(
    command: Command, text: str | None, per: str | None, shown: Shown = NOT_SHOWN
) -> Profile | Unchanged:
    """Set the member's goal of a day or a week, from today on; `none`: no goal."""
    if per not in decisions.LONGEST:
        raise UserError("unknown_button")
    return commit(command, *decisions.set_goal(read_chosen(command), command, text, per, shown))


def set_group_goal(
    command: Command, text: str | None, shown: Shown = NOT_SHOWN
) -> GroupGoal | Unchanged:
    """Set the server's goal of a week, from today on; `none`: no goal."""
    state = read(
        command,
        lock=True,
        server_goals=goals(command.guild_id, SERVER),
        week=everybody(*this_week(command)),
    )
    return commit(command, *decisions.set_group_goal(state, command, text, shown))


def restore(command: Command, change_id: int) -> Profile | GroupGoal:
    """Take back what the member chose by an interaction, within 24 hours and if it still holds."""
    who = command.guild_id, command.user_id
    state = read(
        command,
        lock=True,
        recorded=change_by(change_id, command.guild_id),
        chosen=chosen(*who),
        deletion=deletion(who[1]),
        goals=goals(*who),
        server_goals=goals(command.guild_id, SERVER),
        week=week_of_goal(*this_week(command), change_id),  # a goal comes back with its progress
    )
    return commit(command, *decisions.restore(state, command))


def guilds_without_posts() -> set[int]:
    """List the servers in which no start and no end is posted."""
    return {row.guild_id for row in Guild.select(Guild.guild_id).where(~Guild.posts)}


def private_members() -> set[tuple[int, int]]:
    """List who is private, and in which servers."""
    rows = Membership.select(Membership.guild_id, Membership.user_id).where(Membership.private)
    return {(row.guild_id, row.user_id) for row in rows}

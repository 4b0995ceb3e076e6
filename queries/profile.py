"""What members choose for themselves, and organisers for a server's week.

Every function is one transaction, and writes down what was before, so that it can be undone.
"""

from datetime import date, timedelta
from typing import Any

from domain import spoken
from domain.command import Command, Preferences
from domain.errors import UserError
from domain.goals import goal_on
from domain.profile import GroupGoal, Profile
from domain.zones import zone
from models import Goal as GoalRow
from models import History, Member, Membership
from queries.goals import SERVER, goals_of
from queries.history import Snapshot, previous_result, recorded, write
from queries.leaderboard import progress_of_server
from queries.preferences import preferences

OWN = ("zone", "language", "day_starts")  # wherever they are
HERE = ("listed", "private")  # in one server
UNDO_FOR = timedelta(hours=24)
LONGEST = {"day": timedelta(days=1), "week": timedelta(weeks=1)}
NONE = frozenset({"0", "none", "off", "なし"})
LANGUAGES = {"ja": "ja", "en-US": "en-US", "auto": None}


def profile(command: Command, **news: Any) -> Profile:
    """Show what the member chose."""
    prefs = preferences(command)
    chosen = snapshot(command)
    goals = goals_of(command.guild_id, command.user_id)
    goal = goal_on(goals, prefs.calendar.day_of(command.at))
    return Profile(prefs, command.at, chosen["zone"], chosen["day_starts"], goal, **news)


def set_zone(command: Command, said: str | None) -> Profile:
    """Let the member live in a zone; in the server's, if none is said."""
    return _choose(command, "zone", zone=zone(said).key if said else None)


def set_language(command: Command, said: str | None) -> Profile:
    """Answer the member in a language; in that of their Discord for `auto`."""
    if said not in LANGUAGES:
        raise UserError("unknown_button")
    return _choose(command, "changed", language=LANGUAGES[said])


def set_day_starts(command: Command, said: str | None) -> Profile:
    """Let the member's days begin at an hour from 0 to 6; at the server's for `auto`."""
    if said not in {*"0123456", "auto"}:
        raise UserError("unknown_button")
    hour = None if said == "auto" else int(said)
    return _choose(command, "zone", day_starts=hour)


def set_listed(command: Command, said: str | None) -> Profile:
    """Put the member on the server's board, or take them off it."""
    return _choose(command, "changed", listed=yes(said))


def set_private(command: Command, said: str | None) -> Profile:
    """Keep the member out of all posts and lists of the server, or not."""
    return _choose(command, "changed", private=yes(said))


def yes(said: str | None) -> bool:
    """Read what a button says; UserError for what none of ours does."""
    if said not in ("yes", "no"):
        raise UserError("unknown_button")
    return said == "yes"


def _choose(command: Command, news: str, **choice: Any) -> Profile:
    done = previous_result(command)
    if done is None:
        before = snapshot(command)
        write(recorded(command, "me", None, before, before | choice))
        _restore(command, before | choice)
    return profile(command, news=news, change_id=command.id)


def snapshot(command: Command) -> Snapshot:
    """Take down what a member chose, everywhere and here."""
    own = Member.get_or_none(Member.user_id == command.user_id)
    here = Membership.get_or_none(
        Membership.guild_id == command.guild_id, Membership.user_id == command.user_id
    )
    return {name: getattr(own, name, None) for name in OWN} | {
        name: bool(getattr(here, name, False)) for name in HERE
    }


def _restore(command: Command, kept: Snapshot) -> None:
    own = {name: kept[name] for name in OWN}
    Member.insert(user_id=command.user_id, **own).on_conflict(
        conflict_target=[Member.user_id], update=own
    ).execute()
    # whoever says so is there
    here = {name: kept[name] for name in HERE} | {"left_at": None}
    Membership.insert(guild_id=command.guild_id, user_id=command.user_id, **here).on_conflict(
        conflict_target=[Membership.guild_id, Membership.user_id], update=here
    ).execute()


def set_goal(command: Command, said: str | None, per: str | None) -> Profile:
    """Let the member mean to work so long a day or a week, from today on; no length: no goal."""
    if per not in LONGEST:
        raise UserError("unknown_button")
    _aim(command, command.user_id, preferences(command), said, per)
    return profile(command, news="changed", change_id=command.id)


def set_group_goal(command: Command, said: str | None) -> GroupGoal:
    """Let the server mean to work so long a week together, from today on; no length: no goal."""
    prefs = preferences(command)
    _aim(command, SERVER, prefs, said, "week")
    return group_goal(command, prefs)


def group_goal(command: Command, prefs: Preferences) -> GroupGoal:
    """Show what the server means to work this week."""
    return GroupGoal(prefs, progress_of_server(command, prefs.server_calendar), command.id)


def _aim(command: Command, whose: int, prefs: Preferences, said: str | None, per: str) -> None:
    calendar = prefs.server_calendar if whose == SERVER else prefs.calendar
    on = calendar.day_of(command.at)
    aim = spoken.length(said) if said and spoken.plain(said) not in NONE else timedelta()
    if whose != SERVER and aim > LONGEST[per]:
        raise UserError("goal.too_long", said=said)
    minutes = min(aim // timedelta(minutes=1), 2**31 - 1)
    if previous_result(command) is None:
        before = _goal_from(command.guild_id, whose, on)
        after = {"whose": whose, "from_on": on.isoformat(), "minutes": minutes, "per": per}
        write(recorded(command, "goal", None, before, after))
        _restore_goal(command.guild_id, after)


def _goal_from(guild_id: int, whose: int, on: date) -> Snapshot:
    """Take down the goal that begins on a day; without minutes if there is none."""
    row = GoalRow.get_or_none(
        GoalRow.guild_id == guild_id, GoalRow.user_id == whose, GoalRow.from_on == on
    )
    known = {"minutes": row.minutes, "per": row.per} if row else {"minutes": None, "per": None}
    return {"whose": whose, "from_on": on.isoformat()} | known


def _restore_goal(guild_id: int, kept: Snapshot) -> None:
    on = date.fromisoformat(kept["from_on"])
    key = {"guild_id": guild_id, "user_id": kept["whose"], "from_on": on}
    if kept["minutes"] is None:
        GoalRow.delete().where(*(getattr(GoalRow, name) == key[name] for name in key)).execute()
        return
    aim = {"minutes": kept["minutes"], "per": kept["per"]}
    GoalRow.insert(**key, **aim).on_conflict(
        conflict_target=[GoalRow.guild_id, GoalRow.user_id, GoalRow.from_on], update=aim
    ).execute()


def restore(command: Command, change_id: int) -> Profile | GroupGoal:
    """Take back what the member chose by an interaction, within 24 hours and if it still holds."""
    done = previous_result(command)
    made = History.get_or_none(
        History.interaction_id == change_id, History.guild_id == command.guild_id
    )
    if made is None or made.session_id is not None or made.before is None:
        raise UserError("unknown_button")
    if made.user_id != str(command.user_id):
        raise UserError("not_yours", name=made.user_name)
    is_goal = "whose" in made.after
    if done is None:
        if command.at - made.created_at > UNDO_FOR:
            raise UserError("undo.too_late")
        _take_back(command, made.before, made.after, is_goal=is_goal)
    if is_goal and made.after["whose"] == SERVER:
        return group_goal(command, preferences(command))
    return profile(command, news="undone", change_id=command.id)


def _take_back(command: Command, before: Snapshot, after: Snapshot, *, is_goal: bool) -> None:
    if is_goal:
        on = date.fromisoformat(after["from_on"])
        now = _goal_from(command.guild_id, after["whose"], on)
    else:
        now = snapshot(command)
    if now != after:
        raise UserError("undo.changed_since")
    write(recorded(command, "undo", None, after, before))
    if is_goal:
        _restore_goal(command.guild_id, before)
    else:
        _restore(command, before)


def private_members() -> set[tuple[int, int]]:
    """List who keeps to themselves, and in which servers."""
    rows = Membership.select(Membership.guild_id, Membership.user_id).where(Membership.private)
    return {(row.guild_id, row.user_id) for row in rows}

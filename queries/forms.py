"""What a form shows when it opens."""

from domain.command import Command
from domain.decisions import forms as decisions
from domain.forms import Form, FormName
from queries import session_rows
from queries.config import read_server
from queries.goals import goals
from queries.unit_of_work import commit, read


def form_contents(command: Command, name: FormName, target: int | None) -> Form:
    """Read what a form shows of a session, or of what is chosen."""
    who = command.guild_id, command.user_id
    if name in ("note", "fix", "task", "edit"):
        state = read(command, named=session_rows.by_id(target, command.guild_id))
    else:
        state = read_server(command, lock=False, goals=goals(*who))
    return commit(command, *decisions.form_contents(state, command, name, target))

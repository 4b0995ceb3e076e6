"""What organisers set for a server; every function is one transaction, and can be undone."""

from collections.abc import Mapping

from database.round_trips import Statement
from domain.command import Command
from domain.config import Config, ConfirmSettings, Page
from domain.decisions import config as decisions
from domain.forms import NOT_SHOWN, Shown
from domain.goals import SERVER
from domain.state import State
from queries.goals import goals
from queries.history import change_by
from queries.stored_settings import chosen, server_settings
from queries.unit_of_work import commit, read


def config_page(command: Command, page: Page = "main") -> Config:
    """Show what holds for the server."""
    return commit(command, *decisions.config(read_server(command, lock=False), command, page))


def change(
    command: Command, typed: Mapping[str, str], *, sure: bool, shown: Shown = NOT_SHOWN
) -> Config | ConfirmSettings:
    """Change settings from now on, those that change numbers only if the organiser is `sure`."""
    state = read_server(command)
    return commit(command, *decisions.change(state, command, typed, sure=sure, shown=shown))


def restore(command: Command, change_id: int) -> Config:
    """Take back what an organiser set by an interaction, within 24 hours and if it still holds."""
    state = read_server(command, recorded=change_by(change_id, command.guild_id))
    return commit(command, *decisions.restore(state, command))


def read_server(command: Command, *, lock: bool = True, **more: Statement) -> State:
    """Read what is set for the server, and what the organiser chose for themselves."""
    guild_id = command.guild_id
    return read(
        command,
        lock="server" if lock else False,  # hours of two organisers must be in order together
        server=server_settings(guild_id),
        server_goals=goals(guild_id, SERVER),
        chosen=chosen(guild_id, command.user_id),
        **more,
    )

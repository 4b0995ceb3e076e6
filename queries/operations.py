"""What whoever runs the bot wants to know of the database."""

from datetime import datetime

from peewee import SQL, fn

from database.round_trips import fetch
from domain.operations import Counts
from models import AUTOMATIC, History, Session, database
from queries.compiled import statement
from queries.reminders import due_times
from queries.session_rows import ACTIVE


def active_sessions() -> int:
    """Count the sessions that are open."""
    # a column that no wide index has: SQLite then reads session_one_open, not all sessions
    return Session.select(fn.COUNT(Session.user_name)).where(*ACTIVE).scalar()


def left_open(now: datetime) -> tuple[int, int]:
    """Return how many sessions are open, and about how many of them something is overdue."""
    late = sum(one.at <= now for one in due_times().values())
    return active_sessions(), late


def counts(today: datetime) -> Counts:
    """Count what is open, and what was done by itself since the day began."""
    ((migration,),) = database.execute_sql("SELECT max(name) FROM migratehistory").fetchall()
    query = (
        History.select(History.cmd, fn.COUNT(SQL("*")).alias("number"))
        .where(SQL(AUTOMATIC), History.created_at >= today)
        .group_by(History.cmd)
    )
    found = fetch({"done": statement(query)})["done"]
    done = {row["cmd"]: row["number"] for row in found}
    return Counts(
        migration=migration or "",
        open=active_sessions(),
        reminders=done.get("remind", 0),
        closes=done.get("timeout", 0),
    )

"""The article's bot: its SQLAlchemy model, and the database that its alembic run makes."""

import shutil
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Literal

import alembic
from alembic import command
from alembic.config import Config
from sqlalchemy import DateTime, String, create_engine, insert, text
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

TEMPLATE = Path(alembic.__file__).parent / "templates" / "generic"

Row = tuple[str, str, str, datetime]  # user_id, user_name, cmd, created_at: naive, and UTC

# finished sessions of eight members
SOME: list[Row] = [
    (str(user), f"member {user}", cmd, datetime(2024, 5, day, 9 + (cmd == "end")))  # noqa: DTZ001  naive, as there
    for user in range(1, 9)
    for day in range(1, 9)
    for cmd in ("start", "end")
]


class Base(DeclarativeBase):
    pass


class History(Base):
    __tablename__ = "history"

    user_id: Mapped[str] = mapped_column(String(19), primary_key=True)
    user_name: Mapped[str]
    cmd: Mapped[Literal["start", "end"]] = mapped_column(primary_key=True)
    created_at: Mapped[datetime] = mapped_column(DateTime, primary_key=True)


def address(url: str) -> str:
    """Spell a URL as SQLAlchemy and the article do."""
    return url.replace("postgresql://", "postgresql+psycopg2://")


def make_database(url: str, folder: Path) -> None:
    """Do what the article says: alembic init, revision --autogenerate, upgrade head."""
    (folder / "versions").mkdir(parents=True)
    shutil.copy(TEMPLATE / "script.py.mako", folder)
    source = (TEMPLATE / "env.py").read_text()
    wanted = "target_metadata = None"
    assert wanted in source
    target = 'target_metadata = config.attributes["metadata"]'
    (folder / "env.py").write_text(source.replace(wanted, target))
    config = Config(attributes={"metadata": Base.metadata})
    config.set_main_option("script_location", str(folder))
    config.set_main_option("path_separator", "os")
    config.set_main_option("sqlalchemy.url", address(url).replace("%", "%%"))
    command.revision(config, "create history", autogenerate=True)
    command.upgrade(config, "head")


def write(url: str, rows: Iterable[Row]) -> None:
    """Insert rows through the article's model."""
    engine = create_engine(address(url))
    with Session(engine) as session:
        session.execute(insert(History), dictionaries(rows))
        session.commit()
    engine.dispose()


def write_freely(url: str, rows: Iterable[Row]) -> None:
    """Insert rows that the model would refuse, past it."""
    engine = create_engine(address(url))
    with engine.begin() as connection:
        statement = "INSERT INTO history VALUES (:user_id, :user_name, :cmd, :created_at)"
        connection.execute(text(statement), dictionaries(rows))
    engine.dispose()


def dictionaries(rows: Iterable[Row]) -> list[dict[str, object]]:
    names = ("user_id", "user_name", "cmd", "created_at")
    return [dict(zip(names, row, strict=True)) for row in rows]


def count(url: str) -> int:
    """Count the rows through the article's model."""
    engine = create_engine(address(url))
    with Session(engine) as session:
        found = session.query(History).count()
    engine.dispose()
    return found

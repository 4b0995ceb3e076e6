"""The bot's road to a database, the operator's, and a database that the article's bot left."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

import models
from database import startup
from devtools.postgres import PostgresServer
from tests.migrations import article
from tests.migrations.project import Project
from tests.support.settings import settings_for

Prepare = Callable[..., None]


@pytest.fixture
def prepare() -> Iterator[Prepare]:
    """What the bot does at its start to the database at a URL."""
    before = models.database.obj

    def prepared(url: str, **changed: Any) -> None:
        startup.prepare(settings_for(url, **changed))

    yield prepared
    models.database.initialize(before)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project.copied_to(tmp_path / "project")


@pytest.fixture
def folder(project: Project, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of migrations to spoil; the bot reads them from there."""
    monkeypatch.setattr(startup, "PROJECT", project.root)
    return project.migrations


@pytest.fixture(params=["bot", "pw_migrate"])
def migrate(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Migrate the database at a URL, by the bot and by the operator's command."""
    if request.param == "bot":
        return request.getfixturevalue("prepare")
    project: Project = request.getfixturevalue("project")
    return lambda url: void(project.pw_migrate("migrate", url=url))


def void(_: object) -> None:
    """Forget what a command said."""


@pytest.fixture(scope="session")
def article_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file as the article's alembic makes it, to copy."""
    folder = tmp_path_factory.mktemp("article")
    article.make_database(f"sqlite:///{folder / 'article.db'}", folder / "alembic")
    return folder / "article.db"


@pytest.fixture(scope="session")
def article_template(postgres: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The name of a Postgres database as the article's alembic makes it, to copy."""
    url = postgres.create_database()
    article.make_database(url, tmp_path_factory.mktemp("article") / "alembic")
    return name_in(url)


def name_in(url: str) -> str:
    return urlsplit(url).path.lstrip("/")


@pytest.fixture
def article_url(database_url: str, request: pytest.FixtureRequest) -> str:
    """The URL of a database that the article's alembic made; nothing is in it yet."""
    if database_url.startswith("sqlite"):
        shutil.copy(
            request.getfixturevalue("article_file"), database_url.removeprefix("sqlite:///")
        )
        return database_url
    server: PostgresServer = request.getfixturevalue("postgres")
    template = request.getfixturevalue("article_template")
    server.drop_database(database_url)
    server.execute(f'CREATE DATABASE "{name_in(database_url)}" TEMPLATE "{template}"')
    return database_url


@pytest.fixture
def fresh_url(database_url: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of another empty database of the same kind, to compare with."""
    if database_url.startswith("sqlite"):
        yield f"sqlite:///{tmp_path / 'fresh.db'}"
        return
    server = request.getfixturevalue("postgres")
    url = server.create_database()
    yield url
    server.drop_database(url)

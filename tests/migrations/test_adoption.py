"""A database that the article's bot made is taken over whole, on the same road as a fresh one."""

import time
from datetime import UTC, datetime, timedelta

import pytest

from database import startup
from tests.migrations import article
from tests.migrations.cases import CASES, before
from tests.migrations.catalog import contents_of, execute, rows_of, schema_of
from tests.migrations.project import NAMES as MIGRATIONS

COLUMNS = ("user_id", "user_name", "cmd", "created_at")
NEW = ("interaction_id", "guild_id", "session_id", "before", "after")
SESSION = ("user_id", "started_at", "ended_at")
FOREVER = datetime(2021, 2, 3, 4, 5, 6)  # noqa: DTZ001  what SQLAlchemy is given has no zone

NAMES = (
    "ナナオ",
    'O\'Neil "the; DROP TABLE history; --" \\',
    "",
    " spaces around ",
    "👩‍👩‍👧‍👦 עברית e\u0301 \u202e",
    "NULL",
    "x" * 2000,
    "two\nlines\tand a tab",
)


def now() -> datetime:
    return datetime.now(UTC)


def naive(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(tzinfo=None)


def member(number: int) -> str:
    return str(10**18 + number)


def spelled(url: str, at: datetime | None) -> str:
    """Spell a moment as the database does when it is asked for a text."""
    if at is None:
        return "NULL"
    if url.startswith("sqlite"):
        return f"'{naive(at).isoformat(sep=' ', timespec='microseconds')}'"
    text = naive(at).isoformat(sep=" ")
    return f"'{text.rstrip('0') if '.' in text else text}'"


def number(url: str, text: str) -> str:
    """Spell a whole number: SQLite quotes texts alone."""
    return text if url.startswith("sqlite") else f"'{text}'"


def strange_rows() -> list[article.Row]:
    """Rows whose every byte matters: odd names, and moments with and without a fraction."""
    moments = [FOREVER + timedelta(days=n, microseconds=n % 3 * 500_000) for n in range(len(NAMES))]
    return [
        (member(n), name, cmd, at + timedelta(hours=cmd == "end"))
        for n, (name, at) in enumerate(zip(NAMES, moments, strict=True))
        for cmd in ("start", "end")
    ]


def test_every_row_and_the_schema(article_url, fresh_url, migrate, prepare):
    article.write(article_url, strange_rows())
    history = rows_of(article_url, "history", *COLUMNS)
    alembic = contents_of(article_url)["schema"]["tables"]["alembic_version"]
    version = rows_of(article_url, "alembic_version")
    migrate(article_url)

    assert rows_of(article_url, "history", *COLUMNS) == history
    assert set(rows_of(article_url, "history", *NEW)) == {("NULL",) * len(NEW)}
    assert contents_of(article_url)["schema"]["tables"]["alembic_version"] == alembic
    assert rows_of(article_url, "alembic_version") == version
    prepare(fresh_url)
    assert schema_of(article_url) == schema_of(fresh_url)

    names = [name for (name,) in rows_of(article_url, "session", "user_name")]
    assert names == sorted(name for _, name, cmd, _ in history_of(history) if cmd == "'end'")
    assert {server for (server,) in rows_of(article_url, "session", "guild_id")} == {
        number(article_url, "0")
    }


def history_of(rows: list[tuple[str, ...]]) -> list[tuple[str, str, str, str]]:
    return [(row[0], row[1], row[2], row[3]) for row in rows]


def test_sessions_by_the_rules(article_url, prepare, caplog):
    moment = now()
    rows = [
        (member(n), case.name, cmd, naive(before(moment, seconds)))
        for n, case in enumerate(CASES)
        for cmd, seconds in case.rows
    ]
    article.write(article_url, rows)
    caplog.set_level("INFO", "migrations")
    prepare(article_url)

    assert rows_of(article_url, "session", *SESSION) == sorted(
        (
            number(article_url, member(n)),
            spelled(article_url, before(moment, start)),
            spelled(article_url, None if end is None else before(moment, end)),
        )
        for n, case in enumerate(CASES)
        for start, end in case.sessions
    )
    sessions = sum(len(case.sessions) for case in CASES)
    unpaired = sum(case.unpaired for case in CASES)
    assert caplog.messages == [
        f"adopted {len(rows)} rows: {sessions} sessions, {unpaired} unpaired"
    ]


def test_a_session_bears_the_name_its_member_has_at_its_end(article_url, prepare):
    start, end = naive(now() - timedelta(hours=2)), naive(now() - timedelta(hours=1))
    article.write(article_url, [("1", "old", "start", start), ("1", "new", "end", end)])
    prepare(article_url)
    assert rows_of(article_url, "session", "user_name") == [("'new'",)]


@pytest.mark.parametrize(
    ("commands", "told"),
    [({"pau": 3}, "'pau' (3 rows)"), ({"Start": 1, "x": 2}, "'Start' (1 rows), 'x' (2 rows)")],
)
def test_another_command_refuses_the_migration(article_url, prepare, commands, told):
    rows = [("1", "a", "start", FOREVER), ("1", "a", "end", FOREVER)]
    rows += [
        ("2", "b", cmd, FOREVER + timedelta(minutes=n))
        for cmd, count in commands.items()
        for n in range(count)
    ]
    article.write_freely(article_url, rows)
    untouched = contents_of(article_url)
    with pytest.raises(startup.DatabaseUnusable) as refusal:
        prepare(article_url)
    said = str(refusal.value)
    assert "002_sessions.py" in said
    assert told in said
    assert "\n" not in said
    assert contents_of(article_url) == untouched


def test_a_rollback_leaves_the_history_it_found(article_url, project):
    article.write(article_url, strange_rows())
    history = rows_of(article_url, "history")
    said = project.pw_migrate("migrate", url=article_url)
    assert f"adopted {len(history)} rows: {len(NAMES)} sessions, 0 unpaired" in said
    sessions = rows_of(article_url, "session")
    project.pw_migrate("rollback", "--count", str(len(MIGRATIONS)), url=article_url)
    assert set(schema_of(article_url)["tables"]) == {"history"}
    assert rows_of(article_url, "history") == history

    # the article's bot goes on with it, and so does ours again
    moment = FOREVER + timedelta(days=99)
    article.write(article_url, [("9", "i", "start", moment)])
    assert article.count(article_url) == len(history) + 1
    project.pw_migrate("migrate", url=article_url)
    assert rows_of(article_url, "session") == sessions


MANY = """
INSERT INTO history WITH RECURSIVE numbers (n) AS
    (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n < {last})
SELECT 1000000 + n % 500, 'member', CASE n / 500 % 2 WHEN 0 THEN 'start' ELSE 'end' END, {moment}
FROM numbers"""
MOMENTS = {
    "sqlite": "strftime('%Y-%m-%d %H:%M:%f000', '2022-01-01', (n * 7) || ' seconds')",
    "postgresql": "timestamp '2022-01-01' + n * interval '7 seconds'",
}


@pytest.mark.parametrize("rows", [10_000, pytest.param(50_000, marks=pytest.mark.long)])
def test_a_large_history_takes_seconds(article_url, prepare, rows):
    moment = MOMENTS[article_url.partition(":")[0]]
    execute(article_url, MANY.format(moment=moment, last=rows - 1))
    begun = time.process_time()  # what others do meanwhile on the machine is no slowness of ours
    prepare(article_url)
    took = time.process_time() - begun
    assert len(rows_of(article_url, "session", "id")) == rows // 2
    assert took < 5 + rows / 5000, f"{took:.1f} s"


@pytest.mark.parametrize(
    ("columns", "told"),
    [
        ("user_id TEXT, at DATE", "it has no cmd, created_at, user_name; it has at besides"),
        (
            "user_id TEXT, user_name TEXT, cmd TEXT, created_at DATE, task TEXT",
            "it has task besides",
        ),
    ],
)
def test_another_history_is_refused(database_url, prepare, columns, told):
    execute(database_url, f"CREATE TABLE history ({columns})")
    untouched = contents_of(database_url)
    with pytest.raises(startup.DatabaseUnusable, match=f"001_create_initial_table.py: .*{told}"):
        prepare(database_url)
    assert contents_of(database_url) == untouched


@pytest.mark.parametrize("user_id", ["nanao", "", "-1", "9" * 19])
def test_whoever_has_no_discord_id_is_named(article_url, prepare, user_id):
    article.write(article_url, [*strange_rows(), (user_id, "a", "start", FOREVER)])
    untouched = contents_of(article_url)
    with pytest.raises(
        startup.DatabaseUnusable, match=r"history\.user_id must be a Discord id"
    ) as refusal:
        prepare(article_url)
    assert repr(user_id) in str(refusal.value)
    assert contents_of(article_url) == untouched

"""What a keeper may write into the environment and `.env`, and how it is told what will not do."""

import itertools
import logging
import re
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from main import SecretFormatter
from settings import (
    DEFAULT_DATABASE,
    FOREIGN,
    HOW_TO_BEGIN,
    PROJECT,
    Settings,
    SettingsError,
    database_address,
    database_setting,
    load,
    without_password,
)

TOKEN = "MTIzNDU2.Gabcde.top-secret-token"
NAMES = (
    *("DISCORD_TOKEN", "DATABASE_URL", "PORT", "DEFAULT_TIMEZONE", "DEFAULT_LANGUAGE"),
    *("HOME_GUILD", "LOG_LEVEL", "TEST_GUILDS", "MIGRATE", "DISCORD_API_URL"),
    *("SHARD_COUNT", "SHARD_IDS", "FONT_PATH", "CLOCK_FILE"),
)
NEON = (
    "postgresql://nanao:p%40ss%2Fword@ep-cool-sea-a1b2c3-pooler.ap-southeast-1.aws.neon.tech"
    "/neondb?sslmode=require&channel_binding=require"
)


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*NAMES, *FOREIGN):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / ".env"


def loaded(file: Path, *lines: str, token: str = TOKEN) -> Settings:
    file.write_text("\n".join((f"DISCORD_TOKEN={token}", *lines)), encoding="utf-8")
    return load(file)


def faults(file: Path, *lines: str) -> list[str]:
    with pytest.raises(SettingsError) as raised:
        loaded(file, *lines)
    headline, *found = str(raised.value).splitlines()
    assert headline == "Cannot use these settings:"
    return found


def test_with_a_token_alone_everything_else_has_its_default(file):
    settings = loaded(file)
    assert settings == Settings(
        token=TOKEN,
        database_url=f"sqlite:///{PROJECT}/mokumoku.db",
        port=None,
        zone=ZoneInfo("Asia/Tokyo"),
        language="ja",
        home_guild=None,
        log_level="INFO",
        test_guilds=None,
        migrate=True,
        discord_api_url=None,
        shard_count=None,
        shard_ids=None,
        ignored=(),
    )


@pytest.mark.parametrize(
    ("line", "name", "value"),
    [
        ("PORT=8080", "port", 8080),
        ("PORT=1", "port", 1),
        ("PORT=65535", "port", 65535),
        ("DEFAULT_TIMEZONE=America/New_York", "zone", ZoneInfo("America/New_York")),
        ("DEFAULT_TIMEZONE=UTC", "zone", ZoneInfo("UTC")),
        ("DEFAULT_LANGUAGE=en-US", "language", "en-US"),
        ("DEFAULT_LANGUAGE=en", "language", "en-US"),
        ("DEFAULT_LANGUAGE=en_GB", "language", "en-US"),
        ("DEFAULT_LANGUAGE=JA", "language", "ja"),
        ("DEFAULT_LANGUAGE=ja_JP", "language", "ja"),
        ("HOME_GUILD=81384788765712384", "home_guild", 81384788765712384),
        ("LOG_LEVEL=debug", "log_level", "DEBUG"),
        ("TEST_GUILDS=81384788765712384", "test_guilds", (81384788765712384,)),
        (
            "TEST_GUILDS=81384788765712384, 81384788765712385",
            "test_guilds",
            (81384788765712384, 81384788765712385),
        ),
        ("MIGRATE=off", "migrate", False),
        ("MIGRATE=False", "migrate", False),
        ("MIGRATE=0", "migrate", False),
        ("MIGRATE=On", "migrate", True),
        (
            "DISCORD_API_URL=http://127.0.0.1:8080/api/v10/",
            "discord_api_url",
            "http://127.0.0.1:8080/api/v10",
        ),
        ("SHARD_COUNT=4", "shard_count", 4),
        ("SHARD_COUNT=4\nSHARD_IDS=0,3", "shard_ids", (0, 3)),
        ("SHARD_COUNT=4\nSHARD_IDS=0 1", "shard_ids", (0, 1)),
    ],
)
def test_each_setting_is_read(file, line, name, value):
    assert getattr(loaded(file, line), name) == value


@pytest.mark.parametrize("blank", ["", "   ", '""', "''", "  # nothing here", '"  "'])
def test_a_blank_setting_is_a_missing_one(file, blank):
    missing = loaded(file)
    for name in NAMES[1:]:
        assert loaded(file, f"{name}={blank}") == missing, name


@pytest.mark.parametrize("blank", ["", "  ", '""'])
def test_a_blank_token_is_a_missing_one(file, blank):
    with pytest.raises(SettingsError) as raised:
        loaded(file, token=blank)
    assert str(raised.value) == HOW_TO_BEGIN


def test_without_a_token_three_lines_say_where_to_get_one(file):
    with pytest.raises(SettingsError) as raised:
        load(file)  # there is no file at all
    lines = str(raised.value).splitlines()
    assert len(lines) == 3
    assert "https://discord.com/developers/applications" in lines[0]
    assert "make demo" in lines[2]


def test_the_environment_is_stronger_than_the_file(file, monkeypatch):
    monkeypatch.setenv("PORT", "9000")
    assert loaded(file, "PORT=8000").port == 9000


def test_a_variable_that_a_host_leaves_blank_means_the_default_and_hides_the_file(
    file, monkeypatch
):
    # `make demo` and `make test` keep a real `.env` out in this way
    for name in NAMES:
        monkeypatch.setenv(name, "")
    monkeypatch.setenv("DISCORD_TOKEN", "another-token")
    settings = loaded(file, "PORT=8000", "HOME_GUILD=81384788765712384", f"DATABASE_URL={NEON}")
    assert (settings.token, settings.port, settings.home_guild) == ("another-token", None, None)
    assert settings.database_url == DEFAULT_DATABASE


@pytest.mark.parametrize(
    "line",
    [
        "PORT=8080",
        "PORT = 8080",
        'PORT="8080"',
        "PORT='8080'",
        'PORT=" 8080 "',
        "PORT=8080 # the host gives it",
        "PORT=8080\t# the host gives it",
        'PORT="8080" # the host gives it',
        "export PORT=8080",
        "export  PORT = '8080' # the host gives it",
        "# PORT=1\nPORT=8080",
        "PORT=8080\r",
    ],
)
def test_every_usual_way_to_write_a_line_is_understood(file, line):
    assert loaded(file, line).port == 8080


def test_a_byte_order_mark_is_no_part_of_the_first_name(file):
    file.write_text(f"DISCORD_TOKEN={TOKEN}\n", encoding="utf-8-sig")
    assert load(file).token == TOKEN


def test_a_file_in_another_encoding_is_told_in_plain_words(file):
    file.write_bytes("# トークン\nDISCORD_TOKEN=x".encode("shift_jis"))
    with pytest.raises(SettingsError, match="must be saved as UTF-8"):
        load(file)


def test_a_hash_within_a_value_belongs_to_it(file):
    assert loaded(file, token="abc#def").token == "abc#def"


def test_all_faults_are_told_at_once_in_plain_words(file):
    assert faults(
        file,
        "DATABASE_URL=mysql://localhost/x",
        "PORT=70000",
        "DEFAULT_TIMEZONE=Tokyo",
        "DEFAULT_LANGUAGE=tlh",
        "HOME_GUILD=my server",
        "LOG_LEVEL=loud",
        "TEST_GUILDS=81384788765712384,12",
        "MIGRATE=maybe",
        "DISCORD_API_URL=localhost:8080",
        "SHARD_COUNT=0",
        "SHARD_IDS=1_0",
    ) == [
        "DATABASE_URL must begin with sqlite:/// or postgresql://",
        "PORT must lie between 1 and 65535, or be empty for no health check",
        "DEFAULT_TIMEZONE does not know the zone 'Tokyo'; write it like Asia/Tokyo",
        "DEFAULT_LANGUAGE must be ja or en-US",
        "HOME_GUILD must be a whole number",
        "LOG_LEVEL must be DEBUG, INFO, WARNING or ERROR",
        "TEST_GUILDS must be a server's id: developer mode, right click the server, Copy ID",
        "MIGRATE must be on or off",
        "DISCORD_API_URL must be an address like http://127.0.0.1:8080/api/v10",
        "SHARD_COUNT must be at least 1",
        "SHARD_IDS must be a whole number",
    ]


@pytest.mark.parametrize("token", ["two words", "a\tb", "トークン", "a\nb"])
def test_a_token_that_no_header_takes_is_refused_without_repeating_it(file, monkeypatch, token):
    monkeypatch.setenv("DISCORD_TOKEN", token)
    with pytest.raises(SettingsError, match="DISCORD_TOKEN must be one word") as raised:
        load(file)
    assert token not in str(raised.value)
    assert "is not set" not in str(raised.value)


def test_an_address_for_discord_has_no_password_in_it(file):
    (fault,) = faults(file, "DISCORD_API_URL=http://nanao:hush-hush@localhost/api/v10")
    assert "must have no user and no password" in fault
    assert "hush-hush" not in fault


def test_a_missing_token_is_told_beside_the_other_faults(file):
    file.write_text("PORT=no\nMIGRATE=maybe\n")
    with pytest.raises(SettingsError) as raised:
        load(file)
    assert str(raised.value).splitlines()[1:] == [
        "DISCORD_TOKEN is not set",
        "PORT must be a whole number",
        "MIGRATE must be on or off",
    ]


@pytest.mark.parametrize("port", ["0", "-1", "65536", "８０８０", "80.0", "8_0", "http"])
def test_no_port_but_a_port(file, port):
    (fault,) = faults(file, f"PORT={port}")
    assert fault.startswith("PORT must ")


@pytest.mark.parametrize(
    ("lines", "fault"),
    [
        (["SHARD_IDS=0"], "SHARD_IDS needs SHARD_COUNT beside it"),
        (["SHARD_COUNT=2", "SHARD_IDS=0,2"], "SHARD_IDS must be below SHARD_COUNT (2)"),
        (["SHARD_COUNT=2", "SHARD_IDS=,"], "SHARD_IDS must be different numbers, for example 0,1"),
        (
            ["SHARD_COUNT=2", "SHARD_IDS=1,1"],
            "SHARD_IDS must be different numbers, for example 0,1",
        ),
    ],
)
def test_shards_must_not_contradict_each_other(file, lines, fault):
    assert faults(file, *lines) == [fault]


def test_keys_of_the_article_are_named_as_ignored(file):
    settings = loaded(file, "DISCORD_CHANNEL_ID=123", "DISCORD_GUILD_ID=", "DISCORD_BOT_TOKEN=x")
    assert settings.ignored == ("DISCORD_CHANNEL_ID", "DISCORD_BOT_TOKEN")


@pytest.mark.parametrize(
    ("pasted", "address"),
    [
        (NEON, NEON),
        (f"psql '{NEON}'", NEON),
        (f'psql "{NEON}"', NEON),
        (f"psql {NEON}", NEON),
        (f"  {NEON}\n", NEON),
        ("postgres://u:p@host/db", "postgresql://u:p@host/db"),
        ("postgresql+psycopg2://u:p@host:5433/db", "postgresql://u:p@host:5433/db"),
        ("POSTGRES://u:p@host/db", "postgresql://u:p@host/db"),
        ("postgresql+psycopg://u:p@host/db", "postgresql://u:p@host/db"),
        ("postgresql:///db?host=/var/run/postgresql", "postgresql:///db?host=/var/run/postgresql"),
        ("postgresql://u:p@ss@host/db", "postgresql://u:p@ss@host/db"),
        ("postgresql://u:p@[::1]:5432/db", "postgresql://u:p@[::1]:5432/db"),
        ("sqlite:///mokumoku.db", f"sqlite:///{PROJECT}/mokumoku.db"),
        ("sqlite:///kept/here.db", f"sqlite:///{PROJECT}/kept/here.db"),
        ("sqlite:////var/lib/mokumoku.db", "sqlite:////var/lib/mokumoku.db"),
        ("sqlite+pysqlite:///mokumoku.db", f"sqlite:///{PROJECT}/mokumoku.db"),
    ],
)
def test_what_people_paste_becomes_one_address(pasted, address):
    assert database_address(pasted) == address


def test_a_relative_file_is_relative_to_the_project_wherever_the_process_was_started(
    file, monkeypatch
):
    monkeypatch.chdir(file.parent)
    assert loaded(file, "DATABASE_URL=sqlite:///x.db").database_url == f"sqlite:///{PROJECT}/x.db"
    assert database_setting(file.parent / "none") == f"sqlite:///{PROJECT}/mokumoku.db"


NO_ADDRESS = "is no address; in a password, write %2F for /, %3F for ? and %23 for #"


@pytest.mark.parametrize(
    ("address", "fault"),
    [
        ("mokumoku.db", "must begin with sqlite:/// or postgresql://"),
        ("mysql://u:p@host/db", "must begin with sqlite:/// or postgresql://"),
        ("sqlite://", "needs a file, for example sqlite:///mokumoku.db"),
        ("sqlite:///", "needs a file, for example sqlite:///mokumoku.db"),
        ("sqlite:///:memory:", "needs a file, for example sqlite:///mokumoku.db"),
        (
            "postgresql://u:sesame@host",
            "names no database after the host, as in postgresql://user:…@host/neondb",
        ),
        ("postgresql://u:ses/ame@host/db", NO_ADDRESS),
        ("postgresql://u:123/ame@host/db", NO_ADDRESS),
        ("postgresql://u:ses?ame@host/db", NO_ADDRESS),
        ("postgresql://u:ses#ame@host/db", NO_ADDRESS),
        ("postgresql://u:[sesame@host/db", NO_ADDRESS),
        ("postgresql://u:sesame@host:port/db", NO_ADDRESS),
    ],
)
def test_what_is_no_address_is_refused_without_repeating_it(file, address, fault):
    assert faults(file, f"DATABASE_URL={address}") == [f"DATABASE_URL {fault}"]


def test_migrating_alone_needs_no_token_and_tells_its_own_fault(file):
    file.write_text(f"DATABASE_URL={NEON}\nPORT=no\n")
    assert database_setting(file) == NEON
    file.write_text("DATABASE_URL=mysql://u:sesame@host/db\n")
    with pytest.raises(SettingsError, match=r"^DATABASE_URL must begin with") as raised:
        database_setting(file)
    assert "sesame" not in str(raised.value)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://nanao:open-sesame@host/db",
        "postgresql://nanao:open%2Dsesame@host/db",
        "postgresql://host/db?user=nanao&password=open-sesame",
        "postgresql://host/db?user=nanao&password=open%2Dsesame",
    ],
)
def test_neither_token_nor_password_shows_anywhere(file, url):
    settings = loaded(file, f"DATABASE_URL={url}")
    assert settings.database == "postgresql://host/db"
    shown = f"{settings!r} {settings} {settings.database}"
    record = logging.LogRecord("x", 20, "x", 1, "%s %s", (url, f"open-sesame {TOKEN}"), None)
    shown += SecretFormatter(settings.secrets).format(record)
    assert "sesame" not in shown
    assert TOKEN not in shown


def test_a_trace_in_the_log_shows_no_secret_either(file):
    settings = loaded(file, f"DATABASE_URL={NEON}")
    try:
        raise ValueError(f"cannot open {NEON} nor p@ss/word with {TOKEN}")
    except ValueError as error:
        trouble = (ValueError, error, error.__traceback__)
    record = logging.LogRecord("x", 40, "x", 1, "failed", (), trouble)
    text = SecretFormatter(settings.secrets).format(record)
    assert "cannot open" in text
    for secret in (TOKEN, "p@ss/word", "p%40ss%2Fword"):
        assert secret not in text


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        (NEON, "postgresql://ep-cool-sea-a1b2c3-pooler.ap-southeast-1.aws.neon.tech/neondb"),
        ("postgresql://u:p@ss@host:5433/db?password=x", "postgresql://host:5433/db"),
        ("postgresql:///db?host=/tmp/pg&password=x", "postgresql:///tmp/pg/db"),
        ("sqlite:////srv/mokumoku.db", "sqlite:////srv/mokumoku.db"),
    ],
)
def test_where_a_database_is_can_be_told_without_what_opens_it(url, shown):
    assert without_password(url) == shown


def test_the_example_has_every_setting_with_a_comment_and_nothing_else():
    lines = (PROJECT / ".env.example").read_text(encoding="utf-8").splitlines()
    written = {
        line.partition("=")[0]: before
        for before, line in itertools.pairwise(lines)
        if line and not line.startswith("#")
    }
    source = (PROJECT / "settings.py").read_text(encoding="utf-8")
    read = set(re.findall(r'reader\.\w+\("([A-Z_]+)"', source))
    assert set(NAMES) <= read
    assert set(written) == read - {"CLOCK_FILE"}  # for the sandbox and the tests, not for keepers
    assert all(comment.startswith("# ") for comment in written.values())


def test_the_example_needs_but_a_token(file):
    example = (PROJECT / ".env.example").read_text(encoding="utf-8")
    with pytest.raises(SettingsError) as raised:
        load(PROJECT / ".env.example")
    assert str(raised.value) == HOW_TO_BEGIN
    file.write_text(example.replace("DISCORD_TOKEN=", f"DISCORD_TOKEN={TOKEN}"), encoding="utf-8")
    assert load(file).token == TOKEN

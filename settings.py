"""The environment and `.env`, read once into a frozen value."""

import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlsplit
from zoneinfo import ZoneInfo, available_timezones

from decouple import Config, RepositoryEmpty, RepositoryEnv

from i18n import LANGUAGES, short

T = TypeVar("T")

PROJECT = Path(__file__).resolve().parent
VERSION: str = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"][
    "version"
]
DEFAULT_DATABASE = f"sqlite:///{PROJECT / 'mokumoku.db'}"
# What the article's bot read and this one does not need: named as ignored at start.
FOREIGN = ("DISCORD_CHANNEL_ID", "DISCORD_GUILD_ID", "DISCORD_BOT_TOKEN")

HOW_TO_BEGIN = (
    "DISCORD_TOKEN is not set: make a bot at https://discord.com/developers/applications, "
    "tab Bot, Reset Token,\n"
    "then write it into the file .env in this folder: DISCORD_TOKEN=...\n"
    "To try the bot without Discord, run: make demo (it needs no token)."
)


class SettingsError(Exception):
    """One or more settings cannot be used; the text says which and what would do, for people."""


@dataclass(frozen=True, slots=True)
class Settings:
    """All that an operator may set; the token and the database's password never show in a repr."""

    token: str = field(repr=False)
    database_url: str = field(repr=False)
    port: int | None
    zone: ZoneInfo
    language: str
    home_guild: int | None
    log_level: str
    test_guilds: tuple[int, ...] | None
    migrate: bool
    discord_api_url: str | None
    shard_count: int | None
    shard_ids: tuple[int, ...] | None
    font_path: Path | None = None
    clock_file: Path | None = None  # for the sandbox and the tests alone
    ignored: tuple[str, ...] = ()

    @property
    def database(self) -> str:
        """The database without its password and without what its query may hide."""
        return without_password(self.database_url)

    @property
    def secrets(self) -> tuple[str, ...]:
        """Everything that must not be shown anywhere, as it is written and as it is meant."""
        in_query = re.search(r"[?&]password=([^&]*)", self.database_url)
        password = urlsplit(self.database_url).password or (in_query[1] if in_query else "")
        found = (self.token, password, unquote(password))
        return tuple(secret for secret in found if len(secret) > 3)


def without_password(url: str) -> str:
    """Show where a database is, and nothing that opens it."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    socket = dict(parse_qsl(parts.query)).get("host", "")
    return f"{parts.scheme}://{host or quote(socket)}{parts.path}"


def database_address(text: str) -> str:
    """Bring what people paste into one form; a relative SQLite path is relative to the project.

    Knows Neon's strings, `postgres://`, SQLAlchemy's `postgresql+psycopg2://` and `psql '…'`.
    Raises ValueError with a sentence for people.
    """
    pasted = re.fullmatch(r"psql\s+(['\"]?)(.+)\1", text.strip())
    url = pasted[2] if pasted else text.strip()
    parts = _parts(url)
    scheme = parts.scheme.lower().partition("+")[0]
    if scheme == "sqlite":
        path = url.partition("://")[2].removeprefix("/")
        if not path or path == ":memory:":
            raise ValueError("needs a file, for example sqlite:///mokumoku.db")
        return f"sqlite:///{PROJECT / path}"
    if scheme not in ("postgres", "postgresql"):
        raise ValueError("must begin with sqlite:/// or postgresql://")
    if len(parts.path) < 2:
        raise ValueError("names no database after the host, as in postgresql://user:…@host/neondb")
    return f"postgresql{url[len(parts.scheme) :]}"


def _parts(url: str) -> SplitResult:
    """Take an address apart, unless what stands in its password cuts it off too early."""
    refusal = "is no address; in a password, write %2F for /, %3F for ? and %23 for #"
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018  reading it is the check
    except ValueError:  # its text would show the password
        raise ValueError(refusal) from None
    if parts.netloc and "@" not in parts.netloc and "@" in url:
        raise ValueError(refusal)
    return parts


class _Reader:
    """Reads one variable after another and collects what is wrong with them."""

    def __init__(self, file: Path) -> None:
        repository = RepositoryEmpty()
        if file.is_file():
            try:
                repository = RepositoryEnv(file, encoding="utf-8-sig")
            except UnicodeDecodeError:
                raise SettingsError(f"{file.name} must be saved as UTF-8") from None
            repository.data = {
                key.removeprefix("export ").strip(): re.sub(r"(^|\s)#.*$", "", value)
                for key, value in repository.data.items()
            }
        self.config = Config(repository)
        self.errors: list[str] = []

    def text(self, name: str) -> str | None:
        # hosts define variables and leave them empty: blank is missing here (decouple: defined)
        value = str(self.config(name, default="")).strip()
        if len(value) > 1 and value[0] == value[-1] and value[0] in "'\"":
            value = value[1:-1].strip()
        return value or None

    def value(self, name: str, default: T, cast: Callable[[str], T]) -> T:
        text = self.text(name)
        if text is None:
            return default
        try:
            return cast(text)
        except ValueError as error:
            self.errors.append(f"{name} {error}")
            return default


def load(file: Path = PROJECT / ".env") -> Settings:
    """Read every setting from the environment, else from `file`, else its default.

    Raises SettingsError with every fault at once.
    """
    reader = _Reader(file)
    token = reader.value("DISCORD_TOKEN", None, _token)
    settings = Settings(
        token=token or "",
        database_url=reader.value("DATABASE_URL", DEFAULT_DATABASE, database_address),
        port=reader.value("PORT", None, _port),
        zone=reader.value("DEFAULT_TIMEZONE", ZoneInfo("Asia/Tokyo"), _zone),
        language=reader.value("DEFAULT_LANGUAGE", "ja", _language),
        home_guild=reader.value("HOME_GUILD", None, _discord_id),
        log_level=reader.value("LOG_LEVEL", "INFO", _log_level),
        test_guilds=reader.value("TEST_GUILDS", None, _discord_ids),
        migrate=reader.value("MIGRATE", True, _switch),
        discord_api_url=reader.value("DISCORD_API_URL", None, _web_address),
        shard_count=reader.value("SHARD_COUNT", None, _count),
        shard_ids=reader.value("SHARD_IDS", None, _numbers),
        font_path=reader.value("FONT_PATH", None, _file),
        clock_file=reader.value("CLOCK_FILE", None, _file),
        ignored=tuple(name for name in FOREIGN if reader.text(name)),
    )
    reader.errors += _contradictions(settings)
    if reader.errors:
        missing = [] if reader.text("DISCORD_TOKEN") else ["DISCORD_TOKEN is not set"]
        raise SettingsError("Cannot use these settings:\n" + "\n".join(missing + reader.errors))
    if token is None:
        raise SettingsError(HOW_TO_BEGIN)
    return settings


def database_setting(file: Path = PROJECT / ".env") -> str:
    """Read DATABASE_URL alone: migrating needs no token. Raises SettingsError."""
    reader = _Reader(file)
    url = reader.value("DATABASE_URL", DEFAULT_DATABASE, database_address)
    if reader.errors:
        raise SettingsError(reader.errors[0])
    return url


def _contradictions(settings: Settings) -> list[str]:
    ids, count = settings.shard_ids, settings.shard_count
    if ids is None:
        return []
    if count is None:
        return ["SHARD_IDS needs SHARD_COUNT beside it"]
    if max(ids) >= count:
        return [f"SHARD_IDS must be below SHARD_COUNT ({count})"]
    return []


def _whole(text: str) -> int:
    # int() also takes 1_000 and other scripts' digits, which nobody means here
    if not re.fullmatch(r"[0-9]{1,20}", text):
        raise ValueError("must be a whole number")
    return int(text)


def _port(text: str) -> int:
    port = _whole(text)
    if not 0 < port < 65536:
        raise ValueError("must lie between 1 and 65535, or be empty for no health check")
    return port


def _zone(text: str) -> ZoneInfo:
    if text not in available_timezones():
        raise ValueError(f"does not know the zone {text!r}; write it like Asia/Tokyo")
    return ZoneInfo(text)


def _language(text: str) -> str:
    found = next((language for language in LANGUAGES if short(language) == short(text)), None)
    if found is None:
        raise ValueError(f"must be {' or '.join(LANGUAGES)}")
    return found


def _discord_id(text: str) -> int:
    number = _whole(text)
    if not 10**16 < number < 2**63:
        raise ValueError("must be a server's id: developer mode, right click the server, Copy ID")
    return number


def _discord_ids(text: str) -> tuple[int, ...]:
    return tuple(_discord_id(part) for part in re.split(r"[,\s]+", text) if part)


def _numbers(text: str) -> tuple[int, ...]:
    numbers = tuple(_whole(part) for part in re.split(r"[,\s]+", text) if part)
    if not numbers or len(set(numbers)) < len(numbers):
        raise ValueError("must be different numbers, for example 0,1")
    return numbers


def _count(text: str) -> int:
    if (count := _whole(text)) < 1:
        raise ValueError("must be at least 1")
    return count


def _log_level(text: str) -> str:
    level = text.upper()
    if level not in ("DEBUG", "INFO", "WARNING", "ERROR"):
        raise ValueError("must be DEBUG, INFO, WARNING or ERROR")
    return level


def _switch(text: str) -> bool:
    words = {"on": True, "true": True, "1": True, "off": False, "false": False, "0": False}
    if text.lower() not in words:
        raise ValueError("must be on or off")
    return words[text.lower()]


def _file(text: str) -> Path:
    path = PROJECT / text
    if not path.is_file():
        raise ValueError("names no file")
    return path


def _token(text: str) -> str:
    if not re.fullmatch(r"[!-~]+", text):
        raise ValueError("must be one word without spaces, as Discord shows it")
    return text


def _web_address(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise ValueError("must be an address like http://127.0.0.1:8080/api/v10")
    if "@" in parts.netloc:
        raise ValueError("must have no user and no password in it: the token is what opens Discord")
    return text.rstrip("/")

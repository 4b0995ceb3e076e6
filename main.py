"""Start and stop: settings → logging → health port → migrations → cogs → Discord."""

import asyncio
import gc
import logging
import os
import signal
import sys
import threading
from typing import TYPE_CHECKING, NoReturn

if sys.version_info < (3, 11):  # noqa: UP036  older ones come this far, and should read why
    sys.stderr.write(f"mokumoku-bot needs Python 3.11 or newer, not {sys.version.split()[0]}\n")
    sys.exit(78)
if os.name == "nt":
    sys.stderr.write("mokumoku-bot runs on Windows in WSL 2 (docs/operations.md)\n")
    sys.exit(78)

import clock
import settings as configuration
from health import Health, serve

if TYPE_CHECKING:
    from bot import Bot

FATAL, UNREACHABLE = 78, 69  # sysexits.h: a supervisor must not start it again, or should
BUG = 70
RETRY_PAUSES = (1.0, 2.0, 4.0, 8.0, 15.0)  # seconds between tries to reach Discord
COGS = (
    *("cogs.sessions", "cogs.logbook", "cogs.stats", "cogs.leaderboard", "cogs.profile"),
    *("cogs.components", "cogs.config", "cogs.guild", "cogs.reminders", "cogs.weekly"),
    "cogs.startup",
)
# Seconds after a signal at which the process is gone, whatever still waits: a slow machine needs
# some of the five that it has to notice and to go.
EXIT_SECONDS = 4.5

log = logging.getLogger("mokumoku")


class Stop(Exception):
    """The process must end; the text is one sentence for its operator."""

    def __init__(self, code: int, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


class NotDiscord(Exception):
    """Something else answered in Discord's place."""


class SecretFormatter(logging.Formatter):
    """Write a record without anything that opens a bot or a database."""

    def __init__(self, secrets: tuple[str, ...]) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")
        self.secrets = secrets

    def format(self, record: logging.LogRecord) -> str:
        """Format as usual, then replace every secret."""
        text = super().format(record)
        for secret in self.secrets:
            text = text.replace(secret, "•••")
        return text


def set_up_logging(settings: configuration.Settings) -> None:
    """Log to standard output; libraries never in detail, for they log tokens and typed words."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(SecretFormatter(settings.secrets))
    logging.basicConfig(level=settings.log_level, handlers=[handler])
    logging.captureWarnings(True)
    for name in ("disnake", "aiohttp", "asyncio", "peewee", "peewee_migrate"):
        logging.getLogger(name).setLevel(max(logging.INFO, logging.getLogger().level))


class BootSignals:
    """Lets SIGTERM and SIGINT end a start with 0, whatever it waits for, until `hand_over`.

    Python runs a handler only between two of its own instructions, and a driver that waits for a
    database returns to it after seconds: a thread waits for the signals instead.
    """

    NUMBERS = (signal.SIGTERM, signal.SIGINT)
    WAITED_FOR = (*NUMBERS, signal.SIGUSR1)  # the last one ends the wait

    def __init__(self) -> None:
        signal.pthread_sigmask(signal.SIG_BLOCK, self.WAITED_FOR)  # in all threads from here on
        self._thread = threading.Thread(target=self._wait, name="signals", daemon=True)
        self._thread.start()

    def _wait(self) -> None:
        if signal.sigwait(self.WAITED_FOR) in self.NUMBERS:
            log.info("stopping before it has begun")
            exit_process(0)

    def hand_over(self) -> None:
        """Leave the signals to the handlers that there are by now."""
        signal.pthread_kill(self._thread.ident or 0, signal.SIGUSR1)
        self._thread.join()
        signal.pthread_sigmask(signal.SIG_UNBLOCK, self.WAITED_FOR)


def open_health(settings: configuration.Settings) -> Health:
    """Open the health port, if there is one, before the heavy imports."""
    health = Health()
    if settings.port is not None:
        try:
            serve(health, settings.port)
        except OSError as error:
            raise Stop(FATAL, f"cannot open PORT {settings.port}: {error.strerror}") from error
    return health


def prepare_database(settings: configuration.Settings) -> None:
    """Bring the database up to date, before there is an event loop."""
    import database
    from database import startup

    log.info("mokumoku-bot %s, database %s", configuration.VERSION, settings.database)
    try:
        startup.prepare(settings)
    except startup.DatabaseUnusable as error:
        raise Stop(FATAL, str(error)) from error
    except startup.DatabaseUnreachable as error:
        raise Stop(UNREACHABLE, str(error)) from error
    except database.QuotaExceeded as error:
        asyncio.run(notify_owner_of_quota(settings))
        raise Stop(FATAL, str(error)) from error


async def notify_owner_of_quota(settings: configuration.Settings) -> None:
    """Write to the application's owner why the bot is down, since the bot cannot."""
    bot = make_bot(settings, Health())
    try:
        await log_in(bot)
        await bot.notify_owner("error.owner.quota")
    except Stop as stop:
        log.warning("the owner is not told: %s", stop)
    finally:
        await bot.close()


def make_bot(settings: configuration.Settings, health: Health) -> "Bot":
    """Create the client with all its cogs; one that cannot be loaded stops the start."""
    from disnake.http import Route

    from bot import Bot

    if settings.discord_api_url:
        Route.BASE = settings.discord_api_url
    bot = Bot(settings, health)
    for cog in COGS:
        bot.load_extension(cog)
    # what is loaded by now stays: no later collection needs to look through it again, and for
    # what a command leaves behind they need not come seven times as often
    gc.collect()
    gc.freeze()
    gc.set_threshold(5000, 10, 10)
    return bot


async def log_in(bot: "Bot") -> None:
    """Log in, trying again for as long as it may help."""
    import aiohttp
    import disnake

    for pause in (*RETRY_PAUSES, None):
        try:
            await bot.login(bot.settings.token)
            return
        except disnake.LoginFailure as error:
            raise Stop(FATAL, "Discord does not accept DISCORD_TOKEN; reset it there") from error
        except (
            *(disnake.HTTPException, aiohttp.ClientError, OSError, TimeoutError),
            *(TypeError, LookupError, ValueError),
        ) as error:
            await bot.http.close()  # disnake opens another one at each try
            if isinstance(error, TypeError | LookupError | ValueError):
                # disnake takes what it is given for the user's record: a page in HTML, for example
                error = NotDiscord("what answers is not Discord; a login page of this network?")
            if pause is None:
                raise Stop(UNREACHABLE, f"cannot reach Discord: {error}") from error
            log.warning("cannot reach Discord (%s); trying again in %d s", error, pause)
            await asyncio.sleep(pause)


async def connect(bot: "Bot") -> None:
    """Log in and stay connected until a stop is requested; disnake reconnects by itself."""
    import aiohttp
    import disnake

    await log_in(bot)
    try:
        await bot.connect()
    except disnake.PrivilegedIntentsRequired as error:
        raise Stop(FATAL, "Discord refuses the intents; this bot needs only guilds") from error
    except disnake.SessionStartLimitReached as error:
        raise Stop(UNREACHABLE, "Discord allows no more starts today; wait for a day") from error
    except disnake.ConnectionClosed as error:
        fatal = error.code in {4004, 4010, 4011, 4012, 4013, 4014}
        sentence = f"Discord closed the connection with code {error.code}"
        raise Stop(FATAL if fatal else UNREACHABLE, sentence) from error
    except (disnake.GatewayNotFound, disnake.HTTPException, aiohttp.ClientError, OSError) as error:
        raise Stop(UNREACHABLE, f"cannot reach Discord's gateway: {error}") from error


async def register(bot: "Bot") -> None:
    """Register the commands, trying again for ever unless Discord refuses them."""
    import aiohttp
    import disnake

    await bot.wait_until_first_connect()
    pause = 5.0
    while not bot.is_closed():
        try:
            await bot.register()
            return
        except disnake.HTTPException as error:
            if error.status < 500 and error.status != 429:
                raise Stop(FATAL, f"Discord refuses the commands: {error}") from error
            log.warning("cannot register the commands (%s); trying again in %d s", error, pause)
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            log.warning("cannot register the commands (%s); trying again in %d s", error, pause)
        await asyncio.sleep(pause)
        pause = min(pause * 2, 300.0)


async def watch_database() -> None:
    """Raise Stop once SQLite's file was deleted or replaced; the next start opens what is there."""
    import database

    raise Stop(UNREACHABLE, await database.replaced())


async def run_bot(settings: configuration.Settings, health: Health, signals: BootSignals) -> None:
    """Run until a signal; raise Stop for what an operator must correct."""
    import database

    health.timeouts = database.timeouts
    bot = make_bot(settings, health)
    stop_requested = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in signals.NUMBERS:
        loop.add_signal_handler(number, stop_requested.set)
    signals.hand_over()
    stop = asyncio.create_task(stop_requested.wait())
    work = [
        asyncio.create_task(coroutine)
        for coroutine in (connect(bot), register(bot), watch_database())
    ]
    waiting = {stop, *work}
    code = 0
    try:
        while not stop.done() and work[0] in waiting:
            done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
    except Stop as end:
        code = end.code
        raise
    finally:
        watchdog = threading.Timer(EXIT_SECONDS, os._exit, (code,))
        watchdog.daemon = True
        watchdog.start()
        await bot.shut_down()
        for task in (stop, *work):
            task.cancel()
        await asyncio.gather(stop, *work, return_exceptions=True)
        database.close(0.1)
        await asyncio.wait([asyncio.ensure_future(bot.close())], timeout=0.4)


def main() -> int:
    """Run the bot; return the exit code."""
    os.umask(0o077)  # what it writes is for its operator's eyes
    try:
        settings = configuration.load()
    except configuration.SettingsError as error:
        print(error, file=sys.stderr)  # noqa: T201  there is no log before the settings
        return FATAL
    set_up_logging(settings)
    if settings.clock_file:
        clock.follow(settings.clock_file)
    for name in settings.ignored:
        log.info("%s means nothing here and is ignored", name)
    signals = BootSignals()
    try:
        health = open_health(settings)
        prepare_database(settings)
        asyncio.run(run_bot(settings, health, signals))
    except Stop as stop:
        log.error("%s", stop)
        return stop.code
    except Exception:
        log.exception("this is a bug")  # through the log, which hides what is secret
        return BUG
    return 0


def exit_process(code: int) -> NoReturn:
    """End the process at once: a thread that waits for a dead host would delay its clean-up."""
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    exit_process(main())

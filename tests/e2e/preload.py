"""All that the bot imports, for the Python that its processes are forked from."""

import gc
from functools import cache
from importlib import import_module

import aiohttp
import disnake
import psycopg2
from disnake.state import ConnectionState

import bot
import database
import main
import migrator
import settings

__all__ = ["aiohttp", "bot", "database", "disnake", "main", "migrator", "psycopg2"]

for name in ("database.startup", "playhouse.db_url", *main.COGS):
    import_module(name)

# disnake waits so long for further servers before it says that it is ready; its default is 2 s
ConnectionState.__init__.__kwdefaults__["guild_ready_timeout"] = 0.1
# What every process would do anew at its start: read a folder of 600 zones, look through all that
# is loaded for what nothing refers to.
settings.available_timezones = cache(settings.available_timezones)
settings.available_timezones()
gc.collect()
gc.freeze()

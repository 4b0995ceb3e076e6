"""All that the bot imports, for the Python that its processes are forked from."""

from importlib import import_module

import aiohttp
import disnake
import psycopg2

import bot
import database
import main
import migrator

__all__ = ["aiohttp", "bot", "database", "disnake", "main", "migrator", "psycopg2"]

for name in ("database.startup", *main.COGS):
    import_module(name)

"""The stack of the article's bot, bare: `/start` is one INSERT by SQLAlchemy and an answer."""

import asyncio
import os
from datetime import UTC, datetime

import disnake
import sqlalchemy as sa
from disnake.ext import commands
from disnake.http import Route

Route.BASE = os.environ["DISCORD_API_URL"]
address = os.environ["DATABASE_URL"].replace("postgresql://", "postgresql+psycopg2://")
engine = sa.create_engine(address, pool_pre_ping=True)  # what hosts that suspend advise
history = sa.Table(
    "history",
    sa.MetaData(),
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("user_id", sa.String(19)),
    sa.Column("user_name", sa.Text),
    sa.Column("cmd", sa.String(16)),
    sa.Column("created_at", sa.DateTime),
)
history.metadata.create_all(engine)
bot = commands.InteractionBot(intents=disnake.Intents(guilds=True), max_messages=None)


def record(user_id: int, user_name: str, cmd: str) -> None:
    """Write one row, in a transaction of its own."""
    row = {
        "user_id": str(user_id),
        "user_name": user_name,
        "cmd": cmd,
        "created_at": datetime.now(UTC).replace(tzinfo=None),
    }
    with engine.begin() as connection:
        connection.execute(history.insert().values(row))


@bot.slash_command()
async def start(inter: disnake.ApplicationCommandInteraction) -> None:
    """Record a start."""
    await asyncio.to_thread(record, inter.author.id, inter.author.display_name, "start")
    await inter.response.send_message("started")


bot.run(os.environ["DISCORD_TOKEN"])

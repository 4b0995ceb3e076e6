"""The yardstick: a disnake bot that does nothing but answer `/ping` at once."""

import os

import disnake
from disnake.ext import commands
from disnake.http import Route

Route.BASE = os.environ["DISCORD_API_URL"]
bot = commands.InteractionBot(intents=disnake.Intents(guilds=True), max_messages=None)


@bot.slash_command()
async def ping(inter: disnake.ApplicationCommandInteraction) -> None:
    """Answer at once."""
    await inter.response.send_message("pong")


bot.run(os.environ["DISCORD_TOKEN"])

"""A bot as a process of its own, for the prompt; it speaks to wherever DISCORD_API_URL says."""

import io
import os
import sys

import disnake
import disnake.http
from disnake.ext import commands

disnake.http.Route.BASE = os.environ["DISCORD_API_URL"]
bot = commands.InteractionBot(intents=disnake.Intents(guilds=True), guild_ready_timeout=0.02)
Command = disnake.CommandInteraction


@bot.slash_command(description=disnake.Localized("begin", data={"ja": "はじめる"}))
async def start(
    inter: Command,
    task: str = commands.Param("", name=disnake.Localized("task", data={"ja": "作業"})),
    time: str = "",
) -> None:
    """Answer in public, with buttons."""
    buttons = [
        disnake.ui.Button(label="End", custom_id="end"),
        disnake.ui.Button(label="Note", custom_id="note", emoji="📝"),
    ]
    words = f"**{inter.author.display_name}** started {task} <t:1772962200:t> {time}".strip()
    flags = disnake.MessageFlags(suppress_notifications=True)
    await inter.response.send_message(words, components=buttons, flags=flags)


@start.autocomplete("time")
async def times(inter: Command, value: str) -> list[str]:
    return [f"{value}m", f"{value}h"]


@bot.slash_command(description="my sessions")
async def log(inter: Command) -> None: ...


@log.sub_command(description="all of them", name="list")
async def log_list(inter: Command, start: str = "") -> None:
    embed = disnake.Embed(title="Sessions", description=f"from {start}")
    embed.add_field("Total", "3 h", inline=True).set_footer(text="Asia/Tokyo")
    file = disnake.File(io.BytesIO(b"a,b\n"), "sessions.csv")
    await inter.response.defer(ephemeral=True)
    await inter.edit_original_response(embed=embed, file=file)


@bot.slash_command(description="never answers")
async def silence(inter: Command) -> None: ...


@bot.slash_command(description="ends the process")
async def die(inter: Command) -> None:
    sys.stderr.write("the last words\n")
    sys.stderr.flush()
    os._exit(3)


@bot.listen("on_button_click")
async def pressed(inter: disnake.MessageInteraction) -> None:
    if inter.data.custom_id == "end":
        await inter.response.edit_message("ended", components=[])
        await inter.followup.send("nice work", ephemeral=True)
    else:
        field = disnake.ui.TextInput(label="What I did", custom_id="did", max_length=20)
        await inter.response.send_modal(title="Note", custom_id="note", components=field)


@bot.listen("on_modal_submit")
async def noted(inter: disnake.ModalInteraction) -> None:
    await inter.response.send_message(f"noted: {inter.text_values['did']}", ephemeral=True)


bot.run(os.environ["DISCORD_TOKEN"])

"""For those who develop the bot: Discord on this machine, and measurements."""

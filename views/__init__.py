"""Values become embeds and buttons; nothing here asks a database or a clock."""

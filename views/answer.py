"""How every answer looks: the one place that knows all kinds of them."""

from views import config, leaderboard, logbook, own_data, profile, reminders, sessions, stats

# each registers how its answers are shown
KINDS = (sessions, logbook, stats, leaderboard, profile, config, own_data, reminders)
render = sessions.render
is_public = sessions.is_public

"""How every answer looks: the one place that knows all kinds of them."""

from views import leaderboard, logbook, profile, sessions, stats

KINDS = (sessions, logbook, stats, leaderboard, profile)  # each registers how its answers are shown
render = sessions.render
is_public = sessions.is_public

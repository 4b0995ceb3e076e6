"""How every answer looks: the one place that knows all kinds of them."""

from views import log, profile, rank, session, stats

KINDS = (session, log, stats, rank, profile)  # each registers how its answers are shown
render = session.render
is_public = session.is_public

"""Study time as values: intervals, days, streaks, parsing of times. The standard library alone."""

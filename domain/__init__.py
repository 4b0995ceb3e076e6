"""Study time as values: spans, days, streaks, spoken times. Standard library alone."""

"""From models to the next migration file."""

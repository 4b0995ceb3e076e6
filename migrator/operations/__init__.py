"""What a migration can do to a schema."""

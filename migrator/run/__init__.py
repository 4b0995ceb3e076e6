"""Apply migrations to a database, take them back, or write the script."""

"""What a schema is: its values, its SQL read and written."""

"""From one schema to another: the statements, and the checks before them."""

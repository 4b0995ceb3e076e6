"""What a command does, decided without a database, a clock or Discord.

Each is a pure function from what was read and what was asked to the answer and the changes; it
raises UserError for what a person can correct.
"""

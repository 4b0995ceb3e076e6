"""What Discord calls; one file for a group of commands."""

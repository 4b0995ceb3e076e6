"""What a connected database tells of itself."""

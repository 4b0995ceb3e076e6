"""Measurements: `make bench` compares this bot with a bare one; the others are named in docs."""

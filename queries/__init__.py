"""Reads and writes: plain functions, each of them one transaction, values in and values out."""

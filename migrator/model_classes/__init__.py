"""Peewee models: found in a project, read as a schema, and made of one."""

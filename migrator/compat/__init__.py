"""The words of stock peewee-migrate, so that the files a project already has still run."""

"""The article's table: one row for each command."""

import peewee as pw


def migrate(migrator, database, *, fake=False):
    @migrator.create_model
    class History(pw.Model):
        user_id = pw.CharField(max_length=19)
        user_name = pw.TextField()
        cmd = pw.CharField(max_length=5)
        created_at = pw.DateTimeField()

        class Meta:
            table_name = "history"
            primary_key = pw.CompositeKey("user_id", "cmd", "created_at")


def rollback(migrator, database, *, fake=False):
    migrator.remove_model("history")

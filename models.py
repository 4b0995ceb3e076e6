"""The tables; every schema change comes from here through peewee-migrate."""

from datetime import UTC, datetime
from typing import Any, ClassVar

from peewee import (
    SQL,
    BigIntegerField,
    BooleanField,
    CharField,
    Check,
    CompositeKey,
    DatabaseProxy,
    DateField,
    DateTimeField,
    ForeignKeyField,
    IntegerField,
    JSONField,
    Model,
    SmallIntegerField,
    TextField,
)

database = DatabaseProxy()

# The words of `history.cmd`. A later one comes with a migration: the database checks them too.
COMMANDS = (
    *("start", "end", "cancel", "note", "fix", "undo"),
    *("break", "task", "add", "edit", "delete", "me", "goal"),
    *("config", "plan", "still", "timeout", "confirm", "import", "remind"),
)
# What the bot does by itself: few rows of the log, counted for whoever runs it.
AUTOMATIC = "cmd IN ('remind', 'timeout')"
# Why a session ended when it was not its member who ended it.
CLOSED_BY = ("removal", "timeout")
# Notices that could not be sent by DM; they are shown at the member's next command.
NOTICES = ("reminder", "timeout")
# What is posted in a server once a period.
KINDS = ("week",)
# What a goal is for.
PER = ("day", "week")
# A reminder comes before an end for want of an answer.
HOURS_IN_ORDER = "remind_hours = 0 OR close_hours = 0 OR remind_hours < close_hours"
NO, YES = SQL("DEFAULT false"), SQL("DEFAULT true")


def one_of(column: str, words: tuple[str, ...]) -> SQL:
    """Create a constraint that holds `column` to `words`."""
    return SQL(f"CHECK ({column} IN ({', '.join(map(repr, words))}))")


class UTCDateTimeField(DateTimeField):
    """An aware instant, kept as UTC without zone and always with six fractional digits.

    SQLite compares text: `10:00:00` and `10:00:00.000000` would be two keys for one moment.
    Raises ValueError for a naive datetime.
    """

    def db_value(self, value: Any) -> Any:
        if not isinstance(value, datetime):
            return value
        if value.tzinfo is None:
            raise ValueError("a moment without a zone is no moment")
        return value.astimezone(UTC).isoformat(" ", "microseconds").removesuffix("+00:00")

    def python_value(self, value: Any) -> Any:
        if isinstance(value, str):  # to read the zone too costs a fifth of adding it later
            return datetime.fromisoformat(value + "+00:00")
        return value if value is None else value.replace(tzinfo=UTC)


class BaseModel(Model):
    """What every table shares: the database they live in."""

    class Meta:
        database = database
        legacy_table_names = False


class History(BaseModel):
    """The append-only log of commands: one row each, written first in its transaction."""

    user_id = CharField(max_length=19)  # who acted
    user_name = TextField()
    cmd = CharField(max_length=16)
    created_at = UTCDateTimeField()  # Discord's clock: `interaction.created_at`
    interaction_id = BigIntegerField(null=True, unique=True)  # the idempotency key
    guild_id = BigIntegerField(null=True)
    session_id = BigIntegerField(null=True)  # what it was done to; the log may outlive it
    before = JSONField(null=True)
    after = JSONField(null=True)

    class Meta:
        primary_key = CompositeKey("user_id", "cmd", "created_at")
        constraints: ClassVar = [one_of("cmd", COMMANDS)]


History.add_index(History.index(History.created_at, name="history_automatic", where=SQL(AUTOMATIC)))


class Session(BaseModel):
    """One session of work of one member in one server; open while `ended_at` is NULL.

    The id is that of the interaction that made it, so a retry cannot make it twice.
    """

    id = BigIntegerField(primary_key=True)
    guild_id = BigIntegerField()  # 0: adopted, and in no server yet
    user_id = BigIntegerField()
    user_name = TextField()
    channel_id = BigIntegerField(null=True)
    task = TextField(null=True)
    note = TextField(null=True)
    started_at = UTCDateTimeField()
    ended_at = UTCDateTimeField(null=True)
    removed_at = UTCDateTimeField(null=True)
    closed_by = CharField(max_length=16, null=True)
    edited_at = UTCDateTimeField(null=True)  # when its member last wrote it by hand
    active_at = UTCDateTimeField(null=True)  # its member's last activity; NULL: its start
    planned_end_at = UTCDateTimeField(null=True)
    reminded_at = UTCDateTimeField(null=True)  # since its member's last activity
    confirmed_at = UTCDateTimeField(null=True)  # when its member agreed to an automatic end
    untold = CharField(max_length=16, null=True)

    class Meta:
        constraints: ClassVar = [
            Check("ended_at >= started_at"),
            one_of("closed_by", CLOSED_BY),
            one_of("untold", NOTICES),
        ]


Session.add_index(
    Session.index(
        Session.guild_id,
        Session.user_id,
        unique=True,
        name="session_one_open",
        where=SQL("ended_at IS NULL AND removed_at IS NULL"),
    )
)
Session.add_index(
    Session.index(Session.guild_id, Session.user_id, Session.started_at, name="session_of_member")
)
# What a server did since some moment: few rows for the present, whatever came before.
# It has all that totals of a server need, so that SQLite reads nothing but the index for them.
Session.add_index(
    Session.index(
        Session.guild_id,
        Session.ended_at,
        Session.started_at,
        Session.user_id,
        Session.removed_at,
        Session.id,
        name="session_of_guild",
    )
)
Session.add_index(
    Session.index(
        Session.guild_id,
        Session.user_id,
        name="session_untold",
        where=SQL("untold IS NOT NULL"),
    )
)
# What a member did anywhere.
Session.add_index(Session.index(Session.user_id, Session.started_at, name="session_of_user"))


class Break(BaseModel):
    """Time within a session that is not work; it lasts while `ended_at` is NULL."""

    session = ForeignKeyField(Session, on_delete="CASCADE", index=False)  # the key has it first
    guild_id = BigIntegerField()
    started_at = UTCDateTimeField()
    ended_at = UTCDateTimeField(null=True)

    class Meta:
        primary_key = CompositeKey("session", "started_at")
        constraints: ClassVar = [Check("ended_at >= started_at")]


Break.add_index(
    Break.index(Break.session, unique=True, name="break_one_open", where=SQL("ended_at IS NULL"))
)
# It too has all that totals of a server need.
Break.add_index(
    Break.index(
        Break.guild_id, Break.ended_at, Break.started_at, Break.session, name="break_within_guild"
    )
)


class Guild(BaseModel):
    """What an organiser set for a server; NULL where the bot's defaults hold."""

    guild_id = BigIntegerField(primary_key=True)
    zone = TextField(null=True)
    language = CharField(max_length=5, null=True)
    day_starts = SmallIntegerField(constraints=[SQL("DEFAULT 0")], default=0)  # hours past midnight
    seen_at = UTCDateTimeField(null=True)  # since when the bot is known to be in it
    removed_at = UTCDateTimeField(null=True)  # when the bot was removed from it
    week_starts = SmallIntegerField(null=True)  # 0 is Monday
    posts = BooleanField(default=True, constraints=[YES])  # starts and ends, where they happen
    ask_hours = SmallIntegerField(null=True)  # without a sign of life until an end asks
    remind_hours = SmallIntegerField(null=True)  # 0: never
    close_hours = SmallIntegerField(null=True)  # 0: never
    summary_channel_id = BigIntegerField(null=True)  # NULL: no weekly summary
    summary_day = SmallIntegerField(null=True)  # 0 is Monday
    summary_hour = SmallIntegerField(null=True)
    summary_by = BigIntegerField(null=True)  # the organiser who set it
    summary_since = UTCDateTimeField(null=True)  # nothing is posted for a week before
    summary_failed_at = UTCDateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            Check("day_starts BETWEEN 0 AND 6"),
            Check("week_starts BETWEEN 0 AND 6"),
            Check("ask_hours BETWEEN 0 AND 168"),
            Check("close_hours BETWEEN 0 AND 168"),
            Check("remind_hours BETWEEN 0 AND 168"),
            Check(HOURS_IN_ORDER),
            Check("summary_day BETWEEN 0 AND 6"),
            Check("summary_hour BETWEEN 0 AND 23"),
        ]


class Member(BaseModel):
    """What a member set for themselves; NULL where the server's setting holds."""

    user_id = BigIntegerField(primary_key=True)
    zone = TextField(null=True)
    language = CharField(max_length=5, null=True)
    day_starts = SmallIntegerField(null=True)  # hours past midnight
    remind_hours = SmallIntegerField(null=True)  # 0: never; NULL: as the server has it
    last_language = CharField(max_length=5, null=True)  # of the last interaction, for messages
    delete_at = UTCDateTimeField(null=True)  # when all of their data is to be deleted

    class Meta:
        constraints: ClassVar = [
            Check("day_starts BETWEEN 0 AND 6"),
            Check("remind_hours BETWEEN 0 AND 168"),
        ]


Member.add_index(
    Member.index(Member.delete_at, name="member_delete_at", where=SQL("delete_at IS NOT NULL"))
)


class Membership(BaseModel):
    """What a member chose for one server: to be on its leaderboard, and to be seen there at all."""

    guild_id = BigIntegerField()
    user_id = BigIntegerField()
    listed = BooleanField(default=False, constraints=[NO])
    private = BooleanField(default=False, constraints=[NO])
    left_at = UTCDateTimeField(null=True)  # when it was noticed that they are gone

    class Meta:
        primary_key = CompositeKey("guild_id", "user_id")


Membership.add_index(
    Membership.index(
        Membership.guild_id,
        Membership.user_id,
        name="membership_unseen",
        where=SQL("private OR left_at IS NOT NULL"),
    )
)
# What a member chose anywhere, for their export and its deletion.
Membership.add_index(Membership.index(Membership.user_id, name="membership_of_user"))


class Goal(BaseModel):
    """How much a member means to work in a server, or the server together, from a day on."""

    guild_id = BigIntegerField()
    user_id = BigIntegerField()  # 0: the server's own
    from_on = DateField()
    minutes = IntegerField()  # 0: none from then on
    per = CharField(max_length=4)

    class Meta:
        primary_key = CompositeKey("guild_id", "user_id", "from_on")
        constraints: ClassVar = [Check("minutes >= 0"), one_of("per", PER)]


Goal.add_index(Goal.index(Goal.user_id, name="goal_of_user"))


class Posting(BaseModel):
    """What was posted in a server for a period: its row is taken first, so that it is once."""

    guild_id = BigIntegerField()
    kind = CharField(max_length=8)
    from_on = DateField()  # the period's first day
    taken_at = UTCDateTimeField()
    settled_at = UTCDateTimeField(null=True)  # since when it is known what became of it

    class Meta:
        primary_key = CompositeKey("guild_id", "kind", "from_on")
        constraints: ClassVar = [one_of("kind", KINDS)]


class Outage(BaseModel):
    """A downtime: no process of the bot ran, so nobody could end a session."""

    started_at = UTCDateTimeField(primary_key=True)
    ended_at = UTCDateTimeField()

    class Meta:
        constraints: ClassVar = [Check("ended_at > started_at")]


# The message for a constraint's violation: by the constraint's name, which Postgres reports, and
# by the columns or the check, which are in the text of SQLite's error.
VIOLATIONS = {
    ("history_pkey", "history.user_id, history.cmd, history.created_at"): "already_done",
    ("history_interaction_id", "history.interaction_id"): "already_done",
    ("session_pkey", "session.id"): "changed_meanwhile",  # those of an import follow its own
    ("session_one_open", "session.guild_id, session.user_id"): "changed_meanwhile",
    ("break_one_open", "break.session_id"): "changed_meanwhile",
    ("guild_check", HOURS_IN_ORDER): "changed_meanwhile",
}


def table_names() -> list[str]:
    """Return the names of the bot's tables, in the order in which everybody takes them."""
    ours = (model for model in BaseModel.__subclasses__() if model.__module__ == __name__)
    return sorted(model._meta.table_name for model in ours)


def violation(error: Exception) -> str | None:
    """Return the message for a violated constraint, None if only a bug can violate it."""
    name = getattr(getattr(original_of(error), "diag", None), "constraint_name", None)
    rule = str(error).partition(" constraint failed: ")[2]
    return next((key for names, key in VIOLATIONS.items() if {name, rule} & {*names}), None)


def original_of(error: Exception) -> Exception:
    """Return the driver's own error that Peewee wraps."""
    return getattr(error, "orig", error)

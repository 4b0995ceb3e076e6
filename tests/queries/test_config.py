"""What organisers set, on both databases: kept, in force at once, written down, and undone."""

import threading
from contextlib import suppress
from datetime import timedelta

import peewee
import pytest

from domain.config import Config, ConfirmSettings, read_settings
from domain.decisions import config as decisions
from domain.errors import UserError
from models import Goal, Guild, History, Member, violation
from queries import config
from queries.preferences import preferences
from queries.profile import restore, set_zone
from tests.support.commands import HANA, HERE, NANAO, THERE, command, do
from tests.support.rows import everything, log, refused, unchanged


def change(asked, said: str, *, sure: bool = True):
    return do(config.change, asked, read_settings(said), sure=sure)


def row(where: int = HERE) -> Guild:
    return Guild.get(Guild.guild_id == where)


def test_a_server_that_nobody_set_up():
    found = do(config.config_page, command("21:00"))
    assert (found.own_zone, found.own_language, found.goal, found.summary) == (
        False,
        False,
        None,
        None,
    )
    assert Guild.select().count() == 0
    assert everything() == []


@pytest.mark.parametrize(
    ("said", "column", "value"),
    [
        ("zone:new york", "zone", "America/New_York"),
        ("language:en-US", "language", "en-US"),
        ("day_starts:4", "day_starts", 4),
        ("week_starts:6", "week_starts", 6),
        ("posts:no", "posts", False),
        ("ask_hours:0", "ask_hours", 0),
        ("remind_hours:2", "remind_hours", 2),
        ("close_hours:36", "close_hours", 36),
        (f"summary_channel:{2**63 - 1}", "summary_channel_id", 2**63 - 1),
    ],
)
def test_a_setting_is_kept_written_down_once_and_undone(said, column, value):
    Guild.create(guild_id=THERE, seen_at=command("12:00").at)
    asked = command("21:00")
    answer = change(asked, said)
    assert isinstance(answer, Config)
    assert getattr(row(), column) == value
    made = History.get(History.interaction_id == asked.id)
    assert (made.cmd, made.session_id, made.after["server"][column]) == ("config", None, value)
    with unchanged():
        assert change(asked, said).change_id == asked.id
    assert do(config.config_page, command("21:01", HANA)) != do(
        config.config_page, command("21:01", where=THERE)
    )
    back = command("21:02")
    undone = do(config.restore, back, asked.id)
    assert undone.news == "undone"
    assert getattr(row(), column) == (made.before["server"][column])
    do(config.restore, command("21:03"), back.id)
    assert getattr(row(), column) == value
    assert log() == ["config", "undo", "undo"]


def test_the_first_setting_of_a_server_leaves_when_it_was_seen():
    seen = command("12:00").at
    Guild.create(guild_id=HERE, seen_at=seen)
    change(command("21:00"), "posts:no")
    assert (row().seen_at, row().posts, row().zone) == (seen, False, None)


def test_a_question_changes_nothing():
    with unchanged():
        asked = do(config.change, command("21:00"), {"week_starts": "6"}, sure=False)
        assert isinstance(asked, ConfirmSettings)
    assert do(preferences, command("21:01")).week_starts == 0


def test_a_new_summary_begins_when_it_is_set_and_forgets_a_failure():
    change(command("21:00"), "summary_channel:5")
    first = row()
    assert (first.summary_by, first.summary_since) == (NANAO, command("21:00").at)
    Guild.update(summary_failed_at=command("22:00").at).execute()
    assert do(config.config_page, command("22:01")).summary.failed
    change(command("22:02"), "language:ja")
    assert row().summary_failed_at is not None
    answer = change(command("22:03", HANA), "summary_hour:10")
    assert not answer.summary.failed
    found = row()
    assert (found.summary_by, found.summary_since) == (HANA, command("22:03").at)
    assert found.summary_failed_at is None
    change(command("22:04"), "zone:London")
    assert row().summary_since == command("22:04").at, "its moments are other ones now"


def test_a_goal_is_set_and_undone_with_the_rest():
    asked = command("21:00")
    answer = change(asked, "goal:20h,posts:no")
    assert answer.goal.minutes == 1200
    assert [(one.user_id, one.minutes) for one in Goal.select()] == [(0, 1200)]
    undone = do(config.restore, command("21:01"), asked.id)
    assert (undone.goal, row().posts, Goal.select().count()) == (None, True, 0)


def test_an_undo_is_ones_own_in_this_server_and_of_settings():
    asked, mine = command("21:00"), command("21:01")
    change(asked, "posts:no")
    do(set_zone, mine, "London")
    for who, where, key in ((HANA, HERE, "not_yours"), (NANAO, THERE, "unknown_button")):
        assert refused(config.restore, command("21:02", who, where), asked.id).key == key
    assert refused(config.restore, command("21:02"), mine.id).key == "unknown_button"
    assert refused(restore, command("21:02"), asked.id).key == "unknown_button"
    late = command(asked.at + timedelta(hours=24, seconds=1))
    assert refused(config.restore, late, asked.id).key == "undo.too_late"
    assert row().posts is False


def test_a_setting_that_changed_since_is_not_taken_back_but_others_do_not_matter():
    first, second = command("21:00"), command("21:01", HANA)
    change(first, "posts:no")
    change(second, "language:en-US")
    do(config.restore, command("21:02"), first.id)
    assert (row().posts, row().language) == (True, "en-US")
    change(command("21:03"), "language:ja")
    assert refused(config.restore, command("21:04", HANA), second.id).key == "undo.changed_since"


def test_an_organiser_is_proposed_their_own_zone_until_the_server_has_one():
    Member.create(user_id=NANAO, zone="Europe/London")
    assert do(config.config_page, command("21:00")).proposed.key == "Europe/London"
    assert do(config.config_page, command("21:00", HANA)).proposed is None
    change(command("21:01"), "zone:Asia/Tokyo")
    assert do(config.config_page, command("21:02")).proposed is None


def test_nothing_but_the_settings_stands_in_the_history():
    asked = command("21:00")
    change(asked, "summary_channel:5")
    made = History.get(History.interaction_id == asked.id)
    assert made.after == {"server": {"summary_channel_id": 5, "summary_day": 0, "summary_hour": 9}}


@pytest.fixture
def read_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let two decide only after both have read, if that is possible at all."""
    both, decide = threading.Barrier(2, timeout=0.2), decisions.change

    def decide_together(*args, **kwargs):
        with suppress(threading.BrokenBarrierError):
            both.wait()
        return decide(*args, **kwargs)

    monkeypatch.setattr(decisions, "change", decide_together)


@pytest.mark.usefixtures("read_at_once")
def test_hours_that_two_organisers_set_at_once_are_in_order(tables: peewee.Database):
    """Each alone would be: a reminder after 10 hours, and a close after 6."""
    answers = []

    def say(who: int, said: str) -> None:
        with tables.connection_context():
            try:
                answers.append(change(command("21:00", who), said))
            except UserError as error:
                answers.append(error)

    both = ((NANAO, "remind_hours:10"), (HANA, "close_hours:6"))
    threads = [threading.Thread(target=say, args=one) for one in both]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    kept, error = sorted(answers, key=lambda one: isinstance(one, UserError))
    assert isinstance(kept, Config)
    assert error.key == "hours.order"
    assert error.values == {"remind": 10, "close": 6}
    assert log() == ["config"]


def test_hours_out_of_order_are_no_fault_of_ours_where_the_database_finds_them():
    Guild.create(guild_id=HERE, remind_hours=10)
    with pytest.raises(peewee.IntegrityError) as raised:
        Guild.update(close_hours=6).execute()
    assert violation(raised.value) == "changed_meanwhile"

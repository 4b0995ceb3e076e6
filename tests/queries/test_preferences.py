"""The member's zone and language, else the server's, else the operator's, on both databases."""

from zoneinfo import ZoneInfo

import pytest

import queries.preferences
from domain.calendar import Calendar
from models import Guild, Member
from queries.preferences import preferences
from tests.support.commands import HANA, HERE, NANAO, THERE, command, do

TOKYO, LONDON, YORK = map(ZoneInfo, ("Asia/Tokyo", "Europe/London", "America/New_York"))


@pytest.mark.parametrize(
    ("member", "server", "zone", "server_zone"),
    [
        (None, None, TOKYO, TOKYO),
        (None, "Europe/London", LONDON, LONDON),
        ("America/New_York", None, YORK, TOKYO),
        ("America/New_York", "Europe/London", YORK, LONDON),
    ],
)
def test_the_nearest_zone_that_is_set_holds(member, server, zone, server_zone):
    Member.create(user_id=NANAO, zone=member)
    Guild.create(guild_id=HERE, zone=server)
    found = do(preferences, command("21:00"))
    assert (found.zone, found.server_zone) == (zone, server_zone)


@pytest.mark.parametrize(
    ("member", "server", "zone", "server_zone"),
    [
        ("Mars/Olympus", None, TOKYO, TOKYO),
        ("Mars/Olympus", "Europe/London", LONDON, LONDON),
        ("America/New_York", "Mars/Olympus", YORK, TOKYO),
        ("../Olympus", "Asia", TOKYO, TOKYO),
    ],
)
def test_a_zone_that_this_machine_does_not_know_is_told_once(
    member, server, zone, server_zone, caplog
):
    queries.preferences._known.cache_clear()
    Member.create(user_id=NANAO, zone=member)
    Guild.create(guild_id=HERE, zone=server)
    for _ in range(2):
        found = do(preferences, command("21:00"))
        assert (found.zone, found.server_zone) == (zone, server_zone)
    unknown = {name for name in (member, server) if name in {"Mars/Olympus", "../Olympus", "Asia"}}
    assert sorted(caplog.messages) == sorted(
        f"this machine's tzdata does not know the zone {name}: the server's holds"
        for name in unknown
    )


@pytest.mark.parametrize("member", [None, "ja", "en-US"])
@pytest.mark.parametrize("server", [None, "ja", "en-US"])
def test_public_words_are_the_servers_and_private_ones_the_members(member, server):
    Member.create(user_id=NANAO, language=member)
    Guild.create(guild_id=HERE, language=server)
    found = do(preferences, command("21:00"))
    assert (found.language, found.server_language) == (member, server or "ja")


def test_without_any_rows_the_keepers_settings_hold():
    found = do(preferences, command("21:00", zone="Europe/London"))
    assert (found.zone, found.server_zone, found.language) == (LONDON, LONDON, None)
    assert (found.server_language, found.day_starts) == ("ja", 0)


def test_the_settings_of_others_do_not_matter():
    Member.create(user_id=HANA, zone="Europe/London", language="en-US")
    Guild.create(guild_id=THERE, zone="Europe/London", language="en-US", day_starts=5)
    found = do(preferences, command("21:00"))
    assert found == do(preferences, command("21:00", 33))
    assert (found.zone, found.server_language, found.day_starts) == (TOKYO, "ja", 0)


def test_a_server_and_a_member_may_have_the_same_number():
    Guild.create(guild_id=NANAO, zone="Europe/London", day_starts=4)
    Member.create(user_id=NANAO, zone="America/New_York")
    found = do(preferences, command("21:00", NANAO, NANAO))
    assert (found.zone, found.server_zone, found.day_starts) == (YORK, LONDON, 4)


def test_days_and_weeks_begin_when_the_server_says():
    Guild.create(guild_id=HERE, day_starts=6, week_starts=3)
    found = do(preferences, command("21:00"))
    assert found.calendar == found.server_calendar == Calendar(TOKYO, 6, 3)


def test_a_server_that_nobody_set_up_posts():
    assert do(preferences, command("21:00")).posts
    Guild.create(guild_id=HERE, posts=False)
    assert not do(preferences, command("21:00")).posts

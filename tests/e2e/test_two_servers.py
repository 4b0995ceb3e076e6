"""A member in two servers and two zones, through a night in which the clocks of one change."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

from disnake.utils import snowflake_time

from i18n import say
from tests.e2e.deployment import Deployment
from tests.e2e.people import fills, labels, private
from tests.e2e.test_database import instant
from tests.e2e.test_night import button_names, dm, length_of
from views.reply import clock

EVENING = datetime(2027, 3, 27, 22, 30, tzinfo=UTC)  # 23:30 in Berlin, whose clocks skip 2:00
ZONES = ("Europe/Berlin", "Asia/Tokyo")
HOUR = timedelta(hours=1)
ZONE_IN = (  # the bot may have seen it already
    "INSERT INTO guild (guild_id, zone, language) VALUES (?, ?, ?)"
    " ON CONFLICT (guild_id) DO UPDATE SET zone = excluded.zone, language = excluded.language"
)


async def test_a_night_with_a_reminder_and_an_end_in_each_of_two_servers(
    database_url, deploy, words: SimpleNamespace
) -> None:
    deployment: Deployment = await deploy(database_url)
    deployment.allowed.append("downtime from")  # the clocks are set ahead
    deployment.later(seconds=(EVENING - datetime.now(UTC)).total_seconds())
    places = berlin, tokyo = deployment.place(words.language), deployment.place(words.language)
    here, there = berlin.nanao, tokyo.guild.add_member(user=berlin.nanao.user)
    here.user.accepts_dms, there.locale = True, words.language
    for place, zone in zip(places, ZONES, strict=True):
        place.guild.name = zone
    await deployment.start()
    for place, zone in zip(places, ZONES, strict=True):
        deployment.rows(ZONE_IN, place.guild.id, zone, words.language)
    await here.slash("start", plan="4:00")
    hers = await there.slash("start")

    deployment.later(hours=3.6)
    planned, usual = EVENING + 3.5 * HOUR, snowflake_time(hers.id) + 4 * HOUR
    first = await dm(berlin, here)
    assert "Europe/Berlin" in first.text
    assert say(words.language, "reminder.planned", end=clock(planned), task="") in first.text
    deployment.later(hours=0.6)
    second = await dm(berlin, here, 2)
    assert "Asia/Tokyo" in second.text
    asked = say(words.language, "reminder", length=length_of(4, words), task="")
    assert asked in second.text
    deployment.later(hours=8)
    over = {one.text.splitlines()[0]: one for one in [await dm(berlin, here, n) for n in (3, 4)]}
    for one in over.values():
        assert labels(one) == button_names(words, "until", "discard", "confirm")
    assert ends(deployment) == {berlin.guild.id: planned, tokyo.guild.id: usual}

    # by the clock of the server that a message is about
    (mine,) = [one for name, one in over.items() if "Europe/Berlin" in name]
    (other,) = [one for name, one in over.items() if "Asia/Tokyo" in name]
    await here.press(mine, labels(mine)[2])
    await fills(here, (await here.press(other, labels(other)[0])).modal, end="10:30")
    assert ends(deployment) == {berlin.guild.id: planned, tokyo.guild.id: EVENING + 3 * HOUR}
    assert deployment.rows("SELECT 1 FROM session WHERE confirmed_at IS NULL") == []
    for member in (here, there):  # the one day began with 2 hours, a gap and an hour
        told = private(await member.slash("stats", period="today")).text
        assert length_of(3, words) in told


def ends(deployment: Deployment) -> dict[int, datetime]:
    """Return when the session of each server ended."""
    rows = deployment.rows("SELECT guild_id, ended_at FROM session")
    return {guild_id: instant(end) for guild_id, end in rows}

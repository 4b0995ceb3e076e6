"""What the application's owner is told, and nobody else."""

from i18n import say
from settings import VERSION
from tests.e2e.people import private
from tests.e2e.scene import embed


async def test_the_owner_reads_in_help_how_the_process_fares(database_url, deploy, tmp_path):
    deployment = await deploy(database_url)
    language = "ja" if database_url.startswith("sqlite") else "en-US"
    place = deployment.place(language)
    deployment.discord.owner = place.nanao.user
    await deployment.start()
    await place.nanao.slash("start")
    told = embed(private(await place.nanao.slash("help")))
    others = embed(private(await place.hana.slash("help")))
    fares = told.removeprefix(others)
    assert (fares != told, others) == (True, say(language, "help"))
    assert VERSION in fares
    counts = say(language, "help.owner.counts", open=1, reminders=0, closes=0, migration="")
    assert counts in fares.replace("\\", "")
    assert say(language, "help.owner.silent") not in fares
    await place.nanao.slash("end")

"""The systemd units: what they let the bot do, and how often it is started again."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
UNIT = (ROOT / "deploy" / "mokumoku.service").read_text(encoding="utf-8")
STARTS_A_DAY = 1000  # what Discord allows


def values(name: str) -> list[str]:
    return re.findall(rf"^{name}=(.*)$", UNIT, flags=re.MULTILINE)


def test_a_bot_that_fails_at_once_does_not_use_up_its_starts() -> None:
    (seconds,) = values("RestartSec")
    assert 86400 / int(seconds) < STARTS_A_DAY
    assert not values("RestartSteps"), "Debian 12's systemd does not know it"
    assert values("RestartPreventExitStatus") == ["78"]


def test_it_writes_nowhere_but_into_its_state_and_for_itself() -> None:
    assert values("ProtectSystem") == ["strict"]
    assert not values("ReadWritePaths")
    assert values("StateDirectory") == ["mokumoku-bot"]
    assert values("UMask") == ["0077"]


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="there is no systemd here")
@pytest.mark.parametrize("unit", ["mokumoku", "mokumoku-backup"])
def test_systemd_finds_it_little_exposed(unit: str) -> None:
    file = str(ROOT / "deploy" / f"{unit}.service")
    command = ["systemd-analyze", "security", "--offline=true", file]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found = re.search(r"Overall exposure level for \S+: ([\d.]+)", told)
    assert float(found[1]) < 3


def test_a_backup_may_do_no_more_than_the_bot() -> None:
    backup = (ROOT / "deploy" / "mokumoku-backup.service").read_text(encoding="utf-8")
    bound = re.compile(
        r"^(?:Protect|Private|Restrict(?!art)|Capability|NoNew|Lock|Memory|Device|UMask|User|State)"
        r"\w*=.*$",
        flags=re.MULTILINE,
    )
    assert bound.findall(backup) == bound.findall(UNIT) != []
    assert "-m database.backup /var/lib/mokumoku-bot/" in backup


def test_both_readmes_leave_the_code_to_root_and_put_the_data_there() -> None:
    for name in ("README.md", "README.ja.md"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert "chown -R mokumoku" not in text
        assert "sqlite:////var/lib/mokumoku-bot/mokumoku.db" in text

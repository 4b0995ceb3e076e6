"""The container's entry: exit codes and signals as Docker needs them."""

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

ENTRY = Path(__file__).resolve().parents[2] / "deploy" / "container.sh"


def start(folder: Path, program: str) -> subprocess.Popen[str]:
    """Start the entry with a stand-in for the bot."""
    python = folder / "python"
    python.write_text(f"#!/bin/sh\n{program}\n")
    python.chmod(0o755)
    path = f"{folder}:{os.environ['PATH']}"
    return subprocess.Popen(
        ["sh", ENTRY], env={"PATH": path}, cwd=folder, stderr=subprocess.PIPE, text=True
    )


@pytest.mark.parametrize(("code", "seen"), [(0, 0), (69, 69), (78, 0), (1, 1)])
def test_only_what_must_be_mended_is_no_failure(tmp_path: Path, code: int, seen: int) -> None:
    process = start(tmp_path, f"exit {code}")
    _, told = process.communicate(timeout=30)
    assert process.returncode == seen
    assert ("until that is mended" in told) == (code == 78)


def test_a_signal_reaches_the_bot_and_its_code_comes_back(tmp_path: Path) -> None:
    process = start(tmp_path, "trap 'exit 7' TERM; echo > up; while true; do sleep 0.05; done")
    for _ in range(500):
        if (tmp_path / "up").exists():
            break
        time.sleep(0.02)
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=30)
    assert process.returncode == 7

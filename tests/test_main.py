"""What main.py says where it cannot run, and how a start is stopped."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
RUN = "exec(compile(open('main.py', encoding='utf-8').read(), 'main.py', 'exec'))"
# as on macOS, which has neither
BOOT = """
import signal, sys
del signal.sigtimedwait, signal.sigwaitinfo
import main
waiting = main.BootSignals()
if "hand over" in sys.argv:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(7))
    waiting.hand_over()
print("ready", flush=True)
sys.stdin.readline()
"""


@pytest.mark.parametrize(
    ("where", "told"),
    [
        (
            "sys.version_info, sys.version = (3, 10, 13), '3.10.13 (main)'",
            "mokumoku-bot needs Python 3.11 or newer, not 3.10.13",
        ),
        ("os.name = 'nt'", "mokumoku-bot runs on Windows in WSL 2 (docs/operations.md)"),
    ],
)
def test_where_it_cannot_run_it_says_so_in_a_line(where: str, told: str) -> None:
    script = f"import os, sys; {where}; {RUN}"
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (78, "", f"{told}\n")


@pytest.mark.parametrize(("how", "code"), [("wait", 0), ("hand over", 7)])
def test_a_start_is_stopped_by_a_signal(how: str, code: int) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", BOOT, how],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout.readline() == "ready\n"
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == code

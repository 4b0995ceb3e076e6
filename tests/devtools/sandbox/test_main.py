"""`python -m devtools.sandbox`: a bot's real process, lines from a pipe, and how it ends."""

import os
import pty
import select
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

BOT = Path(__file__).with_name("tiny_bot.py")
ROOT = Path(__file__).parents[3]


def _environment(**more):
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("LC_", "LANG"))}
    return kept | {"PYTHONPATH": str(ROOT), "LANG": "C.UTF-8", "TZ": "Asia/Tokyo", **more}


def _play(text, *options, command=(sys.executable, str(BOT)), **environment):
    return subprocess.run(
        [sys.executable, "-W", "error", "-m", "devtools.sandbox", *options, "--", *command],
        input=text,
        capture_output=True,
        text=True,
        env=_environment(**environment),
        cwd=ROOT,
        timeout=60,
        check=False,
    )


@pytest.fixture(autouse=True)
def nothing_stays_behind():
    yield
    children = psutil.Process().children(recursive=True)
    assert [child for child in children if str(BOT) in " ".join(child.cmdline())] == []


def test_who_reads_no_further_is_told_no_more(tmp_path):
    command = [
        sys.executable,
        "-m",
        "devtools.sandbox",
        "--data",
        str(tmp_path),
        "--",
        sys.executable,
        BOT,
    ]
    process = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=_environment(),
        cwd=ROOT,
    )
    with process:
        assert process.stdout.readline().startswith("Starting")
        process.stdout.close()
        _, complaints = process.communicate("/start task:math\n" * 5, timeout=60)
    assert (process.returncode, complaints) == (1, "")


def test_lines_from_a_pipe_are_answered_in_order(tmp_path):
    lines = (
        "/start task:math time:20 [x]\npress End\n/start\npress Note\nfill did it\n"
        "/log list\n/start task:again\nrestart\n[End]\n"
    )
    played = _play(
        lines, "--data", str(tmp_path), "--guild", "もくもく", "another", "--name", "moku"
    )
    assert (played.returncode, played.stderr) == (0, "")
    for words in (
        "> /start task:math",
        "  **nanao** started math 6:30 PM 20 [x]",
        "  [End] [📝 Note]",
        "  ended",
        "  nice work",
        "  noted: did it",
        "  ▎ **Sessions**",
        "(the bot was restarted)",
    ):
        assert words in played.stdout
    assert played.stdout.count("  ended") == 2
    (saved,) = (tmp_path / "files").iterdir()
    assert saved.read_bytes() == b"a,b\n"
    assert str(saved) in played.stdout
    assert (tmp_path / "bot.log").exists()


def test_a_line_that_is_not_understood_fails_the_run_and_the_rest_is_played():
    played = _play("/nothing\n/start\n", LANG="ja_JP.UTF-8")
    assert played.returncode == 1
    assert "✗ /nothing というコマンドはありません" in played.stdout
    assert "**nanao** started" in played.stdout
    assert "2行のうち1行がうまくいきませんでした" in played.stdout


def test_without_input_the_tour_is_played(tmp_path):
    tour = tmp_path / "tour.txt"
    tour.write_text("# first\n/start task:tour\n\nquit\n/silence\n", "utf-8")
    played = _play("", "--tour", str(tour))
    assert played.returncode == 0
    assert f"Nothing was typed: playing {tour}" in played.stdout
    assert "# first\n> /start task:tour\n" in played.stdout
    assert "started tour" in played.stdout


def test_a_bot_that_dies_ends_the_run_with_its_last_words():
    played = _play("/die\n/start\n")
    assert played.returncode == 1
    assert "The bot ended with exit code 3." in played.stdout
    assert "the last words" in played.stdout


def test_a_bot_that_cannot_start_is_told_at_once():
    begun = time.monotonic()
    played = _play("/start\n", command=(sys.executable, "-c", "raise SystemExit('no token')"))
    assert played.returncode == 1
    assert "no token" in played.stdout
    assert time.monotonic() - begun < 10


def test_a_bot_is_needed():
    played = subprocess.run(
        [sys.executable, "-m", "devtools.sandbox"],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )
    assert played.returncode == 2
    assert "no bot to start" in played.stderr


def test_sigterm_stops_the_bot_too(tmp_path):
    command = [sys.executable, "-m", "devtools.sandbox", "--data", str(tmp_path), "--"]
    with subprocess.Popen(
        [*command, sys.executable, str(BOT)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=_environment(),
        cwd=ROOT,
        text=True,
    ) as process:
        assert process.stdout
        while not process.stdout.readline().startswith("Ready."):
            assert process.poll() is None
        process.terminate()
        assert process.wait(20) == 130


class _Terminal:
    """A person at a terminal."""

    def __init__(self, *arguments):
        self.screen, far_end = pty.openpty()
        self.process = subprocess.Popen(
            [sys.executable, *arguments],
            stdin=far_end,
            stdout=far_end,
            stderr=far_end,
            env=_environment(TERM="xterm"),
            cwd=ROOT,
        )
        os.close(far_end)
        self.read = ""

    def expect(self, words):
        deadline = time.monotonic() + 60
        while words not in self.read:
            assert time.monotonic() < deadline, self.read
            if select.select([self.screen], [], [], 0.1)[0]:
                found = os.read(self.screen, 65536).decode(errors="replace")
                self.read += found
                if "\x1b[6n" in found:  # where is the cursor?
                    os.write(self.screen, b"\x1b[1;1R")

    def type(self, keys):
        self.read = ""
        os.write(self.screen, keys.encode())

    def close(self):
        try:
            while os.read(self.screen, 65536):
                pass
        except OSError:  # the other end of a pty is gone
            os.close(self.screen)
        return self.process.wait(20)


def test_at_a_terminal_it_completes_and_asks_for_fields(tmp_path):
    terminal = _Terminal(
        "-m", "devtools.sandbox", "--data", str(tmp_path), "--", sys.executable, str(BOT)
    )
    terminal.expect("nanao #general>")
    terminal.type("/start time:5\t")
    terminal.expect("5h")
    terminal.type("\t\r")
    terminal.expect("[End]")
    terminal.expect("#general>")
    terminal.type("press Note\r")
    terminal.expect("What I did:")
    terminal.type("chapter\r")
    terminal.expect("noted: chapter")
    terminal.type("quit\r")
    assert terminal.close() == 0
    assert "press Note" in (tmp_path / "history").read_text()

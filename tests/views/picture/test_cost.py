"""Pictures cost little, and nothing until the first one is drawn."""

import subprocess
import sys
from pathlib import Path

import pytest

import views.picture

HOUSE = Path(__file__).resolve().parents[3]
DRAW = """
import sys, time
from datetime import date, timedelta

def kilobytes(name):
    return next(int(l.split()[1]) for l in open("/proc/self/status") if l.startswith(name))

import domain.day, texts, asyncio
before, began = kilobytes("VmRSS"), time.process_time()
from views.picture import bars_png, heatmap_png
days = {date(2026, 1, 1) + timedelta(n): timedelta(minutes=n) for n in range(365)}
def bars():
    bars_png(days, first=date(2026, 10, 1), last=date(2026, 10, 31), goal=timedelta(hours=2),
             language="ja", title="ナナオ · 민수 · 小明 · 🦀")
assert "PIL" not in sys.modules
bars()
took = time.process_time() - began
for _ in range(10):
    bars()
    heatmap_png(days, year=2026, language="ja", title="ナナオ")
print(took, (kilobytes("VmHWM") - before) / 1024)
"""


def run(code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=HOUSE, check=True, capture_output=True, text=True
    )
    return done.stdout


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the peak is Linux's to tell")
def test_the_first_picture_is_quick_and_all_of_them_are_small() -> None:
    seconds, megabytes = map(float, run(DRAW).split())
    assert seconds <= 0.3  # of one core, with the import of Pillow
    assert megabytes <= 25  # at the peak, not only afterwards


def test_pillow_is_found_without_being_imported() -> None:
    code = (
        "import sys; from views.picture import pictures_available;"
        "print(pictures_available(), 'PIL' in sys.modules)"
    )
    assert run(code) == "True False\n"


def test_without_pillow_the_words_still_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "PIL", None)
    assert not views.picture.pictures_available()
    assert views.picture.heatmap_alt({}, year=2026, language="ja", title="").endswith("ありません")
    with pytest.raises(ImportError):
        views.picture.heatmap_png({}, year=2026, language="ja", title="")

"""Pictures cost little, and nothing until the first one is drawn."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import views.picture
from devtools.bench.pictures import measure
from tests.views.picture.cases import year_of

HOUSE = Path(__file__).resolve().parents[3]


def run(code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=HOUSE, check=True, capture_output=True, text=True
    )
    return done.stdout


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the peak is Linux's to tell")
def test_the_first_picture_is_quick_and_all_of_them_are_small() -> None:
    cost = measure()
    assert cost.first <= 0.3
    assert cost.memory <= 25


def test_pillow_is_found_without_being_imported() -> None:
    code = (
        "import sys; from views.picture import pictures_available;"
        "print(pictures_available(), 'PIL' in sys.modules)"
    )
    assert run(code) == "True False\n"


def test_without_pillow_the_words_still_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "PIL", None)
    assert not views.picture.pictures_available()
    what: dict[str, Any] = {**year_of(2026), "language": "ja", "title": ""}
    assert views.picture.heatmap_alt({}, **what).endswith("ありません")
    with pytest.raises(ImportError):
        views.picture.heatmap_png({}, **what)

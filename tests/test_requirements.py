"""pyproject.toml and the requirements files pin the same packages, so neither can drift."""

import re
import tomllib
from pathlib import Path

import pytest

import settings

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
PIN = re.compile(r"^([A-Za-z0-9_.-]+==[A-Za-z0-9_.]+)", re.MULTILINE)
EXTRAS = {"": "requirements.txt"} | {
    extra: f"requirements-{extra}.txt" for extra in PROJECT["optional-dependencies"]
}


def declared(extra: str) -> set[str]:
    """Return the pins of an extra and of the extras that it includes."""
    found = set(PROJECT["dependencies"]) if extra != "pictures" else set()
    for requirement in PROJECT["optional-dependencies"].get(extra, ()):
        included = re.fullmatch(r"mokumoku-bot\[(\w+)\]", requirement)
        found |= declared(included[1]) if included else {requirement}
    return found


def pinned(name: str) -> set[str]:
    """Return the pins of a requirements file and of the files that it includes."""
    text = (ROOT / name).read_text(encoding="utf-8")
    included = re.findall(r"^-r (\S+)$", text, re.MULTILINE)
    return set(PIN.findall(text)).union(*map(pinned, included))


@pytest.mark.parametrize("extra", EXTRAS)
def test_pyproject_and_requirements_pin_the_same(extra: str) -> None:
    assert declared(extra) <= pinned(EXTRAS[extra])


def test_no_requirements_file_stands_alone() -> None:
    assert {path.name for path in ROOT.glob("requirements*.txt")} == set(EXTRAS.values())


def test_the_version_stands_in_one_place() -> None:
    assert PROJECT["version"] == settings.VERSION

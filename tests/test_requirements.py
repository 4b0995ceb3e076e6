"""pyproject.toml and the requirements files pin the same packages, so neither can drift."""

import re
import tomllib
import zoneinfo
from importlib.metadata import distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement

import settings

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
PIN = re.compile(r"^([A-Za-z0-9_.-]+==[A-Za-z0-9_.]+)", re.MULTILINE)
# a requirement with its marker, its hashes, and whom it is for
WHOLE = re.compile(
    r"[a-z0-9.-]+==[A-Za-z0-9_.]+( ; [^\n\\]+)?( \\\n    --hash=sha256:[0-9a-f]{64})+\n"
    r"(    #[^\n]*\n)+"
)
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
    return {canonical(pin) for pin in PIN.findall(text)}.union(*map(pinned, included))


def canonical(pin: str) -> str:
    """Return a pin with its name as an index has it."""
    return pin.lower().replace("_", "-")


@pytest.mark.parametrize("extra", EXTRAS)
def test_pyproject_and_requirements_pin_the_same(extra: str) -> None:
    assert {canonical(pin) for pin in declared(extra)} <= pinned(EXTRAS[extra])


@pytest.mark.parametrize("name", EXTRAS.values())
def test_every_requirement_is_whole_and_has_hashes(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    rest = WHOLE.sub("", re.sub(r"^(#|-r ).*\n", "", text, flags=re.MULTILINE))
    assert rest == "", "and names no index"


def test_every_package_that_a_package_needs_is_pinned() -> None:
    """As the installed packages say it, so what pip would otherwise fetch without a hash."""
    names = {pin.partition("==")[0] for pin in pinned("requirements-dev.txt")}
    seen = 0
    for distribution in distributions():
        if canonical(distribution.metadata["Name"]) in names:
            for needed in map(Requirement, distribution.requires or ()):
                if not needed.marker or needed.marker.evaluate({"extra": ""}):
                    assert canonical(needed.name) in names, distribution.metadata["Name"]
                    seen += 1
    assert seen > 20


def test_what_runs_elsewhere_is_pinned_to_a_commit() -> None:
    for workflow in (ROOT / ".github" / "workflows").iterdir():
        used = re.findall(r"uses: (\S+)", workflow.read_text(encoding="utf-8"))
        assert used
        assert all(re.fullmatch(r"[\w/-]+@[0-9a-f]{40}", one) for one in used), used


def test_the_image_that_ours_begins_with_is_pinned_to_a_digest() -> None:
    images = re.findall(r"^FROM (\S+)", (ROOT / "Dockerfile").read_text(encoding="utf-8"), re.M)
    assert images
    assert all(re.fullmatch(r"[\w.-]+:[\w.-]+@sha256:[0-9a-f]{64}", one) for one in images)


def test_zones_are_known_where_the_system_has_none() -> None:
    before = zoneinfo.TZPATH
    zoneinfo.reset_tzpath(to=())
    try:
        assert zoneinfo.ZoneInfo.no_cache("Asia/Tokyo")
    finally:
        zoneinfo.reset_tzpath(to=before)


def test_no_requirements_file_stands_alone() -> None:
    assert {path.name for path in ROOT.glob("requirements*.txt")} == set(EXTRAS.values())


def test_the_version_stands_in_one_place() -> None:
    assert PROJECT["version"] == settings.VERSION

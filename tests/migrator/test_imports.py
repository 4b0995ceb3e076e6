"""Imports within the package go one way: no ring of modules, and none of its folders."""

import ast
from functools import cache
from graphlib import CycleError, TopologicalSorter
from importlib.util import resolve_name
from pathlib import Path

import pytest

import migrator

FOLDER = Path(migrator.__file__).parent


@cache
def imports(path: Path) -> set[str]:
    """Return the package's modules that one of them imports, wherever in it."""
    package = ".".join(path.relative_to(FOLDER.parent).parent.parts)
    return {
        resolve_name("." * node.level + str(node.module), package)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and node.level
    }


def graph(depth: int) -> dict[str, set[str]]:
    """Return what imports what, a name cut after `depth` parts."""
    found: dict[str, set[str]] = {}
    for path in FOLDER.rglob("*.py"):
        name = ".".join(path.relative_to(FOLDER.parent).with_suffix("").parts[:depth])
        others = {".".join(other.split(".")[:depth]) for other in imports(path)}
        found.setdefault(name, set()).update(others - {name})
    return found


@pytest.mark.parametrize("depth", [2, 3], ids=["folders", "modules"])
def test_imports_go_one_way(depth: int):
    assert len(graph(depth)) > 10
    TopologicalSorter(graph(depth)).prepare()


def test_a_ring_is_found():
    back = {"migrator.schema": {"migrator.router"}}
    with pytest.raises(CycleError):
        TopologicalSorter(graph(2) | back).prepare()


def test_no_file_is_longer_than_250_lines():
    lengths = {path: len(path.read_text().splitlines()) for path in FOLDER.rglob("*.py")}
    assert not {path.name: length for path, length in lengths.items() if length > 250}

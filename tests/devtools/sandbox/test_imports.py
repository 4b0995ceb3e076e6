"""The sandbox's modules import in one direction only, also for types."""

import ast
from collections.abc import Iterable
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import devtools.sandbox

NAME = devtools.sandbox.__name__
FOLDER = Path(devtools.sandbox.__file__).parent
FILES = {
    ".".join((NAME, *path.relative_to(FOLDER).with_suffix("").parts)).removesuffix(
        ".__init__"
    ): path
    for path in FOLDER.rglob("*.py")
}


def imported(source: str, known: Iterable[str]) -> set[str]:
    """The modules of the sandbox that a source imports, wherever in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(NAME):
            names = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= names & {*known} or {str(node.module)}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names if alias.name.startswith(NAME)}
    return found


def test_no_module_imports_what_imports_it() -> None:
    graph = {name: imported(path.read_text("utf-8"), FILES) for name, path in FILES.items()}
    assert set().union(*graph.values()) <= set(FILES)
    order = [*TopologicalSorter(graph).static_order()]
    assert len(order) == len(FILES)
    assert order.index(f"{NAME}.state") < order.index(f"{NAME}.server")


def test_a_ring_is_found_also_one_for_types_alone() -> None:
    sources = {
        f"{NAME}.a": f"from {NAME} import b",
        f"{NAME}.b": f"if TYPE_CHECKING:\n    from {NAME}.a import A",
    }
    graph = {name: imported(source, sources) for name, source in sources.items()}
    with pytest.raises(CycleError):
        TopologicalSorter(graph).prepare()

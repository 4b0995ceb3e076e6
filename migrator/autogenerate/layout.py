"""Lay out the Python of a migration file as `ruff format` and Black leave it."""

import ast
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from textwrap import TextWrapper

USUAL_LENGTH = 88  # ruff's and Black's own
# cuts a text between words and loses nothing of it
WRAPPER = partial(
    TextWrapper,
    drop_whitespace=False,
    replace_whitespace=False,
    expand_tabs=False,
    break_long_words=False,
    break_on_hyphens=False,
)


def line_length(folder: Path) -> int:
    """Return the `line-length` of the pyproject.toml nearest to a folder, or the usual one."""
    for parent in (folder.resolve(), *folder.resolve().parents):
        path = parent / "pyproject.toml"
        if path.is_file():
            found = re.search(r"^line-length\s*=\s*(\d+)", path.read_text("utf-8"), re.MULTILINE)
            return int(found[1]) if found else USUAL_LENGTH
    return USUAL_LENGTH


def quoted(literal: str) -> str:
    """Return the `repr` of a text or bytes in double quotes, unless that takes more escapes."""
    sign, inner = literal[: literal[0] == "b"], literal.removeprefix("b")[1:-1]
    if literal[-1] == '"' or inner.count('"') > inner.count("\\'"):
        return literal
    inner = inner.replace("\\'", "'").replace('"', '\\"')
    return f'{sign}"{inner}"'


def lines(source: str, width: int, *, is_broken: bool = False) -> Iterator[str]:
    """Yield a statement, which is one call, in the body of a function; `is_broken` if it fits too.

    The comma after every part keeps ruff and Black from joining them again.
    """
    call = ast.parse(source, mode="eval").body
    yield from Layout(source, width).lines(call, " " * 4, is_broken=is_broken)


@dataclass(frozen=True)
class Layout:
    """The expressions of one line of source, laid out anew."""

    source: str
    width: int

    def lines(
        self, node: ast.expr, before: str, after: str = "", *, is_broken: bool = False
    ) -> Iterator[str]:
        """Yield an expression between two texts: on one line if it fits, else a part a line."""
        text = self.text(node)
        indent = before[: len(before) - len(before.lstrip())]
        opening, parts = self.parts(node)
        if not is_broken and columns(before + text + after) <= self.width:
            yield before + text + after
        elif parts:
            yield before + opening
            for option, part in parts:
                yield from self.lines(part, f"{indent}    {option}", ",")
            yield indent + {"(": ")", "[": "]"}[opening[-1]] + after
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            room = self.width - len(before) - len('"",')
            first, *more = map(quoted, map(repr, WRAPPER(room).wrap(node.value)))
            yield "\n".join([before + first, *(indent + piece for piece in more)]) + after
        else:
            yield before + text + after

    def text(self, node: ast.expr) -> str:
        return ast.get_source_segment(self.source, node) or ""

    def parts(self, node: ast.expr) -> tuple[str, list[tuple[str, ast.expr]]]:
        """Return how a call, tuple or list opens, and its parts with the options' names."""
        match node:
            case ast.Call():
                options = [(f"{option.arg}=", option.value) for option in node.keywords]
                return f"{self.text(node.func)}(", [*(("", part) for part in node.args), *options]
            case ast.Tuple() | ast.List():
                return self.text(node)[0], [("", part) for part in node.elts]
        return "", []


def columns(text: str) -> int:
    """Return how many columns a text takes up; a letter of East Asia takes two."""
    return sum(1 + (unicodedata.east_asian_width(letter) in "WF") for letter in text)

"""Write the requirements files from pyproject.toml: `python -m devtools.requirements` (needs uv).

Every package that a set needs is pinned, for each supported Python and platform, with the hashes of
all files of its version: pip installs nothing else, wherever it fetches from.
"""

import re
import subprocess
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
COMMAND = (
    *("uv", "pip", "compile", "pyproject.toml", "--quiet", "--universal", "--generate-hashes"),
    *("--python-version", "3.11", "--no-header", "--no-emit-index-url"),
)


class RequirementsFile(NamedTuple):
    """A file, what its first line says, and the files that it includes or comes after."""

    name: str
    about: str
    includes: tuple[str, ...] = ()
    after: tuple[str, ...] = ()


RUN, PICTURES, DEMO = "requirements.txt", "requirements-pictures.txt", "requirements-demo.txt"
FILES = {  # by the extra of pyproject.toml
    "": RequirementsFile(RUN, "What the running bot needs; the README says what each is for."),
    "pictures": RequirementsFile(
        PICTURES, "Optional: pictures beside the words. The words work without.", after=(RUN,)
    ),
    "demo": RequirementsFile(
        DEMO, "What `make demo` needs: the bot, its pictures, and a prompt.", (RUN, PICTURES)
    ),
    "dev": RequirementsFile(
        "requirements-dev.txt", "For those who change the bot: tests, lint and types.", (DEMO,)
    ),
}


def blocks(text: str) -> dict[str, str]:
    """Return each requirement with its hashes and whom it is for, by its name."""
    found = re.split(r"^(?=[A-Za-z0-9])", text, flags=re.MULTILINE)[1:]
    return {block.partition("==")[0]: block for block in found}


def compiled(extra: str) -> dict[str, str]:
    """Return what the bot needs with an extra."""
    more = ("--extra", extra) if extra else ()
    done = subprocess.run(  # noqa: S603  the command is written above
        [*COMMAND, *more], cwd=ROOT, check=True, capture_output=True, text=True
    )
    return blocks(done.stdout)


def main() -> None:
    """Write all files."""
    written: dict[str, set[str]] = {}
    for extra, file in FILES.items():
        needed = compiled(extra)
        known = set[str]().union(*(written[name] for name in (*file.includes, *file.after)))
        written[file.name] = known | set(needed)
        told = [f"# {file.about}", "# Written by python -m devtools.requirements"]
        told += [f"-r {name}" for name in file.includes]
        text = "".join(block for name, block in needed.items() if name not in known)
        (ROOT / file.name).write_text("\n".join(told) + "\n" + text, encoding="utf-8")


if __name__ == "__main__":
    main()

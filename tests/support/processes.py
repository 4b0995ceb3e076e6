"""Commands in a process of their own, which is a fork of this one: no Python is started anew."""

import logging
import os
import pty
import runpy
import sys
import sysconfig
import tempfile
import traceback
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from subprocess import CompletedProcess

ROOT = Path(__file__).resolve().parents[2]


def forked(
    action: Callable[[], object], folder: Path, environment: Mapping[str, str] | None = None
) -> "CompletedProcess[str]":
    """Run a function in a folder, in a process without a terminal.

    One with an environment of its own has nothing of this project: its folder has another copy.
    """
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        child = os.fork()
        if not child:
            for number, stream in enumerate((open(os.devnull), out, err)):  # noqa: SIM115
                os.dup2(stream.fileno(), number)
            if environment is not None:
                forget_the_project()
                os.environ.clear()
                os.environ.update(environment)
            finish(action, folder)
        _, status = os.waitpid(child, 0)
        for stream in (out, err):
            stream.seek(0)
        return CompletedProcess([], os.waitstatus_to_exitcode(status), out.read(), err.read())


def at_terminal(action: Callable[[], object], folder: Path, prompt: str, answer: str) -> str:
    """Run a function at a terminal, and answer when it prompts; what is to be seen there."""
    child, terminal = pty.fork()
    if not child:
        finish(action, folder)
    said = b""
    while prompt.encode() not in said:
        said += os.read(terminal, 4096)
    os.write(terminal, f"{answer}\n".encode())
    try:
        while more := os.read(terminal, 4096):
            said += more
    except OSError:  # nobody writes any more
        pass
    os.waitpid(child, 0)
    os.close(terminal)
    return said.decode()


def command(*words: str) -> None:
    """Be `pw_migrate` or `python -m migrator`."""
    name, options = words[0].replace("pw_", "peewee_"), words[1:]
    if name == "python":
        name, options = words[2], words[3:]
        sys.path.insert(0, os.getcwd())
    sys.argv = [name, *options]
    runpy.run_module(name, run_name="__main__", alter_sys=True)


def forget_the_project() -> None:
    """Let every module of this project be imported anew, from somewhere else."""
    installed = sysconfig.get_path("purelib")
    for name, module in [*sys.modules.items()]:
        file = str(getattr(module, "__file__", None))
        own = file.startswith(f"{ROOT}/") and not file.startswith(installed)
        if own or name.partition(".")[0] == "peewee_migrate":  # which migrations/conf.py changes
            del sys.modules[name]
    logging.root.handlers.clear()
    logging.root.manager.loggerDict.clear()
    sys.path[:] = [path for path in sys.path if Path(path).resolve() != ROOT]


def finish(action: Callable[[], object], folder: Path) -> None:
    """Run the function as a new process would, and end."""
    code = 1
    try:
        os.chdir(folder)
        warnings.simplefilter("ignore")
        for name in [name for name in sys.modules if name.partition(".")[0] in ("app", "models")]:
            del sys.modules[name]
        sys.stdin, sys.stdout, sys.stderr = open(0), open(1, "w"), open(2, "w")  # noqa: SIM115
        action()
        code = 0
    except SystemExit as error:
        code = error.code if isinstance(error.code, int) else int(error.code is not None)
        if isinstance(error.code, str):
            sys.stderr.write(f"{error.code}\n")
    except BaseException:  # noqa: BLE001 (a process that ends says why)
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)

"""`tracer doctor`: what is there on this machine, what is missing, and what each gives."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tracer import __version__
from tracer.dynamic.accelerator import find_accelerator
from tracer.dynamic.interpreter import Interpreter, check_interpreter
from tracer.errors import WorkloadError
from tracer.pipeline.launching import accelerator_folder
from tracer.static.user_cache import FOLDER_VARIABLE, cache_folder

_TOOL_SINCE = (3, 11)
_TARGETS = ("3.10", "3.11", "3.12", "3.13", "3.14")
_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
# Module, distribution, what it gives, how to get it.
_EXTRAS = (
    ("h5py", "h5py", "`inspect` reads HDF5 and .keras weights", "callchain-tracer[hdf5]"),
    ("mcp", "mcp", "`tracer mcp`: the same functions for an agent", "callchain-tracer[mcp]"),
    ("zstandard", "zstandard", "`inspect` unpacks zstandard files", "callchain-tracer[zstd]"),
    ("dill", "dill", "the embedded target of `make demo`", "callchain-tracer[demo]"),
    ("numpy", "numpy", "the embedded target of `make demo`", "callchain-tracer[demo]"),
    ("pytest", "pytest", "`pytest --tracer` in this environment", "pytest"),
)


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that tracer can use."""

    name: str
    is_there: bool
    found: str  # version, path, or why it is missing
    gives: str
    how: str = ""  # how to get it, where it is missing and that is known
    is_required: bool = False


def examine(python: Path | None = None) -> tuple[Check, ...]:
    """Look at everything; compiles the hooks in C where they are not compiled yet.

    Args:
        python: The interpreter of the target; None: the one that runs this.

    Raises:
        WorkloadError: It is none.
    """
    interpreter = check_interpreter(python)
    return (
        _tool(),
        *_interpreters(interpreter),
        _hooks(interpreter),
        _cache(),
        _program("git", ("git",), "commit and dirty state on the card", "install git"),
        *_extras(),
        _program(
            "browser",
            _BROWSERS,
            "`tracer view` opens the page in any browser; our own tests need Chromium",
            "install chromium",
        ),
    )


def _tool() -> Check:
    version = ".".join(map(str, sys.version_info[:3]))
    return Check(
        "tracer",
        sys.version_info >= _TOOL_SINCE,
        f"{__version__} on Python {version}, {sys.executable}",
        "everything",
        "Python 3.11 or later",
        is_required=True,
    )


def _interpreters(given: Interpreter) -> Iterator[Check]:
    version = ".".join(map(str, given.version))
    yield Check(
        "target's interpreter",
        True,
        f"{given.implementation} {version}, {given.executable}",
        "`run`, `ask` and `trace` run the program with it (--python chooses another)",
        is_required=True,
    )
    found = []
    for name in _TARGETS:
        path = shutil.which(f"python{name}")
        if path is None:
            continue
        try:
            found.append(".".join(map(str, check_interpreter(Path(path)).version)))
        except WorkloadError:
            continue  # a link to what is not there, as of a version manager
    yield Check(
        "other interpreters",
        bool(found),
        ", ".join(found) or f"none of python{', python'.join(_TARGETS)} on the path runs",
        "targets that need another Python: --python EXE",
        "install one, or give its path",
    )


def _hooks(interpreter: Interpreter) -> Check:
    accelerator = find_accelerator(interpreter, accelerator_folder(), root=None)
    return Check(
        "hooks in C",
        accelerator.path is not None,
        f"compiled, {accelerator.path}" if accelerator.path else f"no: {accelerator.why_not}",
        "a recording several times as fast; without them those in Python do the same",
        accelerator.remedy,
    )


def _cache() -> Check:
    folder = cache_folder()
    why = ""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        why = error.strerror or type(error).__name__
    return Check(
        "cache folder",
        not why,
        f"{folder}: {why}" if why else str(folder),
        "a second reading of the same tree takes a fraction of the time",
        f"{FOLDER_VARIABLE}=DIR, a folder that can be written",
    )


def _program(name: str, programs: tuple[str, ...], gives: str, how: str) -> Check:
    path = next((found for each in programs if (found := shutil.which(each))), None)
    return Check(name, path is not None, path or "not on the path", gives, how)


def _extras() -> Iterator[Check]:
    for module, distribution, gives, how in _EXTRAS:
        is_there = importlib.util.find_spec(module) is not None
        version = "not installed"
        if is_there:
            try:
                version = importlib.metadata.version(distribution)
            except importlib.metadata.PackageNotFoundError:
                version = "of unknown version"
        if module == "zstandard" and sys.version_info >= (3, 14):
            is_there, version = True, "in the standard library"
        yield Check(module, is_there, version, gives, f"pip install '{how}'")


def is_fit(checks: tuple[Check, ...]) -> bool:
    """Whether all that nothing goes without is there."""
    return all(check.is_there for check in checks if check.is_required)

"""The probe's hooks in C, compiled for the target's interpreter when they are wanted first.

What is compiled lies in a cache folder, named by the digest of its sources and of what the
interpreter says of its build. It gets its name there only after it has passed a test in a process
of its own. Nothing here is an error: where it cannot be had, the hooks in Python do it all.
"""

from __future__ import annotations

import hashlib
import logging
import os
import shlex
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tracer.dynamic.interpreter import Interpreter, answer_in

logger = logging.getLogger(__name__)

_PROBE = Path(__file__).resolve().parent.parent / "probe"
_SOURCES = _PROBE / "accelerator"
_BOOTSTRAP = _PROBE / "bootstrap.py"
_KNOWN = ((3, 11), (3, 12), (3, 13))  # whose frames the sources can read
_ANOTHER_PYTHON = "CPython {}.{} to {}.{}, with a GIL, as the target's interpreter".format(
    *_KNOWN[0], *_KNOWN[-1]
)
_A_COMPILER = "a C compiler and the interpreter's headers (Python.h)"
_ANOTHER_FOLDER = "a cache folder that can be written, outside the analysed tree"
_FLAGS = (
    "-O2",
    "-fPIC",
    "-fvisibility=hidden",
    "-fwrapv",
    "-fno-strict-aliasing",
    "-DNDEBUG",
    "-w",
)
_TIMEOUT_S = 120.0
_QUESTION = """
import json, sysconfig
paths = sysconfig.get_paths()
print(json.dumps({"compiler": sysconfig.get_config_var("CC") or "",
    "folders": [paths["include"], paths["platinclude"]]}))
"""


@dataclass(frozen=True, slots=True)
class Accelerator:
    """A module that the target can load, or why there is none."""

    path: Path | None
    why_not: str = ""
    build: str = ""  # of the interpreters that can load it
    remedy: str = ""  # what would give one, where there is none and that is known

    def described(self) -> dict[str, str]:
        """For the probe."""
        path = "" if self.path is None else str(self.path)
        return {"path": path, "why": self.why_not, "build": self.build}


def find_accelerator(
    interpreter: Interpreter, folder: Path | None, root: Path | None, wanted: str = "auto"
) -> Accelerator:
    """The accelerator for an interpreter, compiled now if it was not before.

    Args:
        interpreter: The target's.
        folder: Where compiled ones are kept; None: nowhere, and none is used.
        root: The tree under analysis, in which nothing is written; None: there is none.
        wanted: `auto` or `off`.
    """
    if wanted == "off":
        return Accelerator(None, "it was switched off")
    if folder is None:
        return Accelerator(None, "there is no folder to keep it in")
    unfit = _unfit(interpreter)
    if unfit:
        return Accelerator(None, unfit, remedy=_ANOTHER_PYTHON)
    if os.name != "posix":
        return Accelerator(None, f"it was never built on {os.name}")
    if root is not None and folder.resolve().is_relative_to(root.resolve()):
        why = f"the folder to keep it in, {folder}, lies in the analysed tree"
        return Accelerator(None, why, remedy=_ANOTHER_FOLDER)
    sources = sorted(_SOURCES.glob("*.[ch]"))
    digest = hashlib.sha256(" ".join((interpreter.build, *_FLAGS)).encode())
    for source in sources:
        digest.update(source.name.encode() + b"\0" + source.read_bytes() + b"\0")
    place = folder / f"{digest.hexdigest()[:32]}.so"
    if place.is_file():
        return Accelerator(place, build=interpreter.build)
    refused = place.with_suffix(".why")
    try:
        return Accelerator(None, refused.read_text(encoding="utf-8"))
    except OSError:
        pass
    try:
        _build(interpreter, place)
    except _CannotBuildError as why:
        if why.is_lasting:
            _keep(refused, str(why))
        logger.info("no accelerator: %s", why)
        return Accelerator(None, str(why), remedy=why.remedy)
    return Accelerator(place, build=interpreter.build)


def _unfit(interpreter: Interpreter) -> str:
    """Why no compiler would help."""
    if interpreter.implementation != "cpython":
        return f"{interpreter.implementation} is no CPython"
    if interpreter.version[:2] not in _KNOWN:
        return f"it does not know the frames of Python {'.'.join(map(str, interpreter.version))}"
    if "free-threading" in interpreter.build:
        return "this interpreter has no GIL"
    return ""


class _CannotBuildError(Exception):
    """Why there is none."""

    def __init__(self, why: str, remedy: str = "", is_lasting: bool = False) -> None:
        super().__init__(why)
        self.remedy = remedy
        self.is_lasting = is_lasting  # the same would come of trying again


def _build(interpreter: Interpreter, place: Path) -> None:
    """Compile, test, and put in place."""
    asked = _run([str(interpreter.executable), "-c", _QUESTION])
    try:
        answer = answer_in(asked.stdout) or {}
        compiler = shlex.split(answer["compiler"])
        folders = [Path(each) for each in answer["folders"]]
    except (ValueError, KeyError, TypeError) as error:
        raise _CannotBuildError("the interpreter does not say how it was built") from error
    if not compiler or shutil.which(compiler[0]) is None:
        wanted = " ".join(compiler[:1]) or "for C"
        raise _CannotBuildError(f"there is no compiler {wanted}", _A_COMPILER)
    if not any((each / "internal" / "pycore_frame.h").is_file() for each in folders):
        raise _CannotBuildError(
            f"the headers of this interpreter are not in {folders[0]}", _A_COMPILER
        )
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=place.stem, suffix=".so", dir=place.parent)
        os.close(handle)
    except OSError as error:
        why = f"{place.parent} cannot be written: {error.strerror}"
        raise _CannotBuildError(why, _ANOTHER_FOLDER) from error
    unfinished = Path(name)
    try:
        includes = [f"-I{each}" for folder in folders for each in (folder, folder / "internal")]
        shared = ["-bundle", "-undefined", "dynamic_lookup"] if _is_mac() else ["-shared"]
        files = [str(each) for each in sorted(_SOURCES.glob("*.c"))]
        built = _run([*compiler, *_FLAGS, *shared, *includes, "-o", name, *files])
        if built.returncode:
            why = f"it did not compile: {_first_error(built.stderr)}"
            raise _CannotBuildError(why, is_lasting=True)
        tested = _run([str(interpreter.executable), str(_BOOTSTRAP), "--check-accelerator", name])
        if tested.returncode:
            said = tested.stderr.strip().rpartition("\n")[2] or f"status {tested.returncode}"
            raise _CannotBuildError(f"it did not pass its test: {said}", is_lasting=True)
        os.replace(unfinished, place)
    except OSError as error:
        why = f"{place} cannot be written: {error.strerror}"
        raise _CannotBuildError(why, _ANOTHER_FOLDER) from error
    finally:
        unfinished.unlink(missing_ok=True)


def _run(command: list[str]) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(
            command,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_TIMEOUT_S,
            stdin=subprocess.DEVNULL,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise _CannotBuildError(f"{command[0]} could not be run") from error


def _is_mac() -> bool:
    return os.uname().sysname == "Darwin"


def _first_error(said: str) -> str:
    lines = [line for line in said.splitlines() if "error" in line] or said.splitlines()
    return lines[0][:200] if lines else "the compiler said nothing"


def _keep(file: Path, text: str) -> None:
    try:
        file.write_text(text, encoding="utf-8")
    except OSError:
        return  # it is tried again next time

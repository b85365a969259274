"""The interpreters of this machine, and running small programs under the probe."""

from __future__ import annotations

import glob
import os
import re
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tracer.dynamic.accelerator import find_accelerator
from tracer.dynamic.interpreter import check_interpreter
from tracer.dynamic.launch import record
from tracer.dynamic.taps import parse_tap
from tracer.model.plan import TracePlan, Workload
from tracer.model.recording import Recording
from tracer.plan.effect_calls import effect_plan
from tracer.tables.load import load_effect_table

VERSIONS = ("3.10", "3.11", "3.12", "3.13", "3.14")
BACKENDS = tuple(
    f"{version} {backend}"
    for backend, versions in (("settrace", VERSIONS), ("monitoring", VERSIONS[2:]))
    for version in versions
)
"""Interpreters, each with every back end that it has."""
IN_C = tuple(f"{each} in C" for each in BACKENDS if each.split()[0] in ("3.11", "3.12", "3.13"))
"""The same with the accelerator, where one can be compiled."""

_PLAN_OPTIONS = (
    "namespaces",
    "mode",
    "time_budget_s",
    "tree_calls",
    "digests",
    "calls_looked_at",
    "watched",
    "follows_children",
    "environment",
    "presets",
    "memory_limit",
    "log_limit",
    "stand_ins",
    "recipes",
)


def _candidates(version: str) -> Iterator[str]:
    on_path = shutil.which(f"python{version}")
    if on_path:
        yield on_path
    home = os.path.expanduser(f"~/.pyenv/versions/{version}*/bin/python")
    yield from sorted(glob.glob(home), reverse=True)


def _find(version: str) -> str | None:
    for candidate in _candidates(version):
        answer = subprocess.run(
            [candidate, "-c", "import sys; print('%d.%d' % sys.version_info[:2], sys.executable)"],
            capture_output=True,
            text=True,
            check=False,
        )
        if answer.stdout.startswith(version + " "):
            return answer.stdout.split()[1]
    return None


def _usual() -> frozenset[str]:
    """Each way to listen in one interpreter; other combinations take `--every-backend`.

    Without hooks in C, `settrace` is tested on the oldest interpreter that there is.
    """
    oldest = "3.10" if _find("3.10") else "3.11"
    return frozenset(
        (f"{oldest} settrace", "3.11 settrace in C", "3.12 monitoring", "3.13 monitoring in C")
    )


USUAL = _usual()


def ways(names: Iterable[str]) -> list[Any]:
    """As parameters of a fixture."""
    return [
        name if name in USUAL else pytest.param(name, marks=pytest.mark.every_backend)
        for name in names
    ]


@pytest.fixture(scope="session")
def interpreters() -> dict[str, str | None]:
    return {version: _find(version) for version in VERSIONS}


@pytest.fixture(params=VERSIONS)
def python(request: pytest.FixtureRequest, interpreters: dict[str, str | None]) -> Path:
    """Each interpreter in turn; one that is not installed is skipped visibly."""
    return _installed(interpreters, request.param)


def _installed(interpreters: dict[str, str | None], version: str) -> Path:
    found = interpreters[version]
    if found is None:
        pytest.skip(f"no Python {version} on this machine")
    return Path(found)


@dataclass(frozen=True)
class Program:
    """A program in a folder of its own."""

    root: Path
    python: Path
    backend: str = "auto"
    script: str = "main.py"
    accelerators: Path | None = None  # where compiled hooks are kept

    def record(
        self, *argv: str, taps: tuple[str, ...] = (), out: str = "out", **options: Any
    ) -> Recording:
        plan_options = {name: options.pop(name) for name in _PLAN_OPTIONS if name in options}
        cwd = options.pop("cwd", None)
        plan = TracePlan(
            root=str(self.root),
            namespaces=plan_options.pop("namespaces", ()),
            workload=Workload("w1", argv or (self.script,), cwd),
            taps=tuple(parse_tap(tap, self.root) for tap in taps),
            backend=self.backend,
            effects=effect_plan(load_effect_table()),
            **plan_options,
        )
        return record(
            plan,
            self.root.parent / out,
            python=self.python,
            accelerators=self.accelerators,
            **options,
        )

    def expected(self) -> set[tuple[str, int, str]]:
        return expected_edges(self.root)

    def untraced(self, *argv: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self.python, *(argv or (self.script,))],
            cwd=self.root,
            capture_output=True,
            text=True,
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
            check=False,
        )

    def traced(
        self, *argv: str, out: str = "traced", pass_fds: tuple[int, ...] = (), **options: str
    ) -> Any:
        """Run as `tracer trace` would, in a process of its own; an option given "" is a flag."""
        words = [
            word
            for name, value in options.items()
            for word in ((f"--{name}", value) if value else (f"--{name}",))
        ]
        return subprocess.run(
            [
                sys.executable,
                str(Path(__file__).with_name("run_trace.py")),
                *("--python", str(self.python), "--root", str(self.root)),
                *(
                    "--out",
                    str(self.root.parent / out),
                    "--backend",
                    self.backend,
                    *(() if self.accelerators is None else ("--accelerators", self.accelerators)),
                    *words,
                    "--",
                    *(argv or (self.script,)),
                ),
            ],
            cwd=self.root,
            capture_output=True,
            text=True,
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
            pass_fds=pass_fds,
            check=False,
        )


@pytest.fixture(scope="session")
def accelerators(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where hooks that were compiled are kept; workers share it."""
    return tmp_path_factory.getbasetemp().parent / "accelerators"


def compiled(python: Path, folder: Path) -> Path:
    """The folder, once there is an accelerator in it; else the test is skipped visibly.

    One that is compiled, and does not work, is a failure.
    """
    found = find_accelerator(check_interpreter(python), folder, folder / "no tree")
    if found.path is None:
        assert not found.why_not.startswith("it did not "), found.why_not
        pytest.skip(f"no accelerator: {found.why_not}")
    return folder


def accelerated(
    way: str, interpreters: dict[str, str | None], tmp_path: Path, folder: Path
) -> Callable[..., Program]:
    """Write a program that is recorded in C; `replace(…, accelerators=None)` is the plain way."""
    version, backend, *_ = way.split()
    python = _installed(interpreters, version)
    kept = compiled(python, folder)

    def write(main: str, helpers: str = "") -> Program:
        root = tmp_path / "tree"
        root.mkdir()
        (root / "main.py").write_text(textwrap.dedent(main))
        (root / "helpers.py").write_text(textwrap.dedent(helpers))
        return Program(root, python, backend, accelerators=kept)

    return write


@pytest.fixture(params=ways((*BACKENDS, *IN_C)))
def program(
    request: pytest.FixtureRequest,
    interpreters: dict[str, str | None],
    tmp_path: Path,
    accelerators: Path,
) -> Callable[..., Program]:
    """Write a program: its main script, and other files by keyword or dict."""
    version, backend, *in_c = request.param.split()
    python = _installed(interpreters, version)
    folder = compiled(python, accelerators) if in_c else None

    def write(main: str, files: dict[str, str] | None = None) -> Program:
        root = tmp_path / "tree"
        for name, text in {"main.py": main, **(files or {})}.items():
            place = root / name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(textwrap.dedent(text).lstrip("\n"), encoding="utf-8")
        return Program(root, python, backend, accelerators=folder)

    return write


def expected_edges(root: Path) -> set[tuple[str, int, str]]:
    """What `# runs: f | g` beside the calls says; the caller is the function around the line."""
    found = set()
    for path in sorted(root.rglob("*.py")):
        owners: list[tuple[int, str]] = []
        for number, line in enumerate(path.read_text().splitlines(), 1):
            indent = len(line) - len(line.lstrip())
            if line.strip():
                owners = [owner for owner in owners if owner[0] < indent]
            header = re.match(r"\s*(?:async )?(def|class) (\w+)", line)
            runs = re.search(r"# runs: (.*)", line)
            if runs:
                caller = owners[-1][1] if owners else "<module>"
                for callee in runs[1].split("|"):
                    found.add((caller, number, callee.strip()))
            if header:
                outer = owners[-1][1] + "." if owners else ""
                owners.append((indent, outer + header[2]))
    return found

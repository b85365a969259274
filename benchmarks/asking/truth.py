"""What a run of a program saw: the truth that answers are held against."""

from __future__ import annotations

import ast
import json
import shutil
import subprocess
import sys
from collections import deque
from dataclasses import dataclass
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path

_PROGRAMS = Path(__file__).with_name("programs")


@dataclass(frozen=True, order=True)
class Ran:
    """A function that ran."""

    path: str
    qualname: str

    @property
    def name(self) -> str:
        return self.qualname.rpartition(".")[2]

    @property
    def id(self) -> str:
        return f"{self.path}::{self.qualname}"


@dataclass(frozen=True)
class Truth:
    """Who called whom, and at which lines."""

    root: Path
    lines: dict[tuple[Ran, Ran], tuple[int, ...]]

    @cached_property
    def named(self) -> frozenset[Ran]:
        """Functions of the project with a name of their own, so that somebody could ask for them:
        no class bodies, no lambdas, none of code that a library made."""
        found: set[Ran] = set()
        classes: dict[str, set[str]] = {}
        for ran in {end for pair in self.lines for end in pair}:
            file = self.root / ran.path
            if "<" in ran.qualname or ran.path == "program.py" or not file.is_file():
                continue
            if ran.path not in classes:
                nodes = ast.walk(ast.parse(file.read_text("utf-8")))
                classes[ran.path] = {n.name for n in nodes if isinstance(n, ast.ClassDef)}
            if ran.name not in classes[ran.path]:
                found.add(ran)
        return frozenset(found)

    @cached_property
    def callees(self) -> dict[Ran, list[Ran]]:
        found: dict[Ran, list[Ran]] = {}
        for caller, callee in sorted(self.lines):
            found.setdefault(caller, []).append(callee)
        return found

    @cached_property
    def callers(self) -> dict[Ran, list[Ran]]:
        found: dict[Ran, list[Ran]] = {}
        for caller, callee in sorted(self.lines):
            found.setdefault(callee, []).append(caller)
        return found

    def distances(self, start: Ran) -> dict[Ran, int]:
        """In how few calls each function was reached."""
        found, queue = {start: 0}, deque([start])
        while queue:
            one = queue.popleft()
            for other in self.callees.get(one, ()):
                if other not in found:
                    found[other] = found[one] + 1
                    queue.append(other)
        return found

    def refutes(self, caller: str, callee: str, line: int) -> bool:
        """Whether the run saw that line call another function of that name, and never this one."""
        name = callee.rpartition(".")[2].rpartition("::")[2].partition("#")[0]
        seen = {
            other.id
            for (one, other), lines in self.lines.items()
            if one.id == caller.partition("#")[0] and line in lines and other.name == name
        }
        return bool(seen) and callee.partition("#")[0] not in seen


def record(project: str, folder: Path) -> Truth:
    """Copy an installed package beside its program, and run that under the probe.

    Raises:
        SystemExit: The package is not installed, or the recording failed.
    """
    spec = find_spec(project)
    if spec is None or spec.origin is None:
        raise SystemExit(f"{project}: expected an installed package")
    root = folder / project
    ignored = shutil.ignore_patterns("__pycache__", "*.so")
    shutil.copytree(Path(spec.origin).parent, root / project, ignore=ignored)
    shutil.copy(_PROGRAMS / f"{project}.py", root / "program.py")
    out = folder / f"{project}-trace"
    command = [sys.executable, "-m", "tracer", "trace", "--root", str(root)]
    command += ["--namespace", project, "--cwd", str(root), "-o", str(out)]
    done = subprocess.run(
        [*command, "--", str(root / "program.py")], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"{project}: the program ended with {done.returncode}: {done.stderr}")
    return read_truth(root, out / "edges.json")


def read_truth(root: Path, edges: Path) -> Truth:
    """Calls between functions of the tree; resumed generators are no calls."""
    data = json.loads(edges.read_text("utf-8"))
    if not data["complete"]:
        raise SystemExit(f"{edges}: expected a complete recording: {data['why_incomplete']}")
    found: dict[tuple[Ran, Ran], tuple[int, ...]] = {}
    for edge in data["edges"]:
        if edge["how"] == "call":
            ends = (Ran(edge[end]["path"], edge[end]["qualname"]) for end in ("caller", "callee"))
            caller, callee = ends
            lines = {*found.get((caller, callee), ()), *edge["call_lines"]}
            found[caller, callee] = tuple(sorted(lines))
    return Truth(root, found)

"""Random programs are executed, and what they do is held against what the analysis says.

`TRACER_RANDOM_PROGRAMS=3000` asks for that many programs; a failure is reduced to the statements
that it needs and printed whole.
"""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tests.static.random_programs import random_program
from tracer.model.graph import CallGraph, Resolution, Tier
from tracer.model.source import is_function
from tracer.static.call_graph import build_call_graph
from tracer.static.sources import read_tree
from tracer.tables.load import load_effect_table

RECORDER = Path(__file__).parent / "record_programs.py"
PROGRAMS = int(os.environ.get("TRACER_RANDOM_PROGRAMS", "100"))
EXPLICIT = ("CALL", "PRECALL", "CALL_FUNCTION_EX", "CALL_KW", "generator")
Program = Mapping[str, str]


@dataclass(frozen=True)
class Missed:
    """An edge that was executed and that the graph does not have."""

    place: str
    callee: str
    why: str
    is_definite: bool = False

    def __str__(self) -> str:
        return f"{self.place} ran {self.callee}: {self.why}"


class Recorder:
    """A process that runs programs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-W", "ignore", str(RECORDER)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self.programs = self.edges = self.sites = 0

    def missed(self, program: Program) -> list[Missed]:
        with tempfile.TemporaryDirectory(dir=self.folder) as name:
            folder = Path(name)
            for path, text in program.items():
                (folder / path).write_text(text, encoding="utf-8")
            assert self._process.stdin is not None and self._process.stdout is not None
            self._process.stdin.write(f"{folder}\n")
            self._process.stdin.flush()
            told = json.loads(self._process.stdout.readline())
            graph = build_call_graph(read_tree(folder), load_effect_table())
        self.programs += 1
        self.edges += len(told["edges"])
        self.sites += len(graph.resolutions)
        return list(compare(graph, told["edges"]))

    def close(self) -> None:
        self._process.communicate()


def compare(graph: CallGraph, edges: list[list[object]]) -> Iterator[Missed]:
    """What was executed and is not in the graph."""
    functions: dict[tuple[object, ...], set[str]] = defaultdict(set)
    for function in graph.functions:
        parameters = ",".join(sorted(function.parameters))
        key = (function.path, function.first_line, function.name.strip(), parameters)
        functions[key].add(function.id)
    ends: dict[tuple[object, ...], list[Resolution]] = defaultdict(list)
    lines: dict[tuple[object, ...], list[Resolution]] = defaultdict(list)
    lazily: set[str] = set()  # `map(f, …)` calls `f` where somebody asks for more
    for resolution in graph.resolutions:
        span = resolution.site.span
        ends[resolution.site.path, span.end_line, span.end_column].append(resolution)
        for line in range(span.line, span.end_line + 1):
            lines[resolution.site.path, line].append(resolution)
        lazily.update(callee for callee, _ in resolution.through)
    for path, line, column, end_line, end_column, operation, callee in edges:
        if operation not in EXPLICIT:
            continue
        assert isinstance(callee, list)
        found = functions[tuple(callee)]
        if operation == "generator" and callee[2] == "__iter__":
            continue  # a loop made it
        of_line = operation == "generator" or callee[2] == "__exit__"
        sites = lines[path, line] if of_line else ends[path, end_line, end_column]
        place = f"{path}:{line}:{column}-{end_line}:{end_column} {operation}"
        ran = " ".join(map(str, callee[:3]))
        named = [site for site in sites if found & set(site.callees)]
        if named:
            if all(site.site.is_unreachable for site in named):
                yield Missed(place, ran, "the site is called unreachable")
            continue
        if not sites:
            yield Missed(place, ran, "there is no site")
        elif any(site.open_reason is not None for site in sites):
            continue
        elif found & lazily and any(not all(map(is_function, site.callees)) for site in sites):
            continue
        else:
            names = sorted({callee for site in sites for callee in site.callees})
            tiers = {site.tier for site in sites}
            yield Missed(place, ran, f"{names} {sorted(filter(None, tiers))}", tiers == {Tier.DEFINITE})


# Reduction: statement by statement, as long as something is missed


def reduced(program: Program, fails: Callable[[Program], bool]) -> Program:
    """Leave out what the failure does not need."""
    smallest = {path: ast.unparse(ast.parse(text)) for path, text in program.items()}
    if not fails(smallest):
        return program
    progress = True
    while progress:
        progress = False
        for path in smallest:
            number = 0
            while True:
                text = _variant(smallest[path], number)
                if text is None:
                    break
                candidate = {**smallest, path: text}
                if len(text) < len(smallest[path]) and fails(candidate):
                    smallest = candidate
                    progress = True
                else:
                    number += 1
    return smallest


def _variant(text: str, number: int) -> str | None:
    """The text with its statement or expression of that number left out or made simpler."""
    tree = ast.parse(text)
    for node in ast.walk(tree):
        for name, value in ast.iter_fields(node):
            if isinstance(value, list):
                for index, child in enumerate(value):
                    if not isinstance(child, (ast.stmt, ast.expr, ast.keyword, ast.withitem)):
                        continue
                    if number == 0:
                        if isinstance(child, ast.stmt) and len(value) == 1 and name == "body":
                            value[index] = ast.Pass()
                        else:
                            del value[index]
                        return _unparsed(tree)
                    number -= 1
                    bodies = [getattr(child, part, None) for part in ("body", "orelse")]
                    for body in bodies:
                        if isinstance(body, list) and body and isinstance(child, ast.stmt):
                            if number == 0:
                                value[index : index + 1] = body
                                return _unparsed(tree)
                            number -= 1
            if isinstance(value, (ast.expr, list)):
                for index, child in enumerate(value if isinstance(value, list) else [value]):
                    if not isinstance(child, ast.expr):
                        continue
                    inner = [
                        part for part in ast.iter_child_nodes(child) if isinstance(part, ast.expr)
                    ]
                    for part in inner:
                        if number == 0:
                            if isinstance(value, list):
                                value[index] = part
                            else:
                                setattr(node, name, part)
                            return _unparsed(tree)
                        number -= 1
    return None


def _unparsed(tree: ast.Module) -> str:
    try:
        text = ast.unparse(tree)
        compile(text, "", "exec")
    except (SyntaxError, ValueError, AttributeError, IndexError):
        return " " * 1_000_000  # too long to be tried
    return text


@pytest.fixture(scope="module")
def recorder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Recorder]:
    made = Recorder(tmp_path_factory.mktemp("random"))
    yield made
    made.close()
    print(f"\n{made.programs} programs, {made.sites} sites, {made.edges} edges")


def explained(recorder: Recorder, program: Program) -> str:
    smallest = reduced(program, lambda candidate: bool(recorder.missed(candidate)))
    missed = "\n".join(map(str, recorder.missed(smallest)))
    return missed + "".join(f"\n# {path}\n{text}" for path, text in smallest.items())


@settings(max_examples=PROGRAMS, phases=[Phase.explicit, Phase.generate])
@given(seed=st.integers(0, 2**32 - 1), room=st.integers(0, 60))
def test_what_runs_is_in_the_graph_or_its_site_is_open(
    recorder: Recorder, seed: int, room: int
) -> None:
    """An explicit call to a function of the program; above all where a site is definite."""
    program = random_program(seed, room)
    if recorder.missed(program):
        raise AssertionError(explained(recorder, program))

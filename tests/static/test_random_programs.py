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
from typing import Any

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
TABLE = load_effect_table()
EXPLICIT = ("CALL", "PRECALL", "CALL_FUNCTION_EX", "CALL_KW", "generator")
IMPLICIT = frozenset(("__len__", "__bool__", "__str__", "__format__", "__eq__", "__lt__", "chosen"))
Program = Mapping[str, str]


@dataclass(frozen=True)
class Missed:
    """An edge that was executed and that the graph does not have."""

    place: str
    callee: str
    why: str
    is_strict: bool = False  # the site is definite, or unreachable

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
        self.programs = self.edges = self.sites = self.missed_edges = 0

    def missed(self, program: Program) -> list[Missed]:
        with tempfile.TemporaryDirectory(dir=self.folder) as name:
            folder = Path(name)
            for path, text in program.items():
                (folder / path).write_text(text, encoding="utf-8")
            assert self._process.stdin is not None and self._process.stdout is not None
            self._process.stdin.write(f"{folder}\n")
            self._process.stdin.flush()
            told = json.loads(self._process.stdout.readline())
            graph = build_call_graph(read_tree(folder), TABLE)
        self.programs += 1
        self.edges += len(told["edges"])
        self.sites += len(graph.resolutions)
        found = list(compare(graph, told["edges"]))
        self.missed_edges += len(found)
        return found

    def close(self) -> None:
        self._process.communicate()


def compare(graph: CallGraph, edges: list[list[Any]]) -> Iterator[Missed]:
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
        if callee[2] in IMPLICIT or (operation == "generator" and callee[2] == "__iter__"):
            continue  # a builtin or a loop did it
        of_line = operation == "generator" or callee[2] == "__exit__"
        sites = lines[path, line] if of_line else ends[path, end_line, end_column]
        place = f"{path}:{line}:{column}-{end_line}:{end_column} {operation}"
        ran = " ".join(map(str, callee[:3]))
        named = [site for site in sites if found & set(site.callees)]
        if named:
            if all(site.site.is_unreachable for site in named):
                yield Missed(place, ran, "the site is called unreachable", is_strict=True)
            continue
        is_lazy = bool(found & lazily) and any(not all(map(is_function, x.callees)) for x in sites)
        if not sites:
            yield Missed(place, ran, "there is no site")
        elif not is_lazy and all(site.open_reason is None for site in sites):
            names = sorted({callee for site in sites for callee in site.callees})
            tiers = sorted({site.tier.value for site in sites if site.tier is not None})
            why = f"{', '.join(names)} ({', '.join(tiers)})"
            # Of a function outside only what it is itself is definite, not what it calls back.
            is_direct = all(map(is_function, names))
            yield Missed(place, ran, why, is_strict=tiers == [Tier.DEFINITE] and is_direct)


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
    print(
        f"\n{made.programs} programs, {made.sites} sites, {made.edges} edges, "
        f"{made.missed_edges} missed"
    )


def explained(recorder: Recorder, program: Program) -> str:
    smallest = reduced(
        program, lambda candidate: any(one.is_strict for one in recorder.missed(candidate))
    )
    missed = "\n".join(map(str, recorder.missed(smallest)))
    return missed + "".join(f"\n# {path}\n{text}" for path, text in smallest.items())


@settings(max_examples=PROGRAMS, phases=[Phase.explicit, Phase.generate])
@given(seed=st.integers(0, 2**32 - 1), room=st.integers(0, 60))
def test_a_definite_site_runs_what_it_names(recorder: Recorder, seed: int, room: int) -> None:
    """Nothing else runs there, and nothing runs at a site that is called unreachable."""
    program = random_program(seed, room, is_tame=True)
    if any(one.is_strict for one in recorder.missed(program)):
        raise AssertionError(explained(recorder, program))


def test_nearly_all_that_runs_is_in_the_graph_or_its_site_is_open(recorder: Recorder) -> None:
    """Whatever a program binds again; below are the reasons why it is not all."""
    edges, missed = recorder.edges, recorder.missed_edges
    for seed in range(max(20, PROGRAMS // 4)):
        recorder.missed(random_program(seed, seed % 61))
    assert recorder.missed_edges - missed <= (recorder.edges - edges) // 50


KNOWN = {
    "a manager gives an attribute that was put on its class by `__class__`": """
class Shop:
    def run(self): ...
    def __enter__(self): return Shop.run
    def __exit__(self, *error): ...
def other(self): ...
Shop().__class__.run = other
with Shop() as run:
    run(0)
""",
    "only an object of unknown class has the override": """
class Shop:
    def make(self): ...
    def same(self): return self.make()
Shop = type(Shop())
class Bar(Shop):
    def make(self): ...
Bar().same()
""",
}

TOLD = {
    "an object hides a method that its class binds": """
class Shop:
    hook = lambda given: given
    def __init__(self, given):
        self.hook = given
    def run(self):
        self.hook()
Shop(lambda: 0).run()
""",
    "a method of a class that is named by `type(…)` is bound again": """
class Shop:
    def run(self): ...
def other(self): ...
type(Shop()).run = other
Shop().run()
""",
    "`setattr` with a constant name binds a method again": """
class Shop:
    def run(self): ...
def other(self): ...
setattr(Shop, "run", other)
Shop().run()
""",
    "a name of a module is bound again through `globals()`": """
def run(): ...
def other(): ...
globals()["run"] = other
run()
""",
    "`__getattribute__` answers in place of a method": """
def other(): ...
class Shop:
    def run(self): ...
    def __getattribute__(self, name): return other
Shop().run()
""",
}


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(text, id=name, marks=pytest.mark.xfail(strict=True, reason=name))
        for name, text in KNOWN.items()
    ],
)
def test_what_is_known_to_be_missed(recorder: Recorder, text: str) -> None:
    """Each will tell by passing that it is found now."""
    assert not recorder.missed({"main.py": text})


@pytest.mark.parametrize("text", [pytest.param(text, id=name) for name, text in TOLD.items()])
def test_what_is_bound_again_out_of_sight_is_told(recorder: Recorder, text: str) -> None:
    """The site names the method that the definition says, and that it need not be the only one."""
    assert not recorder.missed({"main.py": text})


def test_a_function_may_run_before_a_name_of_its_module_is_bound_again(recorder: Recorder) -> None:
    """So it sees either value."""
    text = """
def early(): ...
def late(): ...
chosen = early
def run():
    chosen()
run()
chosen = late
"""
    assert not recorder.missed({"main.py": text})

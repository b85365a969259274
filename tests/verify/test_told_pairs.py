"""Every function of a tree beside every other: does one lead to the other, and who says so."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest

from tracer.model.graph import CallGraph
from tracer.model.plan import Workload
from tracer.model.recording import Frame, ObservedCall, ObservedExternal, ObservedLines, Recording
from tracer.static.call_graph import build_call_graph
from tracer.static.sources import SourceTree, read_tree
from tracer.tables.load import load_effect_table
from tracer.verify.hops import HopJudge, Judgement
from tracer.verify.reading import Reading
from tracer.verify.syntax import Definition

APP = Path(__file__).parent / "told" / "app"
SOURCES = {
    *(f"app/flow.py::{name}" for name in ("run", "train", "fit", "keep")),
    *("app/hooks.py::computed", "app/often.py::six", "app/steps.py::register"),
    *("app/steps.py::scale", "app/store.py::Store.put", "app/store.py::Safe.put"),
    *("script.py::main", "script.py::<module>"),
}
OUTSIDE = ("dill.dump", "dill.dumps", "dill.load", "open", "builtins.open", "model.save", "save")


def _frame(path: str, name: str, line: int) -> Frame:
    return Frame(path, path.removesuffix(".py").replace("/", "."), name, line)


RUN, TRAIN, FIT = (
    _frame("app/flow.py", n, at) for n, at in (("run", 8), ("train", 13), ("fit", 17))
)
UNUSED, PUT = _frame("app/steps.py", "unused", 22), _frame("app/store.py", "Store.put", 6)
CALLS = (
    ObservedCall(RUN, TRAIN, 10, None, 1, 1),
    ObservedCall(TRAIN, FIT, 14, None, 1, 2),
    ObservedCall(FIT, UNUSED, 20, None, 1, 3),
    ObservedCall(UNUSED, PUT, 23, None, 1, 4, through="lib.call"),
)
RECORDED = Recording(
    Workload("w1", ("script.py",)),
    True,
    calls=CALLS,
    externals=(ObservedExternal(PUT, 9, None, "dill._dill.dump", 1, 5),),
    lines=(ObservedLines(RUN, 1, (9, 10)), ObservedLines(PUT, 1, (7, 8, 9))),
)
MOVED = Recording(
    Workload("w1", ("script.py",)),
    True,
    calls=(ObservedCall(RUN, _frame("app/flow.py", "fit", 90), 10, None, 1, 1),),
)


@pytest.fixture(scope="module")
def tree() -> SourceTree:
    return read_tree(APP / "tree")


@pytest.fixture(scope="module")
def graph(tree: SourceTree) -> CallGraph:
    return build_call_graph(tree, load_effect_table())


def _said(found: Judgement) -> str:
    ground = f" by {found.ground.value}" if found.ground else ""
    lines = f" [{','.join(map(str, found.lines))}]" if found.lines else ""
    siblings = f" {len(found.siblings)} siblings" if found.siblings else ""
    return f"{found.verdict.value}{ground}: {found.detail}{lines}{siblings}"


def _told(tree: SourceTree, graph: CallGraph) -> Iterator[str]:
    """What is judged of each pair; of later cases what is not as in the one before."""
    few = CallGraph((), graph.functions[:4], (), (), ())
    cases = {
        "graph": (graph, ()),
        "graph and run": (graph, (RECORDED,)),
        "run": (None, (RECORDED,)),
        "a run of another tree": (None, (MOVED,)),
        "another graph": (few, ()),
    }
    before: dict[str, str] = {}
    for case, (known, recordings) in cases.items():
        yield f"## {case}"
        reading = Reading(tree)
        judge = HopJudge(reading, known, recordings)
        functions = [
            d
            for path in reading.paths
            for d in (reading.file(path) or pytest.fail(path)).definitions
        ]
        ends: list[Definition | str] = [*functions, *OUTSIDE]
        found: dict[str, list[str]] = {}
        sources = [d for d in functions if d.id in SOURCES]
        for source, target in product(sources, ends):
            name = target if isinstance(target, str) else target.qualname
            said = _said(judge.judge(source, target))
            if isinstance(target, Definition) and judge.is_edge(source, target):
                said += " (an edge)"
            pair = f"{source.qualname} → {name}"
            key = f"{source.id} → {target if isinstance(target, str) else target.id}"
            if before.get(key) != said:
                found.setdefault(said, []).append(pair)
            before[key] = said
        yield from (f"{said}: {', '.join(pairs)}" for said, pairs in found.items())
        if known is graph:
            for function in functions:
                calls = [f"{path}:{call.line}" for path, call in judge.callers(function)]
                yield f"callers of {function.id}: {', '.join(calls)}"


def test_every_pair(tree: SourceTree, graph: CallGraph) -> None:
    """Each judgement to the last word. Look at what changed, and copy it over."""
    golden = APP / "pairs.txt"
    beside = golden.with_suffix(".got")
    told = "\n".join(_told(tree, graph)) + "\n"
    if golden.is_file() and golden.read_text("utf-8") == told:
        beside.unlink(missing_ok=True)
        return
    beside.write_text(told, "utf-8")
    pytest.fail(f"{golden}: differs from what came out, {beside}")

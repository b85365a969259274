"""A path that only a run shows is a path: what was seen closes the gap that reading left."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.reconcile.test_counts import graph_of
from tracer.model.evidence import ChainHop, EdgeVerdict, PathAnswer, ReconciledEdge
from tracer.model.graph import CallGraph, SiteKind
from tracer.model.source import function_id
from tracer.paths import find_path, view_of
from tracer.reconcile.seen_paths import with_seen_calls

START, HOOK, END = (function_id("main.py", name) for name in ("start", "hook", "end"))
SOURCE = "def start(hooks):\n    hooks[0]()\ndef hook():\n    end()\ndef end():\n    pass\n"


@pytest.fixture
def graph(tmp_path: Path) -> CallGraph:
    return graph_of(tmp_path, main=SOURCE)


def _seen(**more: object) -> ReconciledEdge:
    edge = ReconciledEdge(START, HOOK, 2, None, "hooks[0]", SiteKind.CALL, EdgeVerdict.DYNAMIC_ONLY)
    return replace(edge, **more)  # type: ignore[arg-type]


def test_what_was_seen_closes_the_gap(graph: CallGraph) -> None:
    """The way leads through the seen call and on by those that were read."""
    read = find_path(view_of(graph), START, END)
    assert not read.is_path
    (path,) = with_seen_calls([read], graph, [_seen()])
    assert path.is_path
    assert path.hops == (ChainHop(START, HOOK, 2), ChainHop(HOOK, END, 4))


@pytest.mark.parametrize(
    "edge",
    [
        _seen(verdict=EdgeVerdict.STAND_INS),
        _seen(line=0),
        _seen(callee=START),
    ],
    ids=["only under stand-ins", "from no known line", "that leads elsewhere"],
)
def test_other_calls_close_nothing(graph: CallGraph, edge: ReconciledEdge) -> None:
    """The answer stays as reading gave it, siblings and all."""
    read = find_path(view_of(graph), START, END)
    assert with_seen_calls([read], graph, [edge]) == (read,)


def test_a_path_that_was_read_stays(graph: CallGraph) -> None:
    """What reading found needs no run."""
    read = PathAnswer(HOOK, END, True, (ChainHop(HOOK, END, 4),))
    none = find_path(view_of(graph), START, END)
    assert with_seen_calls([read, none], graph, [_seen()])[0] is read

"""What a function does that is called in a loop happens once for each element."""

from __future__ import annotations

from dataclasses import replace

from tracer.model.evidence import ChainHop, Evidence
from tracer.model.graph import Guard, GuardKind
from tracer.report.loops import inherited_loops, loops_on
from tracer.report.markdown import render_static

LOOP = Guard(GuardKind.FOR, "name, model in models.items()", 350)


def _in_loop(evidence: Evidence, callee: str) -> Evidence:
    edges = [
        replace(edge, guards=(*edge.guards, LOOP)) if edge.callee.endswith(callee) else edge
        for edge in evidence.edges
    ]
    return replace(evidence, edges=tuple(edges))


def test_a_loop_around_the_only_call_is_inherited(persistence: Evidence) -> None:
    """By the function, and by what it alone calls; and the page says so at each effect."""
    told = _in_loop(persistence, "::ModelManager.save_model")
    edge = next(edge for edge in told.edges if edge.callee.endswith("::ModelManager.save_model"))
    loops = inherited_loops(told)
    assert [text for text, _ in loops[edge.callee]] == [LOOP.text]  # type: ignore[index]
    assert inherited_loops(persistence) == {}
    page = render_static(told)
    assert " called in `for name, model in models.items()` (" in page
    assert loops_on(told, [ChainHop(edge.caller, edge.callee, edge.line)])[0][0] == LOOP.text
    assert "once for each element" in page


def test_one_call_outside_a_loop_is_enough_to_say_nothing(persistence: Evidence) -> None:
    """The control: what happens once for each element under one caller alone is not told of all."""
    told = _in_loop(persistence, "::ModelManager.save_model")
    edge = next(edge for edge in told.edges if edge.callee.endswith("::ModelManager.save_model"))
    other = replace(edge, guards=(), caller=told.entry_points[0])
    assert edge.callee not in inherited_loops(replace(told, edges=(*told.edges, other)))

"""Whence a call came that was seen and not read: each kind, told from its neighbour."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tracer.model.agreement import agreement_of, origins_text
from tracer.model.evidence import DynamicOrigin, EdgeVerdict, ReconciledEdge
from tracer.model.graph import OpenReason, Resolution, SiteKind
from tracer.model.source import ExternalId, FunctionId, Span
from tracer.reconcile.observed import SeenCall
from tracer.reconcile.origins import OriginFacts, origin_facts, origin_of_call
from tracer.static.call_graph import build_call_graph
from tracer.static.sources import read_tree
from tracer.tables.load import load_effect_table

PROGRAM = """\
def logged(function):
    def wrapper(*args):
        return function(*args)
    return wrapper

@logged
def save(x):
    return x

def plain(x):
    return x

def other(x):
    return -x

class Base:
    def step(self): return 1

class Child(Base):
    def step(self): return 2

def drive():
    save(1)
    plain(2)
    sorted([2], key=other)
    Base().step()
"""
DRIVE, WRAPPER, SAVE = (
    FunctionId(f"a.py::{n}") for n in ("drive", "logged.<locals>.wrapper", "save")
)
PLAIN, OTHER = FunctionId("a.py::plain"), FunctionId("a.py::other")


def _facts(folder: Path, patch: str = "") -> tuple[OriginFacts, dict[str, Resolution]]:
    (folder / "a.py").write_text(PROGRAM)
    (folder / "b.py").write_text(f"import a\n{patch}\n")
    graph = build_call_graph(read_tree(folder), load_effect_table())
    sites = {r.site.text: r for r in graph.resolutions if r.site.caller == DRIVE}
    return origin_facts(graph, graph.function_index()), sites


def _call(caller: FunctionId, callee: str, through: str | None = None) -> SeenCall:
    span = Span(22, 4, 22, 9)
    return SeenCall(caller, FunctionId(callee), "", 22, span, 1, 1, "call", through, "w1")


def test_a_wrapper_that_stands_for_what_was_read_is_a_decorator(tmp_path: Path) -> None:
    """Known by the decorator that made it; a function of anybody else's is not."""
    facts, sites = _facts(tmp_path)
    read = replace(sites["save"], callees=(SAVE,))
    origin, text = origin_of_call(_call(DRIVE, WRAPPER), read, facts)
    assert origin is DynamicOrigin.DECORATOR
    assert text == "`logged.<locals>.wrapper` of decorator `logged` stands for `save`"
    assert origin_of_call(_call(DRIVE, OTHER), read, facts)[0] is DynamicOrigin.UNKNOWN


def test_a_name_that_a_line_sets_anew_is_monkey_patched(tmp_path: Path) -> None:
    """The line is named; control: without one nothing is claimed."""
    facts, sites = _facts(tmp_path, "a.plain = a.other")
    read = replace(sites["plain"], callees=(PLAIN,))
    origin, text = origin_of_call(_call(DRIVE, OTHER), read, facts)
    assert (origin, "b.py:2" in text) == (DynamicOrigin.MONKEY_PATCHED, True)
    (tmp_path / "control").mkdir()
    facts, _ = _facts(tmp_path / "control")
    origin, text = origin_of_call(_call(DRIVE, OTHER), read, facts)
    assert origin is DynamicOrigin.UNKNOWN
    assert text.startswith("unknown, because the site was read as a.py::plain")


def test_a_callee_in_c_is_told_from_one_that_has_a_frame(tmp_path: Path) -> None:
    """`sorted` shows no frame, so the call site has to tell; `through` needs no site."""
    facts, sites = _facts(tmp_path)
    read = replace(sites["sorted"], callees=(ExternalId("builtins.sorted"),))
    assert origin_of_call(_call(DRIVE, OTHER), read, facts) == (
        DynamicOrigin.C_CALLER,
        "called back through builtins.sorted, which shows no frame",
    )
    found = origin_of_call(_call(DRIVE, OTHER, "keras.fit"), read, facts)
    assert found == (DynamicOrigin.CALLBACK, "called back through keras.fit")


def test_the_other_kinds(tmp_path: Path) -> None:
    """Another class's method, an open site, a place without a call, code without a source."""
    facts, sites = _facts(tmp_path)
    step = replace(sites["Base().step"], callees=(FunctionId("a.py::Base.step"),))
    child = _call(DRIVE, "a.py::Child.step")
    assert origin_of_call(child, step, facts)[0] is DynamicOrigin.DISPATCH
    is_open = replace(step, open_reason=OpenReason.UNKNOWN_VALUE, open_detail="`f`")
    assert origin_of_call(child, is_open, facts) == (
        DynamicOrigin.OPEN_SITE,
        "the site was left open (unknown value: `f`)",
    )
    bare = replace(is_open, open_detail="")
    assert origin_of_call(child, bare, facts)[1] == "the site was left open (unknown value)"
    unplaced = replace(child, line=0)
    assert origin_of_call(unplaced, None, facts)[0] is DynamicOrigin.UNKNOWN
    assert origin_of_call(replace(child, how="resume"), None, facts)[0] is DynamicOrigin.RESUME
    assert origin_of_call(_call(DRIVE, "a.py::Base"), None, facts)[0] is DynamicOrigin.CLASS_BODY
    assert origin_of_call(child, None, facts)[0] is DynamicOrigin.IMPLICIT
    assert origin_of_call(_call(DRIVE, "<string>::f"), step, facts)[0] is DynamicOrigin.GENERATED
    assert origin_of_call(_call(DRIVE, "a.py::<module>"), step, facts)[0] is DynamicOrigin.IMPORT


def _edge(verdict: EdgeVerdict, **more: object) -> ReconciledEdge:
    edge = ReconciledEdge(DRIVE, PLAIN, 1, None, "plain", SiteKind.CALL, verdict)
    return replace(edge, **more)  # type: ignore[arg-type]


def test_both_denominators_leave_out_what_they_cannot_count() -> None:
    """Callers that never ran, callees outside, what cannot be seen: none of them is a miss."""
    edges = [
        _edge(EdgeVerdict.CONFIRMED),
        _edge(EdgeVerdict.NOT_TAKEN),
        _edge(EdgeVerdict.NOT_REACHED),
        _edge(EdgeVerdict.UNDECIDED),
        _edge(EdgeVerdict.DYNAMIC_ONLY, origin=DynamicOrigin.CALLBACK),
        _edge(EdgeVerdict.CONFIRMED, callee=ExternalId("dill.dump")),
    ]
    assert agreement_of(edges).text == (
        "of 2 edges read whose caller ran, 1 were seen (1 more cannot be seen); of 2 seen, 1 were"
        " read"
    )
    assert origins_text(edges) == "1 callback"

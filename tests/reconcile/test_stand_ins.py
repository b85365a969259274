"""A run under stand-ins confirms nothing, and takes nothing away from one that does."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.reconcile.test_edges import (
    ITEMS,
    OTHER,
    SAVE,
    WRITE,
    _call,
    _edge,
    _graph,
    _only,
    _run,
    _site,
)
from tracer.model.evidence import EdgeVerdict, ReconciledEdge, SeenBy
from tracer.model.graph import Effect, EffectKind
from tracer.model.plan import Workload
from tracer.model.recording import Frame, InventedUse, Recording, StandIns
from tracer.model.source import Span
from tracer.reconcile.edges import reconcile
from tracer.reconcile.findings import _dynamic_only
from tracer.reconcile.runs import summarise_run
from tracer.reconcile.unknowns import _incomplete_runs, _stand_ins

USES = (
    InventedUse("lib.Model", "recipe", Frame("a.py", "a", "f", 1), 3, 2, 4),
    InventedUse("lib.step", "call", Frame("a.py", "a", "f", 1), 5, 7, 6),
    InventedUse("lib.step", "attribute", None, 0, 1, 9),
)


def _under(recording: Recording, name: str = "w2") -> Recording:
    workload = Workload(name, recording.workload.argv)
    stand_ins = StandIns(("auto",), ("lib",), USES)
    return replace(recording, workload=workload, stand_ins=stand_ins)


def test_an_edge_that_only_a_run_under_stand_ins_saw_is_not_confirmed() -> None:
    """Control: the same sighting in the program's own run confirms it."""
    run = _run(_call(WRITE, 11))
    edge = _only(_graph(_edge(WRITE)), _under(run))
    assert (edge.verdict, edge.seen_by, edge.calls) == (EdgeVerdict.STAND_INS, SeenBy.CALL, 2)
    assert edge.workloads == ("w2",)
    assert _only(_graph(_edge(WRITE)), run).verdict is EdgeVerdict.CONFIRMED


@pytest.mark.parametrize("own_first", [True, False])
def test_a_run_of_the_programs_own_decides(own_first: bool) -> None:
    """Where both saw the edge it is confirmed, by the counts of the program's own run alone."""
    own = _run(_call(WRITE, 11, calls=3))
    runs = (own, _under(own)) if own_first else (_under(own), own)
    edge = _only(_graph(_edge(WRITE)), *runs)
    assert (edge.verdict, edge.calls, edge.workloads) == (EdgeVerdict.CONFIRMED, 3, ("w1",))


def test_what_the_programs_own_run_did_not_take_another_may_have_seen() -> None:
    """It is said that it was seen, and under what."""
    edge = _only(_graph(_edge(WRITE)), _run(), _under(_run(_call(WRITE, 11))))
    assert edge.verdict is EdgeVerdict.STAND_INS


def test_what_no_run_saw_is_told_by_the_programs_own() -> None:
    """`not taken` of a real run stands; of a run under stand-ins alone it says so."""
    graph = _graph(_edge(WRITE))
    both = _only(graph, _run(), _under(_run()))
    assert both.verdict is EdgeVerdict.NOT_TAKEN and "stand-ins" not in both.cause
    alone = _only(graph, _under(_run()))
    assert alone.verdict is EdgeVerdict.NOT_TAKEN
    assert alone.cause == "its line ran, the callee was not entered, under stand-ins"


def test_callees_without_frames_are_no_exception() -> None:
    """A line that ran, the creation of a generator, an external: none is confirmed."""
    external = _edge("builtins.len", _site())  # type: ignore[arg-type]
    assert _only(_graph(external), _under(_run())).verdict is EdgeVerdict.STAND_INS
    items = replace(_run().lines[0], frame=Frame("shop/store.py", "shop.store", "items", 31))
    run = replace(_run(), lines=(*_run().lines, items))
    assert _only(_graph(_edge(ITEMS)), _under(run)).verdict is EdgeVerdict.STAND_INS
    assert _only(_graph(_edge(ITEMS)), run).verdict is EdgeVerdict.CONFIRMED


def test_what_was_not_read_is_seen_under_stand_ins_as_well() -> None:
    """An edge that reading missed is `dynamic only` by a real run; it stays a finding."""
    run = _run(_call(OTHER, 21, through="lib.apply"))
    (edge,) = reconcile(_graph(), (_under(run),), {SAVE}).edges
    assert edge.verdict is EdgeVerdict.STAND_INS and not edge.was_read
    assert [finding.kind.value for finding in _dynamic_only([edge])] == ["seen but not read"]
    (edge,) = reconcile(_graph(), (run,), {SAVE}).edges
    assert edge.verdict is EdgeVerdict.DYNAMIC_ONLY and not edge.was_read
    (edge,) = reconcile(_graph(), (run, _under(run)), {SAVE}).edges
    assert edge.verdict is EdgeVerdict.DYNAMIC_ONLY


def test_effects_are_judged_alike() -> None:
    """A write whose line ran under stand-ins alone is not confirmed."""
    effect = Effect(SAVE, Span(3, 4, 3, 20), EffectKind.FILE_WRITE, "builtins.open")
    graph = _graph()
    assert reconcile(graph, (_under(_run()),), {SAVE}, (effect,)).effect_verdicts == (
        EdgeVerdict.STAND_INS,
    )
    both = reconcile(graph, (_run(), _under(_run())), {SAVE}, (effect,))
    assert both.effect_verdicts == (EdgeVerdict.CONFIRMED,)


def test_the_figures_of_a_run_tell_what_was_invented() -> None:
    """Names, uses, the first one, and what recipes gave, apart."""
    found = summarise_run(_under(_run())).stand_ins
    assert found is not None
    assert (found.modules, found.invented, found.names, found.by_recipe) == (("lib",), 8, 1, 2)
    assert found.first == USES[1]
    assert found.most_used == (("lib.step", 8),)
    assert summarise_run(_run()).stand_ins is None


def test_an_unknown_names_the_run_that_would_decide() -> None:
    """What stood in, the first invented thing with its place, and the next step."""
    (unknown,) = _stand_ins([_run(), _under(_run())])
    assert unknown.text == "Whether the program goes the same way with lib itself"
    assert "8 uses of invented things, the first `lib.step` at a.py:5" in unknown.reason
    assert "--python" in unknown.next_step


def test_a_run_that_misses_a_module_is_told_of_stand_ins() -> None:
    """Only where a module was missing, and stand-ins were not tried."""
    tail = "Traceback …\nModuleNotFoundError: No module named 'tensorflow'"
    failed = replace(_run(), exit_status=1, stderr_tail=tail)
    (unknown,) = _incomplete_runs([failed])
    assert unknown.next_step == "an environment with tensorflow (--python), or --stand-in auto"
    (unknown,) = _incomplete_runs([replace(failed, stderr_tail="ValueError: x")])
    assert "--stand-in" not in unknown.next_step
    (unknown,) = _incomplete_runs([_under(failed)])
    assert "--stand-in" not in unknown.next_step


def test_an_old_recording_was_the_programs_own() -> None:
    """A recording that says nothing of stand-ins was made without them."""
    assert Recording(Workload("w1", ()), True).stand_ins is None
    assert (
        ReconciledEdge(SAVE, WRITE, 3, None, "w", _site().kind, EdgeVerdict.DYNAMIC_ONLY).was_read
        is False
    )

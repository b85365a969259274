"""Reading and running, joined: every verdict with its control case."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tracer.model.evidence import DynamicOrigin, EdgeVerdict, SeenBy
from tracer.model.graph import (
    CallGraph,
    CallSite,
    Guard,
    GuardKind,
    OpenReason,
    Resolution,
    SiteKind,
    Tier,
)
from tracer.model.plan import Workload
from tracer.model.recording import (
    Frame,
    HiddenFunction,
    ObservedCall,
    ObservedExternal,
    ObservedLines,
    RaisedException,
    Recording,
)
from tracer.model.source import Callee, ExternalId, Function, FunctionId, FunctionKind, Span
from tracer.reconcile.edges import reconcile

SAVE = FunctionId("shop/store.py::save")
WRITE = FunctionId("shop/store.py::write")
OTHER = FunctionId("shop/store.py::other")
ITEMS = FunctionId("shop/store.py::items")


def _function(identity: FunctionId, line: int, **more: object) -> Function:
    function = Function(identity, "shop.store", FunctionKind.FUNCTION, line, line, line + 5)
    return replace(function, **more)  # type: ignore[arg-type]


def _site(line: int = 3, end: int = 20, **more: object) -> CallSite:
    site = CallSite(SAVE, Span(line, 4, line, end), SiteKind.CALL, "write")
    return replace(site, **more)  # type: ignore[arg-type]


def _graph(*resolutions: Resolution) -> CallGraph:
    functions = (
        _function(SAVE, 1),
        _function(WRITE, 11),
        _function(OTHER, 21),
        _function(ITEMS, 31, is_generator=True),
    )
    return CallGraph((), functions, (), resolutions, ())


def _edge(callee: Callee, site: CallSite | None = None, *others: Callee) -> Resolution:
    return Resolution(site or _site(), tuple(sorted((callee, *others))), Tier.DEFINITE)


def _frame(identity: FunctionId, line: int) -> Frame:
    path, _, qualname = identity.partition("::")
    return Frame(path, "shop.store", qualname, line)


_LINES = ObservedLines(_frame(SAVE, 1), 1, (2, 3))


def _call(callee: FunctionId, line: int, **more: object) -> ObservedCall:
    call = ObservedCall(
        _frame(SAVE, 1), _frame(callee, line), 3, Span(3, 4, 3, 20), calls=2, order=1
    )
    return replace(call, **more)  # type: ignore[arg-type]


def _run(*calls: ObservedCall, **more: object) -> Recording:
    recording = Recording(Workload("w1", ("train.py",)), True, calls=calls, lines=(_LINES,))
    return replace(recording, **more)  # type: ignore[arg-type]


def _only(graph: CallGraph, *recordings: Recording):  # type: ignore[no-untyped-def]
    edges = reconcile(graph, recordings, {SAVE}).edges
    assert len(edges) == 1, edges
    return edges[0]


def test_without_a_recording_nothing_is_said_of_running() -> None:
    """No run at all is `not run`, not `not reached`."""
    assert _only(_graph(_edge(WRITE))).verdict is EdgeVerdict.NOT_RUN


def test_an_edge_that_was_read_and_seen_is_confirmed() -> None:
    """The callee's frame, at the very expression, with its count and order."""
    edge = _only(_graph(_edge(WRITE)), _run(_call(WRITE, 11)))
    assert (edge.verdict, edge.seen_by, edge.calls, edge.order) == (
        EdgeVerdict.CONFIRMED,
        SeenBy.CALL,
        2,
        1,
    )


def test_counts_add_up_over_runs() -> None:
    """Two workloads confirm one edge together; both are named."""
    second = replace(_run(_call(WRITE, 11)), workload=Workload("w2", ("other.py",)))
    edge = _only(_graph(_edge(WRITE)), _run(_call(WRITE, 11)), second)
    assert (edge.calls, edge.workloads) == (4, ("w1", "w2"))


def test_a_caller_that_never_ran_is_not_reached() -> None:
    """Control: the same edge with the caller's lines seen is `not taken`."""
    run = _run(lines=())
    assert _only(_graph(_edge(WRITE)), run).verdict is EdgeVerdict.NOT_REACHED
    ran = _run(lines=(replace(_LINES, lines=(2,)),))
    assert _only(_graph(_edge(WRITE)), ran).verdict is EdgeVerdict.NOT_TAKEN


def test_what_ran_as_code_of_a_library_is_undecided() -> None:
    """Its lines may be incomplete; control: the same run without such code is `not taken`."""
    not_line = (replace(_LINES, lines=(2,)),)
    graph = _graph(_edge(WRITE))
    assert _only(graph, _run(lines=not_line)).verdict is EdgeVerdict.NOT_TAKEN
    edge = _only(graph, _run(lines=not_line, converted=(_frame(SAVE, 1),)))
    assert edge.verdict is EdgeVerdict.UNDECIDED
    assert "a library made of it" in edge.cause


def test_what_may_have_run_in_hidden_code_is_undecided() -> None:
    """Neither `not reached` for the caller nor `not taken` for the callee; others are as ever."""
    graph = _graph(_edge(WRITE))

    def hidden(name: str) -> tuple[HiddenFunction, ...]:
        return (HiddenFunction("autograph", "shop.store", f"tf__{name}", name),)

    edge = _only(graph, _run(lines=(), hidden=hidden("save")))
    assert (edge.verdict, "autograph" in edge.cause) == (EdgeVerdict.UNDECIDED, True)
    assert _only(graph, _run(hidden=hidden("write"))).verdict is EdgeVerdict.UNDECIDED
    assert _only(graph, _run(hidden=hidden("other"))).verdict is EdgeVerdict.NOT_TAKEN
    assert _only(graph, _run(lines=(), hidden=hidden("other"))).verdict is EdgeVerdict.NOT_REACHED


def test_a_caller_outside_the_namespace_is_undecided() -> None:
    """What the probe could not have seen is never `not reached`."""
    run = _run(lines=(), namespaces=("ptycho",))
    edge = _only(_graph(_edge(WRITE)), run)
    assert edge.verdict is EdgeVerdict.UNDECIDED
    assert "namespace" in edge.cause


def test_the_guard_that_stood_in_the_way_is_named() -> None:
    """With the input it depends on."""
    guard = Guard(GuardKind.IF, "os.path.exists(p)", 2, ("os.path.exists",))
    run = _run(lines=(replace(_LINES, lines=(2,)),))
    edge = _only(_graph(_edge(WRITE, _site(guards=(guard,)))), run)
    assert edge.cause == (
        "line 3 did not run: behind if `os.path.exists(p)` (line 2), and lines do not tell more; "
        "depends on os.path.exists (shop/store.py:2)"
    )
    assert edge.barred_by is None
    decided = replace(guard, branch_line=3)
    edge = _only(_graph(_edge(WRITE, _site(guards=(decided,)))), run)
    assert edge.cause == (
        "line 3 did not run: `os.path.exists(p)` (line 2) was never true; "
        "depends on os.path.exists (shop/store.py:2)"
    )
    assert edge.barred_by == decided


def test_dispatch_that_went_elsewhere_says_where() -> None:
    """Of two possible callees the other ran: `not taken`, and both edges stay."""
    edges = reconcile(_graph(_edge(WRITE, None, OTHER)), (_run(_call(OTHER, 21)),), {SAVE}).edges
    verdicts = {edge.callee: (edge.verdict, edge.cause) for edge in edges}
    assert verdicts == {
        WRITE: (EdgeVerdict.NOT_TAKEN, f"went to {OTHER}"),
        OTHER: (EdgeVerdict.CONFIRMED, ""),
    }


def test_two_calls_that_share_their_start_are_told_apart_by_their_end() -> None:
    """`f().g()`: the inner call was seen, the outer was not."""
    inner, outer = _site(end=9), _site(end=20)
    graph = _graph(_edge(WRITE, inner), _edge(OTHER, outer))
    run = _run(_call(WRITE, 11, span=Span(3, 4, 3, 9)))
    edges = {edge.callee: edge.verdict for edge in reconcile(graph, (run,), {SAVE}).edges}
    assert edges == {WRITE: EdgeVerdict.CONFIRMED, OTHER: EdgeVerdict.NOT_TAKEN}


def test_without_columns_the_line_confirms() -> None:
    """Python 3.10 has no columns."""
    edge = _only(_graph(_edge(WRITE)), _run(_call(WRITE, 11, span=None)))
    assert edge.verdict is EdgeVerdict.CONFIRMED


def test_a_call_that_was_not_read_is_dynamic_only_with_its_cause() -> None:
    """The open site's reason becomes the cause."""
    site = Resolution(_site(), open_reason=OpenReason.UNKNOWN_RECEIVER, open_detail="`model`")
    edge = _only(_graph(site), _run(_call(WRITE, 11)))
    assert edge.verdict is EdgeVerdict.DYNAMIC_ONLY
    assert edge.cause == "the site was left open (unknown receiver: `model`)"
    assert edge.tier is None


def test_a_callback_names_the_function_it_came_through() -> None:
    """`through` is kept and said."""
    edge = _only(_graph(), _run(_call(WRITE, 11, through="keras.fit")))
    assert (edge.through, edge.cause) == ("keras.fit", "called back through keras.fit")


DUMP = ExternalId("dill.dump")


def _external(callee: str, span: Span | None = None) -> Recording:
    seen = ObservedExternal(_frame(SAVE, 1), 3, span, callee, 1, 1)
    return _run(externals=(seen,))


def test_an_external_callee_in_python_is_confirmed_by_its_frame() -> None:
    """`dill.dump` runs as `dill._dill.dump`."""
    edge = _only(_graph(_edge(DUMP)), _external("dill._dill.dump"))
    assert (edge.verdict, edge.seen_by) == (EdgeVerdict.CONFIRMED, SeenBy.CALL)


def test_another_external_on_that_line_confirms_nothing_by_its_frame() -> None:
    """Control: `json.dumps` on the line leaves only the line as witness."""
    edge = _only(_graph(_edge(DUMP)), _external("json.dumps"))
    assert (edge.verdict, edge.seen_by) == (EdgeVerdict.CONFIRMED, SeenBy.LINE)


def test_a_function_entered_out_of_the_very_call_confirms_it_by_its_line() -> None:
    """A wrapper's inner function, or what C code calls in turn: not the callee's own frame."""
    edge = _only(_graph(_edge(DUMP)), _external("wrap.inner", Span(3, 4, 3, 20)))
    assert (edge.verdict, edge.seen_by) == (EdgeVerdict.CONFIRMED, SeenBy.LINE)
    assert edge.cause == "wrap.inner was entered out of this call"


def test_the_constructor_of_an_external_class_confirms_the_class() -> None:
    """`zipfile.ZipFile` runs as `zipfile.ZipFile.__init__`."""
    edge = _only(
        _graph(_edge(ExternalId("zipfile.ZipFile"))), _external("zipfile.ZipFile.__init__")
    )
    assert edge.seen_by is SeenBy.CALL


def test_a_line_does_not_confirm_what_is_only_declared() -> None:
    """`sys.stdout.flush()`: a test runner may have put an object of another class there."""
    declared = replace(_edge(DUMP), is_declared=True)
    edge = _only(_graph(declared), _run())
    assert (edge.verdict, edge.seen_by) == (EdgeVerdict.UNDECIDED, None)
    assert "only declared" in edge.cause
    assert _only(_graph(_edge(DUMP)), _run()).verdict is EdgeVerdict.CONFIRMED


def test_a_function_of_the_tree_outside_the_namespace_is_seen_by_its_dotted_name() -> None:
    """The probe names it as an outside function; it is the same function all the same."""
    edge = _only(_graph(_edge(WRITE)), _external("shop.store.write", Span(3, 4, 3, 20)))
    assert (edge.verdict, edge.seen_by) == (EdgeVerdict.CONFIRMED, SeenBy.CALL)
    other = _only(_graph(_edge(WRITE)), _external("shop.other.write", Span(3, 4, 3, 20)))
    assert other.verdict is EdgeVerdict.NOT_TAKEN


def test_a_callee_in_c_is_confirmed_by_its_line_alone() -> None:
    """Unless the call is conditional within its statement, or the line raised."""
    assert _only(_graph(_edge(DUMP)), _run()).seen_by is SeenBy.LINE
    conditional = _graph(_edge(DUMP, _site(is_conditional=True)))
    assert _only(conditional, _run()).verdict is EdgeVerdict.UNDECIDED
    raised = RaisedException(_frame(SAVE, 1), 3, "OSError", 1, 2)
    assert _only(_graph(_edge(DUMP)), _run(exceptions=(raised,))).verdict is EdgeVerdict.UNDECIDED


def test_a_generator_is_confirmed_by_its_creation_and_its_body() -> None:
    """The hooks name whoever resumes it, so the creating edge is confirmed by both, labelled."""
    body = ObservedLines(_frame(ITEMS, 31), 1, (32,))
    edge = _only(_graph(_edge(ITEMS)), _run(lines=(_LINES, body)))
    assert (edge.verdict, edge.seen_by) == (EdgeVerdict.CONFIRMED, SeenBy.LINE)
    assert "creation" in edge.cause
    assert _only(_graph(_edge(ITEMS)), _run()).verdict is EdgeVerdict.NOT_TAKEN


@pytest.mark.parametrize("shuffled", [False, True])
def test_no_edge_is_lost_and_the_order_is_settled(shuffled: bool) -> None:
    """Reconciling keeps every static edge, whatever order the graph has."""
    resolutions = [_edge(WRITE, _site(line)) for line in range(2, 12)]
    if shuffled:
        resolutions.reverse()
    edges = reconcile(_graph(*resolutions), (_run(_call(WRITE, 11)),), {SAVE}).edges
    assert [edge.line for edge in edges] == list(range(2, 12))


def test_a_wrapper_of_the_same_name_is_not_counted_twice() -> None:
    """`functools.wraps` gives the wrapper the callee's name: one call enters both frames."""
    wrapper = ObservedExternal(
        _frame(SAVE, 1), 3, Span(3, 4, 3, 20), "shop.store.write", calls=2, order=2
    )
    both = _run(_call(WRITE, 11), externals=(wrapper,))
    (edge,) = reconcile(_graph(_edge(WRITE)), [both], [SAVE]).edges
    assert (edge.verdict, edge.calls) == (EdgeVerdict.CONFIRMED, 2)
    outside = _run(externals=(wrapper,))
    outside = replace(outside, workload=Workload("w2", ("train.py",)))
    (edge,) = reconcile(_graph(_edge(WRITE)), [both, outside], [SAVE]).edges
    assert edge.calls == 4


def test_what_ran_inside_a_call_is_not_told_of_that_call() -> None:
    """`write(config.folder)`: the descriptor has no site, and the site of the call is not its."""
    call = _edge(WRITE, _site(end=25))
    inner = _call(OTHER, 21, span=Span(3, 10, 3, 23))
    edges = {e.callee: e for e in reconcile(_graph(call), (_run(inner),), {SAVE}).edges}
    assert edges[WRITE].verdict is EdgeVerdict.NOT_TAKEN
    assert edges[OTHER].origin is DynamicOrigin.IMPLICIT
    assert (edges[OTHER].text, edges[OTHER].through) == ("other", None)
    own = _call(OTHER, 21, span=Span(3, 4, 3, 25))  # control: by that very expression
    edges = {e.callee: e for e in reconcile(_graph(call), (_run(own),), {SAVE}).edges}
    assert (edges[OTHER].text, edges[OTHER].origin) == ("write", DynamicOrigin.UNKNOWN)
    assert edges[OTHER].cause.startswith("unknown, because the site was read as")


def test_nor_is_it_called_back_through_that_call() -> None:
    """`log.info(config.folder)`: only what the call itself made came through it."""
    info = ExternalId("logging.Logger.info")
    graph = _graph(_edge(info, _site(end=25)))
    inner = reconcile(graph, (_run(_call(OTHER, 21, span=Span(3, 10, 3, 23))),), {SAVE}).edges
    assert [edge.through for edge in inner if edge.callee == OTHER] == [None]
    own = reconcile(graph, (_run(_call(OTHER, 21, span=Span(3, 4, 3, 25))),), {SAVE}).edges
    assert [edge.through for edge in own if edge.callee == OTHER] == [info]


def test_without_columns_a_line_is_no_cause() -> None:
    """What bears the callee's name is it; else the line is told, and no more."""
    is_open = Resolution(_site(), open_reason=OpenReason.UNKNOWN_RECEIVER, open_detail="`model`")
    seen = _run(_call(OTHER, 21, span=None))
    edge = _only(_graph(is_open), seen)
    assert (edge.origin, edge.text) == (DynamicOrigin.UNKNOWN, "other")
    assert edge.cause == (
        "unknown, because the run knows lines alone: its line holds `write`, and something else may"
        " run there, too"
    )
    named = replace(is_open, site=_site(text="model.other"))
    assert _only(_graph(named), seen).origin is DynamicOrigin.OPEN_SITE


def test_two_calls_of_one_function_on_a_line_are_told_apart() -> None:
    """`write(1) if new else write(2)`: each has its own count, and one of them may not have run."""
    first, second = _site(end=12), _site(end=40)
    run = _run(_call(WRITE, 11, span=Span(3, 4, 3, 12)))
    one, two = reconcile(_graph(_edge(WRITE, first), _edge(WRITE, second)), (run,), {SAVE}).edges
    assert (one.verdict, one.calls) == (EdgeVerdict.CONFIRMED, 2)
    assert (two.verdict, two.calls) == (EdgeVerdict.NOT_TAKEN, 0)
    lines_alone = _run(_call(WRITE, 11, span=None))  # control: then either may have run
    both = reconcile(_graph(_edge(WRITE, first), _edge(WRITE, second)), (lines_alone,), {SAVE})
    assert {edge.verdict for edge in both.edges} == {EdgeVerdict.CONFIRMED}


def test_a_call_that_ends_at_neither_is_of_the_one_that_has_none() -> None:
    """`sorted(xs, key=write), max(map(write, xs))`: `max` runs it, and `map` was read to."""
    graph = _graph(_edge(WRITE, _site(end=12)), _edge(WRITE, _site(end=40)))
    first = _call(WRITE, 11, span=Span(3, 4, 3, 12))
    by_max = _call(WRITE, 11, span=Span(3, 14, 3, 41), calls=5, order=2)
    edges = reconcile(graph, (_run(first, by_max),), {SAVE}).edges
    assert [(edge.calls, edge.order) for edge in edges] == [(2, 1), (5, 2)]
    assert [edge.calls for edge in reconcile(graph, (_run(by_max),), {SAVE}).edges] == [5, 5]


def _with_disk(read: Resolution, method: FunctionId) -> CallGraph:
    graph = _graph(read)
    return replace(graph, functions=(*graph.functions, _function(method, 41)))


def test_what_a_statement_runs_of_a_calls_result_is_not_that_call() -> None:
    """`with factory() as x`: from 3.13 on `__enter__` has the place of the call before it."""
    enter = FunctionId("shop/store.py::Disk.__enter__")
    is_open = Resolution(_site(), open_reason=OpenReason.UNKNOWN_VALUE, open_detail="`factory`")
    run = _run(_call(enter, 41, order=2))
    (edge,) = reconcile(_with_disk(is_open, enter), (run,), {SAVE}).edges
    assert (edge.origin, edge.text) == (DynamicOrigin.IMPLICIT, "Disk.__enter__")
    run = _run(_call(WRITE, 11), _call(enter, 41, order=2))
    edges = reconcile(_with_disk(_edge(WRITE, None, OTHER), enter), (run,), {SAVE}).edges
    assert [edge.cause for edge in edges if edge.callee == OTHER] == [f"went to {WRITE}"]
    run = _run(_call(enter, 41, through="jinja2.Template.render"))  # the open call is of that
    (edge,) = reconcile(_with_disk(is_open, enter), (run,), {SAVE}).edges
    assert (edge.origin, edge.text) == (DynamicOrigin.CALLBACK, "write")
    by_c = _edge(ExternalId("builtins.list"))  # control: a callee in C runs it itself
    iterate = FunctionId("shop/store.py::Disk.__iter__")
    edges = reconcile(_with_disk(by_c, iterate), (_run(_call(iterate, 41)),), {SAVE}).edges
    assert [e.origin for e in edges if e.callee == iterate] == [DynamicOrigin.C_CALLER]


def test_what_monitoring_counts_outside_is_a_lower_bound() -> None:
    """It stops once a callee is known at its place; `settrace` hears each call."""
    for backend, is_at_least in (("monitoring", True), ("settrace", False)):
        edge = _only(_graph(_edge(DUMP)), replace(_external("dill._dill.dump"), backend=backend))
        assert (edge.seen_by, edge.is_at_least) == (SeenBy.CALL, is_at_least)
        inside = _only(_graph(_edge(WRITE)), replace(_run(_call(WRITE, 11)), backend=backend))
        assert (inside.calls, inside.is_at_least) == (2, False)


def test_resumptions_of_a_generator_are_no_calls() -> None:
    """`with` on a generator begins it and resumes it: one call."""
    begun, resumed = _call(ITEMS, 31), _call(ITEMS, 31, how="resume", calls=7, order=2)
    assert _only(_graph(_edge(ITEMS)), _run(begun, resumed)).calls == 2
    assert _only(_graph(_edge(ITEMS)), _run(resumed)).calls == 7

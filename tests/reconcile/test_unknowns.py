"""What is not known, why, and the step that would decide it: to the last word."""

from __future__ import annotations

from dataclasses import replace

from tracer.model.brief import BriefAnchor
from tracer.model.evidence import (
    AnchorVerdict,
    ArtifactLayout,
    CheckedAnchor,
    EdgeVerdict,
    OpenSite,
    ReconciledEdge,
    Unknown,
)
from tracer.model.graph import CallGraph, EffectKind, OpenReason, SiteKind
from tracer.model.plan import Workload
from tracer.model.recording import Executed, Frame, InventedUse, Recording, StandIns
from tracer.model.source import Anchor, FunctionId
from tracer.reconcile.unknowns import find_unknowns

GRAPH = CallGraph((), (), (), (), ())
RUN = Recording(Workload("w1", ("train.py", "--fast")), True)


def _unknowns(graph: CallGraph = GRAPH, **given: object) -> tuple[Unknown, ...]:
    values: dict[str, object] = {
        "edges": (),
        "open_sites": (),
        "anchors": (),
        "layouts": (),
        "recordings": (RUN,),
        "workloads": (),
        "why_no_run": "",
        **given,
    }
    return find_unknowns(graph, **values)  # type: ignore[arg-type]


def _told(*args: object, **given: object) -> list[tuple[str, str, str]]:
    return [(each.text, each.reason, each.next_step) for each in _unknowns(*args, **given)]  # type: ignore[arg-type]


def test_a_whole_run_of_a_whole_answer_leaves_nothing_open() -> None:
    """Control for all below."""
    assert _unknowns() == ()


def test_without_a_run() -> None:
    """The best workload is offered, quoted for a shell; without one, any run."""
    what = "Which of the edges run, and with which values"
    step = "give a run with --workload, or a recording made elsewhere with --recording"
    assert _told(recordings=()) == [(what, "nothing was run", step)]
    assert _told(recordings=(), why_no_run="off") == [(what, "off", step)]
    assert _told(recordings=(), workloads=(Workload("", ()),)) == [(what, "nothing was run", step)]
    workloads = (Workload("", ()), Workload("", ("my run.py", "a")), Workload("", ("other.py",)))
    assert _told(recordings=(), workloads=workloads) == [
        (what, "nothing was run", "--workload ''\"'\"'my run.py'\"'\"' a'")
    ]


def test_runs_that_ended_early_or_badly() -> None:
    """A cut recording tells no more of its exit; a missing module may be stood in for, once."""
    cut = replace(RUN, is_complete=False, why_incomplete="budget reached", exit_status=1)
    assert _told(recordings=(cut,)) == [
        (
            "What run w1 does after its recording ended",
            "budget reached",
            "a larger --time-budget, or a smaller workload",
        )
    ]
    what, why = "What run w1 would have done", "it ended with exit status 3"
    failed = replace(RUN, exit_status=3, stderr_tail="ValueError: 3")
    again = "mend it and run again: train.py --fast"
    assert _told(recordings=(failed, RUN)) == [(what, why, again)]
    missing = replace(failed, stderr_tail="…\nModuleNotFoundError: No module named 'torch.nn'\n")
    step = "an environment with torch.nn (--python), or --stand-in auto"
    assert _told(recordings=(missing,)) == [(what, why, step)]
    said = "importlib.metadata.PackageNotFoundError: No package metadata was found for shop"
    ((_, _, step),) = _told(recordings=(replace(failed, stderr_tail=said),))
    assert step.startswith("an environment into which shop is installed (--python): ")
    stood_in = replace(missing, stand_ins=StandIns(("auto",), ("torch",)))
    assert (what, why, again) in _told(recordings=(stood_in,))


def test_a_run_under_stand_ins() -> None:
    """What was invented is counted, and the first of it named with its place."""
    caller = Frame("a.py", "a", "f", 1)
    recipe = InventedUse("heavy.read", "recipe", caller, 3, 9, 0)
    uses = (
        InventedUse("heavy.fit", "call", caller, 7, 2, 1),
        InventedUse("heavy.save", "call", None, 0, 1, 2),
    )
    step = "the same run in an environment that has them: --python EXE"
    what = "Whether the program goes the same way with heavy, other itself"
    why = "run w1 was made under stand-ins"
    modules = ("heavy", "other")
    for invented, more in (
        ((recipe,), ""),
        (uses, ": 3 uses of invented things, the first `heavy.fit` at a.py:7"),
        (uses[1:], ": 1 uses of invented things, the first `heavy.save`"),
    ):
        run = replace(RUN, stand_ins=StandIns(("auto",), modules, invented))
        assert _told(recordings=(run, RUN)) == [(what, why + more, step)]


def _edges(path: str, count: int, verdict: EdgeVerdict) -> list[ReconciledEdge]:
    return [
        ReconciledEdge(
            FunctionId(f"{path}::f"),
            FunctionId(f"{path}::g"),
            line,
            None,
            "g",
            SiteKind.CALL,
            verdict,
        )
        for line in range(1, count + 1)
    ]


def test_edges_whose_callers_never_ran() -> None:
    """Counted by file, the most first, three shown; a workload that was not run is offered."""
    edges = [
        *_edges("a.py", 1, EdgeVerdict.NOT_REACHED),
        *_edges("d.py", 1, EdgeVerdict.NOT_REACHED),
        *_edges("c.py", 3, EdgeVerdict.NOT_REACHED),
        *_edges("b.py", 1, EdgeVerdict.NOT_REACHED),
        *_edges("e.py", 9, EdgeVerdict.NOT_TAKEN),
    ]
    what = "Whether 6 edges run"
    why = "no run entered their callers; most in c.py (3), a.py (1), b.py (1)"
    assert _told(edges=edges) == [(what, why, "a workload that enters them")]
    tried, other = Workload("", ("train.py", "--fast")), Workload("", ("infer.py",))
    none = Workload("", ())  # a script that asks for arguments: nobody knows which
    assert _told(edges=edges, workloads=(none, tried)) == [
        (what, why, "a workload that enters them")
    ]
    assert _told(edges=edges, workloads=(tried, other)) == [(what, why, "--workload infer.py")]
    made = replace(RUN, workload=Workload("w1", ("infer.py", "--model", "out")))
    assert _told(edges=edges, workloads=(other, tried), recordings=(made,)) == [
        (what, why, "--workload 'train.py --fast'")
    ]  # a proposal lacks the arguments that the run was given
    assert _told(edges=_edges("e.py", 9, EdgeVerdict.NOT_TAKEN)) == []


def test_open_sites_by_reason() -> None:
    """The most common reason first, by name where they are equal; three sites shown of each."""
    function = FunctionId("a.py::f")
    sites = [
        *(OpenSite(function, n, f"x{n}", OpenReason.UNKNOWN_VALUE) for n in range(1, 5)),
        OpenSite(function, 8, "y", OpenReason.UNKNOWN_RECEIVER),
        OpenSite(function, 9, "z", OpenReason.MISSING_MODULE),
    ]
    step = "a run that reaches them shows their callees"
    assert _told(open_sites=sites) == [
        (
            "What 4 call sites of the answer call",
            "unknown value: `x1` a.py:1, `x2` a.py:2, `x3` a.py:3 and 1 more",
            step,
        ),
        ("What 1 call site of the answer call", "missing module: `z` a.py:9", step),
        ("What 1 call site of the answer call", "unknown receiver: `y` a.py:8", step),
    ]
    (seen,) = _edges("a.py", 1, EdgeVerdict.DYNAMIC_ONLY)
    seen = replace(seen, caller=function, line=8)  # a run has shown what is called there
    assert [what for _, what, _ in _told(open_sites=sites[4:], edges=[seen])] == [
        "missing module: `z` a.py:9"
    ]
    three = _told(open_sites=sites[:3])
    assert three[0][1] == "unknown value: `x1` a.py:1, `x2` a.py:2, `x3` a.py:3"


def test_what_no_run_decides_comes_last() -> None:
    """Layouts, places of the brief that are not there, a cut search, sources that were not read."""
    layout = ArtifactLayout(
        "{p}.zip", EffectKind.ARCHIVE_WRITE, FunctionId("a.py::f"), Anchor("a.py", 3), (), ("why",)
    )
    anchors = [
        CheckedAnchor(BriefAnchor("a.py:1", "a.py"), AnchorVerdict.VERIFIED),
        CheckedAnchor(BriefAnchor("b.py:9", "b.py"), AnchorVerdict.MISSING, detail="no file b.py"),
    ]
    graph = replace(GRAPH, limits=("too much work",), unread=("notebooks",))
    failed = replace(RUN, exit_status=1)
    told = _told(graph, layouts=(layout,), anchors=anchors, recordings=(failed,))
    assert told[1:] == [
        (
            "All members of `{p}.zip` (a.py:3)",
            "why",
            "a run that writes it, then `tracer inspect` on the artefact",
        ),
        (
            "What `b.py:9` says, which the brief names",
            "missing: no file b.py",
            "correct the brief, or give the tree that holds it",
        ),
        (
            "All callees of the call sites that are open as too many",
            "too much work",
            "give fewer files: `tracer callgraph PATH`, or a smaller root",
        ),
        (
            "What notebooks of the tree call",
            "sources of this kind are not read",
            "search them for the names of the entry points",
        ),
    ]


def test_what_lines_alone_leave_open() -> None:
    """Executed edges are counted, and each file that was left out has its reason."""
    executed = Executed("coverage.py 7", "data", False, ("a.py",), (("b.py", "it is newer"),))
    run = replace(RUN, executed=executed, backend="coverage.py 7")
    left_out = (
        "What ran of b.py",
        "left out of data: it is newer",
        "measure again with the sources as they are",
    )
    assert _told(recordings=(run,)) == [left_out]
    for count, text in ((1, "Whether 1 executed edge was"), (2, "Whether 2 executed edges were")):
        edges = _edges("a.py", count, EdgeVerdict.EXECUTED)
        assert _told(edges=edges) == []
        assert _told(edges=edges, recordings=(run, replace(run, backend="another"))) == [
            (
                f"{text} called there, and how often",
                "another, coverage.py 7 tells lines and no calls",
                "a run under the probe: --workload",
            ),
            left_out,
            left_out,
        ]

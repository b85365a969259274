"""What is told as surprising, of runs and of effects, from values that are made up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tracer.model.evidence import (
    Chain,
    ChainHop,
    ChangedKey,
    DynamicOrigin,
    EdgeVerdict,
    PathAnswer,
    ReconciledEdge,
    SeenBy,
    StateChange,
    TreeState,
)
from tracer.model.graph import CallGraph, EffectKind, OpenReason, SiteKind
from tracer.model.parting import Contrasted, Parting, PartingOutcome, PathSide, SideHop
from tracer.model.plan import Workload
from tracer.model.recording import (
    Executed,
    Frame,
    InventedUse,
    ObservedCall,
    ObservedEffect,
    ObservedLines,
    OpenedFile,
    Place,
    RaisedException,
    Recording,
    StandIns,
    StateWrite,
)
from tracer.model.source import Anchor, ExternalId, FunctionId, Span, function_id
from tracer.reconcile.effects import join_effects
from tracer.reconcile.findings import find_surprises
from tracer.reconcile.runs import summarise_run
from tracer.reconcile.state_ledger import state_ledger, unread_changes
from tracer.static.call_graph import build_call_graph
from tracer.static.sources import read_tree
from tracer.tables.load import load_effect_table

JUDGED = Path(__file__).parent / "judged"
TREE = TreeState("made", "a", "a")
MAIN, SAVE, LOAD, UNSEEN = (
    function_id("run.py", name) for name in ("main", "save", "load", "unseen")
)
ADD = function_id("registry.py", "add")
DUMP = ExternalId("json.dump")


@pytest.fixture(scope="module")
def graph() -> CallGraph:
    return build_call_graph(read_tree(JUDGED / "made"), load_effect_table())


def _golden(name: str, lines: Iterable[object]) -> None:
    golden = JUDGED / f"{name}.txt"
    beside = golden.with_suffix(".got")
    told = "\n".join(map(str, lines)) + "\n"
    if golden.is_file() and golden.read_text("utf-8") == told:
        beside.unlink(missing_ok=True)
        return
    beside.write_text(told, "utf-8")
    pytest.fail(f"{golden}: differs from what came out, {beside}")


def _path(source: FunctionId, target: FunctionId | ExternalId, **more: object) -> PathAnswer:
    return replace(PathAnswer(source, target, is_path=False), **more)  # type: ignore[arg-type]


PATHS = (
    _path(MAIN, SAVE, is_path=True, hops=(ChainHop(MAIN, SAVE, 11),)),
    _path(UNSEEN, LOAD),
    _path(LOAD, DUMP, open_sites=3, fitting=(Anchor("run.py", 26), Anchor("run.py", 27))),
    _path(
        SAVE,
        LOAD,
        siblings=(Anchor("run.py", 11), Anchor("run.py", 13)),
        sibling_callers=(MAIN, UNSEEN),
        open_sites=1,
    ),
)


def _parting(**more: object) -> Contrasted:
    places = tuple(Anchor("run.py", line, quote="cfg", symbol="save") for line in (20, 21, 22))
    a = PathSide("A", MAIN, "named", (SideHop(MAIN, UNSEEN, 1), SideHop(UNSEEN, SAVE, 43)))
    b = PathSide("B", LOAD, "named", (SideHop(LOAD, SAVE, 28),))
    whole = Parting(
        SAVE, "writes `cfg`", a, b, PartingOutcome.BOTH, SAVE, places=places, is_premise=True
    )
    other = replace(whole, goal=LOAD, why="loads")
    return Contrasted((replace(whole, **more), other))  # type: ignore[arg-type]


def _edge(callee: FunctionId | ExternalId, line: int, **more: object) -> ReconciledEdge:
    edge = ReconciledEdge(
        MAIN,
        callee,
        line,
        None,
        "x",
        SiteKind.CALL,
        EdgeVerdict.DYNAMIC_ONLY,
        cause="nobody knows",
        seen_by=SeenBy.CALL,
        calls=3,
        origin=DynamicOrigin.UNKNOWN,
    )
    return replace(edge, **more)  # type: ignore[arg-type]


EDGES = (
    _edge(SAVE, 11),
    _edge(DUMP, 12),
    *(_edge(LOAD, 20 + number, origin=origin) for number, origin in enumerate(DynamicOrigin)),
    _edge(SAVE, 13, verdict=EdgeVerdict.CONFIRMED),
)


def test_surprises(graph: CallGraph) -> None:
    """Every finding with its words and anchors: of the tree, of paths, of imports, of runs."""
    every = [function.id for function in graph.functions]
    chains = [Chain((ChainHop(MAIN, SAVE, 11),), EffectKind.FILE_WRITE)]
    keys = tuple(ChangedKey(f"k{n}", "added", "", "int 1", 1) for n in range(5))
    change = StateChange(
        "settings.cfg", Anchor("run.py", 20, symbol="save"), (), keys, 5, 1, "exact",
        EdgeVerdict.DYNAMIC_ONLY, "w1", "", 0,
    )  # fmt: skip
    changes = (
        change,
        replace(change, keys=keys[:4], times=4),
        replace(change, keys=(replace(keys[0], key=""),)),
        replace(change, anchor=None),
        replace(change, verdict=EdgeVerdict.CONFIRMED),
    )
    files = tuple(f"f{number}.py" for number in range(6))

    def lines() -> Iterator[object]:
        cases: dict[str, dict[str, object]] = {
            "of the tree alone": {},
            "of all effects": {"effects": graph.effects, "functions": every},
            "near a chain": {"effects": graph.effects, "chains": chains, "named": [SAVE]},
            "imported on the way": {"named": [function_id("run.py", "<module>")]},
            "of paths": {"paths": PATHS, "chains": chains, "named": [SAVE]},
            "one file differs": {"tree": replace(TREE, changed=files[:1])},
            "five files differ": {"tree": replace(TREE, changed=files[:5])},
            "six files differ": {"tree": replace(TREE, changed=files)},
            "a premise": {"contrasted": _parting()},
            "no premise": {"contrasted": _parting(is_premise=False)},
            "one side comes there": {"contrasted": _parting(outcome=PartingOutcome.ONLY_A)},
            "they do not meet": {"contrasted": _parting(meets_in=None)},
            "calls": {"edges": EDGES},
            "changes": {"changes": changes},
        }
        known: set[object] = set()
        for case, given in cases.items():
            values = {"edges": (), "effects": (), "paths": (), "tree": TREE, **given}
            yield f"## {case}"
            found = find_surprises(graph, **values)  # type: ignore[arg-type]
            told = [f"{f.kind.value}: {f.text} [{', '.join(map(repr, f.anchors))}]" for f in found]
            yield from (line for line in told if line not in known or case == "near a chain")
            known.update(told)

    _golden("surprises", lines())


WRITER = Frame("run.py", "run", "save", 18)
STARTER = Frame("run.py", "run", "main", 9)
BODY = Frame("settings.py", "settings", "<module>", 1)
CALL = Span(12, 4, 12, 23)


def _effect(number: int, operation: str, line: int, **more: object) -> ObservedEffect:
    effect = ObservedEffect(number, "file.write", operation, chain=(Place(WRITER, line),))
    return replace(effect, **more)  # type: ignore[arg-type]


def _write(order: int, *chain: Place, **more: object) -> StateWrite:
    write = StateWrite("settings:cfg", "mode", "modified", "a", "b", chain, "exact", order)
    return replace(write, **more)  # type: ignore[arg-type]


def test_effects_and_changes_of_a_run(graph: CallGraph) -> None:
    """What was read of each, or why nothing was; which line changed which key."""
    every = [function.id for function in graph.functions]
    effects = (
        _effect(1, "open", 20),
        _effect(2, "os.remove", 22, through="io.open"),
        _effect(3, "os.mkdir", 19),
        _effect(4, "os.mkdir", 23),
        _effect(5, "write", 21, within=1),
        _effect(6, "write", 21, within=99),
        _effect(7, "os.mkdir", 12, chain=(Place(STARTER, 12, CALL),)),
        _effect(8, "os.mkdir", 12, chain=(Place(STARTER, 12),), kind="archive.write"),
        _effect(9, "os.mkdir", 99, chain=()),
        _effect(10, "os.getenv", 10, chain=(Place(STARTER, 10),), kind="env"),
    )
    writes = (
        _write(1, Place(WRITER, 19)),
        _write(2, Place(WRITER, 19), key="format", times=2),
        _write(3, Place(WRITER, 19), old="b", new="c"),
        _write(4, Place(WRITER, 18), Place(STARTER, 11), until=20, how="by diff", writer="lib.f"),
        _write(4, Place(WRITER, 17), Place(STARTER, 11), until=19, how="by diff", writer="lib.f"),
        _write(5, Place(WRITER, 96), Place(WRITER, 19)),
        _write(5, Place(WRITER, 99), Place(STARTER, 11), key=""),
        _write(6, Place(BODY, 9), change="bound", key=""),
        _write(7, Place(BODY, 10), change="rebound", key=""),
        _write(8, Place(WRITER, 98), change="bound", key=""),
        _write(9, change="added"),
        _write(10, Place(WRITER, 19), change="same"),
        _write(11, Place(WRITER, 19), change="initial"),
        _write(12, Place(STARTER, 97), object="__main__:mine"),
        _write(13, Place(STARTER, 12), object="registry:KEPT"),
    )
    run = Recording(Workload("w1", ("run.py",)), True, effects=effects, state_writes=writes)
    under = replace(run, stand_ins=StandIns((), ()), workload=Workload("w2", ()))
    is_open = replace(
        graph,
        resolutions=tuple(
            replace(r, callees=(), open_reason=OpenReason.UNKNOWN_VALUE, open_detail=detail)
            for r in graph.resolutions
            if r.site.caller == MAIN
            for detail in ("", "`x`")[r.site.span.line % 2 :][:1]
        ),
    )

    def lines() -> Iterator[object]:
        for name, known in (("read", graph), ("open", is_open)):
            yield f"## {name}"
            yield from join_effects(known, [run], every, graph.effects)
        yield "## of one function"
        for each in join_effects(graph, [run], [MAIN], graph.effects, lambda name: name[:2]):
            yield f"{each.number} {each.line} {each.read_as} {each.cause}"
        yield "## changes"
        changes = state_ledger(graph, [run, under])
        yield from changes
        yield from unread_changes(changes)

    _golden("joined", lines())


def test_figures_of_a_run() -> None:
    """Calls, edges, functions, files and exceptions by first sighting, stand-ins, coverage."""
    caller = Frame("a.py", "a", "f", 1)
    run = Recording(
        Workload("w1", ("a.py",)),
        True,
        calls=(
            ObservedCall(None, caller, 0, None, 1, 1),
            ObservedCall(caller, WRITER, 3, None, 5, 2),
        ),
        lines=(ObservedLines(caller, 1, (2,)), ObservedLines(caller, 2, (3,))),
        exceptions=tuple(RaisedException(caller, n, "OSError", 1, 9 - n) for n in (1, 2, 3)),
        opened=tuple(OpenedFile(f"{n}", "r", None, 0, 1, 9 - n) for n in (1, 2, 3)),
        tests=("one", "two"),
    )
    uses = (
        *(InventedUse(f"heavy.n{n:02}", "call", caller, 3, n % 3 + 1, n) for n in range(12)),
        InventedUse("heavy.made", "recipe", caller, 3, 7, 20),
        InventedUse("heavy.n00", "attribute", caller, 3, 4, 21),
    )
    stood_in = replace(run, stand_ins=StandIns(("auto",), ("heavy",), uses))
    by_lines = replace(
        run,
        executed=Executed(
            "coverage.py 7", "data", True, ("a.py", "b.py"), (("c.py", "gone"),), tuple("abcd")
        ),
    )
    _golden("figures", (summarise_run(each) for each in (run, stood_in, by_lines)))

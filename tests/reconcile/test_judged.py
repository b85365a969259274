"""One small tree, runs that are made up, and the verdict on every edge and effect of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tracer.model.evidence import ReconciledEdge
from tracer.model.graph import CallGraph
from tracer.model.plan import Workload
from tracer.model.recording import (
    ContextLines,
    Executed,
    Frame,
    HiddenFunction,
    ObservedCall,
    ObservedExternal,
    ObservedLines,
    RaisedException,
    Recording,
    StandIns,
)
from tracer.model.source import MODULE_QUALNAME, Span, function_id, qualname_of
from tracer.reconcile.edges import reconcile
from tracer.static.call_graph import build_call_graph
from tracer.static.sources import read_tree
from tracer.tables.load import load_effect_table

JUDGED = Path(__file__).parent / "judged"
TREE = read_tree(JUDGED / "tree")
STORE, LATE, FAR = "shop/store.py", "shop/late.py", "lib/far.py"
TEXTS = {
    path: (JUDGED / "tree" / path).read_text("utf-8").splitlines() for path in (STORE, LATE, FAR)
}


@pytest.fixture(scope="module")
def graph() -> CallGraph:
    return build_call_graph(TREE, load_effect_table())


def _at(path: str, text: str, nth: int = 0) -> int:
    """The line that holds a text."""
    return [number for number, line in enumerate(TEXTS[path], 1) if text in line][nth]


def _frame(qualname: str, path: str = STORE, line: int = 0) -> Frame:
    name = qualname.rpartition(".")[2]
    if not line:
        line = 1 if name == MODULE_QUALNAME else _at(path, f"def {name}(")
        while line > 1 and TEXTS[path][line - 2].lstrip().startswith("@"):
            line -= 1
    return Frame(path, path.removesuffix(".py").replace("/", "."), qualname, line)


def _call(caller: Frame | None, callee: Frame, line: int, **more: object) -> ObservedCall:
    call = ObservedCall(caller, callee, line, None, 1, 1)
    return replace(call, **more)  # type: ignore[arg-type]


def _ran(frame: Frame, *texts: str, calls: int = 1) -> ObservedLines:
    """The lines of a function that hold these texts, once each, at or below its own."""
    lines: list[int] = []
    for text in texts:
        below = lines[-1] if lines else frame.first_line
        lines.append(
            next(n for n, line in enumerate(TEXTS[frame.path], 1) if n > below and text in line)
        )
    return ObservedLines(frame, calls, tuple(lines))


SAVE, WRITE, CHECK, ITEMS, USE, CHOOSE, APART, ENDS, MAIN = map(
    _frame, ("save", "write", "check", "items", "use", "choose", "apart", "ends", "main")
)
INIT, ENTER, EXIT, PUT, SIZE = (
    _frame(f"Held.{name}") for name in ("__init__", "__enter__", "__exit__", "put", "size")
)
MADE, UNMADE = _frame("made", LATE), _frame("unmade", LATE)
AWAY = _frame("away", FAR)
LED = _frame("led")
BRIEF = _frame("brief")
ONE_LINE = _at(STORE, "as held: held.put")
MODULE = _frame(MODULE_QUALNAME)
LAMBDAS = _at(STORE, "key = lambda")
LAMBDA = _frame("use.<locals>.<lambda>", line=LAMBDAS)
CHECKING = _at(STORE, "check(goods)")
PAIR = _at(STORE, "check(goods[1:]); write")

LINES = (
    _ran(SAVE, "check(goods)", "write(goods) if", "if where", "write(where)", "for each", "away("),
    _ran(WRITE, "return goods", calls=5),
    _ran(CHECK, "if not goods", "write(goods)", "check(goods[1:])", calls=2),
    _ran(ITEMS, "yield"),
    _ran(USE, "for each", "write(each)", "key = lambda", "sorted(", "late.made", "choose("),
    ObservedLines(LAMBDA, 1, (LAMBDAS,)),
    _ran(CHOOSE, "return write"),
    _ran(ENDS, "choose(", "items(", "with Held", "held.put"),
    _ran(PUT, "self.kept", "os.remove"),
    _ran(MAIN, "use(", "save(", "apart("),
    ObservedLines(MADE, 1, (MADE.first_line,)),
    _ran(EXIT, "check(error)"),
    _ran(_frame("hangs"), "if os.environ"),
    _ran(LED, "found = pick", "found(1)", "found(2)"),
    ObservedLines(BRIEF, 1, (ONE_LINE,)),
    ObservedLines(Frame(STORE, "shop.store", "gone", 2), 1, (3,)),
)
CALLS = (
    _call(None, MODULE, 0, through="program"),
    _call(MODULE, MAIN, _at(STORE, "    main()"), order=2),
    _call(MAIN, USE, _at(STORE, "use([1])"), order=3),
    _call(MAIN, SAVE, _at(STORE, "save([]"), order=4),
    _call(SAVE, CHECK, CHECKING, order=5, calls=2),
    _call(SAVE, WRITE, _at(STORE, "write(where)"), order=6),
    _call(SAVE, WRITE, 0, order=7, calls=3),
    _call(CHECK, CHECK, 0, order=8),
    _call(CHECK, WRITE, PAIR, order=9, span=Span(PAIR, 22, PAIR, 34), calls=2),
    _call(USE, ITEMS, _at(STORE, "in items("), order=10, how="resume"),
    _call(USE, LAMBDA, _at(STORE, "sorted(goods"), order=11),
    _call(LAMBDA, WRITE, LAMBDAS, order=12),
    _call(USE, MADE, _at(STORE, "late.made"), order=13, through="functools.wraps"),
    _call(MADE, WRITE, MADE.first_line, order=14),
    _call(USE, CHECK, _at(STORE, "choose(goods)(goods)"), order=15, span=None),
    _call(PUT, EXIT, _at(STORE, "os.remove"), order=16),
    _call(MAIN, SIZE, _at(STORE, "apart(1)"), order=17),
    _call(ENDS, EXIT, _at(STORE, "with Held"), order=18),
    _call(WRITE, WRITE, _at(STORE, "return goods", 1), order=19, how="resume"),
    _call(EXIT, WRITE, _at(STORE, "check(error)"), order=20),
    _call(LED, WRITE, _at(STORE, "found(1)"), order=24, calls=256),
    _call(LED, WRITE, 0, order=25, calls=1300),
    _call(LED, WRITE, _at(STORE, "found(2)"), order=26),
    _call(LED, CHECK, 0, order=27, calls=3),
    _call(ENDS, ITEMS, 0, order=28, calls=2),
    _call(BRIEF, EXIT, ONE_LINE, order=30, span=Span(ONE_LINE, 4, ONE_LINE, 45)),
    _call(BRIEF, INIT, ONE_LINE, order=31, span=Span(ONE_LINE, 9, ONE_LINE, 20)),
    _call(ENDS, ITEMS, _at(STORE, "choose(goods).later"), order=29),
)
EXTERNALS = (
    ObservedExternal(SAVE, _at(STORE, "far.away("), None, "lib.far.away", 2, 21),
    ObservedExternal(ENDS, _at(STORE, "choose(goods).later"), None, "wrap.inner", 1, 22),
    ObservedExternal(PUT, _at(STORE, "os.remove"), None, "posix.remove", 1, 23),
)
WHOLE = Recording(
    Workload("w1", ("shop/store.py",)),
    True,
    calls=CALLS,
    externals=EXTERNALS,
    lines=LINES,
    namespaces=("shop",),
)
TESTED = replace(
    WHOLE,
    workload=Workload("w2", ("-m", "pytest")),
    calls=(
        _call(SAVE, CHECK, CHECKING, calls=3, by_test=((0, 1), (1, 2))),
        _call(USE, CHECK, _at(STORE, "choose(goods)(goods)"), calls=2, by_test=((1, 2),)),
    ),
    externals=(),
    lines=(
        _ran(SAVE, "check(goods)"),
        _ran(USE, "choose("),
        _ran(APART, "return write"),
        _ran(AWAY, "return near"),
    ),
    tests=("test_a", "test_b"),
    namespaces=(),
)
FILES = (FAR, LATE, STORE)
BY_LINES = Recording(
    Workload("c1", ("data.coverage",)),
    True,
    lines=LINES,
    executed=Executed("coverage.py 7", "data.coverage", False, FILES),
)


def _lines(*lines: ObservedLines, **more: object) -> Recording:
    assert BY_LINES.executed is not None
    told = replace(BY_LINES.executed, **more)  # type: ignore[arg-type]
    return replace(BY_LINES, lines=lines or LINES, executed=told)


ONLY_SAVE = (_ran(SAVE, "check(goods)", "json.dumps", "json.loads"), _ran(WRITE, "return goods"))
CONTEXTS = (
    ContextLines(SAVE, (CHECKING,), (0,)),
    ContextLines(CHECK, (_at(STORE, "if not goods"),), (0, 1)),
    ContextLines(MAIN, (_at(STORE, "use([1])"),), (-1, 0)),
    ContextLines(MAIN, (_at(STORE, "save([]"),), (1,)),
    ContextLines(USE, (_at(STORE, "late.made"),), (-1, 0, 1)),
    ContextLines(MADE, (MADE.first_line,), (-1,)),
)
STAND_INS = replace(WHOLE, stand_ins=StandIns(("auto",), ("heavy",)))
AWAY_ALONE = replace(WHOLE, calls=(), lines=(), namespaces=("lib",))
CASES: dict[str, tuple[str, tuple[Recording, ...]]] = {  # the case that it is like, and the runs
    "nothing": ("", ()),
    "whole": ("", (WHOLE,)),
    "two runs": ("whole", (WHOLE, TESTED)),
    "an empty run first": ("two runs", (replace(WHOLE, calls=(), externals=(), lines=()), TESTED)),
    "with exceptions": (
        "whole",
        (
            replace(
                WHOLE,
                exceptions=(
                    RaisedException(SAVE, _at(STORE, "json.dumps"), "OSError", 1, 9),
                    RaisedException(CHECK, _at(STORE, "raise ValueError"), "ValueError", 1, 9),
                ),
                lines=(
                    *LINES[1:],
                    _ran(SAVE, "check(goods)", "if where", "json.dumps", "json.loads"),
                ),
            ),
        ),
    ),
    "converted": ("whole", (replace(WHOLE, calls=(), converted=(SAVE, PUT)),)),
    "six runs": (
        "converted",
        tuple(
            replace(WHOLE, calls=(), externals=(), workload=Workload(f"w{n}", (STORE,)))
            for n in (6, 3, 1, 5, 2, 4)
        ),
    ),
    "hidden": (
        "converted",
        (
            replace(
                WHOLE,
                calls=(),
                lines=LINES[1:],
                hidden=tuple(
                    HiddenFunction("autograph", "shop.store", f"tf__{name}", name)
                    for name in ("save", "check", "put", "")
                ),
            ),
        ),
    ),
    "elsewhere": ("", (AWAY_ALONE,)),
    "a script elsewhere": ("elsewhere", (replace(AWAY_ALONE, workload=Workload("w3", (STORE,))),)),
    "under stand-ins": ("whole", (STAND_INS,)),
    "stand-ins and own": ("two runs", (STAND_INS, TESTED)),
    "lines": ("", (BY_LINES,)),
    "few lines": ("lines", (_lines(*ONLY_SAVE),)),
    "lines of one file": ("lines", (_lines(files=(STORE,), left_out=((LATE, "it is newer"),)),)),
    "untold lines": (
        "few lines",
        (
            _lines(
                *ONLY_SAVE,
                _ran(USE, "for each"),
                untold=(
                    ObservedLines(CHECK, 0, (CHECKING, PAIR)),
                    ObservedLines(USE, 0, (LAMBDAS, _at(STORE, "sorted(goods"))),
                    ObservedLines(PUT, 0, (_at(STORE, "os.remove"),)),
                    ObservedLines(SAVE, 0, (_at(STORE, "far.away("),)),
                ),
            ),
        ),
    ),
    "contexts": ("lines", (_lines(contexts=("test_a", "test_b"), by_context=CONTEXTS),)),
    "lines and calls": ("lines", (BY_LINES, TESTED)),
    "few lines and calls": ("whole", (WHOLE, _lines(*ONLY_SAVE))),
    "lines, and stand-ins": ("lines", (BY_LINES, STAND_INS)),
}


def _edge(edge: ReconciledEdge) -> str:
    callee = qualname_of(edge.callee) if "::" in edge.callee else edge.callee
    return f"{edge.caller.partition('::')[2]}:{edge.line} {edge.text} → {callee}"


def _verdict(edge: ReconciledEdge) -> str:
    parts = [
        edge.verdict.value,
        f"seen by {edge.seen_by}" if edge.seen_by else "",
        f"{edge.calls}×" if edge.calls else "",
        f"#{edge.order}" if edge.order is not None else "",
        f"in {','.join(edge.workloads)}" if edge.workloads else "",
        edge.cause,
        f"from {edge.origin}" if edge.origin else "",
        f"through {edge.through}" if edge.through else "",
        f"barred by {edge.barred_by.text}" if edge.barred_by else "",
        f"tests {edge.tests} of {edge.tests_total}" if edge.tests else "",
    ]
    return "; ".join(filter(None, parts))


def _verdicts(graph: CallGraph, recordings: tuple[Recording, ...]) -> dict[tuple[str, object], str]:
    every = [function.id for function in graph.functions]
    found = reconcile(graph, recordings, every, graph.effects)
    told: dict[tuple[str, object], str] = {}
    for edge in found.edges:
        told[_edge(edge), edge.span] = _verdict(edge)
    for effect, verdict in zip(graph.effects, found.effect_verdicts, strict=True):
        told[f"{effect.span.line} {effect.operation}", effect.span] = verdict.value
    told["unmatched", None] = ", ".join(found.unmatched_frames)
    return told


def _told(graph: CallGraph) -> Iterator[str]:
    """What is said of each edge; of later cases what is not said as in the one named."""
    kept: dict[str, dict[tuple[str, object], str]] = {"": {}}
    for case, (like, recordings) in CASES.items():
        yield f"## {case}" + (f", besides what is as in: {like}" if like else "")
        told = kept[case] = _verdicts(graph, recordings)
        other = kept[like]
        yield from (f"{key[0]}: {text}" for key, text in told.items() if other.get(key) != text)
        yield from (f"gone: {key[0]}" for key in other if key not in told)
    yield "## whole, of few functions"
    some = [function_id(STORE, "check"), function_id(LATE, "made")]
    edges = reconcile(graph, [WHOLE], some).edges
    yield from (f"{_edge(edge)}: {edge.verdict.value}" for edge in edges)


def test_every_verdict(graph: CallGraph) -> None:
    """Of each edge and effect, with its cause. Look at what changed, and copy it over."""
    golden = JUDGED / "verdicts.txt"
    beside = golden.with_suffix(".got")
    told = "\n".join(_told(graph)) + "\n"
    if golden.is_file() and golden.read_text("utf-8") == told:
        beside.unlink(missing_ok=True)
        return
    beside.write_text(told, "utf-8")
    pytest.fail(f"{golden}: differs from what came out, {beside}")

"""Which runs would exercise the answer: the project's own scripts and tests, by reach and cost.

Nothing is run here, and nothing is promised: whether a run succeeds, only the run tells.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tracer.model.brief import Brief
from tracer.model.graph import CallGraph
from tracer.model.plan import Workload
from tracer.model.source import (
    MODULE_QUALNAME,
    FunctionId,
    FunctionKind,
    function_id,
    path_of,
    qualname_of,
)
from tracer.paths import backward_cone, view_of
from tracer.plan.collecting import Collected
from tracer.plan.needs import RunNeeds, find_scripts, needs_of
from tracer.plan.scope import Scope
from tracer.static.sources import SourceTree
from tracer.tables.words import Words, load_words

MOST_WORKLOADS = 20
_MOST_EXAMINED = 60
_FOR_SINKS = 10.0
_FOR_ENTRY_POINTS = 6.0
_IF_CHEAP = 1.3  # factors: what reaches little is not made better by a promising name
_IF_DEAR = 0.7
_IF_REPLACING = 0.6
_IF_DOUBTFUL = 0.75
_FOR_MENTION = 20.0
_MOST_PER_FILE = 2  # tests of one file that reach the same
_PATCHES = re.compile(r"\bpatch(?:\.\w+)?\(|\bmocker\b|\bmonkeypatch\.setattr\b|\bMagicMock\b")
_NAME_WORD = re.compile(r"[a-z0-9]+")


@dataclass(frozen=True, slots=True)
class _Run:
    """A run that the tree offers."""

    function: FunctionId  # where it starts
    argv: tuple[str, ...]
    sinks: int
    entry_points: int
    score: float
    signals: tuple[str, ...]


def rank_workloads(
    graph: CallGraph,
    scope: Scope,
    tree: SourceTree,
    brief: Brief,
    *,
    words: Words | None = None,
) -> tuple[Workload, ...]:
    """The runs that reach the answer, the most telling first among those that need nothing.

    Returns:
        At most twenty, named `w1`, `w2` …; those that cannot be run unattended come last, without
        `argv`, and the reason says what they need.
    """
    words = words or load_words()
    view = view_of(graph)
    sink_functions = sorted({effect.function for effect in scope.sinks})
    goals = (*sink_functions, *scope.entry_points)
    above = {goal: backward_cone(view, (goal,)).keys() for goal in sorted(set(goals))}
    replacing = _replacing_tests(graph, tree)
    runs = [
        run
        for start, argv in _starts(graph, tree, words)
        if (run := _assess(start, argv, scope, sink_functions, above, brief, words, replacing))
    ]
    runs = _without_repeats(sorted(runs, key=lambda run: (-run.score, run.argv)))
    needs = needs_of(graph, view, tree, [run.function for run in runs[:_MOST_EXAMINED]])
    examined = sorted(
        runs[:_MOST_EXAMINED],
        key=lambda run: (
            bool(needs[run.function].given),
            -run.score * _IF_DOUBTFUL ** len(needs[run.function].notes),
            run.argv,
        ),
    )
    totals = (len(sink_functions), len(scope.entry_points))
    return tuple(
        _workload(number, run, needs[run.function], totals)
        for number, run in enumerate(examined[:MOST_WORKLOADS], start=1)
    )


def _starts(
    graph: CallGraph, tree: SourceTree, words: Words
) -> Iterable[tuple[FunctionId, tuple[str, ...]]]:
    """Scripts and test functions, with the command that starts each."""
    packages = {
        file.path.removesuffix("/__init__.py")
        for file in tree.files
        if file.path.endswith("/__init__.py")
    }
    modules = {file.path: file.module for file in graph.files}
    for path in find_scripts(tree):
        role = words.folder_role(path)
        if role is not None and role.role in ("archived", "vendored"):
            continue
        if role is not None and role.role == "tests" and _is_test_file(path):
            continue  # it ends in `unittest.main()`; its tests are runs of their own
        start = function_id(path, MODULE_QUALNAME)
        if path.endswith("/__main__.py"):
            yield start, ("-m", modules.get(path, path).removesuffix(".__main__"))
        elif path.rpartition("/")[0] in packages:
            yield start, ("-m", modules.get(path, path))
        else:
            yield start, (path,)
    collected = Collected({(each.path, each.qualname): each for each in graph.classes})
    for function in graph.functions:
        if function.kind not in (FunctionKind.FUNCTION, FunctionKind.METHOD):
            continue
        is_test = function.name.startswith("test") and "<locals>" not in function.qualname
        owner = function.qualname.rpartition(".")[0]
        is_test = is_test and (not owner or collected.has(function.path, owner))
        role = words.folder_role(function.path)
        is_kept = role is None or role.role not in ("archived", "vendored")
        if is_test and is_kept and _is_test_file(function.path):
            node = "::".join((function.path, *function.qualname.split(".")))
            yield function.id, ("-m", "pytest", "-q", "-p", "no:cacheprovider", node)


def _replacing_tests(graph: CallGraph, tree: SourceTree) -> frozenset[FunctionId]:
    """Tests that patch names: what they lead to in the source, they may not reach."""
    lines = {file.path: file.text.splitlines() for file in tree.files if _is_test_file(file.path)}
    return frozenset(
        function.id
        for function in graph.functions
        if function.path in lines
        and function.name.startswith("test")
        and _PATCHES.search(
            "\n".join(lines[function.path][function.first_line - 1 : function.end_line])
        )
    )


def _without_repeats(runs: Sequence[_Run]) -> list[_Run]:
    """At most two tests of one file that reach the same number of goals, in the given order."""
    seen: Counter[tuple[str, int, int]] = Counter()
    kept: list[_Run] = []
    for run in runs:
        key = (path_of(run.function), run.sinks, run.entry_points)
        seen[key] += 1
        if seen[key] <= _MOST_PER_FILE:
            kept.append(run)
    return kept


def _is_test_file(path: str) -> bool:
    name = path.rpartition("/")[2]
    return name.startswith("test_") or name.endswith("_test.py")


def _assess(
    start: FunctionId,
    argv: tuple[str, ...],
    scope: Scope,
    sink_functions: Sequence[FunctionId],
    above: Mapping[FunctionId, Iterable[FunctionId]],
    brief: Brief,
    words: Words,
    replacing: frozenset[FunctionId],
) -> _Run | None:
    sinks = sum(start in above[function] for function in sink_functions)
    entry_points = sum(start in above[function] for function in scope.entry_points)
    if not sinks and not entry_points:
        return None
    score = _FOR_SINKS * sinks / max(1, len(sink_functions))
    score += _FOR_ENTRY_POINTS * entry_points / max(1, len(scope.entry_points))
    signals: list[str] = []
    name_words = set(_NAME_WORD.findall(" ".join(argv).lower()))
    for word in sorted(name_words & words.cheap):
        score *= _IF_CHEAP
        signals.append(f"`{word}` in its name")
    for word in sorted(name_words & words.dear):
        score *= _IF_DEAR
        signals.append(f"`{word}` in its name may mean a long run")
    if start in replacing:
        score *= _IF_REPLACING
        signals.append("it replaces parts of the program, so it may not reach them")
    # The hint is where a brief names a run; elsewhere it names what it wants to know about.
    if path_of(start) in " ".join((brief.roi_hint, *brief.scope_hints)):
        score += _FOR_MENTION
        signals.append("named by the brief as a run")
    return _Run(start, argv, sinks, entry_points, round(score, 3), tuple(signals))


def _workload(number: int, run: _Run, needs: RunNeeds, totals: tuple[int, int]) -> Workload:
    kind = "a test" if "pytest" in run.argv else "a script"
    if qualname_of(run.function) == MODULE_QUALNAME and kind == "a test":
        kind = "a test file"
    parts = [
        f"{kind} that leads to {run.sinks} of {totals[0]} functions with relevant effects and "
        f"{run.entry_points} of {totals[1]} entry points",
        *run.signals,
        *needs.notes,
    ]
    if needs.given:
        parts.insert(
            0, f"`{' '.join(run.argv)}` cannot be run unattended: {'; '.join(needs.given)}"
        )
    return Workload(
        name=f"w{number}",
        argv=() if needs.given else run.argv,
        reason="; ".join(parts),
    )

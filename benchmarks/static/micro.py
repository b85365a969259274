"""Table 5: small programs with a written-down or executed call graph."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.static.definitions import Graph, edges_of, module_name
from benchmarks.static.metrics import GraphScore, only_internal, score_graph
from benchmarks.static.minute import Answer, at_least, best
from benchmarks.static.packages import Snippet, read_snippets
from benchmarks.static.tables import Table, percent
from benchmarks.static.tools import Bench, Run, Tool

SUITES = ("pycg", "jarvis", "headergen", "probes")
_HEAD = (
    "suite", "tool", "n", "both", "sound", "complete", "exact", "P %", "R %", "internal both",
    "internal sound", "internal complete", "internal P %", "internal R %",
    "both, truth not disputed", "failed", "ms each", "peak MB",
)  # fmt: skip
_INTRO = (
    "Complete: no edge too many; sound: none too few (PyCG's words; an empty graph is complete). "
    "Exact: the same keys too. Internal: edges to functions of the snippet, all that tools without "
    "names for builtins can give. Disputed: the truth disagrees with what the program executes."
)
# Of all snippets; a share, since copies of the suites differ in number.
_FLOORS = {"pycg": (109, 119, "asked"), "jarvis": (131, 138, "bar"), "probes": (60, 67, "asked")}
_MISSED_HEAD = (
    "suite", "snippet", "missing", "too many", "truth disagrees with execution", "else",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Scored:
    snippet: Snippet
    run: Run
    full: GraphScore
    internal: GraphScore


def micro_tables(bench: Bench, tools: Sequence[Tool], suite: Path) -> list[Table]:
    """A row for each suite and tool; then the snippets that the first tool has not right."""
    disputed = disputed_truth()
    table = Table("5 Micro suites", _HEAD, intro=_INTRO)
    missed = Table(f"5a Snippets that {tools[0].name} has not right", _MISSED_HEAD)
    for name in SUITES:
        snippets = list(read_snippets(suite / name))
        if not snippets:
            table.add(name, "", "absent", *[""] * (len(_HEAD) - 3))
            continue
        reasons = disputed.get(name)
        known = shortfalls().get(name, {})
        by_tool: dict[str, list[_Scored]] = {}
        for tool in tools:
            if tool.absent:
                table.add(name, tool.name, tool.absent, *[""] * (len(_HEAD) - 3))
                continue
            scored = [_score(bench, tool, snippet) for snippet in snippets]
            by_tool[tool.name] = scored
            table.add(name, tool.name, *_cells(scored, reasons))
            if tool is tools[0]:
                _add_missed(missed, name, scored, reasons or {}, known)
        if tools[0].name in by_tool:
            table.answers += _answers(name, tools[0].name, by_tool)
    if not missed.rows:
        missed.notes.append("none")
    return [table, missed]


def _answers(suite: str, own: str, by_tool: dict[str, list[_Scored]]) -> list[Answer]:
    is_internal = _names_no_externals(by_tool[own])
    both, precision, recall = {}, {}, {}
    for name, scored in by_tool.items():
        scores = [one.internal if is_internal else one.full for one in scored]
        right = sum(score.right for score in scores)
        both[name] = float(sum(score.is_both for score in scores))
        precision[name] = 100 * right / max(1, sum(score.printed for score in scores))
        recall[name] = 100 * right / max(1, sum(score.expected for score in scores))

    def answer(
        what: str, figures: dict[str, float], floor: float | None, unit: str, ground: str = "bar"
    ) -> Answer:
        peer = best(((name, figure) for name, figure in figures.items() if name != own), unit)
        if floor is None:
            return Answer(what, f"{figures[own]:g}{unit}", peer=peer)
        return at_least(what, figures[own], floor, unit, ground, peer)

    count = len(by_tool[own])
    floor, ground = None, "bar"
    if suite in _FLOORS:
        wanted, of, ground = _FLOORS[suite]
        floor = math.ceil(wanted * count / of - 1e-9)
    answers = [answer(f"{suite} micro, right of {count}", both, floor, "", ground)]
    if suite == "pycg":
        answers.append(answer("pycg micro, P", precision, 98, " %"))
        answers.append(answer("pycg micro, R", recall, 95, " %"))
    return answers


def disputed_truth() -> dict[str, dict[str, str]]:
    """By suite and snippet: why the written-down graph is not what the program does."""
    return _reasons("disputed.json")


def shortfalls() -> dict[str, dict[str, str]]:
    """By suite and snippet: why our graph is not the written one, where the truth is not to blame.

    Shown beside a snippet that is not right; it excuses nothing.
    """
    return _reasons("shortfalls.json")


def _reasons(name: str) -> dict[str, dict[str, str]]:
    text = Path(__file__).with_name(name).read_text("utf-8")
    found: dict[str, dict[str, str]] = json.loads(text)
    return found


def _score(bench: Bench, tool: Tool, snippet: Snippet) -> _Scored:
    run = bench.run(tool, snippet.program)
    modules = _modules(snippet)
    if run.graph is None:
        expected = score_graph({}, snippet.expected)
        internal = score_graph({}, only_internal(snippet.expected, modules))
        return _Scored(snippet, run, _failed(expected), _failed(internal))
    expected_graph, optional = snippet.expected, snippet.optional
    return _Scored(
        snippet,
        run,
        score_graph(run.graph, expected_graph, optional),
        score_graph(
            only_internal(run.graph, modules),
            only_internal(expected_graph, modules),
            only_internal(optional, modules),
        ),
    )


def _failed(score: GraphScore) -> GraphScore:
    return GraphScore(False, False, False, 0, 0, score.expected)


def _cells(scored: Sequence[_Scored], reasons: dict[str, str] | None) -> list[object]:
    full = [one.full for one in scored]
    internal = [one.internal for one in scored]
    is_internal = _names_no_externals(scored)
    undisputed = [
        one.internal if is_internal else one.full
        for one in scored
        if one.snippet.name not in (reasons or {})
    ]
    agreed = f"{sum(score.is_both for score in undisputed)} of {len(undisputed)}"
    wall_s = sum(one.run.wall_s for one in scored)
    return [
        len(scored),
        *_counts(full),
        sum(score.is_exact for score in full),
        *_rates(full),
        *_counts(internal),
        *_rates(internal),
        agreed if reasons is not None else "not reviewed",
        sum(one.run.graph is None for one in scored),
        f"{1000 * wall_s / len(scored):.0f}",
        f"{max(one.run.peak_mb for one in scored):.0f}",
    ]


def _counts(scores: Sequence[GraphScore]) -> list[int]:
    return [
        sum(score.is_both for score in scores),
        sum(score.is_sound for score in scores),
        sum(score.is_complete for score in scores),
    ]


def _rates(scores: Sequence[GraphScore]) -> list[str]:
    right = sum(score.right for score in scores)
    return [
        percent(right, sum(score.printed for score in scores)),
        percent(right, sum(score.expected for score in scores)),
    ]


def _add_missed(
    table: Table,
    suite: str,
    scored: Sequence[_Scored],
    reasons: dict[str, str],
    known: dict[str, str],
) -> None:
    """A row for each snippet not right; a truth without any external is held to internal edges."""
    keys_only = [one.snippet.name for one in scored if one.full.is_both and not one.full.is_exact]
    if keys_only:
        shown = ", ".join(keys_only[:12]) + (" …" if len(keys_only) > 12 else "")
        table.notes.append(f"{suite}: right edges, other keys: {len(keys_only)}: {shown}")
    is_internal = _names_no_externals(scored)
    if is_internal:
        table.notes.append(f"{suite}: its truth names no externals, so internal edges are compared")
    for one in scored:
        snippet = one.snippet
        why = (reasons.get(snippet.name, ""), known.get(snippet.name, ""))
        if one.run.graph is None:
            table.add(suite, snippet.name, one.run.note, "", *why)
        elif not (one.internal if is_internal else one.full).is_both:
            modules = _modules(snippet) if is_internal else None
            wanted = _edges(snippet.expected, modules)
            printed = _edges(one.run.graph, modules) - (_edges(snippet.optional, modules) - wanted)
            cells = (_few(wanted - printed), _few(printed - wanted))
            table.add(suite, snippet.name, *cells, *why)


def _names_no_externals(scored: Sequence[_Scored]) -> bool:
    return all(one.full.expected == one.internal.expected for one in scored)


def _modules(snippet: Snippet) -> set[str]:
    root = snippet.program.root
    return {module_name(file, root).partition(".")[0] for file in snippet.program.files}


def _edges(graph: Graph, modules: set[str] | None) -> set[str]:
    shown = graph if modules is None else only_internal(graph, modules)
    return {f"`{caller} → {callee}`" for caller, callee in edges_of(shown)}


def _few(edges: set[str], shown: int = 3) -> str:
    rest = len(edges) - shown
    return ", ".join(sorted(edges)[:shown]) + (f" and {rest} more" if rest > 0 else "")

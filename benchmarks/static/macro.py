"""Table 6: whole programs with a call graph that somebody wrote down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.static.beyond_truth import beyond_truth_table
from benchmarks.static.definitions import count_lines, module_name, read_definitions
from benchmarks.static.judged import (
    CorrectedScore,
    Judged,
    judged_edges,
    judged_table,
    read_judged,
    score_corrected,
    total,
)
from benchmarks.static.metrics import GraphScore, only_internal, score_edge_sets, score_graph
from benchmarks.static.minute import Answer, at_least, best
from benchmarks.static.packages import MacroProgram, read_macro
from benchmarks.static.tables import Table, percent
from benchmarks.static.tools import Bench, Run, Tool

_HEAD = (
    "tool", "set", "program", "LoC", "internal P %", "internal R %", "defined P %", "defined R %",
    "P %", "R %", "s", "s/kLoC", "peak MB", "note",
)  # fmt: skip
_ASKED_SET = "pycg"
_INTRO = (
    "Internal: edges to the program's own names. Defined: of those, the edges from a module or "
    "function to a function that the program defines, class bodies being their module's; the truth "
    "also holds edges to modules and classes, and names that nothing defines. P and R alone also "
    "count externals, which the truth names as its authors' own tools do."
)


@dataclass(frozen=True, slots=True)
class _Scored:
    inner: GraphScore
    defined: GraphScore
    full: GraphScore
    corrected: CorrectedScore | None  # None: nobody judged the program
    lines: int
    run: Run


@dataclass(slots=True)
class _Rates:
    """Percent, of one set, by tool."""

    internal: dict[str, tuple[float, float]] = field(default_factory=dict)
    defined: dict[str, tuple[float, float]] = field(default_factory=dict)
    corrected: dict[str, list[tuple[str, CorrectedScore]]] = field(default_factory=dict)


def macro_tables(bench: Bench, tools: Sequence[Tool], own_json: Tool, suite: Path) -> list[Table]:
    """A row for each tool and program, and one over all edges of each set; then what is beyond.

    Last, the same against the truths as a reading of the sources corrected them.

    Args:
        tools: Our own first.
        own_json: Our own with `--format json`, whose sites say how an edge was found.
    """
    table = Table("6 Macro programs", _HEAD, intro=_INTRO)
    programs = list(read_macro(suite))
    if not programs:
        table.notes.append("absent: no macro/*/program.json")
    rates, judged = _Rates(), read_judged()
    for tool in tools:
        if tool.absent:
            table.add_note_row(tool.name, note=tool.absent)
            continue
        by_set: dict[str, list[_Scored]] = {}
        for macro in programs:
            scored = _score(bench, tool, macro, judged.get(macro.program.name))
            if scored.corrected is not None:
                named = (macro.program.name, scored.corrected)
                rates.corrected.setdefault(tool.name, []).append(named)
            by_set.setdefault(macro.set_name, []).append(scored)
            table.add(
                tool.name, macro.set_name, macro.program.name, *_cells([scored]), scored.run.note
            )
        for set_name, all_scored in by_set.items():
            table.add(tool.name, set_name, "ALL EDGES", *_cells(all_scored), "")
            if set_name == _ASKED_SET:
                rates.internal[tool.name] = _shares([one.inner for one in all_scored])
                rates.defined[tool.name] = _shares([one.defined for one in all_scored])
    if tools and tools[0].name in rates.internal:
        table.answers += _answers(tools[0].name, rates)
    beyond = beyond_truth_table(bench, tools[0], own_json, programs)
    return [table, beyond, judged_table(rates.corrected)]


def _score(bench: Bench, tool: Tool, macro: MacroProgram, judged: Judged | None) -> _Scored:
    run = bench.run(tool, macro.program)
    files, root = macro.program.files, macro.program.root
    modules = {module_name(file, root).partition(".")[0] for file in files}
    definitions = read_definitions(files, root)
    graph = run.graph or {}
    return _Scored(
        inner=score_graph(only_internal(graph, modules), only_internal(macro.expected, modules)),
        defined=score_edge_sets(
            definitions.internal_edges(graph), definitions.internal_edges(macro.expected)
        ),
        full=score_graph(graph, macro.expected),
        corrected=None
        if judged is None
        else score_corrected(
            judged_edges(graph, modules, definitions),
            judged_edges(macro.expected, modules, definitions),
            judged,
        ),
        lines=count_lines(files),
        run=run,
    )


def _answers(own: str, rates: _Rates) -> list[Answer]:
    def peer(figures: Mapping[str, tuple[float, ...]], at: int) -> str:
        return best(((name, rate[at]) for name, rate in figures.items() if name != own), " %")

    precision, recall = rates.internal[own]
    defined = rates.defined[own]
    sums = {tool: total(by_program) for tool, by_program in rates.corrected.items()}
    answers = []
    if own in sums:
        by_tool = {
            tool: (score.precision(True), score.precision(False), score.recall)
            for tool, score in sums.items()
        }
        strict, lenient, found = by_tool[own]
        answers.append(
            Answer(
                "the same, truth corrected by reading: P, R",
                f"{strict:.1f} % ({lenient:.1f} % without what is disputed), {found:.1f} %",
                peer=f"P {peer(by_tool, 0)}, R {peer(by_tool, 2)}",
            )
        )
    return [
        at_least("PyCG macro, internal P", precision, 98, " %", "asked", peer(rates.internal, 0)),
        at_least("PyCG macro, internal R", recall, 88, " %", "asked", peer(rates.internal, 1)),
        Answer(
            "the same, among defined functions: P, R",
            f"{defined[0]:.1f} %, {defined[1]:.1f} %",
            peer=f"P {peer(rates.defined, 0)}, R {peer(rates.defined, 1)}",
        ),
        *answers,
    ]


def _cells(scored: Sequence[_Scored]) -> list[object]:
    lines, wall_s = sum(one.lines for one in scored), sum(one.run.wall_s for one in scored)
    return [
        lines,
        *_rates([one.inner for one in scored]),
        *_rates([one.defined for one in scored]),
        *_rates([one.full for one in scored]),
        f"{wall_s:.1f}",
        f"{1000 * wall_s / lines:.2f}" if lines else "-",
        f"{max(one.run.peak_mb for one in scored):.0f}",
    ]


def _rates(scores: Sequence[GraphScore]) -> list[str]:
    right = sum(score.right for score in scores)
    return [
        percent(right, sum(score.printed for score in scores)),
        percent(right, sum(score.expected for score in scores)),
    ]


def _shares(scores: Sequence[GraphScore]) -> tuple[float, float]:
    right = sum(score.right for score in scores)
    printed = sum(score.printed for score in scores)
    expected = sum(score.expected for score in scores)
    return 100 * right / max(1, printed), 100 * right / max(1, expected)

"""Table 6: whole programs with a call graph that somebody wrote down."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from benchmarks.static.definitions import count_lines, module_name
from benchmarks.static.metrics import GraphScore, only_internal, score_graph
from benchmarks.static.minute import Answer, at_least, best
from benchmarks.static.packages import read_macro
from benchmarks.static.tables import Table, percent
from benchmarks.static.tools import Bench, Tool

_HEAD = (
    "tool", "set", "program", "LoC", "internal P %", "internal R %", "P %", "R %", "s", "s/kLoC",
    "peak MB", "note",
)  # fmt: skip
_ASKED_SET = "pycg"
_INTRO = (
    "Internal: edges to the program's own functions. The other two columns also count externals, "
    "which the truth names as its authors' own tools do."
)


def macro_table(bench: Bench, tools: Sequence[Tool], suite: Path) -> Table:
    """A row for each tool and program, and one over all edges of each set."""
    table = Table("6 Macro programs", _HEAD, intro=_INTRO)
    programs = list(read_macro(suite))
    if not programs:
        table.notes.append("absent: no macro/*/program.json")
    rates: dict[str, tuple[float, float]] = {}
    for tool in tools:
        if tool.absent:
            table.add_note_row(tool.name, note=tool.absent)
            continue
        by_set: dict[str, list[tuple[GraphScore, GraphScore, int, float, float]]] = {}
        for set_name, program, expected in programs:
            run = bench.run(tool, program)
            modules = {module_name(file, program.root).partition(".")[0] for file in program.files}
            graph = run.graph or {}
            full = score_graph(graph, expected)
            inner = score_graph(only_internal(graph, modules), only_internal(expected, modules))
            figures = (inner, full, count_lines(program.files), run.wall_s, run.peak_mb)
            by_set.setdefault(set_name, []).append(figures)
            table.add(tool.name, set_name, program.name, *_cells([figures]), run.note)
        for set_name, all_figures in by_set.items():
            table.add(tool.name, set_name, "ALL EDGES", *_cells(all_figures), "")
            if set_name == _ASKED_SET:
                rates[tool.name] = _shares([one[0] for one in all_figures])
    if tools and tools[0].name in rates:
        table.answers += _answers(tools[0].name, rates)
    return table


def _answers(own: str, rates: dict[str, tuple[float, float]]) -> list[Answer]:
    precision, recall = rates[own]

    def peer(at: int) -> str:
        return best(((name, rate[at]) for name, rate in rates.items() if name != own), " %")

    return [
        at_least("PyCG macro, internal P", precision, 98, " %", "asked", peer(0)),
        at_least("PyCG macro, internal R", recall, 88, " %", "asked", peer(1)),
    ]


def _cells(
    figures: Sequence[tuple[GraphScore, GraphScore, int, float, float]],
) -> list[object]:
    inner, full = [one[0] for one in figures], [one[1] for one in figures]
    lines, wall_s = sum(one[2] for one in figures), sum(one[3] for one in figures)
    return [
        lines,
        *_rates(inner),
        *_rates(full),
        f"{wall_s:.1f}",
        f"{1000 * wall_s / lines:.2f}" if lines else "-",
        f"{max(one[4] for one in figures):.0f}",
    ]


def _rates(scores: Sequence[GraphScore]) -> list[str]:
    right = sum(score.right for score in scores)
    return [
        percent(right, sum(score.printed for score in scores)),
        percent(right, sum(score.expected for score in scores)),
    ]


def _shares(scores: Sequence[GraphScore]) -> tuple[float, float]:
    right = sum(score.right for score in scores)
    printed, expected = (
        sum(score.printed for score in scores),
        sum(score.expected for score in scores),
    )
    return 100 * right / max(1, printed), 100 * right / max(1, expected)

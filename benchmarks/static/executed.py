"""Table 1: static edges against the edges that a package's own tests executed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.static.metrics import EdgeScore, score_edges
from benchmarks.static.minute import Answer, at_least, best
from benchmarks.static.packages import Package
from benchmarks.static.tables import Table, mean, percent
from benchmarks.static.tools import NOT_SUPPORTED, Bench, Run, Tool

NO_RECORDING = "absent: no package with a recording"
_HEAD = (
    "tool", "package", "LoC", "executed", "recall %", "explicit %", "implicit %", "via %",
    "P-est %", "P-dead %", "F1 %", "edges", "s", "s/kLoC", "peak MB", "note",
)  # fmt: skip
_INTRO = (
    "Recall: executed edges that the graph has. Explicit: a call expression was seen to evaluate "
    "to the callee; implicit: operators, properties, protocols, calls through C; via (not in "
    "recall): frames outside the package stand between. P-est: of the graph's edges out of "
    "functions that ran on every line, the share executed, a lower bound; P-dead: the share whose "
    "callee never ran. A tool that fails counts as zero recall and zero F1. With `--context` the "
    "root is the folder that holds the package and its tests, and all of it is read: its seconds "
    "are for more lines than LoC counts."
)


@dataclass(frozen=True, slots=True)
class _Scored:
    package: Package
    run: Run
    score: EdgeScore


def executed_table(bench: Bench, tools: Sequence[Tool], packages: Sequence[Package]) -> Table:
    """A row for each tool and package, with TOTAL over all edges and MEAN over packages."""
    table = Table("1 Executed edges", _HEAD, intro=_INTRO)
    table.notes += missing_truth(packages)
    recorded = [package for package in packages if package.recording is not None]
    if not recorded:
        table.notes.append(NO_RECORDING)
        return table
    by_tool: dict[str, list[_Scored]] = {}
    for tool in tools:
        if tool.absent:
            table.add_note_row(tool.name, note=tool.absent)
        else:
            by_tool[tool.name] = [_score(bench, tool, package) for package in recorded]
            _add_tool(table, tool, by_tool[tool.name])
    peers = {tool.name for tool in tools if not tool.is_own}
    table.answers += _answers(tools[0].name, by_tool, peers)
    return table


def missing_truth(packages: Sequence[Package]) -> list[str]:
    return [
        f"{package.program.name}: absent: no recording" for package in packages if not package.truth
    ]


def _answers(own: str, by_tool: dict[str, list[_Scored]], peers: set[str]) -> list[Answer]:
    if own not in by_tool:
        return []
    totals, means, implicit, precisions = {}, {}, {}, {}
    for name, scored in by_tool.items():
        scores = [one.score for one in scored]
        total = sum(scores, EdgeScore())
        totals[name] = _share(total.found, total.executed)
        means[name] = mean([_share(s.found, s.executed) for s in scores])
        implicit[name] = _share(total.implicit_found, total.implicit)
        precisions[name] = _share(total.confirmed, total.judged)
    failed = sum(one.run.graph is None for one in by_tool[own])

    def peer(figures: dict[str, float]) -> str:
        return best(((name, figures[name]) for name in by_tool if name in peers), " %")

    answers = [
        at_least("executed edges found, all", totals[own], 68, " %", "asked", peer(totals)),
        at_least("executed edges found, mean", means[own], 78, " %", "asked", peer(means)),
        at_least("of the implicit ones", implicit[own], 35, " %", "asked", peer(implicit)),
        at_least(
            "its edges that ran (P-est)", precisions[own], 97, " %", "asked", peer(precisions)
        ),
    ]
    for name in by_tool:
        if name == own or name in peers:
            continue
        what = name.replace(own, "the same with", 1)
        if name.endswith("--tiers all"):
            answers.append(at_least(f"{what}, all", totals[name], 80, " %", "asked"))
            answers.append(at_least(f"{what}, P-est", precisions[name], 88, " %", "asked"))
        else:
            figures = f"{totals[name]:.1f} % (mean {means[name]:.1f} %)"
            answers.append(Answer(what, f"{figures}, P-est {precisions[name]:.1f} %"))
    return [*answers, Answer("packages without a graph", str(failed), "0", "asked", not failed)]


def _share(part: int, whole: int) -> float:
    return 100 * part / whole if whole else 0.0


def _score(bench: Bench, tool: Tool, package: Package) -> _Scored:
    run = bench.run(tool, package.program)
    assert package.recording is not None
    edges = package.definitions.internal_edges(run.graph or {})
    return _Scored(package, run, score_edges(edges, package.recording, package.definitions))


def _add_tool(table: Table, tool: Tool, scored: Sequence[_Scored]) -> None:
    if scored and all(one.run.note == NOT_SUPPORTED for one in scored):
        table.add_note_row(tool.name, note=NOT_SUPPORTED)
        return
    for one in scored:
        name = one.package.program.name
        if one.run.graph is None:
            known = (one.package.lines, one.score.executed)
            table.add_note_row(tool.name, name, *known, note=one.run.note)
        else:
            cells = _cells(one.score, one.package.lines, one.run.wall_s, one.run.peak_mb)
            table.add(tool.name, name, *cells, "")
    total = sum((one.score for one in scored), EdgeScore())
    failed = sum(one.run.graph is None for one in scored)
    table.add(
        tool.name,
        "TOTAL",
        *_cells(
            total,
            sum(one.package.lines for one in scored),
            sum(one.run.wall_s for one in scored),
            max((one.run.peak_mb for one in scored), default=0.0),
        ),
        f"{failed} of {len(scored)} failed" if failed else "",
    )
    scores = [one.score for one in scored]
    table.add(
        tool.name, "MEAN", "", "",
        _mean([(s.found, s.executed) for s in scores]),
        _mean([(s.explicit_found, s.explicit) for s in scores]),
        _mean([(s.implicit_found, s.implicit) for s in scores]),
        _mean([(s.via_found, s.via) for s in scores]),
        _mean([(s.confirmed, s.judged) for s in scores if s.judged]),
        _mean([(s.dead, s.judged) for s in scores if s.judged]),
        f"{100 * mean([s.f1 for s in scores]):.1f}",
        "", "", "", "", "",
    )  # fmt: skip


def _cells(score: EdgeScore, lines: int, wall_s: float, peak_mb: float) -> list[object]:
    return [
        lines,
        score.executed,
        percent(score.found, score.executed),
        percent(score.explicit_found, score.explicit),
        percent(score.implicit_found, score.implicit),
        percent(score.via_found, score.via),
        percent(score.confirmed, score.judged),
        percent(score.dead, score.judged),
        f"{100 * score.f1:.1f}",
        score.edges,
        f"{wall_s:.1f}",
        f"{1000 * wall_s / lines:.2f}" if lines else "-",
        f"{peak_mb:.0f}",
    ]


def _mean(shares: Sequence[tuple[int, int]]) -> str:
    if not shares:
        return "-"
    return f"{100 * mean([part / whole if whole else 0.0 for part, whole in shares]):.1f}"

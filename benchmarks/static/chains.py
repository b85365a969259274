"""Table 4: whole chains of calls, not single edges."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.static.definitions import Edge
from benchmarks.static.executed import NO_RECORDING, missing_truth
from benchmarks.static.metrics import (
    chains_found,
    ends_connected,
    has_chain,
    random_drop,
    sample_paths,
    score_paths,
)
from benchmarks.static.minute import Answer, best
from benchmarks.static.packages import Package
from benchmarks.static.recorded import MAX_FRAMES, MIN_FRAMES, Recording
from benchmarks.static.tables import Table, mean, percent
from benchmarks.static.tools import NOT_SUPPORTED, Bench, Tool

_LENGTHS = range(MIN_FRAMES, MAX_FRAMES + 1)
_HEAD = (
    "tool", "package", "stacks", "whole %", *(f"{n} frames %" for n in _LENGTHS), "ends joined %",
    "random drop %", "paths", "confirmed %", "judged", "judged confirmed %", "note",
)  # fmt: skip
_INTRO = (
    "Whole: recorded stacks of 3 to 8 functions whose every edge is in the graph, also by length. "
    "Ends joined: of their distinct first and last functions, those that the graph joins by any "
    "path. Random drop: the whole share if the executed graph lost edges at random down to this "
    "tool's recall. Paths: shortest paths of 3 to 6 edges that the graph gives from functions that "
    "ran, a fixed sample; confirmed: every edge was executed; judged: every caller on the path ran "
    "on every line, so that the recording can also refute. MEAN: every package weighs the same."
)


def chain_table(bench: Bench, tools: Sequence[Tool], packages: Sequence[Package]) -> Table:
    """A row for each tool and package, and the mean over packages."""
    table = Table("4 Chains", _HEAD, intro=_INTRO)
    table.notes += missing_truth(packages)
    recorded = [package for package in packages if package.recording is not None]
    if not recorded:
        table.notes.append(NO_RECORDING)
        return table
    for package in recorded:
        if package.recording and not package.recording.has_stacks:
            table.notes.append(
                f"{package.program.name}: stacks absent from its recording; paths only"
            )
    by_tool: dict[str, list[float | None]] = {}
    for tool in tools:
        if tool.absent:
            table.add_note_row(tool.name, note=tool.absent)
            continue
        runs = [bench.run(tool, package.program) for package in recorded]
        if runs and all(run.note == NOT_SUPPORTED for run in runs):
            table.add_note_row(tool.name, note=NOT_SUPPORTED)
            continue
        shares: list[list[float | None]] = []
        for package, run in zip(recorded, runs, strict=True):
            assert package.recording is not None
            edges = package.definitions.internal_edges(run.graph or {})
            counts, row = _row(edges, package.recording)
            shares.append(row)
            figures = [_text(share) for share in row]
            table.add(
                tool.name, package.program.name, counts[0], *figures[:-2], counts[1], figures[-2],
                counts[2], figures[-1], run.note,
            )  # fmt: skip
        averages = [_average(column) for column in zip(*shares, strict=True)]
        means = [_text(average) for average in averages]
        if means:
            by_tool[tool.name] = averages
            table.add(tool.name, "MEAN", "", *means[:-2], "", means[-2], "", means[-1], "")
    peers = {tool.name for tool in tools if not tool.is_own}
    table.answers += _answers(tools[0].name, by_tool, peers)
    return table


def _answers(own: str, by_tool: dict[str, list[float | None]], peers: set[str]) -> list[Answer]:
    if own not in by_tool:
        return []

    def answer(question: str, at: int) -> Answer:
        measured = _text(by_tool[own][at]) + " %"
        figures = [(name, row[at]) for name, row in by_tool.items() if name in peers]
        given = [(name, 100 * share) for name, share in figures if share is not None]
        return Answer(question, measured, peer=best(given, " %"))

    return [
        answer("recorded stacks whole in the graph", 0),
        answer("first and last function joined", -4),
        answer("paths that ran, where that can be judged", -1),
    ]


def _row(edges: set[Edge], recording: Recording) -> tuple[list[int], list[float | None]]:
    """Counts of stacks, paths and judged paths; then the shares in the table's order."""
    chains = recording.chains
    by_length = chains_found(edges, chains)
    joined, ends = ends_connected(edges, chains)
    direct = recording.direct
    recall = len(edges & direct) / len(direct) if direct else 0.0
    paths = score_paths(sample_paths(edges, recording.ran), recording)
    shares = [
        _share(sum(has_chain(edges, chain) for chain in chains), len(chains)),
        *(_share(*by_length.get(length, (0, 0))) for length in _LENGTHS),
        _share(joined, ends),
        random_drop(direct, recall, chains) if chains else None,
        _share(paths.confirmed, paths.paths),
        _share(paths.judged_confirmed, paths.judged),
    ]
    return [len(chains), paths.paths, paths.judged], shares


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _text(share: float | None) -> str:
    return "-" if share is None else percent(share, 1)


def _average(column: Sequence[float | None]) -> float | None:
    present = [share for share in column if share is not None]
    return mean(present) if present else None

"""How long an answer from an index takes: every question of `tracer query`, as a whole process.

    .venv/bin/python benchmarks/answer_times.py TREE... [--repeats 5]

The names that are asked about come from the tree itself: the function with the most callers, the
one with the most callees, and one that the latter leads to from furthest away. Each command runs
once unmeasured, then `--repeats` times in turn with `python -c pass` and `python -m tracer --help`,
so that a busy machine is busy for all of them. Prints a Markdown table of medians.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import time
from collections import Counter, deque
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # run as a file, from anywhere

from tracer.pipeline.progress import Silent, StageClock
from tracer.pipeline.query_index import open_index
from tracer.query.index import GraphIndex
from tracer.static.sources import checked_root

_BESIDE = {
    "`python -c pass`": ("-c", "pass"),
    "`tracer --help`": ("-m", "tracer", "--help"),
}


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("trees", nargs="+", type=Path, metavar="TREE")
    parser.add_argument("--repeats", type=int, default=5)
    options = parser.parse_args(argv)
    commands = dict(_BESIDE)
    titles = []
    for tree in options.trees:
        index = open_index(checked_root(tree), (), StageClock(Silent())).index
        lines = sum(row[2] for row in index.files.values())
        title = f"{tree.name}, {lines / 1000:.0f} kLoC"
        titles.append(title)
        for question, words in _questions(index).items():
            command = ("-m", "tracer", "query", *words, "--root", str(tree), "--json")
            commands[f"{title}\0{question}"] = command
    _print(titles, _measured(commands, options.repeats))
    return 0


def _questions(index: GraphIndex) -> dict[str, tuple[str, ...]]:
    """One of each kind, and the dear forms of those that have one."""
    called = Counter(
        {node: len(callers) for node, callers in index.predecessors.items()}
    )  # functions outside count: who calls `len`?
    inside = Counter({node: n for node, n in called.items() if node < index.function_count})
    busiest = _first(inside)
    start = _first(Counter({node: len(found) for node, found in index.successors.items()}))
    end = _furthest(index, start)
    nearest = index.successors[start][0]
    names = index.names([busiest, start, end, nearest, _first(called)])
    some = index.functions([busiest])[busiest]
    return {
        "callers": ("callers", names[busiest]),
        "callers, all": ("callers", names[busiest], "--depth", "all"),
        "callers of one outside": ("callers", names[_first(called)]),
        "callees": ("callees", names[start]),
        "callees, all": ("callees", names[start], "--depth", "all"),
        "path": ("path", names[start], names[end]),
        "effects": ("effects", names[start]),
        "explain": ("explain", names[start], names[nearest]),
        "find": ("find", some.name),
        "unresolved": ("unresolved",),
        "unresolved, one file": ("unresolved", some.path),
        "impact": ("impact", names[busiest]),
    }


def _first(counts: Counter[int]) -> int:
    """The node with most, and of several the first in the order of the sources."""
    return max(counts, key=lambda node: (counts[node], -node))


def _furthest(index: GraphIndex, start: int) -> int:
    seen = {start}
    line = deque([start])
    last = start
    while line:
        node = line.popleft()
        if node < index.function_count:
            last = node
        for following in index.successors.get(node, ()):
            if following not in seen:
                seen.add(following)
                line.append(following)
    return last


def _measured(
    commands: dict[str, tuple[str, ...]], repeats: int
) -> dict[str, list[tuple[float, float]]]:
    """Seconds by the clock and of the processor, for each run of each command."""
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in commands}
    for turn in range(repeats + 1):
        for name, words in commands.items():
            taken = _run((sys.executable, *words))
            if turn:
                found[name].append(taken)
    return found


def _run(command: Sequence[str]) -> tuple[float, float]:
    start = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
        assert process.stderr is not None
        said = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    taken = time.perf_counter() - start
    if process.returncode != 0:
        sys.exit(f"{' '.join(command)}: exit status {process.returncode}: {said.decode()}")
    return taken, usage.ru_utime + usage.ru_stime


def _print(titles: Sequence[str], found: dict[str, list[tuple[float, float]]]) -> None:
    print("Seconds by the clock, and of the processor in brackets.\n")
    print(f"| | {' | '.join(titles)} |")
    print(f"|---|{'---|' * len(titles)}")
    for name in _BESIDE:
        print(f"| {name} |{f' {_shown(found[name])} |' * len(titles)}")
    for question in dict.fromkeys(name.partition("\0")[2] for name in found if "\0" in name):
        cells = [_shown(found[f"{title}\0{question}"]) for title in titles]
        print(f"| {question} | {' | '.join(cells)} |")


def _shown(runs: Sequence[tuple[float, float]]) -> str:
    clock, processor = (statistics.median(run[part] for run in runs) for part in (0, 1))
    return f"{clock:.2f} ({processor:.2f})"


if __name__ == "__main__":
    sys.exit(main())

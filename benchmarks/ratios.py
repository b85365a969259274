"""What reading and recording cost, as ratios against a floor measured in the same run."""

from __future__ import annotations

import argparse
import ast
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tracer.static.call_graph import build_call_graph
from tracer.static.sources import SourceTree, read_tree
from tracer.tables.load import load_effect_table

PROJECT = Path(__file__).resolve().parents[1]
TARGET = PROJECT / "examples" / "ptycho_mini"
SCRIPT = TARGET / "scripts" / "mock_train.py"


def main() -> int:
    """Print one line per row: both medians in seconds, and their ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", type=Path, default=PROJECT, help="the tree to read")
    parser.add_argument("--python", default=sys.executable, help="the target's interpreter")
    parser.add_argument("-n", type=int, default=5, help="pairs of runs")
    options = parser.parse_args()
    tree = read_tree(options.root)
    table = load_effect_table()
    _row(
        f"static   {len(tree.files)} files, {sum(file.lines for file in tree.files)} lines",
        lambda: build_call_graph(tree, table),
        lambda: _parse(tree),
        options.n,
    )
    _row(
        f"probe    {SCRIPT.relative_to(PROJECT)}",
        lambda: _trace(options.python),
        lambda: _run([options.python, str(SCRIPT)]),
        options.n,
    )
    return 0


def _row(name: str, ours: Callable[[], object], floor: Callable[[], object], runs: int) -> None:
    pairs = [(_seconds(ours), _seconds(floor)) for _ in range(runs)]
    ratio = statistics.median(mine / base for mine, base in pairs)
    mine = statistics.median(pair[0] for pair in pairs)
    base = statistics.median(pair[1] for pair in pairs)
    print(f"{name}   {mine:.2f} s against {base:.2f} s   {ratio:.2f}x (median of {runs} pairs)")


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _parse(tree: SourceTree) -> None:
    for file in tree.files:
        if not file.problem:
            ast.parse(file.text)


def _trace(python: str) -> None:
    with tempfile.TemporaryDirectory() as out:
        command = [sys.executable, "-m", "tracer", "trace", "--root", str(TARGET)]
        command += ["--namespace", "ptycho", "--python", python, "-o", f"{out}/log"]
        _run([*command, "--", str(SCRIPT)])


def _run(command: list[str]) -> None:
    with tempfile.TemporaryDirectory() as cwd:
        subprocess.run(command, cwd=cwd, check=True, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    sys.exit(main())

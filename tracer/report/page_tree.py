"""The recorded call tree for the page, its lines joined with the boxes of the graph."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tracer.model.source import qualname_of
from tracer.report.page_graph import PageGraph

Json = Any

_TREE_LINES = 4_000
_TREE_LINE = re.compile(
    r"(?P<indent> *)(?:\[(?P<depth>\d+)\] )?(?P<name>.+?) \((?P<path>[^()]*):(?P<line>\d+)\)"
    r"(?P<rest>.*)"
)
_INDENT = 2


def call_trees(trees: Sequence[str], graph: PageGraph) -> list[Json]:
    """The recorded trees, as `callgraph/dynamic.txt` tells them: heads, and a row for each line.

    A row is depth, node (or -1 and then the name and place as told), line of the call, the rest.
    """
    by_place = {
        (node.function.path, node.function.first_line, qualname_of(node.function.id)): index
        for index, node in enumerate(graph.nodes)
        if node.function
    }
    found = []
    for tree in trees:
        head, _, body = tree.partition("\n\n")
        lines = body.splitlines()
        rows = list(_tree_rows(lines[:_TREE_LINES], by_place))
        cut = f"{_TREE_LINES:,} of {len(lines):,} lines shown, in call order"
        found.append(
            {
                "head": head.splitlines(),
                "rows": rows,
                "notes": [line for line in lines if line.startswith("# ")]
                + [cut] * (len(lines) > _TREE_LINES),
            }
        )
    return found


def _tree_rows(
    lines: Sequence[str], by_place: Mapping[tuple[str, int, str], int]
) -> Iterator[list[Json]]:
    for line in lines:
        match = _TREE_LINE.fullmatch(line)
        if match is None:
            continue  # a note, told apart
        depth = int(match["depth"] or len(match["indent"]) // _INDENT)
        called, rest = _called_from(match["rest"])
        node = by_place.get((match["path"], int(match["line"]), match["name"]), -1)
        row: list[Json] = [depth, node, called, rest]
        if node < 0:
            row += [match["name"], f"{match['path']}:{match['line']}"]
        yield row


def _called_from(rest: str) -> tuple[int, str]:
    match = re.match(r" from line (\d+)", rest)
    return (int(match[1]), rest[match.end() :].strip()) if match else (0, rest.strip())

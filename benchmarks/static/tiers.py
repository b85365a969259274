"""Table 2: what each tier of `tracer callgraph --format json` contributes."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.static.definitions import Definitions, Edge, Kind, canonical, module_name
from benchmarks.static.executed import NO_RECORDING
from benchmarks.static.metrics import EdgeScore, score_edges
from benchmarks.static.packages import Package
from benchmarks.static.tables import Table, percent
from benchmarks.static.tools import Bench, Run, Tool

TIERS = ("definite", "type", "flow", "duck", "name")  # the surest first
_SEPARATOR = "::"
_HEAD = (
    "tool", "package", "tier", "edges", "executed edges found", "recall points", "judged",
    "P-est %", "P-est % so far", "note",
)  # fmt: skip
_INTRO = (
    "An edge counts for the surest tier that gives it. Recall points: percent of all executed "
    "edges. `so far`: this tier and all surer ones together. Import sites are left out, as in "
    "table 1."
)


def tier_table(bench: Bench, tools: Sequence[Tool], packages: Sequence[Package]) -> Table:
    """A row for each tier and package, and for all packages together.

    Args:
        tools: Variants of our own tool with `--format json`.
    """
    table = Table("2 By tier", _HEAD, intro=_INTRO)
    recorded = [package for package in packages if package.recording is not None]
    if not recorded:
        table.notes.append(NO_RECORDING)
    for tool in tools:
        totals: Counter[str] = Counter()
        sums: dict[str, EdgeScore] = {}
        executed = 0
        for package in recorded:
            name = package.program.name
            run = bench.run(tool, package.program)
            data = _read(run)
            if data is None:
                table.add_note_row(tool.name, name, note=run.note)
                continue
            assert package.recording is not None
            tiers = edges_by_tier(data, package.definitions)
            executed += len(package.recording.direct)
            scores = {}
            for tier, edges in tiers.items():
                scores[tier] = score_edges(edges, package.recording, package.definitions)
                sums[tier] = sums.get(tier, EdgeScore()) + scores[tier]
                totals[tier] += len(edges)
            _add_rows(table, tool.name, name, scores, len(package.recording.direct))
        if sums:
            _add_rows(table, tool.name, "TOTAL", sums, executed)
    return table


def edges_by_tier(data: Mapping[str, Any], definitions: Definitions) -> dict[str, set[Edge]]:
    """The internal edges of a JSON call graph, each under the surest tier that gives it."""
    found: dict[str, set[Edge]] = {tier: set() for tier in TIERS}
    order = {tier: at for at, tier in enumerate(TIERS)}
    best: dict[Edge, str] = {}
    for site in data["sites"]:
        tier = site["tier"]
        if site["kind"] == "import" or tier is None:
            continue
        order.setdefault(tier, len(order))
        caller = definitions.caller_of(dotted_name(site["caller"]))
        if definitions.kinds.get(caller) not in (Kind.FUNCTION, Kind.MODULE):
            continue
        for callee in site["callees"]:
            edge = (caller, canonical(dotted_name(callee)))
            if definitions.is_function(edge[1]) and (
                edge not in best or order[tier] < order[best[edge]]
            ):
                best[edge] = tier
    for edge, tier in best.items():
        found.setdefault(tier, set()).add(edge)
    return found


def dotted_name(function: str) -> str:
    """`click/core.py::Group.<locals>.f#2` in dots; what is no id of ours stays as it is."""
    path, separator, qualname = function.partition(_SEPARATOR)
    if not separator:
        return function
    module = module_name(Path(path), Path())
    qualname = re.sub(r"#\d+", "", qualname)
    return module if qualname == "<module>" else f"{module}.{qualname}".lstrip(".")


def _read(run: Run) -> Mapping[str, Any] | None:
    try:
        data = json.loads(run.output)
    except ValueError:
        return None
    return data if isinstance(data, dict) and "sites" in data else None


def _add_rows(
    table: Table, tool: str, package: str, scores: Mapping[str, EdgeScore], executed: int
) -> None:
    so_far = EdgeScore()
    for tier, score in scores.items():
        so_far += score
        table.add(
            tool,
            package,
            tier,
            score.edges,
            score.found,
            percent(score.found, executed),
            score.judged,
            percent(score.confirmed, score.judged),
            percent(so_far.confirmed, so_far.judged),
            "" if score.edges else "none",
        )
    share = percent(so_far.found, executed)
    table.add(
        tool, package, "all", so_far.edges, so_far.found, share, so_far.judged,
        percent(so_far.confirmed, so_far.judged), "", "",
    )  # fmt: skip

"""A recording of a package's own tests, in the names of its sources."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from pathlib import Path
from typing import Any

from benchmarks.static.definitions import (
    Definitions,
    Edge,
    canonical,
    is_comprehension,
    module_name,
)

Chain = tuple[str, ...]  # callers before callees

MIN_FRAMES, MAX_FRAMES = 3, 8


class How(IntEnum):
    """How the recording saw an edge; of several ways the highest counts."""

    VIA = 0  # the nearest Python frame is outside the package
    IMPLICIT = 1  # no call expression was seen to evaluate to the callee
    EXPLICIT = 2


@dataclass(frozen=True, slots=True)
class Recording:
    """What ran, of the functions that the sources define.

    Attributes:
        edges: Every executed edge between them.
        covered: Functions that ran on every line: an edge out of one that was not executed is
            refuted, as far as lines can tell.
        chains: Distinct recorded stacks of 3 to 8 functions, joined by direct edges.
        has_stacks: Whether the recorder took stacks at all.
    """

    edges: Mapping[Edge, How]
    covered: frozenset[str]
    chains: tuple[Chain, ...] = ()
    has_stacks: bool = False

    def edges_seen(self, *ways: How) -> frozenset[Edge]:
        return frozenset(edge for edge, how in self.edges.items() if how in ways)

    @property
    def direct(self) -> frozenset[Edge]:
        """Explicit and implicit edges: what recall is measured over."""
        return self.edges_seen(How.EXPLICIT, How.IMPLICIT)

    @property
    def ran(self) -> frozenset[str]:
        return frozenset(name for edge in self.edges for name in edge) | self.covered


def read_recording(file: Path, definitions: Definitions, root: Path, package: Path) -> Recording:
    """Read a truth file of `record_edges.py`: JSON, gzipped or plain.

    Args:
        package: The folder that the recording's paths are relative to.
    """
    opener = gzip.open if file.suffix == ".gz" else open
    with opener(file, "rt", encoding="utf-8") as stream:
        return recording_of(json.load(stream), definitions, root, package)


def recording_of(
    data: Mapping[str, Any], definitions: Definitions, root: Path, package: Path
) -> Recording:
    """A recording's data in dotted names.

    The data's pairs are indexes into `codes`. A generator or coroutine is called by whoever
    created it (`gen`); only where nobody was seen to, by whoever resumed it first (`genstart`).
    """
    codes: Sequence[Mapping[str, Any]] = data["codes"]
    names = [_dotted(code, root, package) for code in codes]
    inner = [is_comprehension(code["qual"]) for code in codes]
    created = {callee for _, callee in data["gen"]}
    seen = {(caller, callee) for caller, callee in data["seen"]}
    edges: dict[Edge, How] = {}

    def add(caller: int, callee: int, how: How) -> None:
        if inner[callee] or not definitions.is_function(names[callee]):
            return  # a comprehension, a class body or generated code
        edge = (definitions.caller_of(names[caller]), names[callee])
        edges[edge] = max(how, edges.get(edge, how))

    resumed = [pair for pair in data["genstart"] if pair[1] not in created]
    for caller, callee in (*data["direct"], *data["gen"], *resumed):
        add(caller, callee, How.EXPLICIT if (caller, callee) in seen else How.IMPLICIT)
    for caller, callee in data["via"]:
        if callee not in created:
            add(caller, callee, How.VIA)
    return Recording(
        edges=edges,
        covered=_covered(data, names, definitions),
        chains=_chains(data.get("stacks", ()), names, inner, definitions, edges),
        has_stacks="stacks" in data,
    )


def _dotted(code: Mapping[str, Any], root: Path, package: Path) -> str:
    module = module_name(package / code["file"], root)
    return module if code["qual"] == "<module>" else canonical(f"{module}.{code['qual']}")


def _covered(
    data: Mapping[str, Any], names: Sequence[str], definitions: Definitions
) -> frozenset[str]:
    codes = data["codes"]
    hit = {int(index): frozenset(lines) for index, lines in data["hit"].items()}
    places = {(code["file"], code["qual"], code["line"]): i for i, code in enumerate(codes)}

    @cache
    def is_covered(index: int) -> bool:
        code, lines = codes[index], hit.get(index, frozenset())
        needed = set(code["lines"]) - {code["line"]}
        if len(needed) > 1 and not code["qual"].endswith("<lambda>") and min(needed) not in lines:
            needed.discard(min(needed))  # below decorators, the `def` line itself is no event
        if not needed <= lines:
            return False
        comprehensions = [(code["file"], qualname, line) for qualname, line in code["comps"]]
        return all(place in places and is_covered(places[place]) for place in comprehensions)

    full: set[str] = set()
    partial: set[str] = set()
    for index, code in enumerate(codes):
        if not is_comprehension(code["qual"]) and definitions.is_function(names[index]):
            (full if is_covered(index) else partial).add(names[index])
    return frozenset(definitions.caller_of(name) for name in full - partial)


def _chains(
    stacks: Iterable[Sequence[int]],
    names: Sequence[str],
    inner: Sequence[bool],
    definitions: Definitions,
    edges: Mapping[Edge, How],
) -> tuple[Chain, ...]:
    """Stacks in names, cut where two neighbours are no direct edge: a generator's consumer."""
    found: set[Chain] = set()
    for stack in stacks:
        chain: list[str] = []
        for index in stack:
            name = definitions.caller_of(names[index])
            if chain and (inner[index] or name != names[index]) and name == chain[-1]:
                continue  # a comprehension or a class body in the function above it
            if chain and edges.get((chain[-1], name), How.VIA) is How.VIA:
                if len(chain) >= MIN_FRAMES:
                    found.add(tuple(chain))
                chain = []
            chain.append(name)
        if len(chain) >= MIN_FRAMES:
            found.add(tuple(chain))
    return tuple(sorted(found))

"""The arithmetic: what a graph finds of a recording, edge by edge and chain by chain.

*Recall* is the share of executed edges that a graph has. *P-est* estimates precision from below:
of the graph's edges out of functions that ran on every line, the share that was executed. An edge
to a function under a decorator is not judged if that function ran, since at run time its wrapper
stands between. *P-dead* is the share of those same edges whose callee never ran at all.
"""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from itertools import pairwise

from benchmarks.static.definitions import Definitions, Edge, Graph, edges_of
from benchmarks.static.recorded import Chain, How, Recording

PATH_LENGTHS = range(3, 7)  # edges


@dataclass(frozen=True, slots=True)
class EdgeScore:
    """Counts of edges; scores of several packages add up."""

    executed: int = 0
    found: int = 0
    explicit: int = 0
    explicit_found: int = 0
    implicit: int = 0
    implicit_found: int = 0
    via: int = 0
    via_found: int = 0
    edges: int = 0
    judged: int = 0
    confirmed: int = 0
    dead: int = 0

    def __add__(self, other: EdgeScore) -> EdgeScore:
        return EdgeScore(
            *(getattr(self, f.name) + getattr(other, f.name) for f in fields(EdgeScore))
        )

    @property
    def f1(self) -> float:
        """Of recall and P-est, 0 to 1."""
        if not self.found or not self.confirmed:
            return 0.0
        recall, precision = self.found / self.executed, self.confirmed / self.judged
        return 2 * precision * recall / (precision + recall)


@dataclass(frozen=True, slots=True)
class PathScore:
    """Shortest paths that a graph gives, and how far a recording bears them out."""

    paths: int = 0
    confirmed: int = 0
    judged: int = 0  # every caller on the path ran on every line
    judged_confirmed: int = 0


@dataclass(frozen=True, slots=True)
class GraphScore:
    """A graph against one that somebody wrote down.

    *Sound* and *complete* are used as PyCG's paper uses them: complete is no edge too many, sound
    is no edge too few. An empty graph is complete.
    """

    is_complete: bool
    is_sound: bool
    is_exact: bool  # the same keys too, and lists that are equal once sorted
    right: int
    printed: int
    expected: int

    @property
    def is_both(self) -> bool:
        return self.is_complete and self.is_sound


def score_edges(
    edges: Collection[Edge], recording: Recording, definitions: Definitions
) -> EdgeScore:
    """Score the internal edges of a graph; see the module's docstring for the terms."""
    given = set(edges)
    explicit, implicit, via = (
        recording.edges_seen(how) for how in (How.EXPLICIT, How.IMPLICIT, How.VIA)
    )
    judged = judged_edges(given, recording, definitions)
    ran = recording.ran
    return EdgeScore(
        executed=len(explicit) + len(implicit),
        found=len(given & explicit) + len(given & implicit),
        explicit=len(explicit),
        explicit_found=len(given & explicit),
        implicit=len(implicit),
        implicit_found=len(given & implicit),
        via=len(via),
        via_found=len(given & via),
        edges=len(given),
        judged=len(judged),
        confirmed=sum(edge in recording.edges for edge in judged),
        dead=sum(callee not in ran for _, callee in judged),
    )


def judged_edges(
    edges: Iterable[Edge], recording: Recording, definitions: Definitions
) -> set[Edge]:
    """The edges that the recording can confirm or refute."""
    ran = recording.ran
    return {
        (caller, callee)
        for caller, callee in edges
        if caller in recording.covered
        and (
            (caller, callee) in recording.edges
            or callee not in definitions.decorated
            or callee not in ran
        )
    }


def score_graph(graph: Graph, expected: Graph, optional: Graph | None = None) -> GraphScore:
    """Compare with a written-down graph; edges of `optional` may be there or not."""
    wanted = edges_of(expected)
    printed = edges_of(graph) - (edges_of(optional or {}) - wanted)
    return GraphScore(
        is_complete=printed <= wanted,
        is_sound=wanted <= printed,
        is_exact={k: sorted(v) for k, v in graph.items()}
        == {k: sorted(v) for k, v in expected.items()},
        right=len(printed & wanted),
        printed=len(printed),
        expected=len(wanted),
    )


def score_edge_sets(printed: set[Edge], wanted: set[Edge]) -> GraphScore:
    """The same, of edges."""
    return GraphScore(
        is_complete=printed <= wanted,
        is_sound=wanted <= printed,
        is_exact=printed == wanted,
        right=len(printed & wanted),
        printed=len(printed),
        expected=len(wanted),
    )


def only_internal(graph: Graph, modules: Collection[str]) -> Graph:
    """The edges whose callee is in one of the top-level modules: what any tool can name."""
    return {
        caller: [callee for callee in callees if callee.partition(".")[0] in modules]
        for caller, callees in graph.items()
    }


def chains_found(edges: Collection[Edge], chains: Iterable[Chain]) -> dict[int, tuple[int, int]]:
    """By number of frames: chains whose every edge is in the graph, and all chains."""
    counts: dict[int, tuple[int, int]] = {}
    for chain in chains:
        found, total = counts.get(len(chain), (0, 0))
        counts[len(chain)] = (found + has_chain(edges, chain), total + 1)
    return counts


def has_chain(edges: Collection[Edge], chain: Chain) -> bool:
    return all(edge in edges for edge in pairwise(chain))


def ends_connected(edges: Iterable[Edge], chains: Iterable[Chain]) -> tuple[int, int]:
    """Of the chains' distinct (first, last) pairs: how many any path joins, and all."""
    callees = adjacency(edges)
    sinks: dict[str, set[str]] = {}
    for chain in chains:
        sinks.setdefault(chain[0], set()).add(chain[-1])
    joined = sum(len(ends & reachable(callees, first)) for first, ends in sinks.items())
    return joined, sum(len(ends) for ends in sinks.values())


def sample_paths(
    edges: Iterable[Edge], sources: Collection[str], per_source: int = 12, limit: int = 2000
) -> list[Chain]:
    """Shortest paths of 3 to 6 edges from the sources, the same ones for the same graph.

    Args:
        per_source: At most so many ends are drawn for a source, evenly over the lengths.
        limit: Of more paths, so many are drawn.
    """
    callees = adjacency(edges)
    paths: list[Chain] = []
    for source in sorted(sources):
        came_from = _shortest(callees, source, PATH_LENGTHS.stop - 1)
        chosen = random.Random(source)
        for length in PATH_LENGTHS:
            ends = sorted(name for name, (_, depth) in came_from.items() if depth == length)
            quota = min(len(ends), per_source // len(PATH_LENGTHS))
            paths.extend(_path_to(end, came_from) for end in chosen.sample(ends, quota))
    if len(paths) > limit:
        paths = random.Random(0).sample(paths, limit)
    return sorted(paths)


def score_paths(paths: Iterable[Chain], recording: Recording) -> PathScore:
    counts = [0, 0, 0, 0]
    for path in paths:
        is_confirmed = has_chain(recording.edges, path)
        is_judged = all(name in recording.covered for name in path[:-1])
        for at, counted in enumerate((True, is_confirmed, is_judged, is_judged and is_confirmed)):
            counts[at] += counted
    return PathScore(*counts)


def random_drop(
    executed: Collection[Edge], recall: float, chains: Sequence[Chain], draws: int = 20
) -> float:
    """The share of chains left in the executed graph when it loses edges at random.

    What a graph of that recall would keep if its misses did not gather on the same chains.
    """
    if not chains:
        return 0.0
    ordered = sorted(executed)
    kept = round(recall * len(ordered))
    shares = []
    for seed in range(draws):
        left = set(random.Random(seed).sample(ordered, kept))
        shares.append(sum(has_chain(left, chain) for chain in chains) / len(chains))
    return sum(shares) / draws


def adjacency(edges: Iterable[Edge]) -> dict[str, list[str]]:
    callees: dict[str, list[str]] = {}
    for caller, callee in sorted(edges):
        callees.setdefault(caller, []).append(callee)
    return callees


def reachable(callees: Mapping[str, Sequence[str]], source: str) -> set[str]:
    """Everything that a path of at least one edge leads to."""
    found: set[str] = set()
    waiting = [source]
    while waiting:
        fresh = [name for name in callees.get(waiting.pop(), ()) if name not in found]
        found.update(fresh)
        waiting.extend(fresh)
    return found


def _shortest(
    callees: Mapping[str, Sequence[str]], source: str, depth_limit: int
) -> dict[str, tuple[str, int]]:
    came_from = {source: ("", 0)}
    waiting = deque([source])
    while waiting:
        name = waiting.popleft()
        depth = came_from[name][1]
        if depth == depth_limit:
            continue
        for callee in callees.get(name, ()):
            if callee not in came_from:
                came_from[callee] = (name, depth + 1)
                waiting.append(callee)
    return came_from


def _path_to(end: str, came_from: Mapping[str, tuple[str, int]]) -> Chain:
    path = [end]
    while came_from[path[-1]][1]:
        path.append(came_from[path[-1]][0])
    return tuple(reversed(path))

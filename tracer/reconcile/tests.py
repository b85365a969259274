"""Which tests, or other contexts, exercised an edge."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace

from tracer.model.evidence import ReconciledEdge
from tracer.reconcile.observed import SeenCall

TESTS_KEPT = 20  # names of tests on an edge


def tests_of(calls: Iterable[SeenCall]) -> Counter[str]:
    """The tests that made these calls, and how many."""
    found: Counter[str] = Counter()
    for call in calls:
        found.update(dict(call.tests))
    return found


def with_tests(edge: ReconciledEdge, tests: Mapping[str, int]) -> ReconciledEdge:
    """The edge with the tests that exercised it, and their calls; 0: only lines are known."""
    ranked = sorted(tests.items(), key=lambda item: (-item[1], item[0]))
    return replace(edge, tests=tuple(ranked[:TESTS_KEPT]), tests_total=len(ranked))

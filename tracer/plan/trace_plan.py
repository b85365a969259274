"""The one value that the probe learns."""

from __future__ import annotations

from collections.abc import Sequence

from tracer.model.brief import Brief
from tracer.model.effect_plan import EffectPlan
from tracer.model.plan import Tap, TracePlan, Workload
from tracer.plan.scope import Scope
from tracer.static.sources import SourceTree


def make_plan(
    brief: Brief,
    scope: Scope,
    taps: Sequence[Tap],
    workload: Workload,
    tree: SourceTree,
    *,
    time_budget_s: float | None = None,
    namespaces: Sequence[str] | None = None,
    watched: Sequence[str] = (),
    effects: EffectPlan | None = None,
) -> TracePlan:
    """Plan one run.

    Args:
        brief: Its namespaces and time budget hold unless they are given here.
        scope: Unused places of taps are left out: a tap outside the answer has no reader.
        taps: What to read.
        workload: What to run.
        tree: The sources as they were read; the recording says which of them changed since.
        time_budget_s: Seconds for the recording; None: the brief's.
        effects: Calls outside that are told one by one; None: none.
        namespaces: Packages to record; None: the brief's, else those at the root.
        watched: Objects whose changes are told; see `watched_state`.
    """
    wanted = tuple(namespaces) if namespaces is not None else brief.namespaces
    budget_s = time_budget_s
    if budget_s is None and brief.time_budget_minutes is not None:
        budget_s = brief.time_budget_minutes * 60
    shown = {function.partition("::")[0] for function in scope.functions}
    return TracePlan(
        root=str(tree.root),
        namespaces=wanted or root_packages(tree),
        workload=workload,
        taps=tuple(tap for tap in taps if tap.path in shown),
        time_budget_s=budget_s,
        digests=tuple(sorted((file.path, file.sha256) for file in tree.files)),
        watched=tuple(watched),
        effects=effects or EffectPlan(),
    )


def root_packages(tree: SourceTree) -> tuple[str, ...]:
    """The packages at the root or in its `src`, sorted; none: every file below the root counts."""
    packages: set[str] = set()
    for file in tree.files:
        parts = file.path.split("/")
        if parts[0] == "src":
            parts = parts[1:]
        if len(parts) == 2 and parts[1] == "__init__.py":
            packages.add(parts[0])
    return tuple(sorted(packages))

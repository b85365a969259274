"""Which objects a run is to watch: the state that the answer touches, by the static graph."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection

from tracer.model.graph import CallGraph, EffectKind
from tracer.model.plan import Workload
from tracer.model.source import FunctionId

MOST_WATCHED = 16
_STATE = (EffectKind.STATE_READ, EffectKind.STATE_WRITE)


def watched_state(
    graph: CallGraph, functions: Collection[FunctionId], workload: Workload
) -> tuple[str, ...]:
    """Module-level and class-level objects as `TracePlan.watched` has them, at most `MOST_WATCHED`.

    Of objects that are only stored and read as a whole, the name alone is watched: what a model
    does to its attributes is its own affair.

    Those that the answer writes come first, then those that the tree writes and the answer reads;
    what nobody is known to write comes last.

    Args:
        graph: Of the whole tree.
        functions: Of the answer.
        workload: The run; the module of its script goes by `__main__` there.
    """
    wanted = frozenset(functions)
    held: set[str] = set()  # objects whose keys or attributes somebody touches
    touched: Counter[str] = Counter()
    written: Counter[str] = Counter()
    written_here: Counter[str] = Counter()
    for effect in graph.effects:
        if effect.kind not in _STATE or effect.is_unreachable:
            continue
        is_here, is_write = effect.function in wanted, effect.kind is EffectKind.STATE_WRITE
        if effect.operation not in (effect.subject, f"{effect.subject} ="):
            held.add(effect.subject)
        touched[effect.subject] += is_here
        written[effect.subject] += is_write
        written_here[effect.subject] += is_here and is_write
    ranked = sorted(
        (subject for subject, count in touched.items() if count),
        key=lambda subject: (
            -written_here[subject],
            -bool(written[subject]),
            -touched[subject],
            subject,
        ),
    )
    modules = modules_of_run(graph, workload)
    specs = ((spec_of(subject, modules), subject in held) for subject in ranked)
    return tuple(spec if is_held else f"{spec}=" for spec, is_held in specs if spec)[:MOST_WATCHED]


def modules_of_run(graph: CallGraph, workload: Workload) -> dict[str, str]:
    """By their names in the sources: the names that modules of the tree have in this run."""
    script = workload.argv[0] if workload.argv else ""
    return {file.module: "__main__" if file.path == script else file.module for file in graph.files}


def spec_of(subject: str, modules: dict[str, str]) -> str:
    """`package.module:NAME` of a dotted name; empty where no module of the tree holds it."""
    parts = subject.split(".")
    if not all(part.isidentifier() for part in parts):
        return ""
    for size in range(len(parts) - 1, 0, -1):
        module = ".".join(parts[:size])
        if module in modules:
            return f"{modules[module]}:{'.'.join(parts[size:])}"
    return ""

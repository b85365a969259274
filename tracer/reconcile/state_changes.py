"""Objects that outlast the calls that change them: who writes them, and what is saved of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from tracer.model.evidence import Chain, Finding, FindingKind, StateChange
from tracer.model.graph import CallGraph, Effect, EffectKind
from tracer.model.source import FunctionId, Span, path_of, qualname_of
from tracer.tables.words import load_words

_KEYS_SHOWN = 6
_TESTS = "tests"  # the role of such a folder in the table of words
_SAVES = frozenset({EffectKind.FILE_WRITE, EffectKind.ARCHIVE_WRITE, EffectKind.SERIALIZE})

_Place = tuple[FunctionId, Span]


def state_changes(
    graph: CallGraph,
    effects: Iterable[Effect],
    functions: Collection[FunctionId],
    changes: Sequence[StateChange] = (),
) -> Iterable[Finding]:
    """One finding per object that the answer writes; its anchors are the answer's.

    Args:
        graph: Says how often the whole tree writes it; tests count only where the answer has them.
        effects: Of the answer.
        functions: Of the answer.
        changes: What runs did to watched objects.
    """
    writes: defaultdict[str, list[Effect]] = defaultdict(list)
    for effect in effects:
        if effect.kind is EffectKind.STATE_WRITE and not effect.is_unreachable:
            writes[effect.subject].append(effect)
    counted = _counts(graph, writes.keys(), functions)
    for subject, found in sorted(writes.items()):
        keys = sorted({key for effect in found for key in effect.keys})
        more = ", …" if len(keys) > _KEYS_SHOWN else ""
        listed = f" (keys {', '.join(keys[:_KEYS_SHOWN])}{more})" if keys else ""
        yield Finding(
            FindingKind.STATE_CHANGE,
            f"`{subject}` is written at {counted[subject]}{listed}{_seen(subject, changes)}",
            tuple(effect.anchor for effect in found),
        )


def saved_state(
    graph: CallGraph,
    effects: Iterable[Effect],
    functions: Collection[FunctionId],
    chains: Sequence[Chain],
) -> Iterable[Finding]:
    """One finding per function that leads to a write and reads variables of other modules.

    What it saves is what somebody has set before, and no argument says so.
    """
    saving = {hop.caller for chain in chains if chain.effect in _SAVES for hop in chain.hops}
    reads: defaultdict[FunctionId, dict[str, list[Effect]]] = defaultdict(dict)
    for effect in effects:
        is_variable = effect.operation == effect.subject and not effect.is_unreachable
        if effect.kind is EffectKind.STATE_READ and is_variable and effect.function in saving:
            reads[effect.function].setdefault(effect.subject, []).append(effect)
    counted = _counts(graph, {name for found in reads.values() for name in found}, functions)
    for function, found in sorted(reads.items()):
        told = ", ".join(
            f"`{name}` (line {', '.join(str(line) for line in _lines(own))}; "
            f"set at {counted[name]})"
            for name, own in sorted(found.items())
        )
        yield Finding(
            FindingKind.HIDDEN_INPUT,
            f"what `{qualname_of(function)}` saves hangs on module-level state: {told}",
            tuple(effect.anchor for own in found.values() for effect in own),
        )


def _seen(subject: str, changes: Sequence[StateChange]) -> str:
    """How often the runs changed an object, and where: it need not be where it was read."""
    found = [change for change in changes if change.subject == subject and change.anchor]
    if not found:
        return ""
    times = sum(change.times for change in found)
    places = sorted({(each.anchor.path, each.anchor.line) for each in found if each.anchor})
    path, line = places[0]
    more = f" and {len(places) - 1} more" if len(places) > 1 else ""
    return f"; changed {times}× in the runs, at {path}:{line}{more}"


def _lines(effects: Iterable[Effect]) -> list[int]:
    return sorted({effect.span.line for effect in effects})


def _counts(
    graph: CallGraph, subjects: Collection[str], functions: Collection[FunctionId]
) -> Mapping[str, str]:
    """For each object where it is written: `133 places in 41 files, tests left out; …`."""
    places: defaultdict[str, set[_Place]] = defaultdict(set)
    for effect in graph.effects:
        is_write = effect.kind is EffectKind.STATE_WRITE and not effect.is_unreachable
        if is_write and effect.subject in subjects:
            places[effect.subject].add((effect.function, effect.span))
    is_test = _test_of_folder()
    return {subject: _counted(places[subject], functions, is_test) for subject in subjects}


def _counted(
    every: Collection[_Place],
    functions: Collection[FunctionId],
    is_test: Callable[[str], bool],
) -> str:
    answer = {place for place in every if place[0] in functions}
    shipped = answer | {place for place in every if not is_test(path_of(place[0]))}
    files = len({path_of(function) for function, _ in shipped})
    text = f"{len(shipped)} place{'s' * (len(shipped) != 1)} in {files} file{'s' * (files != 1)}"
    if len(shipped) < len(every):
        text += ", tests left out"
    if len(answer) < len(shipped):
        text += f"; {len(answer) or 'none'} of them in the answer"
    return text


def _test_of_folder() -> Callable[[str], bool]:
    words = load_words()

    def is_test(path: str) -> bool:
        role = words.folder_role(path)
        return role is not None and role.role == _TESTS

    return is_test

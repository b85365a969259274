"""Objects that outlast the calls that change them, and how often the tree changes them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping

from tracer.model.evidence import Finding, FindingKind
from tracer.model.graph import CallGraph, Effect, EffectKind
from tracer.model.source import FunctionId, Span, path_of
from tracer.tables.words import load_words

_KEYS_SHOWN = 6
_TESTS = "tests"  # the role of such a folder in the table of words


def state_changes(
    graph: CallGraph, effects: Iterable[Effect], functions: Collection[FunctionId]
) -> Iterable[Finding]:
    """One finding per object that the answer writes; its anchors are the answer's.

    Args:
        graph: Says how often the whole tree writes it; tests count only where the answer has them.
        effects: Of the answer.
        functions: Of the answer.
    """
    writes: defaultdict[str, list[Effect]] = defaultdict(list)
    for effect in effects:
        if effect.kind is EffectKind.STATE_WRITE and not effect.is_unreachable:
            writes[effect.subject].append(effect)
    places = _places(graph, writes.keys())
    for subject, found in sorted(writes.items()):
        keys = sorted({key for effect in found for key in effect.keys})
        more = ", …" if len(keys) > _KEYS_SHOWN else ""
        listed = f" (keys {', '.join(keys[:_KEYS_SHOWN])}{more})" if keys else ""
        yield Finding(
            FindingKind.STATE_CHANGE,
            f"`{subject}` is written at {_counted(found, places[subject], functions)}{listed}",
            tuple(effect.anchor for effect in found),
        )


def _places(
    graph: CallGraph, subjects: Collection[str]
) -> Mapping[str, set[tuple[FunctionId, Span]]]:
    found: defaultdict[str, set[tuple[FunctionId, Span]]] = defaultdict(set)
    for effect in graph.effects:
        is_write = effect.kind is EffectKind.STATE_WRITE and not effect.is_unreachable
        if is_write and effect.subject in subjects:
            found[effect.subject].add((effect.function, effect.span))
    return found


def _counted(
    own: Iterable[Effect],
    every: Collection[tuple[FunctionId, Span]],
    functions: Collection[FunctionId],
) -> str:
    """`133 places in 41 files, tests left out; 27 of them in the answer`."""
    is_test = _test_of_folder()
    answer = {(effect.function, effect.span) for effect in own}
    places = answer | {
        (function, span)
        for function, span in every
        if function in functions or not is_test(path_of(function))
    }
    files = len({path_of(function) for function, _ in places})
    text = f"{len(places)} place{'s' * (len(places) > 1)} in {files} file{'s' * (files > 1)}"
    if len(places) < len(answer | set(every)):
        text += ", tests left out"
    if len(answer) < len(places):
        text += f"; {len(answer)} of them in the answer"
    return text


def _test_of_folder() -> Callable[[str], bool]:
    words = load_words()

    def is_test(path: str) -> bool:
        role = words.folder_role(path)
        return role is not None and role.role == _TESTS

    return is_test

"""The two sides that a question sets against each other, and the functions that stand for them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from tracer.model.brief import Brief
from tracer.model.graph import CallGraph
from tracer.model.source import Function, FunctionId, FunctionKind, path_of
from tracer.paths import GraphView, backward_cone
from tracer.plan.names import class_like_words, find_named, name_stems
from tracer.tables.words import Words, any_word_matches

_MOST_ENTRIES = 3  # of one side


@dataclass(frozen=True, slots=True)
class Side:
    """One side in the words of the question, with the functions that may stand for it."""

    words: str
    entries: tuple[tuple[FunctionId, str], ...]  # best first, each with why


def split_question(question: str, words: Words) -> tuple[str, str]:
    """The two clauses around the first word that sets one against the other; the second may be
    empty."""
    found = [
        match
        for word in words.opposing
        if (match := re.search(rf"(?<![\w`]){re.escape(word)}(?![\w`])", question, re.IGNORECASE))
    ]
    if not found:
        return question, ""
    first = min(found, key=lambda match: (match.start(), -match.end()))
    return question[: first.start()].strip(" ,;:"), question[first.end() :].strip(" ,;:?.")


def find_side(
    clause: str,
    other: str,
    brief: Brief,
    graph: CallGraph,
    view: GraphView,
    goals: Sequence[FunctionId],
    words: Words,
) -> Side:
    """Who stands for a clause: functions that it names, entries that its words mean (`CLI`,
    `tests`), else functions whose names share most words that the other clause has not."""
    by_name = list(_named(clause, brief, graph))
    if by_name:
        return Side(clause, tuple(by_name[:_MOST_ENTRIES]))
    above = backward_cone(view, goals)
    own = name_stems(clause) - name_stems(other)
    by_role = list(_by_role(clause, graph, words))
    stop = frozenset().union(*(name_stems(word) for word in words.stop))
    ranked = sorted(
        by_role or _by_words(own - stop, graph, above, words),
        key=_nearest(own, above),
    )
    return Side(clause, tuple((function.id, why) for function, why in ranked[:_MOST_ENTRIES]))


def _named(clause: str, brief: Brief, graph: CallGraph) -> Iterable[tuple[FunctionId, str]]:
    names = [name for name in brief.mentions if name in clause]
    for item in find_named((*names, *class_like_words(clause)), graph):
        for function in item.functions:
            yield function, f"`{item.name}` in the question"
        for method in item.class_methods:
            if method.endswith(".__init__"):
                yield method, f"makes `{item.name}`, which the question names"


def _by_role(clause: str, graph: CallGraph, words: Words) -> Iterable[tuple[Function, str]]:
    for role in words.entry_roles:
        if not any_word_matches(role.words, clause):
            continue
        for function in graph.functions:
            is_code = function.kind in (FunctionKind.FUNCTION, FunctionKind.METHOD)
            if not is_code or words.is_kept_away(function.path):
                continue
            folder = words.folder_role(function.path)
            is_meant = (
                any(_is_file(function.path, pattern) for pattern in role.files)
                if role.files
                else folder is not None and folder.role == role.folder
            )
            if not is_meant or (folder is not None and folder.role != role.folder):
                continue
            if any(fnmatchcase(function.name, pattern) for pattern in role.names):
                yield function, f"{role.name}, which the question means"


def _is_file(path: str, pattern: str) -> bool:
    return fnmatchcase(path if "/" in pattern else path.rpartition("/")[2], pattern)


def _by_words(
    own: frozenset[str],
    graph: CallGraph,
    above: Iterable[FunctionId],
    words: Words,
) -> list[tuple[Function, str]]:
    near = set(above)
    found = []
    for function in graph.functions:
        if function.kind not in (FunctionKind.FUNCTION, FunctionKind.METHOD):
            continue
        folder = words.folder_role(path_of(function.id))
        shared = own & name_stems(function.qualname)
        if shared and function.id in near and folder is None and words.ships(function.path):
            told = ", ".join(f"“{stem}…”" for stem in sorted(shared))
            found.append((function, f"its name shares {told} with this side"))
    return found


def _nearest(
    own: frozenset[str], above: object
) -> Callable[[tuple[Function, str]], tuple[bool, int, int, str]]:
    """Those that lead to the goal first; then by shared words; then the nearest."""
    known: dict[FunctionId, int] = dict(above)  # type: ignore[call-overload]

    def key(found: tuple[Function, str]) -> tuple[bool, int, int, str]:
        function = found[0]
        shared = own & name_stems(f"{function.module} {function.qualname}")
        return (
            function.id not in known,
            -len(shared),
            known.get(function.id, 0),
            function.id,
        )

    return key

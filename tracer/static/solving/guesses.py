"""Weak evidence, each guess in a tier of its own: families of classes, documented types, names.

A guess is made only where everything better found nothing, and whatever follows from it is marked
with its tier too.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Any, cast

from tracer.model.source import FunctionKind
from tracer.static.flat import ATTR, DEFINED, ITEM, NAME, OPERATE, PROTOCOL
from tracer.static.kinds import ParameterKind
from tracer.static.solving.code import Code
from tracer.static.solving.engine import Solver
from tracer.static.solving.members import read_attribute
from tracer.static.solving.objects import Kind, Ref
from tracer.static.solving.terms import SITE, Origin

_MOST_FAMILIES = 3
_WORD = re.compile(r"[A-Za-z_][\w.]*")
_COMMON = frozenset(dir(object)) | frozenset(
    name for kind in (str, bytes, int, float, dict, list, tuple, set) for name in dir(kind)
)


def guess_families(solver: Solver) -> None:
    """Give parameters of unknown type what their docstring names, or the one family that fits."""
    by_name: dict[str, list[Ref]] = defaultdict(list)
    definers: dict[str, list[Ref]] = defaultdict(list)
    for cls in solver.program.classes:
        by_name[solver.flat(cls).name.lower()].append(cls)
        for name in solver.definitions.members(cls):
            definers[name].append(cls)
    for cls, name in sorted(_stored_fields(solver)):
        if name not in solver.definitions.members(cls):
            definers[name].append(cls)
    for file, summary in enumerate(solver.program.summaries):
        if file not in solver.entries:
            continue
        for index, scope in enumerate(summary.scopes):
            if not scope.parameters or scope.kind == FunctionKind.LAMBDA.value:
                continue
            code = solver.shared((file, index))
            documented = dict(scope.documented_types)
            used = _used_names(scope)
            for number, (name, kind, annotation, _) in enumerate(scope.parameters):
                if kind in (ParameterKind.REST.value, ParameterKind.KEYWORDS.value):
                    continue
                variable = code.base + number
                if annotation is not None or _is_known(solver, variable):
                    continue
                families = _documented(solver, documented.get(name, ""), by_name)
                if not families:
                    families = _fitting(solver, used.get(number, frozenset()), definers)
                for family in families:
                    solver.store.add(variable, solver.instance(family, False))


def guess_names(solver: Solver) -> None:
    """Give a method call on something unknown the one class that has such a method."""
    definers: dict[str, set[Ref]] = defaultdict(set)
    for cls in solver.program.classes:
        scope = solver.flat(cls)
        for name, bindings in scope.exits:
            if any(scope.nodes[scope.bindings[b][1]][0] == DEFINED for b in bindings):
                definers[name].add(cls)
    for code in tuple(solver.codes):
        if not solver.is_shared(code):
            continue
        scope = code.scope
        for number, site in enumerate(scope.sites):
            if site[0] != "call" or site[7]:
                continue
            parts = scope.nodes[site[2]]
            if parts[0] != ATTR:
                continue
            origin: Origin = (code.ref, SITE, number)
            if solver.edges.get(origin) or _is_known(solver, code.variable(cast(int, parts[1]))):
                continue
            name = cast(str, parts[2])
            if name in _COMMON:
                continue
            roots = _roots(solver, definers.get(name, set()))
            if len(roots) == 1:
                reader: Any = ((code.ref, "property", parts[3]), code.variable(site[2]), code)
                read_attribute(solver, solver.instance(roots[0], False), name, reader)


def _is_known(solver: Solver, variable: int) -> bool:
    """Whether a parameter holds an object whose class says something."""
    return any(
        solver.all[value].kind not in (Kind.STRING, Kind.NONE)
        for value in solver.store.sets[variable] or ()
    )


def _documented(solver: Solver, words: str, by_name: dict[str, list[Ref]]) -> list[Ref]:
    """The classes of the tree that a docstring names, by their last name, in any case."""
    if not words:
        return []
    found: dict[Ref, None] = {}
    for word in _WORD.findall(words):
        classes = by_name.get(word.rpartition(".")[2].lower(), [])
        if len(classes) == 1:
            found[classes[0]] = None
    return list(found)[:_MOST_FAMILIES]


def _fitting(solver: Solver, used: frozenset[str], definers: dict[str, list[Ref]]) -> list[Ref]:
    """The family of classes that has every attribute that is used, if there is one."""
    telling = [name for name in sorted(used) if name not in _COMMON]
    if not telling:
        return []
    candidates: set[Ref] | None = None
    for name in telling:
        having: set[Ref] = set()
        for cls in definers.get(name, ()):
            having.add(cls)
            having.update(solver.definitions.subclasses(cls))
        candidates = having if candidates is None else candidates & having
        if not candidates:
            return []
    assert candidates is not None
    if len(telling) == 1 and len(definers.get(telling[0], ())) > 3:
        return []
    roots = _roots(solver, candidates)
    return roots if len(roots) <= (1 if len(telling) < 2 else 2) else []


def _roots(solver: Solver, classes: set[Ref]) -> list[Ref]:
    """The classes that are not below another one of the set, sorted."""
    return [
        cls
        for cls in sorted(classes)
        if not any(base in classes for base in solver.definitions.order(cls)[1:])
    ]


def _used_names(scope: Any) -> dict[int, frozenset[str]]:
    """For each parameter, the attributes and special methods that its scope uses."""
    found: dict[int, set[str]] = defaultdict(set)
    bound = {name: number for number, (name, *_) in enumerate(scope.parameters)}

    def parameter(node: int) -> int | None:
        parts = scope.nodes[node]
        if parts[0] == NAME and len(parts[2]) == 1 and parts[1] in bound:
            binding = parts[2][0]
            if 0 <= binding < len(scope.parameters):
                return bound[parts[1]]
        return None

    for parts in scope.nodes:
        if parts[0] == ATTR:
            number = parameter(parts[1])
            if number is not None:
                found[number].add(parts[2])
        elif parts[0] == ITEM:
            number = parameter(parts[1])
            if number is not None:
                found[number].add("__getitem__")
        elif parts[0] in (OPERATE, PROTOCOL):
            continue
    return {number: frozenset(names) for number, names in found.items()}


def _stored_fields(solver: Solver) -> set[tuple[Ref, str]]:
    return {
        (cast(Ref, key[1]), cast(str, key[2]))
        for key in solver.memo
        if isinstance(key, tuple) and key[0] in ("field", "exact field")
    }


__all__ = ["Code", "guess_families", "guess_names"]

"""Receivers whose class is only declared: by an annotation, a base, `cls`.

An object of a class below may come in place of one of the class itself, and an annotation can be
wrong: of 364 such calls that a crawl with Scrapy 2.18 ran, 7 went to a class that is not below.
Asked of the finished solution.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any, cast

from tracer.model.graph import OpenReason
from tracer.static import flat
from tracer.static.flat import FlatScope
from tracer.static.solving.engine import Solver
from tracer.static.solving.explaining import Explainer
from tracer.static.solving.lookup import (
    find_member,
    is_abstract,
    is_left_to_others,
    plain_function,
)
from tracer.static.solving.member_views import runs_method
from tracer.static.solving.objects import Kind, Ref
from tracer.static.values import Open

_OF_TYPING = ("typing.", "typing_extensions.", "collections.abc.", "_typeshed.")
"""Classes of which nobody makes an object: whatever has their methods will do."""


def is_receiver(scope: FlatScope, node: int) -> bool:
    """Whether a node is the first parameter of a method."""
    parts = cast(Any, scope.nodes[node])
    return bool(
        scope.kind == "method"
        and parts[0] == flat.NAME
        and scope.parameters
        and parts[1] == scope.parameters[0][0]
    )


def is_declared(solver: Solver, explainer: Explainer, ref: Ref, node: int) -> bool:
    """Whether nothing but a declaration says what class an object is of.

    The first parameter of a method is of its class, and what passed `isinstance` was looked at.
    """
    scope = solver.flat(ref)
    return (
        not is_receiver(scope, node)
        and not _is_tested(scope, node)
        and (
            any(True for _ in _declared(solver, explainer, ref, node))
            or _is_declared_outside(solver, explainer, ref, node)
        )
    )


def overridden_by(
    solver: Solver, explainer: Explainer, ref: Ref, node: int, name: str, found: Collection[Any]
) -> Open | None:
    """A method of a class below that may run in place of those that were found.

    It is no callee, since nothing tells of an object of that class.
    """
    scope = solver.flat(ref)
    definitions = solver.definitions
    owners = {
        (target[0], solver.flat(target).parent) for target in found if not isinstance(target, str)
    }
    others: set[str] = set()
    for kind, cls in _declared(solver, explainer, ref, node):
        asked = "__init__" if kind is Kind.CLASS and name == "__call__" else name
        base, _ = find_member(solver, definitions.order(cls), asked)
        for below in definitions.subclasses(cls):
            owner, _ = find_member(solver, definitions.order(below), asked)
            if owner is None or owner == base or owner in owners:
                continue
            if is_abstract(solver, owner, asked) or is_left_to_others(solver, owner, asked):
                continue
            if is_receiver(scope, node) and not runs_method(solver, below, ref):
                continue
            if function := plain_function(solver, owner, asked):
                others.add(solver.program.id(cast(Ref, solver.all[function].a)))
    return overridden(sorted(others)) if others else None


def overridden(others: list[str]) -> Open:
    """Why there may be more callees: methods of classes below."""
    more = f" and {len(others) - 1} more" if len(others) > 1 else ""
    return Open(OpenReason.UNKNOWN_RECEIVER, f"`{others[0]}`{more} may run for a class below")


def _declared(
    solver: Solver, explainer: Explainer, ref: Ref, node: int
) -> Iterator[tuple[Kind, Ref]]:
    for item in explainer.objects(ref, node):
        if item.kind in (Kind.INSTANCE, Kind.CLASS) and not item.b:
            yield item.kind, cast(Ref, item.a)


def _is_declared_outside(solver: Solver, explainer: Explainer, ref: Ref, node: int) -> bool:
    """Whether stubs alone say what a module outside holds, or an annotation names no real class.

    `sys.stdout.flush()`: a test runner has put something else there (measured on Click).
    """
    items = [item for item in explainer.objects(ref, node) if item.kind is Kind.FOREIGN]
    if any(str(item.a).startswith(_OF_TYPING) for item in items):
        return True
    parts = cast(Any, solver.flat(ref).nodes[node])
    return (
        bool(items)
        and parts[0] == flat.ATTR
        and any(item.kind is Kind.EXTERNAL for item in explainer.objects(ref, parts[1]))
    )


def _is_tested(scope: FlatScope, node: int) -> bool:
    """Whether all that may stand in a node has passed a test of its class."""
    parts = cast(Any, scope.nodes[node])
    match parts[0]:
        case flat.NARROW:
            return bool(parts[3] and parts[2][0] != "none") or _is_tested(scope, parts[1])
        case flat.NAME:
            bound = parts[2]
            return bool(bound) and all(
                binding >= 0 and _is_tested(scope, scope.bindings[binding][1]) for binding in bound
            )
        case flat.EITHER:
            return all(_is_tested(scope, part) for part in parts[1])
    return False

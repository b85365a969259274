"""What calls that nobody writes may run, and whether it is sure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any, cast

from tracer.model.graph import OpenReason, SiteKind
from tracer.static import flat
from tracer.static.solving.callees import GUESSES, PROPERTY, ImplicitCall, callees_made
from tracer.static.solving.declared import is_declared, overridden_by
from tracer.static.solving.engine import Solver
from tracer.static.solving.explaining import CUT, Explainer
from tracer.static.solving.member_views import instance_view
from tracer.static.solving.module_hooks import why_not_only
from tracer.static.solving.objects import Kind, Ref
from tracer.static.solving.terms import SITE, Target
from tracer.static.values import Open, Rank

_MOST_SURE = 1
_MOST_IMPLICIT = 1  # guesses at one place
_CONVERTING = frozenset((SiteKind.BUILTIN_PROTOCOL.value, SiteKind.OPERATOR.value))
_PROTOCOL = SiteKind.BUILTIN_PROTOCOL.value
_TEXTS = frozenset(("__repr__", "__str__", "__format__"))


def implicit_calls(
    solver: Solver, explainer: Explainer, asked: Collection[int]
) -> tuple[ImplicitCall, ...]:
    """What runs at each place where nobody writes a call, one answer a phase."""
    found: list[ImplicitCall] = []
    cut = None if explainer.is_final(Rank.FLOW) else CUT  # What was not found may hide more.
    for (ref, what, span), edges in solver.edges.items():
        if what == SITE or what == "nowhere" or not span or ref[0] not in asked:
            continue
        is_sure = _is_sure(solver, explainer, ref, what, span, edges)
        if not is_sure and (what in _CONVERTING or _count(solver, edges) > _MOST_IMPLICIT):
            # Measured on six packages, one in three of such edges ran.
            if any(edge.phase == 0 for edge in edges.values()):
                made = callees_made(solver, {}, Rank.TYPE, _why_unsure(solver, edges))
                found.append(ImplicitCall(ref, SiteKind(what), span, made))
            continue
        for phase in (0, 1, 2):
            of_phase = {
                target: edge
                for target, edge in edges.items()
                if (edge.phase if is_sure else max(edge.phase, 1)) == phase
            }
            if not of_phase:
                continue
            why = cut
            if why is None and what == PROPERTY:
                why = why_not_only(solver, explainer, ref, span, of_phase)
            elif why is None:
                why = _why_open_operand(solver, explainer, ref, what, span)
            operands = _operands(solver, ref, what, span)
            if why is None:
                why = _why_overridden(solver, explainer, ref, operands, of_phase)
            made = callees_made(solver, of_phase, Rank.TYPE, why)
            if any(is_declared(solver, explainer, ref, node) for node in operands):
                made = replace(made, is_declared=True)
            if phase:
                made = replace(made, guess=GUESSES[phase])
            found.append(ImplicitCall(ref, SiteKind(what), span, made))
    return tuple(sorted(found, key=lambda call: (call.ref, call.span, call.kind, call.callees.ids)))


def _why_unsure(solver: Solver, edges: Mapping[Any, Any]) -> Open:
    """What may run at a place where nobody writes a call, and need not."""
    ids = sorted({solver.program.id(target) for target in edges if not isinstance(target, str)})
    if len(ids) == 1:
        detail = f"`{ids[0]}` runs where the object is of its class"
        return Open(OpenReason.UNKNOWN_RECEIVER, detail)
    return Open(OpenReason.TOO_MANY, f"{len(ids)} possible callees")


def _is_sure(
    solver: Solver, explainer: Explainer, ref: Ref, what: str, span: int, edges: Mapping[Any, Any]
) -> bool:
    """Whether what runs implicitly follows from the operand's class alone.

    Where the operand may also be `None`, a string or an object of some other class, nothing of the
    tree need run at all: measured on six packages, fewer than one in four of such edges ran.
    """
    if _count(solver, edges) > _MOST_SURE:
        return False
    if what == PROPERTY:
        if _is_elsewhere_plain(solver, explainer, ref, span):
            return False
        # A cached property runs once an object, and who comes first is not known.
        return not any(edge.is_once for edge in edges.values()) or _is_fresh(solver, ref, span)
    has_object = False
    for node in (*_operands(solver, ref, what, span), *_left_operands(solver, ref, span)):
        kinds = [item.kind for item in explainer.objects(ref, node)]
        if Kind.INSTANCE not in kinds:
            continue  # A container, of which nothing more is asked here.
        has_object = True
        if any(kind is not Kind.INSTANCE for kind in kinds) or explainer.may_be_none(ref, node):
            return False
    if has_object or not any(_name(solver, target) in _TEXTS for target in edges):
        return True
    # `str([x])` converts what a container holds, of which seldom all is known: 2 of 14 such ran.
    return any(
        _holds_objects(solver, explainer, ref, node) for node in _operands(solver, ref, what, span)
    )


def _holds_objects(solver: Solver, explainer: Explainer, ref: Ref, node: int) -> bool:
    """Whether a node is a display of nothing but objects of the tree."""
    parts = cast(Any, solver.flat(ref).nodes[node])
    if parts[0] == flat.NAME and len(parts[2]) == 1 and parts[2][0] >= 0:
        parts = cast(Any, solver.flat(ref).nodes[solver.flat(ref).bindings[parts[2][0]][1]])
    if parts[0] != flat.LITERAL:
        return False
    _, elements, keys, is_open, _ = solver.flat(ref).containers[parts[1]]
    held = [node for node in (*elements, *keys) if node >= 0]
    return (
        not is_open
        and len(held) >= len(elements)
        and all(explainer.why_open(ref, node) is None for node in held)
        and any(
            item.kind is Kind.INSTANCE for node in held for item in explainer.objects(ref, node)
        )
    )


def _why_overridden(
    solver: Solver,
    explainer: Explainer,
    ref: Ref,
    operands: Iterable[int],
    found: Mapping[Any, Any],
) -> Open | None:
    """A method of a class below that may run instead of one that was found."""
    names = sorted({_name(solver, target) for target in found} - {""})
    for node in operands:
        for name in names:
            reason = overridden_by(solver, explainer, ref, node, name, found)
            if reason is not None:
                return reason
    return None


def _name(solver: Solver, target: Target) -> str:
    return "" if isinstance(target, str) else solver.flat(target).name


def _is_elsewhere_plain(solver: Solver, explainer: Explainer, ref: Ref, span: int) -> bool:
    """Whether an attribute is a property for some of the receiver's classes only."""
    for parts in cast(Any, solver.flat(ref).nodes):
        if parts[0] != flat.ATTR or parts[3] != span:
            continue
        for item in explainer.objects(ref, parts[1]):
            if item.kind is Kind.INSTANCE:
                view = instance_view(solver, item.a, item.b, parts[2])  # type: ignore[arg-type]
                if len(view.owners) > 1:
                    return True
    return False


def _is_fresh(solver: Solver, ref: Ref, span: int) -> bool:
    """Whether an attribute is read from an object that was just made, or where all begins."""
    nodes = cast(Any, solver.flat(ref).nodes)
    return solver.flat(ref).parent < 0 or any(
        parts[0] == flat.ATTR and parts[3] == span and nodes[parts[1]][0] == flat.CALL
        for parts in nodes
    )


def _count(solver: Solver, edges: Mapping[Any, Any]) -> int:
    """The most callees of one name: `__iter__` and `__next__` run one after the other."""
    names = Counter(solver.flat(target).name for target in edges if not isinstance(target, str))
    return max(names.values(), default=0)


def _operands(solver: Solver, ref: Ref, what: str, span: int) -> list[int]:
    """The nodes whose classes decide what an implicit call runs."""
    scope = solver.flat(ref)
    found: list[int] = []
    for parts in cast(Any, scope.nodes):
        op = parts[0]
        if op == flat.PROTOCOL:
            if what == _PROTOCOL and parts[3] == span:
                found.append(parts[2])
        elif op == flat.ATTR:
            if parts[3] == span:
                found.append(parts[1])
        elif op == flat.ITEM:
            if parts[3] == span:
                found.extend((parts[1], parts[2]))
        elif op == flat.ELEMENT:
            if parts[2] == span:
                found.append(parts[1])
        elif op == flat.UNPACK:
            if parts[5] == span:
                found.append(parts[1])
        elif op == flat.UNARY:
            if parts[3] == span:
                found.append(parts[2])
        elif op == flat.COMPARE and parts[4] == span:
            found.extend((parts[3], parts[2]) if parts[1] == "__contains__" else (parts[2],))
    if what == _PROTOCOL:
        for site in scope.sites:
            if site[1] == span:
                found.extend(node for _, node, _ in site[4])
    return found


def _left_operands(solver: Solver, ref: Ref, span: int) -> list[int]:
    """The operands that are asked first, of operators with two."""
    nodes = cast(Any, solver.flat(ref).nodes)
    return [parts[2] for parts in nodes if parts[0] == flat.OPERATE and parts[4] == span]


def _why_open_operand(
    solver: Solver, explainer: Explainer, ref: Ref, what: str, span: int
) -> Open | None:
    """Why the method of another object may run there instead."""
    nodes = cast(Any, solver.flat(ref).nodes)
    left = _left_operands(solver, ref, span)
    # Of a key or an element only the hash and the comparison run.
    inner = {
        parts[2]
        for parts in nodes
        if (parts[0] == flat.ITEM and parts[3] == span)
        or (parts[0] == flat.COMPARE and parts[4] == span and parts[1] == "__contains__")
    }
    for node in (*_operands(solver, ref, what, span), *left):
        reason = None if node in inner else explainer.why_open(ref, node)
        if reason is not None:
            return reason
    return None

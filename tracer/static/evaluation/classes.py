"""The classes of the tree: their order of resolution, what is below them, what decorators say."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import partial

from tracer.static.evaluation.context import Evaluation
from tracer.static.hierarchy import linearise
from tracer.static.summary import Attribute, Called, Expr, Item
from tracer.static.values import ClassValue, External, ExternalInstance, ExternalMethod, Ref

UNKNOWN_BASE = "?"


def resolution_order(evaluation: Evaluation, ref: Ref) -> tuple[Ref | str, ...]:
    """The method resolution order; external bases by dotted name, `?` for unknown ones."""
    known = evaluation.classes.orders.get(ref)
    if known is None:
        known = linearise(ref, partial(_bases, evaluation))
        if not evaluation.classes.under_way:
            evaluation.classes.orders[ref] = known
    return known


def subclasses_of(evaluation: Evaluation, ref: Ref) -> Sequence[Ref]:
    """All classes below, in canonical order."""
    if evaluation.classes.subclasses is None:
        found: dict[Ref, list[Ref]] = defaultdict(list)
        for cls in evaluation.program.classes:
            for base in resolution_order(evaluation, cls)[1:]:
                if not isinstance(base, str):
                    found[base].append(cls)
        evaluation.classes.subclasses = found
    return evaluation.classes.subclasses.get(ref, ())


def roles_of(evaluation: Evaluation, ref: Ref) -> frozenset[str]:
    """`static`, `class`, `property`, `context`, `abstract`, `dataclass`: from decorators."""
    scope = evaluation.program.scope(ref)
    if not scope.decorators:
        return frozenset()
    known = evaluation.classes.roles.get(ref)
    if known is None:
        known = frozenset(
            role
            for decorator in scope.decorators
            for role in _role(evaluation, evaluation.program.parent(ref), decorator)
        )
        evaluation.classes.roles[ref] = known
    return known


def _bases(evaluation: Evaluation, ref: Ref | str) -> list[Ref | str]:
    if isinstance(ref, str):
        return []
    scope = evaluation.program.scope(ref)
    found: list[Ref | str] = []
    if ref in evaluation.classes.under_way:
        return []
    evaluation.classes.under_way.add(ref)
    for base in scope.bases:
        while isinstance(base, Item):
            base = base.base
        values = evaluation.value(evaluation.program.parent(ref), base)
        for item in values.items:
            match item:
                case ClassValue() if item.ref != ref:
                    found.append(item.ref)
                case External() if item.dotted not in evaluation.table.memberless_bases:
                    found.append(item.dotted)
                case ExternalInstance() | ExternalMethod():
                    found.append(UNKNOWN_BASE)
        if not values.items:
            found.append(UNKNOWN_BASE)
    evaluation.classes.under_way.discard(ref)
    return list(dict.fromkeys(found))


def _role(evaluation: Evaluation, ref: Ref, decorator: Expr) -> Iterable[str]:
    if isinstance(decorator, Attribute) and decorator.name in ("setter", "deleter", "getter"):
        yield "property"
        return
    callee = decorator
    if isinstance(decorator, Called):
        callee = evaluation.program.scope(ref).sites[decorator.site].callee
    for item in evaluation.value(ref, callee).items:
        if not isinstance(item, External):
            continue
        match item.dotted:
            case "builtins.staticmethod":
                yield "static"
            case "builtins.classmethod":
                yield "class"
            case "abc.abstractmethod":
                yield "abstract"
            case "dataclasses.dataclass":
                yield "dataclass"
        spellings = evaluation.table.spellings(item.dotted)
        if any(name in evaluation.table.property_decorators for name in spellings):
            yield "property"
        if any(name in evaluation.table.context_decorators for name in spellings):
            yield "context"

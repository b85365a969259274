"""What a call site may run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tracer.model.graph import OpenReason
from tracer.model.source import Callee, ExternalId
from tracer.static.evaluation.classes import UNKNOWN_BASE, resolution_order, roles_of, subclasses_of
from tracer.static.evaluation.context import Evaluation
from tracer.static.evaluation.lookup import looked_up, own_member
from tracer.static.summary import Site
from tracer.static.values import (
    ClassValue,
    External,
    ExternalInstance,
    ExternalMethod,
    FunctionValue,
    Instance,
    ModuleValue,
    Open,
    Rank,
    Ref,
    SuperValue,
    Value,
    Values,
)


@dataclass(frozen=True, slots=True)
class Callees:
    """What a call site may run, and how it was found."""

    ids: tuple[Callee, ...]
    functions: tuple[tuple[Ref, bool], ...]  # of the tree; whether the first parameter is bound
    rank: Rank
    open: Open | None


def callees_of(evaluation: Evaluation, ref: Ref, site: Site) -> Callees:
    """What the call site may run."""
    values = evaluation.value(ref, site.callee)
    ids: dict[Callee, None] = {}
    functions: dict[tuple[Ref, bool], None] = {}
    reason = values.open
    rank = values.rank
    for item in values.items:
        found = _called(evaluation, item)
        ids.update(dict.fromkeys(found.ids))
        functions.update(dict.fromkeys(found.functions))
        reason = reason or found.open
        rank = max(rank, found.rank)
    if not ids and reason is None:
        reason = Open(OpenReason.UNKNOWN_VALUE, f"`{site.text}` holds no object that is known")
    return Callees(tuple(sorted(ids)), tuple(functions), rank, reason)


def _called(evaluation: Evaluation, item: Value) -> Callees:
    match item:
        case FunctionValue():
            bound = item.receiver is not None
            return _callees([evaluation.program.id(item.ref)], [(item.ref, bound)])
        case ClassValue():
            return _constructors(evaluation, item)
        case Instance():
            return _called_each(evaluation, evaluation.attribute(item, "__call__"), item)
        case External():
            return _callees([ExternalId(item.dotted)])
        case ExternalMethod():
            return _callees([ExternalId(item.dotted)], rank=Rank.TYPE)
        case ExternalInstance():
            return _callees([ExternalId(f"{item.dotted}.__call__")], rank=Rank.TYPE)
        case ModuleValue():
            dotted = evaluation.program.modules.dotted(item.location)
            return Callees(
                (),
                (),
                Rank.DEFINITE,
                Open(OpenReason.UNKNOWN_VALUE, f"module `{dotted}` cannot be called"),
            )
        case SuperValue():
            return _callees([ExternalId("builtins.super.__call__")])


def _called_each(evaluation: Evaluation, values: Values, caller: Instance) -> Callees:
    ids: dict[Callee, None] = {}
    functions: dict[tuple[Ref, bool], None] = {}
    reason = values.open
    for item in values.items:
        if item == caller or isinstance(item, Instance | ExternalInstance):
            reason = reason or Open(OpenReason.UNKNOWN_VALUE, "an object that calls an object")
            continue
        found = _called(evaluation, item)
        ids.update(dict.fromkeys(found.ids))
        functions.update(dict.fromkeys(found.functions))
        reason = reason or found.open
    return Callees(tuple(ids), tuple(functions), max(values.rank, Rank.TYPE), reason)


def _constructors(evaluation: Evaluation, item: ClassValue) -> Callees:
    """What instantiation runs: `__new__` and `__init__`, own or inherited.

    A class without either in the sources, and without external bases, runs
    `builtins.object.__init__`; a dataclass runs its `__post_init__`.
    """
    ids: dict[Callee, None] = {}
    functions: dict[tuple[Ref, bool], None] = {}
    classes = [item.ref]
    if not item.is_exact:
        classes.extend(
            cls
            for cls in subclasses_of(evaluation, item.ref)
            if evaluation.program.exits(cls, "__init__") or evaluation.program.exits(cls, "__new__")
        )
    reason: Open | None = None
    rank = Rank.DEFINITE
    for cls in classes:
        found_any = False
        for name in ("__new__", "__init__"):
            receiver = Instance(cls)
            for owner in resolution_order(evaluation, cls):
                if isinstance(owner, str):
                    if owner == UNKNOWN_BASE:
                        detail = f"`{evaluation.program.dotted(cls)}` has a base that is not known"
                        reason = Open(OpenReason.UNKNOWN_MEMBER, detail)
                        found_any = True
                    elif name == "__init__":
                        ids[ExternalId(f"{owner}.__init__")] = None
                        found_any = True
                    break
                own = own_member(evaluation, owner, name)
                if (
                    own is None
                    and name == "__init__"
                    and "dataclass" in roles_of(evaluation, owner)
                ):
                    own = looked_up(
                        evaluation, resolution_order(evaluation, owner), "__post_init__", receiver
                    )
                    if own is None or not own.items:
                        break
                if own is not None:
                    rank = max(rank, own.rank)
                    for member in own.items:
                        if isinstance(member, FunctionValue):
                            ids[evaluation.program.id(member.ref)] = None
                            if "dataclass" not in roles_of(evaluation, owner):
                                functions[member.ref, True] = None
                            found_any = True
                    break
        if not found_any:
            ids[ExternalId("builtins.object.__init__")] = None
    return Callees(tuple(ids), tuple(functions), rank, reason)


def _callees(
    ids: Sequence[Callee],
    functions: Sequence[tuple[Ref, bool]] = (),
    rank: Rank = Rank.DEFINITE,
) -> Callees:
    return Callees(tuple(ids), tuple(functions), rank, None)

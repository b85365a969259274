"""Stores and deletions: attributes, items, names of other scopes."""

from __future__ import annotations

from typing import Any

from tracer.static import flat
from tracer.static.kinds import AccessKind
from tracer.static.solving.annotations import allow
from tracer.static.solving.code import Code
from tracer.static.solving.containers import scatter
from tracer.static.solving.deleting import delete_attribute
from tracer.static.solving.engine import Solver
from tracer.static.solving.implicit import run_protocol
from tracer.static.solving.items import set_item
from tracer.static.solving.keys import constant_key
from tracer.static.solving.names import cell, module_stores, owner_of, stored
from tracer.static.solving.objects import Kind
from tracer.static.solving.places import ITEM, MODULE, PROPERTY
from tracer.static.solving.storing import store_attribute
from tracer.static.solving.terms import Args, Origin, SliceKey


def link_access(solver: Solver, code: Code, access: flat.FlatAccess) -> None:
    """Link what a scope stores or deletes."""
    kind, base, name, key, value, _, span, _, _, annotation = access
    store = solver.store
    file = code.ref[0]
    if kind == AccessKind.SET_ATTRIBUTE.value:
        origin: Origin = (code.ref, PROPERTY, span)
        annotated = -1
        if annotation is not None:
            annotated = solver.named("annotated", code.ref, span)
            allow(solver, code.ref, annotation, annotated, ("attribute", code.ref, span))
        store.watch(
            code.variable(base),
            _on_set_attribute, solver, name, code.variable(value), origin, annotated,
        )  # fmt: skip
    elif kind == AccessKind.SET_ITEM.value:
        origin = (code.ref, ITEM, span)
        constant = constant_key(code, key)
        at = -1 if isinstance(constant, SliceKey) else code.variable(key)
        store.watch(
            code.variable(base),
            _on_set_item, solver, at, constant, code.variable(value), origin,
        )  # fmt: skip
    elif kind == AccessKind.DELETE_ITEM.value:
        origin = (code.ref, ITEM, span)
        store.watch(
            code.variable(base),
            _on_deleted, solver, "__delitem__", Args((code.variable(key),)), origin,
        )  # fmt: skip
    elif kind == AccessKind.DELETE_ATTRIBUTE.value:
        origin = (code.ref, PROPERTY, span)
        store.watch(code.variable(base), _on_deleted_attribute, solver, name, origin)
    elif kind == AccessKind.SET_GLOBAL.value:
        if code.scope.kind != MODULE:
            store.copy(code.variable(value), module_stores(solver, file, name))
    elif kind == AccessKind.SET_NONLOCAL.value:
        owner = owner_of(solver, code, name)
        if owner is not None:
            store.copy(code.variable(value), stored(solver, owner, name))
            cell(solver, owner, name)


def _on_set_attribute(watcher: Any, value: int) -> None:
    _, solver, name, stored_variable, origin, annotated = watcher
    store_attribute(solver, value, name, stored_variable, origin, annotated)


def _on_set_item(watcher: Any, value: int) -> None:
    _, solver, key, constant, stored_variable, origin = watcher
    set_item(solver, value, key, constant, stored_variable, origin)


def _on_deleted(watcher: Any, value: int) -> None:
    _, solver, method, args, origin = watcher
    item = solver.all[value]
    if item.kind is Kind.INSTANCE:
        run_protocol(solver, value, method, args, origin)
    else:
        scatter(solver, value)


def _on_deleted_attribute(watcher: Any, value: int) -> None:
    _, solver, name, origin = watcher
    if solver.all[value].kind is Kind.INSTANCE:
        delete_attribute(solver, value, name, origin)

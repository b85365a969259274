"""What a name may be where it is read: local, of a scope around it, global or builtin."""

from __future__ import annotations

import builtins

from tracer.model.graph import OpenReason
from tracer.model.source import FunctionKind
from tracer.static.evaluation.bindings import bound_values
from tracer.static.evaluation.context import Evaluation
from tracer.static.evaluation.modules import ABSENT, MODULE_NAMES, module_name
from tracer.static.summary import Name
from tracer.static.values import (
    External,
    ExternalInstance,
    Rank,
    Ref,
    Values,
    assigned,
    one,
    union,
    unknown,
)

_BUILTINS = frozenset(dir(builtins))


def read_name(evaluation: Evaluation, ref: Ref, expr: Name) -> Values:
    """What a name may be at the place where it is read."""
    bindings = evaluation.program.reaching(ref, expr)
    if not bindings:
        return _free_name(evaluation, ref, expr.id)
    # Functions that declare the name `global` or `nonlocal` may have stored in between.
    is_module = evaluation.program.scope(ref).kind is FunctionKind.MODULE
    program = evaluation.program
    stores = program.global_stores if is_module else program.nonlocal_stores
    elsewhere = stores.get((ref[0], expr.id))
    if not elsewhere:
        return bound_values(evaluation, ref, bindings)
    return union(
        [
            bound_values(evaluation, ref, bindings),
            *(
                assigned(evaluation.value(owner, access.value))
                for owner, access in elsewhere
                if is_module or owner[0] == ref[0]
            ),
        ]
    )


def _free_name(evaluation: Evaluation, ref: Ref, name: str) -> Values:
    """A name that nothing before this place in its own scope has bound."""
    scope = evaluation.program.scope(ref)
    if name in scope.global_names:
        return _global_name(evaluation, ref[0], name)
    is_own = True
    while True:
        if scope.kind is FunctionKind.MODULE:
            return _global_name(evaluation, ref[0], name)
        if name not in scope.nonlocal_names:
            bindings: tuple[int, ...] = ()
            if scope.kind is not FunctionKind.CLASS_BODY:
                bindings = evaluation.program.bindings(ref, name)
            elif is_own:
                bindings = evaluation.program.exits(ref, name)
            if bindings:
                values = bound_values(evaluation, ref, bindings)
                stores = evaluation.program.nonlocal_stores.get((ref[0], name), ())
                return union(
                    [
                        values,
                        *(
                            assigned(evaluation.value(owner, access.value))
                            for owner, access in stores
                        ),
                    ]
                )
        is_own = False
        ref = (ref[0], scope.parent)
        scope = evaluation.program.scope(ref)


def _global_name(evaluation: Evaluation, file: int, name: str) -> Values:
    found = evaluation.solve(("module", file, name), lambda: module_name(evaluation, file, name))
    if found.items or found.open is None or found.open != ABSENT:
        return found
    if name in _BUILTINS:
        return one(External(f"builtins.{name}"))
    if name in MODULE_NAMES:
        return one(ExternalInstance("builtins.str"), Rank.TYPE)
    if name == "__class__":
        return unknown(OpenReason.UNKNOWN_NAME, "`__class__`")
    stars = [
        f"`{star.module}`"
        for star in evaluation.program.scope((file, 0)).stars
        if evaluation.program.modules.resolve_relative(file, star.level, star.module).location
        is None
    ]
    detail = f"`{name}` is bound nowhere"
    if stars:
        detail = f"`{name}` may come from `import *` of {', '.join(sorted(stars))}"
    return unknown(OpenReason.UNKNOWN_NAME, detail)

"""Methods of the tree that a library runs on an object which it is called on or with.

`model(x)` runs `call` of the model's class through `Model.__call__`, `thread.start()` runs `run`.
"""

from __future__ import annotations

from typing import Any, NamedTuple, cast

from tracer.static.solving.code import Code
from tracer.static.solving.engine import Solver
from tracer.static.solving.hooks import hooks_of
from tracer.static.solving.kept import told_through
from tracer.static.solving.member_views import has_member, instance_view
from tracer.static.solving.objects import Kind, Ref
from tracer.static.solving.terms import NO_ARGS, Args, Origin
from tracer.static.solving.unifying import implicit_origin
from tracer.tables.effects import Hook

_OF_THE_TREE = frozenset((Kind.FUNCTION, Kind.BOUND, Kind.PARTIAL, Kind.CONTEXT_MAKER))
_OBJECTS = frozenset((Kind.INSTANCE, Kind.CLASS))


class _Run(NamedTuple):
    """A call of something outside: where it stands, by what name, what it passes and gives."""

    code: Code | None
    origin: Origin
    through: str
    args: Args
    result: int


def run_hooks(
    solver: Solver, code: Code | None, origin: Origin, receiver: int, dotted: str, args: Args,
    result: int,
) -> None:  # fmt: skip
    """Run what a call of something outside runs of the tree.

    Args:
        receiver: An object of a class of the tree on which it is called, or 0.
        result: The variable of what the call gives.
    """
    hooks = hooks_of(solver, dotted)
    if not hooks:
        return
    run = _Run(code, origin, told_through(solver, dotted), args, result)
    for hook in hooks:
        if hook.argument is None:
            if receiver:
                _on_object(("", solver, hook, run), receiver)
            continue
        position, keyword = hook.argument.position, hook.argument.keyword
        if position is not None and position < len(args.positional):
            solver.store.watch(args.positional[position], _on_object, solver, hook, run)
        for name, variable in args.keywords:
            if name == keyword:
                solver.store.watch(variable, _on_object, solver, hook, run)


def _on_object(watcher: Any, value: int) -> None:
    _, solver, hook, run = watcher
    item = solver.all[value]
    if item.kind not in _OBJECTS:
        return
    ref, is_exact = cast(Ref, item.a), cast(bool, item.b)
    if hook.argument is not None and item.kind is Kind.INSTANCE:
        # As with a conversion, the object's class alone decides whether anything of the tree runs.
        run = run._replace(origin=implicit_origin(solver, run.origin))
    for name in _names(solver, ref, is_exact, hook):
        view = instance_view(solver, ref, is_exact, name)
        solver.store.watch(view.variable, _on_method, solver, hook, run)


def _names(solver: Solver, ref: Ref, is_exact: bool, hook: Hook) -> list[str]:
    """The names of the class's own methods that a hook means."""
    if not hook.is_beginning:
        return [hook.method] if has_member(solver, ref, is_exact, hook.method) else []
    below = () if is_exact else solver.definitions.subclasses(ref)
    names = {
        name
        for cls in (*solver.definitions.order(ref), *below)
        if not isinstance(cls, str)
        for name in solver.definitions.members(cls)
    }
    return sorted(name for name in names if name.startswith(hook.method) and name != hook.method)


def _on_method(watcher: Any, value: int) -> None:
    _, solver, hook, run = watcher
    if solver.all[value].kind not in _OF_THE_TREE:
        return  # what the library itself has under the name
    if hook.hands_on:
        args, result = run.args, run.result
    else:
        args, result = NO_ARGS, solver.named("unread")
    # `visit_*`: a call that may run any of many methods tells little of each. Kept apart, every one
    # of them would have a code for every place in any other that visits what is below.
    code = None if hook.is_beginning else run.code
    solver.apply(solver, code, run.origin, value, args, result, run.through)

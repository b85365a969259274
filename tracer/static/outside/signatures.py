"""From the definitions of a function in a stub to its signatures."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeAlias

from tracer.static.outside.annotations import Annotations
from tracer.static.outside.stubs import Scope, declaring, dotted_name
from tracer.static.outside.tables import RawSignature
from tracer.static.outside.terms import RECEIVER, UNKNOWN, Type, instance, substitute

FunctionNode: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef

_MANAGERS = {
    "contextmanager": "contextlib._GeneratorContextManager",
    "asynccontextmanager": "contextlib._AsyncGeneratorContextManager",
}


def decorators(node: FunctionNode) -> frozenset[str]:
    """The last name parts of a function's decorators."""
    called = (one.func if isinstance(one, ast.Call) else one for one in node.decorator_list)
    return frozenset((dotted_name(one) or "").rpartition(".")[2] for one in called)


def signatures(
    nodes: Iterable[FunctionNode], scope: Scope, annotations: Annotations, owner: Type | None = None
) -> tuple[RawSignature, ...]:
    """The signature of each definition, in order.

    Args:
        owner: The class with its own type variables, when the first parameter is `self` or `cls`.
    """
    return tuple(_signature(node, declaring(scope, node), annotations, owner) for node in nodes)


def _signature(
    node: FunctionNode, scope: Scope, annotations: Annotations, owner: Type | None
) -> RawSignature:
    returns = annotations.lower(node.returns, scope)
    if isinstance(node, ast.AsyncFunctionDef):
        returns = instance("typing.Coroutine", UNKNOWN, UNKNOWN, returns)
    manager = next((_MANAGERS[one] for one in decorators(node) if one in _MANAGERS), None)
    if manager is not None:
        yielded = returns[2][0] if returns[0] == "C" and returns[2] else UNKNOWN
        returns = instance(manager, yielded)
    parameters = [
        (name, kind, annotations.lower(annotation, scope), has_default)
        for name, kind, annotation, has_default in _parameters(node.args)
    ]
    receiver: Type | None = None
    if owner is not None and parameters and parameters[0][1] in {"positional", "positional only"}:
        receiver = parameters.pop(0)[2]
        variable = _own_variable(receiver, owner)
        if variable is not None:
            given = {variable: RECEIVER}
            receiver = None
            returns = substitute(returns, given)
            parameters = [(one, kind, substitute(t, given), d) for one, kind, t, d in parameters]
        elif receiver in (UNKNOWN, RECEIVER, owner, ("Y", RECEIVER), ("Y", owner), ("Y", UNKNOWN)):
            receiver = None
        elif receiver[0] == "Y":
            receiver = receiver[1]
    return (tuple(parameters), returns, receiver)


def _own_variable(receiver: Type, owner: Type) -> str | None:
    """The type variable of a method that stands for its receiver."""
    bare = receiver[1] if receiver[0] == "Y" else receiver
    return bare[1] if bare[0] == "V" and bare not in owner[2] else None


def _parameters(args: ast.arguments) -> Iterator[tuple[str, str, ast.expr | None, bool]]:
    positional = [*args.posonlyargs, *args.args]
    required = len(positional) - len(args.defaults)
    only = max(len(args.posonlyargs), _leading_dunders(args.args))
    for place, one in enumerate(positional):
        kind = "positional only" if place < only else "positional"
        yield one.arg, kind, one.annotation, place >= required
    if args.vararg:
        yield args.vararg.arg, "*", args.vararg.annotation, False
    for one, default in zip(args.kwonlyargs, args.kw_defaults, strict=True):
        yield one.arg, "keyword only", one.annotation, default is not None
    if args.kwarg:
        yield args.kwarg.arg, "**", args.kwarg.annotation, False


def _leading_dunders(args: Sequence[ast.arg]) -> int:
    """PEP 484: before `/`, two underscores in front made a parameter positional only."""
    last = 0
    for place, one in enumerate(args, 1):
        if one.arg.startswith("__") and not one.arg.endswith("__"):
            last = place
        elif place > 1:
            break
    return last

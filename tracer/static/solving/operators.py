"""Operators and comparisons: whose method runs, and what it gives."""

from __future__ import annotations

from typing import Any, cast

from tracer.static.flat import DEFINED, NAME
from tracer.static.solving.classes import foreign_base
from tracer.static.solving.code import Code
from tracer.static.solving.engine import Solver
from tracer.static.solving.foreign import operate_outside
from tracer.static.solving.implicit import (
    SEARCHED,
    SEQUENCES,
    has,
    on_extended,
    on_protocol,
    run_protocol,
    watch_key,
)
from tracer.static.solving.lookup import find_member
from tracer.static.solving.member_views import call_dunder
from tracer.static.solving.objects import NUMBERS, Kind, Ref
from tracer.static.solving.terms import Args, Origin

_REFLECTED = {
    "__lt__": "__gt__",
    "__gt__": "__lt__",
    "__le__": "__ge__",
    "__ge__": "__le__",
    "__eq__": "__eq__",
    "__ne__": "__ne__",
}


def operate(
    solver: Solver,
    code: Code,
    method: str,
    left: int,
    right: int,
    result: int,
    origin: Origin,
    is_augmented: bool,
) -> None:
    """Read an operator: the left operand's method, and the right one's reflected method."""
    store = solver.store
    del code
    store.watch(left, _on_left, solver, method, right, result, origin, is_augmented)
    store.watch(right, _on_right, solver, method, left, result, origin)


def compare(
    solver: Solver, method: str, left: int, right: int, result: int, origin: Origin
) -> None:
    """Read a comparison; the right operand's method runs where the left one has none.

    Arrays answer with arrays: the answer is a `bool` where objects on both sides are known that
    give one. What `in` gives always is one.
    """
    store = solver.store
    if method == "__contains__":
        store.add(result, solver.foreign("builtins.bool"))
        store.watch(right, on_protocol, solver, method, Args((left,)), origin, result)
        store.watch(right, _on_searched, solver, left, origin)
        return
    store.watch(left, _on_ordered, solver, method, right, origin, result)
    store.watch(right, _on_compared, solver, _REFLECTED[method], left, origin, result)


def _on_left(watcher: Any, value: int) -> None:
    _, solver, method, right, result, origin, is_augmented = watcher
    item = solver.all[value]
    if item.kind is Kind.INSTANCE:
        if is_augmented:
            in_place = f"__i{method[2:]}"
            if call_dunder(solver, value, in_place, Args((right,)), origin, result):
                return
        if not call_dunder(solver, value, method, Args((right,)), origin, result):
            base = foreign_base(solver, cast(Ref, item.a))
            if base:
                operate_outside(solver, base, method, right, result)
    elif item.a in NUMBERS and item.kind is Kind.FOREIGN:
        known = ("operated", value, method, right, result)
        if known not in solver.memo:
            solver.memo[known] = 1
            solver.store.watch(right, _on_number, solver, value, method, result)
    elif item.kind in (Kind.FOREIGN, Kind.STRING):
        operate_outside(solver, value, method, right, result)
        if is_augmented and item.a == "builtins.list":
            solver.store.watch(right, on_extended, solver, value, origin)
    elif item.kind is Kind.CLASS and method == "__or__":
        return


def _on_number(watcher: Any, value: int) -> None:
    """`2 * x` is a number where `x` is known to be no array."""
    _, solver, number, method, result = watcher
    if _is_known(solver, value):
        operate_outside(solver, number, method, -1, result)


def _on_right(watcher: Any, value: int) -> None:
    _, solver, method, left, result, origin = watcher
    item = solver.all[value]
    if item.kind is not Kind.INSTANCE or not has(solver, value, f"__r{method[2:]}"):
        return
    key = ("operands", method, left, result, origin)
    operands = solver.views.get(key)
    if operands is None:
        operands = solver.views[key] = _Operands(method, left, result, origin)
        solver.store.watch(left, _on_operand, solver, operands)
    cls = cast(Ref, item.a)
    if operands.is_open or any(_yields(solver, cls, other) for other in operands.lefts):
        operands.run(solver, value)
    else:
        operands.waiting.append((value, cls))


class _Operands:
    """The sides of an operator, as far as right ones have the reflected method.

    It runs where some left operand does not know the right one's type. Left ones count by class,
    since there may be as many as a set holds, for each right one.
    """

    __slots__ = ("is_open", "left", "lefts", "method", "origin", "result", "waiting")

    def __init__(self, method: str, left: int, result: int, origin: Origin) -> None:
        self.method, self.left, self.result, self.origin = method, left, result, origin
        self.is_open = False  # some left operand knows no type at all, or may refuse any
        self.lefts: dict[Ref, None] = {}  # classes of the others
        self.waiting: list[tuple[int, Ref]] = []  # right operands, and their classes

    def run(self, solver: Solver, value: int) -> None:
        """Run the reflected method of a right operand."""
        reflected = f"__r{self.method[2:]}"
        call_dunder(solver, value, reflected, Args((self.left,)), self.origin, self.result)


def _on_operand(watcher: Any, other: int) -> None:
    _, solver, operands = watcher
    if operands.is_open:
        return
    item = solver.all[other]
    if item.kind is Kind.INSTANCE and has(solver, other, operands.method):
        cls = cast(Ref, item.a)
        if cls in operands.lefts:
            return
        if not _may_refuse(solver, cls, operands.method):
            operands.lefts[cls] = None
            waiting, operands.waiting = operands.waiting, []
            for value, right in waiting:
                if _yields(solver, right, cls):
                    operands.run(solver, value)
                else:
                    operands.waiting.append((value, right))
            return
    operands.is_open = True
    waiting, operands.waiting = operands.waiting, []
    for value, _ in waiting:
        operands.run(solver, value)


def _yields(solver: Solver, right: Ref, left: Ref) -> bool:
    """Whether a left operand's method comes second: the right one is of a class below its own."""
    return right != left and solver.definitions.is_subclass(right, left)


def _may_refuse(solver: Solver, cls: Ref, method: str) -> bool:
    """Whether an operator's method may return `NotImplemented`."""
    key = ("refuses", cls, method)
    known = solver.views.get(key)
    if known is None:
        known = solver.views[key] = _returns_not_implemented(solver, cls, method)
    return cast(bool, known)


def _returns_not_implemented(solver: Solver, cls: Ref, method: str) -> bool:
    owner, _ = find_member(solver, solver.definitions.order(cls), method)
    if owner is None:
        return False
    scope = solver.flat(owner)
    for binding in solver.definitions.members(owner).get(method, ()):
        parts = scope.nodes[scope.bindings[binding][1]]
        if parts[0] == DEFINED:
            body = solver.flat((owner[0], cast(int, parts[1])))
            if any(body.nodes[node][:2] == (NAME, "NotImplemented") for node in body.returns):
                return True
    return False


def _on_ordered(watcher: Any, value: int) -> None:
    """`a >= b`: the method, or what `functools.total_ordering` makes it of, or that of `object`."""
    _, solver, method, right, origin, result = watcher
    item = solver.all[value]
    if item.kind is Kind.INSTANCE:
        args = Args((right,))
        if run_protocol(solver, value, method, args, origin, result):
            return
        if method in _ORDERINGS:
            for cls in solver.definitions.order(cast(Ref, item.a)):
                if not isinstance(cls, str) and "ordering" in solver.definitions.roles(cls):
                    for other in _ORDERINGS:
                        if call_dunder(solver, value, other, args, origin, result):
                            return
    if _is_known(solver, value):
        known = ("compared", right, result)
        if known not in solver.memo:
            solver.memo[known] = 1
            solver.store.watch(right, _on_compared_plainly, solver, result)
    elif item.kind is Kind.FOREIGN:
        operate_outside(solver, value, method, right, result)


def _on_compared_plainly(watcher: Any, value: int) -> None:
    _, solver, result = watcher
    if _is_known(solver, value):
        solver.store.add(result, solver.foreign("builtins.bool"))


def _is_known(solver: Solver, value: int) -> bool:
    """Whether stubs know all that an object is: then an operator gives no array."""
    item = solver.all[value]
    match item.kind:
        case Kind.FOREIGN:
            return bool(solver.library.mro(cast(str, item.a)))
        case Kind.INSTANCE:
            return all(
                bool(solver.library.mro(cls))
                for cls in solver.definitions.order(cast(Ref, item.a))
                if isinstance(cls, str)
            )
        case Kind.EXTERNAL:
            return False  # A constant of a library may be anything, an array, too.
    return True


_ORDERINGS = ("__lt__", "__le__", "__gt__", "__ge__")


def _on_searched(watcher: Any, value: int) -> None:
    """`x in [y]` compares, `x in {y}` hashes first."""
    _, solver, left, origin = watcher
    item = solver.all[value]
    if item.kind is Kind.FOREIGN and item.a in SEARCHED:
        methods = ("__eq__",) if item.a in SEQUENCES else ("__hash__", "__eq__")
        watch_key(solver, left, methods, origin)


def _on_compared(watcher: Any, value: int) -> None:
    _, solver, method, left, origin, result = watcher
    if solver.all[value].kind is Kind.INSTANCE and (
        has(solver, value, method) or (method == "__ne__" and has(solver, value, "__eq__"))
    ):
        solver.store.watch(left, _on_compared_with, solver, value, method, left, origin, result)


def _on_compared_with(watcher: Any, other: int) -> None:
    _, solver, value, method, left, origin, result = watcher
    item = solver.all[other]
    if item.kind is Kind.INSTANCE and (
        has(solver, other, _REFLECTED[method])
        or (method == "__ne__" and has(solver, other, "__eq__"))
    ):
        return
    run_protocol(solver, value, method, Args((left,)), origin, result)

"""Calls that nobody writes: operators, items, iteration, comparison, `with`, `await`."""

from __future__ import annotations

from typing import Any, cast

from tracer.model.graph import SiteKind
from tracer.static.flat import DEFINED, NAME
from tracer.static.solving.classes import (
    dataclass_fields,
    foreign_base,
    holding,
    is_enum,
    is_named_tuple,
    metaclass,
    text,
)
from tracer.static.solving.code import Code
from tracer.static.solving.containers import scatter, slice_of
from tracer.static.solving.engine import NO_ARGS, Args, ConstantKey, Origin, SliceKey, Solver
from tracer.static.solving.members import (
    call_dunder,
    class_variable,
    find_member,
    has_member,
    instance_view,
)
from tracer.static.solving.objects import NUMBERS, Kind, Ref
from tracer.static.solving.outside import (
    enter_outside,
    external_item,
    item_outside,
    iterate_outside,
    operate_outside,
)

_REFLECTED = {
    "__lt__": "__gt__",
    "__gt__": "__lt__",
    "__le__": "__ge__",
    "__ge__": "__le__",
    "__eq__": "__eq__",
    "__ne__": "__ne__",
}
_FALLBACKS = {
    # What the interpreter asks next where a class lacks the method.
    "__bool__": ("__len__",),
    "__str__": ("__repr__",),
    "__format__": ("__str__", "__repr__"),
    "__ne__": ("__eq__",),
    "__int__": ("__index__", "__trunc__"),
    "__float__": ("__index__",),
    "__complex__": ("__float__", "__index__"),
    "__bytes__": ("__index__",),
    "__iter__": ("__getitem__",),
    "__contains__": ("__iter__", "__getitem__"),
}


def run_protocol(
    solver: Solver, value: int, method: str, args: Args, origin: Origin, result: int = -1
) -> bool:
    """Run a special method of an object of the tree, or what stands in for it.

    Returns:
        Whether there is one.
    """
    if call_dunder(solver, value, method, args, origin, result):
        return True
    if method == "__reversed__":
        found = call_dunder(solver, value, "__len__", NO_ARGS, origin)
        args = _fallback_args(solver, "__getitem__", args)
        return call_dunder(solver, value, "__getitem__", args, origin, result) or found
    for other in _FALLBACKS.get(method, ()):
        if other == "__iter__" and method == "__contains__":
            element = solver.store.variable()
            if has(solver, value, "__iter__"):
                iterate(solver, value, element, origin)
                return True
            continue
        answer = result if other in ("__eq__", "__str__", "__repr__") else -1
        if call_dunder(solver, value, other, _fallback_args(solver, other, args), origin, answer):
            return True
    return False


def has(solver: Solver, value: int, method: str) -> bool:
    """Whether an object of the tree may have a special method of the tree."""
    item = solver.all[value]
    return item.kind is Kind.INSTANCE and has_member(
        solver, cast(Ref, item.a), cast(bool, item.b), method
    )


def iterate(
    solver: Solver, value: int, element: int, origin: Origin | None, is_async: bool = False
) -> None:
    """Let a variable hold what iteration over an object gives."""
    item = solver.all[value]
    store = solver.store
    match item.kind:
        case Kind.FOREIGN:
            _iterate_foreign(solver, value, element)
        case Kind.GENERATOR:
            store.copy(solver.codes[cast(int, item.a) - 1].yielded, element)
        case Kind.STRING:
            store.add(element, solver.foreign("builtins.str"))
        case Kind.CLASS:
            ref = cast(Ref, item.a)
            if is_enum(solver, ref):
                store.add(element, solver.instance(ref))
            else:
                made_by = metaclass(solver, ref)
                if made_by is not None and origin is not None:
                    made = store.variable()
                    meta = solver.instance(made_by, False)
                    if call_dunder(solver, meta, "__iter__", NO_ARGS, origin, made):
                        store.watch(made, _on_iterator, solver, element, origin, "__next__")
        case Kind.INSTANCE:
            first, then = ("__aiter__", "__anext__") if is_async else ("__iter__", "__next__")
            if has(solver, value, first):
                made = store.variable()
                place = origin or _nowhere(solver, value)
                call_dunder(solver, value, first, NO_ARGS, place, made)
                store.watch(made, _on_iterator, solver, element, place, then)
            elif not is_async and has(solver, value, "__getitem__"):
                call_dunder(
                    solver,
                    value,
                    "__getitem__",
                    Args((holding(solver, solver.foreign("builtins.int")),)),
                    origin or _nowhere(solver, value),
                    element,
                )
            else:
                base = foreign_base(solver, cast(Ref, item.a))
                if base:
                    if is_named_tuple(solver, cast(Ref, item.a)):
                        for name in dataclass_fields(solver, cast(Ref, item.a)):
                            store.copy(solver.named("field", item.a, name), element)
                    _iterate_foreign(solver, base, element)
                view = instance_view(solver, cast(Ref, item.a), cast(bool, item.b), "__iter__")
                if view.is_from_outside:
                    return


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
        store.watch(right, _on_protocol, solver, method, Args((left,)), origin, result)
        store.watch(right, _on_searched, solver, left, origin)
        return
    store.watch(left, _on_ordered, solver, method, right, origin, result)
    store.watch(right, _on_compared, solver, _REFLECTED[method], left, origin, result)


def get_item(
    solver: Solver, base: int, key: int, constant: ConstantKey, result: int, origin: Origin
) -> None:
    """Read `base[key]`."""
    solver.store.watch(base, _on_item, solver, key, constant, result, origin)


def set_item(
    solver: Solver, value: int, key: int, constant: ConstantKey, stored: int, origin: Origin
) -> None:
    """Store into an item of an object."""
    item = solver.all[value]
    if item.kind is Kind.FOREIGN and item.b:
        box = solver.boxes[cast(int, item.b)]
        if isinstance(constant, SliceKey):
            scatter(solver, value)
            solver.store.watch(stored, _on_extended, solver, value, origin)
        elif constant is None:
            solver.store.copy(stored, box.loose)
        else:
            solver.store.copy(stored, solver.item_of(box, constant))
        if key >= 0 and box.type_name in ("builtins.dict", "collections.defaultdict"):
            solver.store.copy(key, solver.argument_of(box, 0))
    elif item.kind is Kind.INSTANCE:
        at = key if key >= 0 else solver.named("text")
        if not call_dunder(solver, value, "__setitem__", Args((at, stored)), origin):
            solver.store.copy(stored, solver.named("items", item.a))


def enter(
    solver: Solver, code: Code, value: int, result: int, origin: Origin | None, is_async: bool
) -> None:
    """Let a variable hold what `with value as` binds."""
    item = solver.all[value]
    store = solver.store
    match item.kind:
        case Kind.INSTANCE:
            name = "__aenter__" if is_async else "__enter__"
            view = instance_view(solver, cast(Ref, item.a), cast(bool, item.b), name)
            made = store.variable() if is_async else result
            store.watch(view.variable, _on_enter, solver, code, origin, made)
            if is_async:
                store.watch(made, _on_awaited, solver, result, origin)
        case Kind.CONTEXT:
            store.copy(solver.codes[cast(int, item.a) - 1].yielded, result)
        case Kind.FOREIGN:
            enter_outside(solver, value, result, is_async)


def leave(solver: Solver, value: int, origin: Origin, is_async: bool) -> None:
    """Run what `with` runs at its end."""
    name = "__aexit__" if is_async else "__exit__"
    some = solver.named("exception")
    call_dunder(solver, value, name, Args((some, some, some)), origin)


def await_(solver: Solver, value: int, result: int, origin: Origin | None) -> None:
    """Let a variable hold what `await value` gives."""
    item = solver.all[value]
    store = solver.store
    match item.kind:
        case Kind.COROUTINE:
            store.copy(solver.codes[cast(int, item.a) - 1].returned, result)
        case Kind.FOREIGN:
            if item.b:
                box = solver.boxes[cast(int, item.b)]
                # `Coroutine[send, yield, return]`; futures and awaitables have one argument.
                index = 2 if box.type_name.endswith("Coroutine") else 0
                store.copy(solver.argument_of(box, index), result)
        case Kind.INSTANCE:
            if origin is not None:
                made = store.variable()
                if call_dunder(solver, value, "__await__", NO_ARGS, origin, made):
                    store.watch(made, _on_delegated, solver, result)


def delegate(solver: Solver, base: int, result: int) -> None:
    """Let a variable hold what `yield from base` gives: what the generator returns."""
    solver.store.watch(base, _on_delegated, solver, result)


def text_origin(ref: Ref, span: int) -> Origin:
    """The place of a conversion to text, truth or number."""
    return (ref, SiteKind.BUILTIN_PROTOCOL.value, span)


def _iterate_foreign(solver: Solver, value: int, element: int) -> None:
    item = solver.all[value]
    dotted = cast(str, item.a)
    if item.b:
        box = solver.boxes[cast(int, item.b)]
        if dotted == "builtins.dict":
            solver.store.copy(solver.argument_of(box, 0), element)
            for key in box.items:
                if isinstance(key, str):
                    solver.store.add(element, text(solver, key))
            box.on_item.append(_KeyReader(solver, element))
            return
        if dotted in _SIMPLE:
            solver.store.copy(solver.elements_of(box), element)
            return
    iterate_outside(solver, value, element)


_SIMPLE = frozenset(
    (
        "builtins.list", "builtins.tuple", "builtins.set", "builtins.frozenset",
        "builtins.generator", "collections.deque", "typing.Iterable", "typing.Iterator",
        "typing.Sequence", "typing.Collection", "typing.AbstractSet", "typing.Generator",
        "typing.AsyncIterator", "typing.AsyncIterable", "typing.AsyncGenerator", "typing.Set",
    )
)  # fmt: skip


class _KeyReader:
    """Hands on the keys of a dict that become known later."""

    def __init__(self, solver: Solver, element: int) -> None:
        self._solver = solver
        self._element = element

    def __call__(self, key: str | int, variable: int) -> None:
        if isinstance(key, str):
            self._solver.store.add(self._element, text(self._solver, key))


def _nowhere(solver: Solver, value: int) -> Origin:
    ref = cast(Ref, solver.all[value].a)
    return (ref, "nowhere", 0)


def _fallback_args(solver: Solver, method: str, args: Args) -> Args:
    if method == "__getitem__":
        return Args((holding(solver, solver.foreign("builtins.int")),))
    return args if method in ("__eq__",) else NO_ARGS


def _on_iterator(watcher: Any, value: int) -> None:
    _, solver, element, origin, then = watcher
    item = solver.all[value]
    if item.kind is Kind.INSTANCE and has(solver, value, then):
        if then == "__anext__":
            made = solver.store.variable()
            call_dunder(solver, value, then, NO_ARGS, origin, made)
            solver.store.watch(made, _on_awaited, solver, element, None)
        else:
            call_dunder(solver, value, then, NO_ARGS, origin, element)
    elif item.kind is not Kind.INSTANCE:
        iterate(solver, value, element, origin)


def _on_awaited(watcher: Any, value: int) -> None:
    _, solver, result, origin = watcher
    await_(solver, value, result, origin)


def _on_delegated(watcher: Any, value: int) -> None:
    _, solver, result = watcher
    item = solver.all[value]
    if item.kind is Kind.GENERATOR:
        solver.store.copy(solver.codes[cast(int, item.a) - 1].returned, result)


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
            solver.store.watch(right, _on_extended, solver, value, origin)
    elif item.kind is Kind.CLASS and method == "__or__":
        return


def _on_number(watcher: Any, value: int) -> None:
    """`2 * x` is a number where `x` is known to be no array."""
    _, solver, number, method, result = watcher
    if _is_known(solver, value):
        operate_outside(solver, number, method, -1, result)


def _on_extended(watcher: Any, value: int) -> None:
    """`found += words`: a list takes what iteration gives."""
    _, solver, target, origin = watcher
    box = solver.boxes[cast(int, solver.all[target].b)]
    if box.number:
        iterate(solver, value, box.loose, origin)


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


def _on_protocol(watcher: Any, value: int) -> None:
    _, solver, method, args, origin, result = watcher
    if solver.all[value].kind is Kind.INSTANCE:
        run_protocol(solver, value, method, args, origin, result)


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
    if item.kind is Kind.FOREIGN and item.a in _SEARCHED:
        methods = ("__eq__",) if item.a in _SEQUENCES else ("__hash__", "__eq__")
        _watch_key(solver, left, methods, origin)


def _watch_key(solver: Solver, key: int, methods: tuple[str, ...], origin: Origin) -> None:
    """Ask what is a key for its methods: once a place, however many containers arrive there."""
    known = ("key", key, methods, origin)
    if known not in solver.memo:
        solver.memo[known] = 1
        solver.store.watch(key, _on_key, solver, methods, origin)


def _on_key(watcher: Any, value: int) -> None:
    _, solver, methods, origin = watcher
    if solver.all[value].kind is Kind.INSTANCE:
        for method in methods:
            call_dunder(
                solver,
                value,
                method,
                Args((solver.named("text"),)) if method == "__eq__" else NO_ARGS,
                origin,
            )


_SEQUENCES = frozenset(("builtins.list", "builtins.tuple"))
_SEARCHED = _SEQUENCES | {"builtins.set", "builtins.frozenset", "builtins.dict"}


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


def _on_item(watcher: Any, value: int) -> None:
    _, solver, key, constant, result, origin = watcher
    item = solver.all[value]
    store = solver.store
    match item.kind:
        case Kind.FOREIGN:
            if key >= 0 and cast(str, item.a) in _SEARCHED:
                methods = ("__index__",) if item.a in _SEQUENCES else ("__hash__", "__eq__")
                _watch_key(solver, key, methods, origin)
            if item.b and cast(str, item.a) in _INDEXED:
                box = solver.boxes[cast(int, item.b)]
                if isinstance(constant, SliceKey):
                    store.add(result, slice_of(solver, box, constant.start, result))
                elif constant is None:
                    store.copy(solver.elements_of(box), result)
                else:
                    store.copy(solver.item_of(box, constant), result)
                    store.copy(box.loose, result)
            else:
                item_outside(solver, value, key, constant, result)
        case Kind.STRING:
            store.add(result, solver.foreign("builtins.str"))
        case Kind.CLASS:
            ref = cast(Ref, item.a)
            made_by = metaclass(solver, ref)
            if made_by is not None and call_dunder(
                solver,
                solver.instance(made_by, False),
                "__getitem__",
                Args((key,)),
                origin,
                result,
            ):
                return
            if is_enum(solver, ref):
                store.add(result, solver.instance(ref))
                return
            owner, _ = find_member(solver, solver.definitions.order(ref), "__class_getitem__")
            if owner is None:
                store.add(result, value)  # `Generic[T]`
            else:
                method = class_variable(solver, owner, "__class_getitem__")
                at = key if key >= 0 else solver.named("text")
                store.watch(method, _on_class_item, solver, value, at, result, origin)
        case Kind.INSTANCE:
            at = key if key >= 0 else solver.named("text")
            if not call_dunder(solver, value, "__getitem__", Args((at,)), origin, result):
                call_dunder(solver, value, "__missing__", Args((at,)), origin, result)
                store.copy(solver.named("items", item.a), result)
                if is_named_tuple(solver, cast(Ref, item.a)) and isinstance(constant, int):
                    names = dataclass_fields(solver, cast(Ref, item.a))
                    if 0 <= constant < len(names):
                        store.copy(solver.named("field", item.a, names[constant]), result)
                base = foreign_base(solver, cast(Ref, item.a))
                if base:
                    item_outside(solver, base, key, constant, result)
        case Kind.EXTERNAL:
            external_item(solver, cast(str, item.a), constant, result)


def _on_class_item(watcher: Any, function: int) -> None:
    _, solver, cls, key, result, origin = watcher
    item = solver.all[function]
    if item.kind is Kind.CLASSMETHOD:
        function = cast(int, item.a)
    bound = solver.objects.number(Kind.BOUND, function, cls)
    solver.apply(solver, None, origin, bound, Args((key,)), result)


def _on_enter(watcher: Any, method: int) -> None:
    _, solver, code, origin, result = watcher
    if origin is not None:
        solver.apply(solver, code, origin, method, NO_ARGS, result)


_INDEXED = frozenset(
    (
        "builtins.list", "builtins.tuple", "builtins.dict", "collections.defaultdict",
        "collections.OrderedDict", "collections.deque", "typing.Sequence", "typing.Mapping",
        "typing.MutableMapping", "typing.MutableSequence",
    )
)  # fmt: skip

"""Items: `base[key]`, read and stored."""

from __future__ import annotations

from typing import Any, cast

from tracer.static.solving.classes import (
    dataclass_fields,
    foreign_base,
    is_enum,
    is_named_tuple,
    metaclass,
)
from tracer.static.solving.containers import scatter, slice_of
from tracer.static.solving.engine import Solver
from tracer.static.solving.foreign import external_item, item_outside
from tracer.static.solving.implicit import SEARCHED, SEQUENCES, on_extended, watch_key
from tracer.static.solving.lookup import class_variable, find_member
from tracer.static.solving.member_views import call_dunder
from tracer.static.solving.objects import Kind, Ref
from tracer.static.solving.terms import Args, ConstantKey, Origin, SliceKey


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
            solver.store.watch(stored, on_extended, solver, value, origin)
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


def _on_item(watcher: Any, value: int) -> None:
    _, solver, key, constant, result, origin = watcher
    item = solver.all[value]
    store = solver.store
    match item.kind:
        case Kind.FOREIGN:
            if key >= 0 and cast(str, item.a) in SEARCHED:
                methods = ("__index__",) if item.a in SEQUENCES else ("__hash__", "__eq__")
                watch_key(solver, key, methods, origin)
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


_INDEXED = frozenset(
    (
        "builtins.list", "builtins.tuple", "builtins.dict", "collections.defaultdict",
        "collections.OrderedDict", "collections.deque", "typing.Sequence", "typing.Mapping",
        "typing.MutableMapping", "typing.MutableSequence",
    )
)  # fmt: skip

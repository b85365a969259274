"""The objects that a type expression allows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from tracer.static.flat import TypeTree
from tracer.static.solving.ancestry import ancestry
from tracer.static.solving.classes import canonical_class, implement, is_protocol
from tracer.static.solving.engine import Solver
from tracer.static.solving.objects import NONE, Kind, Ref

_DEEPEST = 12
_TRANSPARENT = frozenset(
    (
        "Annotated", "Final", "ClassVar", "Required", "NotRequired", "ReadOnly", "InitVar",
        "Awaitable", "Unpack",
    )
)  # fmt: skip
_UNIONS = frozenset(("Optional", "Union"))
_NOTHING = frozenset(
    ("Callable", "Literal", "Any", "NoReturn", "Never", "TypeVar", "ParamSpec", "Concatenate")
)
_TYPING = ("typing.", "typing_extensions.", "collections.abc.", "dataclasses.")
_GENERIC_NAMES = {
    "typing.List": "builtins.list",
    "typing.Dict": "builtins.dict",
    "typing.Set": "builtins.set",
    "typing.FrozenSet": "builtins.frozenset",
    "typing.Tuple": "builtins.tuple",
    "typing.Type": "builtins.type",
    "typing.DefaultDict": "collections.defaultdict",
    "typing.OrderedDict": "collections.OrderedDict",
    "typing.Deque": "collections.deque",
    "typing.Counter": "collections.Counter",
    "typing.Text": "builtins.str",
    "typing.Pattern": "re.Pattern",
    "typing.Match": "re.Match",
}


def allow(
    solver: Solver,
    ref: Ref,
    tree: TypeTree,
    variable: int,
    place: tuple[object, ...],
    depth: int = 0,
) -> bool:
    """Put into a variable what a type expression of a scope allows.

    Args:
        place: What names this annotation; containers that it mentions are one object each.

    Returns:
        Whether the expression names a class.
    """
    if depth > _DEEPEST:
        return False
    match tree[0]:
        case "none":
            solver.store.add(variable, NONE)
            return False
        case "name" | "attr":
            if (tree[0] == "name" and tree[1] == "Self") or tree[-1] == "Self":
                return _own_class(solver, ref, variable)
            number = solver.definitions.tree(ref, tree)
            alias = None
            if not number or solver.all[number].kind is Kind.FUNCTION:
                alias = solver.definitions.alias(ref, tree)
            if alias is not None:
                return allow(solver, alias[0], alias[1], variable, place, depth + 1)
            return _named(solver, number, variable, place)
        case "or":
            left = allow(solver, ref, cast(TypeTree, tree[1]), variable, (*place, 0), depth + 1)
            right = allow(solver, ref, cast(TypeTree, tree[2]), variable, (*place, 1), depth + 1)
            return left or right
        case "group":
            found = False
            for index, inner in enumerate(cast("tuple[TypeTree, ...]", tree[1])):
                found |= allow(solver, ref, inner, variable, (*place, index), depth + 1)
            return found
        case "item":
            return _subscripted(solver, ref, tree, variable, place, depth)
    return False


def classes_of(solver: Solver, ref: Ref, tree: TypeTree, depth: int = 0) -> list[Ref | str]:
    """The classes that a type expression names, for `isinstance`: of the tree, or dotted names."""
    if depth > _DEEPEST:
        return []
    match tree[0]:
        case "group":
            inner = cast("tuple[TypeTree, ...]", tree[1])
            return [cls for one in inner for cls in classes_of(solver, ref, one, depth + 1)]
        case "or":
            return [
                *classes_of(solver, ref, cast(TypeTree, tree[1]), depth + 1),
                *classes_of(solver, ref, cast(TypeTree, tree[2]), depth + 1),
            ]
        case "name" | "attr" | "item":
            item = solver.all[solver.definitions.tree(ref, tree)]
            if item.kind is Kind.CLASS:
                return [cast(Ref, item.a)]
            if item.kind is Kind.EXTERNAL and item.a != "?":
                return [canonical_class(solver, cast(str, item.a))]
            alias = solver.definitions.alias(ref, tree)
            if alias is not None:
                return classes_of(solver, alias[0], alias[1], depth + 1)
    return []


def allowed_classes(
    solver: Solver, ref: Ref, tree: TypeTree, depth: int = 0
) -> tuple[Ref | str, ...] | None:
    """The classes that a type expression allows; None where it may allow anything.

    Callables, protocols, type variables and `Any` allow anything, as far as is judged here.
    """
    if depth > _DEEPEST:
        return None
    match tree[0]:
        case "none":
            return ()
        case "or":
            parts = [cast(TypeTree, tree[1]), cast(TypeTree, tree[2])]
            return _all_allowed(solver, ref, parts, depth)
        case "item":
            base = cast(TypeTree, tree[1])
            arguments = cast("tuple[TypeTree, ...]", tree[2])
            item = solver.all[solver.definitions.tree(ref, base)]
            if item.kind is Kind.EXTERNAL and str(item.a).startswith(_TYPING):
                name = str(item.a).rpartition(".")[2]
                if name in _UNIONS:
                    found = _all_allowed(solver, ref, arguments, depth)
                    return found
                if name in _TRANSPARENT and arguments:
                    return allowed_classes(solver, ref, arguments[0], depth + 1)
                if name in _NOTHING or name in ("Type", "ClassVar"):
                    return None
            if item.kind is Kind.EXTERNAL and item.a == "builtins.type":
                return None
            return allowed_classes(solver, ref, base, depth + 1)
        case "name" | "attr":
            number = solver.definitions.tree(ref, tree)
            item = solver.all[number]
            if item.kind is Kind.CLASS:
                cls = cast(Ref, item.a)
                if "?" in solver.definitions.order(cls) or is_protocol(solver, cls):
                    return None
                return (cls,)
            if item.kind is Kind.EXTERNAL and number:
                dotted = _GENERIC_NAMES.get(cast(str, item.a), cast(str, item.a))
                canonical = canonical_class(solver, dotted)
                if not ancestry(solver, canonical) or canonical in _ANYTHING:
                    return None
                if canonical.rpartition(".")[2] in _NOTHING:
                    return None
                return (canonical,)
            alias = solver.definitions.alias(ref, tree)
            if alias is not None:
                return allowed_classes(solver, alias[0], alias[1], depth + 1)
    return None


def is_result_limited(solver: Solver, ref: Ref) -> bool:
    """Whether the annotation of a function says of what classes its result is."""
    scope = solver.flat(ref)
    tree, around = scope.returns_annotation, (ref[0], scope.parent)
    return tree is not None and allowed_classes(solver, around, tree) is not None


def _all_allowed(
    solver: Solver, ref: Ref, trees: Sequence[TypeTree], depth: int
) -> tuple[Ref | str, ...] | None:
    found: list[Ref | str] = []
    for tree in trees:
        inner = allowed_classes(solver, ref, tree, depth + 1)
        if inner is None:
            return None
        found.extend(inner)
    return tuple(found)


_ANYTHING = frozenset(
    (
        "builtins.object", "builtins.type", "builtins.callable", "typing.Callable",
        "types.FunctionType", "types.MethodType", "types.ModuleType", "typing.Any",
    )
)  # fmt: skip


def _named(solver: Solver, number: int, variable: int, place: tuple[object, ...]) -> bool:
    item = solver.all[number]
    if item.kind is Kind.CLASS:
        solver.store.add(variable, solver.instance(cast(Ref, item.a), False))
        implement(solver, cast(Ref, item.a), variable)
        return True
    if item.kind is Kind.EXTERNAL and number:
        dotted = cast(str, item.a)
        name = dotted.rpartition(".")[2]
        dotted = _GENERIC_NAMES.get(dotted, dotted)
        if dotted in ("builtins.object", "builtins.type", "builtins.callable"):
            return False
        if dotted.startswith(_TYPING) and (
            name in _NOTHING or name in _TRANSPARENT or name in _UNIONS
        ):
            return False
        canonical = canonical_class(solver, dotted)
        del place
        solver.store.add(variable, solver.foreign(canonical))
        return True
    return False


def _own_class(solver: Solver, ref: Ref, variable: int) -> bool:
    while True:
        scope = solver.flat(ref)
        if scope.kind == "class body":
            solver.store.add(variable, solver.instance(ref, False))
            return True
        if scope.parent < 0:
            return False
        ref = (ref[0], scope.parent)


def _subscripted(
    solver: Solver,
    ref: Ref,
    tree: TypeTree,
    variable: int,
    place: tuple[object, ...],
    depth: int,
) -> bool:
    base = cast(TypeTree, tree[1])
    arguments = cast("tuple[TypeTree, ...]", tree[2])
    number = solver.definitions.tree(ref, base)
    item = solver.all[number]
    if item.kind is Kind.CLASS:
        cls = cast(Ref, item.a)
        solver.store.add(variable, solver.instance(cls, False))
        implement(solver, cls, variable)
        return True
    if item.kind is not Kind.EXTERNAL or not number:
        alias = solver.definitions.alias(ref, base)
        if alias is not None:
            return allow(solver, alias[0], alias[1], variable, place, depth + 1)
        return False
    dotted = cast(str, item.a)
    name = dotted.rpartition(".")[2]
    if dotted.startswith(_TYPING):
        if name in _UNIONS:
            found = False
            if name == "Optional":
                solver.store.add(variable, NONE)
            for index, argument in enumerate(arguments):
                found |= allow(solver, ref, argument, variable, (*place, index), depth + 1)
            return found
        if name in _TRANSPARENT:
            return bool(arguments) and allow(
                solver, ref, arguments[0], variable, (*place, "0"), depth + 1
            )
        if name in _NOTHING:
            return False
    dotted = _GENERIC_NAMES.get(dotted, dotted)
    if dotted == "builtins.type":
        found = False
        for argument in arguments[:1]:
            inner = solver.named("type argument", *place)
            found = allow(solver, ref, argument, inner, (*place, "type"), depth + 1)
            solver.store.watch(inner, _on_type_argument, solver, variable)
        return found
    canonical = canonical_class(solver, dotted)
    box = solver.box(canonical, "annotated", *place, depth)
    if canonical == "builtins.tuple":
        if len(arguments) == 2 and arguments[1][0] == "...":
            allow(solver, ref, arguments[0], box.loose, (*place, 0), depth + 1)
        else:
            for index, argument in enumerate(arguments):
                target = solver.item_of(box, index)
                allow(solver, ref, argument, target, (*place, index), depth + 1)
    else:
        for index, argument in enumerate(arguments):
            target = solver.content_of(box, index)
            allow(solver, ref, argument, target, (*place, index), depth + 1)
    solver.store.add(variable, solver.foreign(canonical, box))
    return True


def _on_type_argument(watcher: object, value: int) -> None:
    _, solver, variable = cast("tuple[object, Solver, int]", watcher)
    item = solver.all[value]
    if item.kind is Kind.INSTANCE:
        solver.store.add(variable, solver.objects.number(Kind.CLASS, item.a, False))
    elif item.kind is Kind.FOREIGN:
        solver.store.add(variable, solver.external(cast(str, item.a)))

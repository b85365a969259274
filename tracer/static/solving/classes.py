"""What kind of class a class is: metaclasses, enumerations, dataclasses, named tuples."""

from __future__ import annotations

from typing import Any, cast

from tracer.model.source import FunctionKind
from tracer.static.flat import CALL, DEFINED, TypeTree
from tracer.static.solving.code import Code
from tracer.static.solving.definitions import UNKNOWN_BASE
from tracer.static.solving.engine import Solver
from tracer.static.solving.objects import Kind, Ref

_ENUMS = frozenset(
    ("enum.Enum", "enum.IntEnum", "enum.Flag", "enum.IntFlag", "enum.StrEnum", "enum.ReprEnum")
)
_NAMED_TUPLES = frozenset(("typing.NamedTuple", "collections.namedtuple"))
_TYPED_DICTS = frozenset(("typing.TypedDict", "typing_extensions.TypedDict"))
_DATACLASS_LIKE = frozenset(("pydantic.BaseModel", "msgspec.Struct"))


def metaclass(solver: Solver, ref: Ref) -> Ref | None:
    """The metaclass of the tree that makes a class, where one does."""
    key = ("metaclass", ref)
    if key in solver.views:
        return cast("Ref | None", solver.views[key])
    solver.views[key] = None
    found: Ref | None = None
    for cls in solver.definitions.order(ref):
        if isinstance(cls, str):
            continue
        scope = solver.flat(cls)
        for name, node in scope.keywords:
            if name == "metaclass":
                item = solver.all[solver.definitions.node((cls[0], scope.parent), node)]
                if item.kind is Kind.CLASS:
                    found = cast(Ref, item.a)
        if found is not None:
            break
    solver.views[key] = found
    return found


def is_metaclass(solver: Solver, ref: Ref) -> bool:
    """Whether objects of the class are classes."""
    return "builtins.type" in solver.definitions.order(ref) or any(
        isinstance(base, str) and base in ("abc.ABCMeta", "enum.EnumMeta", "enum.EnumType")
        for base in solver.definitions.order(ref)
    )


def classes_with(solver: Solver, ref: Ref) -> list[Ref]:
    """The classes that a metaclass makes."""
    return [
        cls
        for cls in solver.program.classes
        if (made := metaclass(solver, cls)) is not None and ref in solver.definitions.order(made)
    ]


def is_enum(solver: Solver, ref: Ref) -> bool:
    """Whether a class is an enumeration."""
    return _among(solver, "enum", ref, _ENUMS)


def is_named_tuple(solver: Solver, ref: Ref) -> bool:
    """Whether a class is a named tuple with annotated fields."""
    return _among(solver, "named tuple", ref, _NAMED_TUPLES)


def is_typed_dict(solver: Solver, ref: Ref) -> bool:
    """Whether objects of a class are plain dicts."""
    return _among(solver, "typed dict", ref, _TYPED_DICTS)


def is_dataclass(solver: Solver, ref: Ref) -> bool:
    """Whether a class has an `__init__` that is made from its fields."""
    key = ("is dataclass", ref)
    known = solver.views.get(key)
    if known is None:
        known = any(
            "dataclass" in solver.definitions.roles(cls)
            for cls in solver.definitions.order(ref)
            if not isinstance(cls, str)
        ) or _among(solver, "model", ref, _DATACLASS_LIKE)
        solver.views[key] = known
    return cast(bool, known)


def generated_maker(solver: Solver, ref: Ref) -> str:
    """What makes an object where no `__init__` in source does; nothing where `object` does."""
    dotted = solver.program.dotted(ref)
    if is_enum(solver, ref):
        return f"a member of `{dotted}` is looked up"
    if is_typed_dict(solver, ref):
        return f"`{dotted}` makes a plain dict"
    if is_named_tuple(solver, ref):
        return f"`{dotted}.__new__` is made from the fields"
    if _generating(solver, ref) is not None:
        return f"`{dotted}.__init__` is made from the fields"
    return ""


def is_overridden(solver: Solver, ref: Ref, starter: Ref | None) -> bool:
    """Whether an `__init__` in source comes before the one that would be generated."""
    if starter is None:
        return False
    generating = _generating(solver, ref)
    order = solver.definitions.order(ref)
    return generating is None or order.index(starter) <= order.index(generating)


def _generating(solver: Solver, ref: Ref) -> Ref | None:
    """The first class of the order whose decorator makes an `__init__`, unless told `init=…`."""
    for cls in solver.definitions.order(ref):
        if isinstance(cls, str) or "dataclass" not in solver.definitions.roles(cls):
            continue
        around = solver.flat((cls[0], solver.flat(cls).parent))
        calls = [around.nodes[node] for node in solver.flat(cls).decorators]
        if not any(
            name == "init"
            for parts in calls
            if parts[0] == CALL
            for name, _, _ in around.sites[cast(int, parts[1])][4]
        ):
            return cls
    return None


def dataclass_fields(solver: Solver, ref: Ref) -> tuple[str, ...]:
    """The fields of a dataclass or named tuple in the order of its `__init__`."""
    key = ("fields", ref)
    known = solver.views.get(key)
    if known is None:
        names: dict[str, None] = {}
        for cls in reversed(solver.definitions.order(ref)):
            if isinstance(cls, str):
                continue
            scope = solver.flat(cls)
            for name, node, annotation, _ in scope.bindings:
                if annotation is None:
                    if scope.nodes[node][0] == CALL and is_field(solver, cls, node):
                        names[name] = None
                elif not _is_class_variable(annotation):
                    names[name] = None
        known = solver.views[key] = tuple(names)
    return cast("tuple[str, ...]", known)


def canonical_class(solver: Solver, dotted: str) -> str:
    """The usual name of a class: as stubs spell it, or canonical by the table, or as written."""
    symbol = solver.library.symbol(dotted)
    if symbol is not None and symbol.kind == "class":
        return cast(str, symbol.dotted)
    if symbol is not None and symbol.type is not None and symbol.type[0] == "Y":
        inner = symbol.type[1]
        if inner[0] == "C":
            return cast(str, inner[1])
    canonical = solver.table.canonical(dotted)
    return canonical if canonical.startswith(("builtins.", "typing.")) else dotted


def is_field(solver: Solver, ref: Ref, node: int) -> bool:
    """Whether a class attribute is made by `field()` or its like."""
    scope = solver.flat(ref)
    callee = scope.sites[cast(int, scope.nodes[node][1])][2]
    item = solver.all[solver.definitions.node(ref, callee)]
    return item.kind is Kind.EXTERNAL and item.a in solver.table.field_makers


def holding(solver: Solver, value: int) -> int:
    """A variable that holds just this."""
    variable = solver.named("holding", value)
    solver.store.add(variable, value)
    return variable


def result_of(solver: Solver, code: Code, number: int) -> int:
    """The variable of what a site gives."""
    node = code.template.calls.get(number)
    return solver.named("result", code.number, number) if node is None else code.variable(node)


def text(solver: Solver, value: object) -> int:
    """The object of a constant string, where it may be a name; else 0."""
    if isinstance(value, str) and len(value) <= 60 and value.replace(".", "_").isidentifier():
        return solver.objects.number(Kind.STRING, value)
    return 0


def dotted_of(solver: Solver, value: int) -> str:
    """The dotted name of the class of an object from outside."""
    item = solver.all[value]
    match item.kind:
        case Kind.FOREIGN:
            return cast(str, item.a)
        case Kind.STRING:
            return "builtins.str"
        case Kind.GENERATOR:
            return "typing.AsyncGenerator" if item.b else "typing.Generator"
        case Kind.COROUTINE:
            return "typing.Coroutine"
        case Kind.CONTEXT:
            return "contextlib._GeneratorContextManager"
        case Kind.EXTERNAL:
            return cast(str, item.a)
        case Kind.METHOD:
            return f"{dotted_of(solver, cast(int, item.a))}.{item.b}"
    return "?"


def foreign_base(solver: Solver, ref: Ref) -> int:
    """An object of the first base from outside, where a class has one; else 0."""
    for cls in solver.definitions.order(ref):
        if isinstance(cls, str) and cls != UNKNOWN_BASE:
            return solver.foreign(cls)
    return 0


def is_implied(solver: Solver, callee: Code, receiver: int) -> bool:
    """Whether the first parameter of a method allows the receiver already."""
    scope = callee.scope
    if scope.kind != FunctionKind.METHOD.value or (callee.context and callee.context[0] < 0):
        return False
    if "static" in solver.definitions.roles(callee.ref):
        return False
    item = solver.all[receiver]
    if item.kind not in (Kind.INSTANCE, Kind.CLASS) or item.c:
        return False
    owner = (callee.ref[0], scope.parent)
    return owner in solver.definitions.order(cast(Ref, item.a)) and not (
        item.kind is Kind.CLASS and is_metaclass(solver, owner)
    )


def is_abstract_function(solver: Solver, ref: Ref) -> bool:
    """Whether a function is abstract, or a stub: its annotation is all that is known of it."""
    return "abstract" in solver.definitions.roles(ref)


def implement(solver: Solver, ref: Ref, variable: int) -> None:
    """An annotation that names a Protocol allows the classes that have its methods."""
    if not is_protocol(solver, ref):
        return
    key = ("implementers", ref)
    known = solver.views.get(key)
    if known is None:
        wanted = {
            name
            for name, node, _, _ in solver.flat(ref).bindings
            if solver.flat(ref).nodes[node][0] == DEFINED
        }
        found: list[Ref] = []
        if wanted:
            for cls in solver.program.classes:
                if cls == ref or "typing.Protocol" in _raw_bases(solver, cls):
                    continue
                order = [
                    base for base in solver.definitions.order(cls) if not isinstance(base, str)
                ]
                if all(
                    any(name in solver.definitions.members(base) for base in order)
                    for name in wanted
                ):
                    found.append(cls)
        known = solver.views[key] = tuple(found)
    for cls in cast("tuple[Ref, ...]", known):
        solver.store.add(variable, solver.instance(cls, False))


def is_protocol(solver: Solver, ref: Ref) -> bool:
    """Whether a class is a Protocol, which other classes need not name to fit it."""
    key = ("is protocol", ref)
    known = solver.views.get(key)
    if known is None:
        known = solver.views[key] = "typing.Protocol" in _raw_bases(solver, ref)
    return cast(bool, known)


def _raw_bases(solver: Solver, ref: Ref) -> set[object]:
    scope = solver.flat(ref)
    around = (ref[0], scope.parent)
    found = {solver.all[solver.definitions.node(around, base)].a for base in scope.bases}
    if "typing_extensions.Protocol" in found:
        found.add("typing.Protocol")
    return found


def _among(solver: Solver, what: str, ref: Ref, names: frozenset[str]) -> bool:
    key = (what, ref)
    known = solver.views.get(key)
    if known is None:
        known = solver.views[key] = any(
            isinstance(base, str) and base in names for base in solver.definitions.order(ref)
        )
    return cast(bool, known)


def _is_class_variable(annotation: TypeTree) -> bool:
    tree: Any = annotation
    while tree[0] == "item":
        tree = tree[1]
    return bool(tree[-1] == "ClassVar")

"""From a type that stubs or tables give to the values that it stands for."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, cast

from tracer.static.outside.terms import Type
from tracer.static.solving.bags import given_bag
from tracer.static.solving.classes import text
from tracer.static.solving.code import Code
from tracer.static.solving.engine import Solver
from tracer.static.solving.kept import is_keeper
from tracer.static.solving.objects import NONE, Kind
from tracer.static.solving.terms import Args, Box, Origin
from tracer.tables.effects import TypeTemplate

DEEPEST = 8


@dataclass(eq=False, slots=True)
class Context:
    """One call of something outside: who receives it, and what its type variables hold."""

    origin: Origin
    code: Code | None
    through: str
    receiver: int = 0
    box: Box | None = None
    parameters: tuple[str, ...] = ()  # type parameters of the receiver's class
    variables: dict[str, int] = field(default_factory=dict)
    key: tuple[object, ...] = ()
    boxes: int = 0


def realize(solver: Solver, term: Type, context: Context, result: int, depth: int = 0) -> None:
    """Put into a variable what a type of the stubs allows."""
    if depth > DEEPEST:
        return
    store = solver.store
    match term[0]:
        case "C":
            dotted, arguments = term[1], term[2]
            if dotted in ("builtins.object",):
                return
            if not arguments:
                store.add(result, solver.foreign(dotted, _shared_box(solver, context, dotted)))
                return
            context.boxes += 1
            box = solver.box(dotted, "realized", context.key, context.boxes)
            for index, argument in enumerate(arguments):
                realize(solver, argument, context, solver.content_of(box, index), depth + 1)
            store.add(result, solver.foreign(dotted, box))
        case "T":
            context.boxes += 1
            box = solver.box("builtins.tuple", "realized", context.key, context.boxes)
            for index, item in enumerate(term[1]):
                realize(solver, item, context, solver.item_of(box, index), depth + 1)
            if term[2] is not None:
                realize(solver, term[2], context, box.loose, depth + 1)
            store.add(result, solver.foreign("builtins.tuple", box))
        case "V":
            source = variable_of(solver, context, term[1])
            if source >= 0:
                store.copy(source, result)
        case "S":
            if context.receiver:
                store.add(result, context.receiver)
        case "U":
            for one in term[1]:
                realize(solver, one, context, result, depth + 1)
        case "Y":
            if term[1][0] == "C":
                store.add(result, solver.external(term[1][1]))
            elif term[1][0] == "V":
                source = variable_of(solver, context, term[1][1])
                if source >= 0:
                    store.watch(source, _on_class_of, solver, result)
        case "N":
            store.add(result, NONE)
        case "L":
            if isinstance(term[1], str):
                store.add(result, text(solver, term[1]) or solver.foreign("builtins.str"))
            elif isinstance(term[1], bool):
                store.add(result, solver.foreign("builtins.bool"))
            else:
                store.add(result, solver.foreign("builtins.int"))


def realize_template(
    solver: Solver, template: TypeTemplate, context: Context, args: Args, result: int
) -> None:
    """Put into a variable what a type of the tables allows."""
    store, name = solver.store, template.name
    if name in ("None", "?"):
        return
    if name == "{self}":
        if context.receiver:
            store.add(result, context.receiver)
        return
    if name == "{item}":
        if context.box is not None:
            store.copy(solver.elements_of(context.box), result)
        return
    if name in ("{0}", "{1}"):
        if context.box is not None:
            store.copy(solver.argument_of(context.box, int(name[1])), result)
        return
    if name == "=0" or name.startswith("{element"):
        index = 0 if name == "=0" else int(name[-2])
        if index < len(args.positional):
            if name == "=0":
                store.copy(args.positional[index], result)
            else:
                store.watch(args.positional[index], on_iterable, solver, result, None)
        return
    if not template.arguments:
        store.add(result, solver.foreign(name, _shared_box(solver, context, name)))
        return
    context.boxes += 1
    box = solver.box(name, "table", context.key, context.boxes)
    for index, argument in enumerate(template.arguments):
        target = (
            solver.item_of(box, index)
            if name == "builtins.tuple" and len(template.arguments) > 1
            else solver.content_of(box, index)
        )
        realize_template(solver, argument, context, args, target)
    store.add(result, solver.foreign(name, box))


def context_of(
    solver: Solver,
    origin: Origin,
    code: Code | None,
    receiver: int,
    through: str,
    key: tuple[object, ...],
) -> Context:
    """The context of a call whose receiver may be an object from outside."""
    item = solver.all[receiver]
    box = solver.boxes[cast(int, item.b)] if item.kind is Kind.FOREIGN and item.b else None
    context = Context(origin, code, through, receiver, box, key=key)
    if box is not None:
        context.parameters = solver.library.type_parameters(box.type_name)
        if box.type_name == "builtins.generator":
            context.parameters = ("_YieldT_co",)
    elif item.kind is Kind.GENERATOR:
        code_ = solver.codes[cast(int, item.a) - 1]
        context.variables = {
            "_YieldT_co": code_.yielded,
            "_SendT_contra": code_.sent,
            "_SendT_nd_contra": code_.sent,
            "_ReturnT_co": code_.returned,
            "_ReturnT_nd_co": code_.returned,
        }
    return context


def variable_of(solver: Solver, context: Context, name: str, is_stored: bool = False) -> int:
    """The variable of a type variable: of the receiver's class, or of the call."""
    if name in context.parameters:
        if context.box is None:
            return -1
        index = context.parameters.index(name)
        held = 1 if len(context.parameters) > 1 and context.box.type_name in _DICTS else 0
        if is_stored and index == held and context.box.type_name in CONTAINERS:
            return context.box.loose
        return solver.argument_of(context.box, index)
    known = context.variables.get(name)
    if known is None:
        known = context.variables[name] = solver.named("type variable", context.key, name)
    return known


def is_generic(template: TypeTemplate) -> bool:
    """Whether a type is a container, or depends on the receiver or on what is passed."""
    if "{" in template.name or template.name == "=0" or template.name in CONTAINERS:
        return True
    return any(is_generic(argument) for argument in template.arguments)


def on_iterable(watcher: Any, value: int) -> None:
    """Watch a value whose elements a variable shall hold."""
    _, solver, element, origin = watcher
    solver.iterate(solver, value, element, origin)


def _shared_box(solver: Solver, context: Context, dotted: str) -> Box | None:
    """An object that keeps callables and comes from one that does belongs with it.

    What a group of a parser keeps, the parser calls.
    """
    box = context.box
    if box is None or not is_keeper(solver, box.type_name):
        return None
    if dotted in solver.table.bags:
        return given_bag(solver, dotted, box)
    return box if is_keeper(solver, dotted) else None


NOWHERE: Origin = ((0, 0), "nowhere", 0)
CONTAINERS = frozenset(
    (
        "builtins.list", "builtins.tuple", "builtins.set", "builtins.dict", "builtins.frozenset",
        "collections.defaultdict", "collections.OrderedDict", "collections.deque",
    )
)  # fmt: skip


_DICTS = frozenset(("builtins.dict", "collections.defaultdict", "collections.OrderedDict"))


def _on_class_of(watcher: Any, value: int) -> None:
    _, solver, result = watcher
    item = solver.all[value]
    if item.kind is Kind.INSTANCE:
        solver.store.add(result, solver.objects.number(Kind.CLASS, item.a, item.b))

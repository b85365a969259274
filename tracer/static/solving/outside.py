"""What lies outside the sources: what it gives, takes and calls back, by stubs and tables."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, cast

from tracer.model.graph import SiteKind
from tracer.static.flat import CONST, EITHER
from tracer.static.outside.terms import Type
from tracer.static.outside.values import Parameter, Signature
from tracer.static.solving.bags import bag_of, given_bag
from tracer.static.solving.classes import canonical_class, dotted_of, holding, text
from tracer.static.solving.code import Code
from tracer.static.solving.containers import merge, on_merged, scatter
from tracer.static.solving.engine import (
    NO_ARGS,
    SITE,
    Args,
    Box,
    ConstantKey,
    Origin,
    SliceKey,
    Solver,
)
from tracer.static.solving.hooks import hooks_of
from tracer.static.solving.kept import CALLABLE, Callback, is_keeper, keep, kept_by, told_through
from tracer.static.solving.objects import NONE, Kind, Ref
from tracer.tables.load import TypeTemplate

_DEEPEST = 8
_PROTOCOL = SiteKind.BUILTIN_PROTOCOL.value
_ITERABLES = frozenset(
    (
        "typing.Iterable", "typing.Iterator", "typing.Sequence", "typing.MutableSequence",
        "typing.Collection", "typing.Reversible", "typing.AbstractSet", "typing.Container",
        "typing.MutableSet", "typing.Generator", "builtins.list", "builtins.set",
        "builtins.tuple", "builtins.frozenset", "collections.deque", "typing.ValuesView",
        "typing.KeysView",
    )
)  # fmt: skip
_ASYNC_ITERABLES = frozenset(
    ("typing.AsyncIterable", "typing.AsyncIterator", "typing.AsyncGenerator")
)
_MAPPINGS = frozenset(
    (
        "typing.Mapping", "typing.MutableMapping", "builtins.dict",
        "_typeshed.SupportsKeysAndGetItem", "_typeshed.SupportsItems",
    )
)  # fmt: skip
_CONTEXTS = frozenset(
    ("contextlib.AbstractContextManager", "typing.ContextManager", "typing.AsyncContextManager")
)
_AWAITABLES = frozenset(("typing.Awaitable", "typing.Coroutine", "asyncio.Future", "asyncio.Task"))
_CALLING = frozenset(("builtins.map", "builtins.filter"))  # classes that call what they are given
_OBJECT_MEMBERS = frozenset(dir(object))
_REPEATS = 2  # of one name in a dotted name: `scipy.cluster.vq.vq`


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


def is_outside_subclass(solver: Solver, dotted: str, other: str) -> bool:
    """Whether a class from outside is the other one or below it, as far as stubs say."""
    if dotted == other or other == "builtins.object":
        return True
    return other in solver.library.mro(dotted)


def ancestry(solver: Solver, dotted: str) -> tuple[str, ...]:
    """A class from outside and all its bases, where stubs or tables know each; else nothing."""
    return solver.library.mro(dotted) or solver.table.ancestry(dotted)


def may_be_other(solver: Solver, dotted: str, other: str) -> bool:
    """Whether what is known as an object of one class from outside may be one of another."""
    own, others = ancestry(solver, dotted), ancestry(solver, other)
    return not own or not others or other in own or dotted in others


def has_outside(solver: Solver, dotted: str, name: str) -> bool | None:
    """Whether a class from outside has a member; None where nobody knows."""
    if not solver.library.mro(dotted):
        return None
    return name in solver.library.members(dotted) and name not in _OBJECT_MEMBERS - {
        "__init__", "__new__",
    }  # fmt: skip


def read_outside(solver: Solver, dotted: str, name: str, result: int) -> None:
    """Read an attribute of a module, class or function from outside.

    A name that stands in the dotted name twice already is unknown, and so is `__class__`: code such
    as `node = node.parent` or `make = type(self)` would give names without end that nobody has.
    """
    if name == "__class__" or dotted.split(".").count(name) >= _REPEATS:
        return
    whole = f"{dotted}.{name}"
    template = solver.attribute_type(whole)
    if template is not None:
        realize_template(
            solver,
            template,
            Context(_NOWHERE, None, whole, key=("attribute", whole)),
            Args(),
            result,
        )
        return
    symbol = solver.library.symbol(whole)
    if symbol is not None and symbol.kind == "value" and symbol.type is not None:
        kind = symbol.type[0]
        if kind == "C" and symbol.type[1] in _PLAIN:
            solver.store.add(result, solver.foreign(symbol.type[1]))
            return
    solver.store.add(result, solver.external(whole))


def read_member(solver: Solver, value: int, name: str, result: int, owner: int = 0) -> None:
    """Read an attribute of an object whose class is outside.

    Args:
        owner: The object of a class of the tree that has it from such a base.
    """
    dotted = dotted_of(solver, value)
    bag = bag_of(solver, value)
    if bag is not None and name not in _OBJECT_MEMBERS:
        solver.store.copy(solver.item_of(bag, name), result)
        return
    template = solver.attribute_type(f"{dotted}.{name}")
    context = _context(solver, _NOWHERE, None, value, f"{dotted}.{name}", ("member", value, name))
    if template is not None:
        realize_template(solver, template, context, Args(), result)
        return
    member = solver.library.member(dotted, name)
    if member is None:
        if solver.library.mro(dotted):
            return  # The stubs know the class, and it has no such member.
        solver.store.add(result, _method(solver, value, name, owner))
    elif member.kind in ("property", "value"):
        if member.type is not None:
            realize(solver, member.type, context, result)
    else:
        solver.store.add(result, _method(solver, value, name, owner))


def _method(solver: Solver, value: int, name: str, owner: int) -> int:
    """A method from outside; with its owner, where it runs methods of the owner's class."""
    is_apart = owner and hooks_of(solver, f"{dotted_of(solver, value)}.{name}")
    return solver.objects.number(Kind.METHOD, value, name, owner if is_apart else None)


def iterate_outside(solver: Solver, value: int, element: int) -> None:
    """Let a variable hold what iteration over an object from outside gives."""
    dotted = dotted_of(solver, value)
    template = solver.returned_type(f"{dotted}.__iter__")
    context = _context(solver, _NOWHERE, None, value, dotted, ("iterated", value))
    if template is not None:
        realize_template(solver, template, context, Args(), element)
        return
    term = solver.library.element(dotted)
    if term is not None:
        realize(solver, term, context, element)
        return
    for name in ("__aiter__", "__anext__"):
        member = solver.library.member(dotted, name)
        if member is not None and context.box is not None:
            solver.store.copy(solver.argument_of(context.box, 0), element)
            return


def enter_outside(solver: Solver, value: int, result: int, is_async: bool) -> None:
    """Let a variable hold what `with` gives for an object from outside."""
    dotted = dotted_of(solver, value)
    name = "__aenter__" if is_async else "__enter__"
    template = solver.returned_type(f"{dotted}.__enter__")
    context = _context(solver, _NOWHERE, None, value, dotted, ("entered", value))
    if template is not None:
        realize_template(solver, template, context, Args(), result)
        return
    member = solver.library.member(dotted, name)
    if member is None:
        if not solver.library.mro(dotted):
            solver.store.add(result, value)
        return
    for signature in member.signatures[:1]:
        term = signature.returns
        if is_async and term[0] == "C" and term[1] == "typing.Coroutine" and term[2]:
            term = term[2][-1]
        realize(solver, term, context, result)


def operate_outside(solver: Solver, value: int, method: str, right: int, result: int) -> None:
    """Let a variable hold what an operator of an object from outside gives."""
    dotted = dotted_of(solver, value)
    template = solver.returned_type(f"{dotted}.{method}")
    # One object for all operands of a class: `x = x + y` would make others without end.
    context = _context(solver, _NOWHERE, None, value, dotted, ("operated", dotted, method, result))
    if template is not None and not (_is_generic(template) and dotted in _CONCATENATED):
        realize_template(solver, template, context, Args(), result)
        return
    member = solver.library.member(dotted, method)
    if member is None or not member.signatures:
        return
    if right >= 0 and dotted in _CONCATENATED:
        # `[a] + [b]` holds what both hold.
        if context.box is not None and method in ("__add__", "__or__"):
            made = solver.box(dotted, "concatenated", result)
            merge(solver, context.box, made)
            if ("joined", made.number, right) not in solver.memo:
                solver.memo["joined", made.number, right] = 1
                solver.store.watch(right, on_merged, solver, made)
            solver.store.add(result, solver.foreign(dotted, made))
            return
        solver.store.add(result, value)
        return
    for signature in member.signatures[:1]:
        realize(solver, signature.returns, context, result)


def item_outside(solver: Solver, value: int, key: int, constant: ConstantKey, result: int) -> None:
    """Let a variable hold what `value[key]` gives for an object from outside."""
    del key
    dotted = dotted_of(solver, value)
    context = _context(solver, _NOWHERE, None, value, dotted, ("item", value, constant))
    if context.box is not None and isinstance(constant, str | int) and context.box.items:
        solver.store.copy(solver.item_of(context.box, constant), result)
    template = solver.returned_type(f"{dotted}.__getitem__")
    if template is not None:
        realize_template(solver, template, context, Args(), result)
        return
    member = solver.library.member(dotted, "__getitem__")
    if member is None:
        if context.box is not None:
            solver.store.copy(solver.elements_of(context.box), result)
        return
    signatures = member.signatures
    if len(signatures) > 1 and isinstance(constant, SliceKey):
        signatures = signatures[1:]
    for signature in signatures[:1]:
        realize(solver, signature.returns, context, result)


def external_item(solver: Solver, dotted: str, constant: ConstantKey, result: int) -> None:
    """`os.environ["HOME"]`, `list[int]`: an item of a value or class outside."""
    template = solver.returned_type(f"{dotted}.__getitem__")
    if template is not None:
        context = Context(_NOWHERE, None, dotted, key=("external item", dotted))
        realize_template(solver, template, context, Args(), result)
        return
    symbol = solver.library.symbol(dotted)
    if symbol is not None and symbol.kind == "class":
        solver.store.add(result, solver.external(dotted))
    elif symbol is not None and symbol.kind == "value" and symbol.type is not None:
        made = solver.named("external value", dotted)
        realize(solver, symbol.type, Context(_NOWHERE, None, dotted, key=("value", dotted)), made)
        solver.store.watch(made, _on_external_item, solver, constant, result)


def call_external(
    solver: Solver, code: Code | None, origin: Origin, dotted: str, args: Args, result: int
) -> None:
    """Call a function or class outside by its dotted name."""
    key = ("called", origin, code.number if code else 0, dotted, args)
    table = solver.table
    symbol = solver.library.symbol(dotted)
    context = Context(origin, code, dotted, key=key)
    template = solver.returned_type(dotted)
    if symbol is not None and symbol.kind == "class":
        if template is not None and not template.arguments and template.name not in _CONTAINERS:
            realize_template(solver, template, context, args, result)
            _pass(solver, _constructors(solver, symbol.dotted), context, args)
            return
        construct_foreign(solver, context, symbol.dotted, args, result)
        return
    if symbol is not None and symbol.kind == "function":
        chosen = choose(symbol.signatures, args, code)
        if template is not None and not _is_generic(template):
            realize_template(solver, template, context, args, result)
            _pass(solver, chosen, context, args)
            return
        for signature in chosen:
            pass_to(solver, signature, context, args)
            realize(solver, signature.returns, context, result)
        return
    made = symbol.type if symbol is not None and symbol.kind == "value" else None
    if made is not None and made[0] == "Y" and made[1][0] == "C":
        construct_foreign(solver, context, made[1][1], args, result)
        return
    if template is not None:
        realize_template(solver, template, context, args, result)
        return
    owner, _, name = dotted.rpartition(".")
    holder = solver.library.symbol(owner) if owner else None
    if holder is not None and holder.kind in ("class", "value"):
        _call_through(solver, context, holder, name, args, result)
        return
    if name[:1].isupper() and dotted not in table.capitalised_functions:
        solver.store.add(result, solver.foreign(canonical_class(solver, dotted)))


def call_method(
    solver: Solver, code: Code | None, origin: Origin, value: int, args: Args, result: int
) -> None:
    """Call a method of an object from outside."""
    item = solver.all[value]
    receiver, name = cast(int, item.a), cast(str, item.b)
    dotted = f"{dotted_of(solver, receiver)}.{name}"
    # One key for all receivers of a class: `x = x.copy()` would make objects without end.
    key = ("called method", origin, code.number if code else 0, dotted, args)
    context = _context(solver, origin, code, receiver, dotted, key)
    template = solver.returned_type(dotted)
    member = solver.library.member(dotted_of(solver, receiver), name)
    if member is None:
        if template is not None:
            realize_template(solver, template, context, args, result)
        return
    chosen = choose(member.signatures, args, code)
    if template is not None and not _is_generic(template):
        realize_template(solver, template, context, args, result)
        _pass(solver, chosen, context, args)
        return
    for signature in chosen:
        if signature.receiver is not None:
            unify(solver, signature.receiver, holding(solver, receiver), context, 0)
        pass_to(solver, signature, context, args)
        realize(solver, signature.returns, context, result)


def construct_foreign(
    solver: Solver, context: Context, dotted: str, args: Args, result: int
) -> None:
    """Make an object of a class outside."""
    parameters = solver.library.type_parameters(dotted)
    is_bag = dotted in solver.table.bags
    is_apart = parameters or dotted in _CONTAINERS or is_keeper(solver, dotted) or is_bag
    box = solver.box(dotted, "made", context.key) if is_apart else None
    context.box, context.parameters = box, parameters
    context.receiver = solver.foreign(dotted, box)
    is_made = False
    for signature in choose(_constructors(solver, dotted), args, context.code):
        pass_to(solver, signature, context, args)
        returns = signature.returns
        if returns[0] in ("C", "T") and (returns[1] != dotted or returns[2]):
            realize(solver, returns, context, result)
            is_made = True
    if not is_made:
        solver.store.add(result, context.receiver)
    if box is not None and (is_bag or dotted in ("builtins.dict", "collections.OrderedDict")):
        for name, variable in args.keywords:
            solver.store.copy(variable, solver.item_of(box, name))
        for variable in (*args.positional[:1], *args.doubles):
            solver.store.watch(variable, on_merged, solver, box)


def choose(
    signatures: tuple[Signature, ...], args: Args, code: Code | None
) -> tuple[Signature, ...]:
    """The overload that a call takes by the number and names of its arguments, or all."""
    if len(signatures) < 2:
        return signatures
    for signature in signatures:
        if _fits(signature, args, code):
            return (signature,)
    return signatures[:3]


def pass_to(solver: Solver, signature: Signature, context: Context, args: Args) -> None:
    """Let the type variables of a signature hold what a call passes, and run callbacks."""
    for parameter, variable in _paired(signature, args):
        unify(solver, parameter.type, variable, context, 0)
        if parameter.type[0] == "C" and parameter.type[1] in _MUTABLE:
            solver.store.watch(variable, _on_handed_over, solver)


# `random.shuffle`, `heapq.heapify`: who asks for one of these may reorder it.
_MUTABLE = frozenset(("builtins.list", "typing.MutableSequence", "collections.abc.MutableSequence"))


def _on_handed_over(watcher: Any, value: int) -> None:
    scatter(watcher[1], value)


def realize(solver: Solver, term: Type, context: Context, result: int, depth: int = 0) -> None:
    """Put into a variable what a type of the stubs allows."""
    if depth > _DEEPEST:
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
            source = _variable_of(solver, context, term[1])
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
                source = _variable_of(solver, context, term[1][1])
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


def unify(solver: Solver, term: Type, variable: int, context: Context, depth: int) -> None:
    """Let the variables in a parameter's type hold what the argument says of them."""
    if depth > _DEEPEST:
        return
    store = solver.store
    match term[0]:
        case "V":
            target = _variable_of(solver, context, term[1], is_stored=True)
            if target >= 0:
                store.copy(variable, target)
            if term[1].startswith("SupportsRichComparison"):
                store.watch(variable, _on_protocol, solver, "__lt__", context)
            elif term[1].startswith("_AddableT1"):
                store.watch(variable, _on_protocol, solver, "__add__", context)
            elif term[1].startswith("_SupportsSum"):
                store.watch(variable, _on_protocol, solver, "__radd__", context)
                store.watch(variable, _on_protocol, solver, "__add__", context)
        case "U":
            for one in term[1]:
                unify(solver, one, variable, context, depth + 1)
        case "F":
            _call_back(solver, term, variable, context, depth)
        case "C":
            _unify_class(solver, term, variable, context, depth)
        case "T":
            for index, item in enumerate(term[1]):
                target = solver.store.variable()
                store.watch(variable, _on_tuple_item, solver, index, target)
                unify(solver, item, target, context, depth + 1)
            if term[2] is not None:
                target = solver.store.variable()
                store.watch(variable, _on_iterable, solver, target, None)
                unify(solver, term[2], target, context, depth + 1)
        case "Y":
            if term[1][0] == "V":
                target = _variable_of(solver, context, term[1][1], is_stored=True)
                if target >= 0:
                    store.watch(variable, _on_object_of, solver, target)


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
                store.watch(args.positional[index], _on_iterable, solver, result, None)
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


def implicit_origin(solver: Solver, origin: Origin) -> Origin:
    """The place of what runs because of a call, without being what is called."""
    if origin[1] != SITE:
        return origin
    return (origin[0], _PROTOCOL, solver.flat(origin[0]).sites[origin[2]][1])


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


_NOWHERE: Origin = ((0, 0), "nowhere", 0)
_PLAIN = frozenset(("builtins.str", "builtins.int", "builtins.float", "builtins.bool"))
_CONCATENATED = frozenset(
    ("builtins.list", "builtins.tuple", "builtins.set", "builtins.dict", "builtins.frozenset")
)
_CONTAINERS = frozenset(
    (
        "builtins.list", "builtins.tuple", "builtins.set", "builtins.dict", "builtins.frozenset",
        "collections.defaultdict", "collections.OrderedDict", "collections.deque",
    )
)  # fmt: skip


def _context(
    solver: Solver,
    origin: Origin,
    code: Code | None,
    receiver: int,
    through: str,
    key: tuple[object, ...],
) -> Context:
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


def _variable_of(solver: Solver, context: Context, name: str, is_stored: bool = False) -> int:
    """The variable of a type variable: of the receiver's class, or of the call."""
    if name in context.parameters:
        if context.box is None:
            return -1
        index = context.parameters.index(name)
        held = 1 if len(context.parameters) > 1 and context.box.type_name in _DICTS else 0
        if is_stored and index == held and context.box.type_name in _CONTAINERS:
            return context.box.loose
        return solver.argument_of(context.box, index)
    known = context.variables.get(name)
    if known is None:
        known = context.variables[name] = solver.named("type variable", context.key, name)
    return known


_DICTS = frozenset(("builtins.dict", "collections.defaultdict", "collections.OrderedDict"))


def _constructors(solver: Solver, dotted: str) -> tuple[Signature, ...]:
    for name in ("__new__", "__init__"):
        member = solver.library.member(dotted, name)
        if member is not None and member.owner != "builtins.object" and member.signatures:
            if name == "__new__":
                initialiser = solver.library.member(dotted, "__init__")
                if initialiser is not None and initialiser.owner == dotted != member.owner:
                    continue
            return cast("tuple[Signature, ...]", member.signatures)
    return ()


def _pass(solver: Solver, signatures: tuple[Signature, ...], context: Context, args: Args) -> None:
    for signature in choose(signatures, args, context.code):
        pass_to(solver, signature, context, args)


def _call_through(
    solver: Solver, context: Context, holder: Any, name: str, args: Args, result: int
) -> None:
    """`pathlib.Path.cwd()`, `os.environ.get(…)`: a member of a class or value outside."""
    receiver = solver.foreign(holder.dotted)
    if holder.kind == "value":
        if holder.type is None or holder.type[0] != "C":
            return
        made = solver.named("external value", holder.dotted)
        realize(
            solver, holder.type,
            Context(_NOWHERE, None, holder.dotted, key=("value", holder.dotted)), made,
        )  # fmt: skip
        for one in sorted(solver.store.sets[made] or ()):
            receiver = one
    context.receiver = receiver
    item = solver.all[receiver]
    if item.kind is Kind.FOREIGN and item.b:
        context.box = solver.boxes[cast(int, item.b)]
        context.parameters = solver.library.type_parameters(context.box.type_name)
    member = solver.library.member(dotted_of(solver, receiver), name)
    if member is None:
        return
    if holder.kind == "class" and member.kind == "method" and args.positional:
        args = args._replace(positional=args.positional[1:], nodes=args.nodes[1:])
    for signature in choose(member.signatures, args, context.code):
        pass_to(solver, signature, context, args)
        realize(solver, signature.returns, context, result)


def _is_generic(template: TypeTemplate) -> bool:
    if "{" in template.name or template.name == "=0" or template.name in _CONTAINERS:
        return True
    return any(_is_generic(argument) for argument in template.arguments)


def _fits(signature: Signature, args: Args, code: Code | None) -> bool:
    parameters = signature.parameters
    positional = [p for p in parameters if p.kind in ("positional only", "positional")]
    has_rest = any(p.kind == "*" for p in parameters)
    has_keywords = any(p.kind == "**" for p in parameters)
    given = len(args.positional)
    names = {name for name, _ in args.keywords}
    if given > len(positional) and not has_rest:
        return False
    by_name = {p.name: p for p in parameters if p.kind in ("positional", "keyword only")}
    if not has_keywords and not names <= by_name.keys():
        return False
    if not args.stars and not args.doubles:
        for index, parameter in enumerate(positional):
            if index >= given and not parameter.has_default and parameter.name not in names:
                return False
        for parameter in parameters:
            if (
                parameter.kind == "keyword only"
                and not parameter.has_default
                and parameter.name not in names
            ):
                return False
    for name in names:
        known = by_name.get(name)
        if known is not None and known.type == ("N",):
            return False
    for index, parameter in enumerate(positional[:given]):
        if code is None or index >= len(args.nodes):
            break
        if not _takes(parameter.type, code, code.template.alias[args.nodes[index]]):
            return False
    for (name, _), node in zip(args.keywords, args.named, strict=False):
        known = by_name.get(name)
        if code is None or known is None:
            continue
        if not _takes(known.type, code, code.template.alias[node]):
            return False
    if args.stars or args.doubles:
        # What is spread may fill any parameter that nothing else does.
        left = {parameter.name for parameter in positional[given:]} - names
        return not any(p.name in left and _is_literal(p.type) for p in parameters)
    return True


def _takes(term: Type, code: Code, index: int) -> bool:
    """Whether a parameter's type takes what a node gives, as far as constants tell.

    A type of literals alone takes constants alone: `open(path, mode)` may give any kind of file.
    """
    node = code.scope.nodes[index]
    if node[0] == CONST:
        return _allows(term, node)
    if node[0] == EITHER:
        options = cast("tuple[int, ...]", node[1])
        return all(_takes(term, code, code.template.alias[option]) for option in options)
    return term != ("N",) and not _is_literal(term)


def _is_literal(term: Type) -> bool:
    return term[0] == "L" or (
        term[0] == "U" and bool(term[1]) and all(one[0] == "L" for one in term[1])
    )


def _allows(term: Type, node: tuple[object, ...]) -> bool:
    """Whether a parameter's type allows a constant; anything but literals is not judged."""
    if term[0] == "L":
        return bool(node[2] == term[1])
    if term[0] == "U" and _is_literal(term):
        return any(node[2] == one[1] for one in term[1])
    if term[0] == "N":
        return node[1] == "NoneType"
    return True


def _paired(signature: Signature, args: Args) -> list[tuple[Parameter, int]]:
    parameters = signature.parameters
    positional = [p for p in parameters if p.kind in ("positional only", "positional")]
    rest = next((p for p in parameters if p.kind == "*"), None)
    pairs: list[tuple[Parameter, int]] = []
    for index, variable in enumerate(args.positional):
        if index < len(positional):
            pairs.append((positional[index], variable))
        elif rest is not None:
            pairs.append((rest, variable))
    by_name = {p.name: p for p in parameters if p.kind in ("positional", "keyword only")}
    others = next((p for p in parameters if p.kind == "**"), None)
    for name, variable in args.keywords:
        known = by_name.get(name, others)
        if known is not None:
            pairs.append((known, variable))
    return pairs


def _call_back(solver: Solver, term: Type, variable: int, context: Context, depth: int) -> None:
    """A parameter that is called: whatever is passed for it runs, through the function outside."""
    if context.through.startswith(solver.table.uncalled):
        return
    _, parameters, returns = term
    positional: list[int] = []
    for index, parameter in enumerate(parameters or ()):
        target = solver.named("callback argument", context.key, variable, index)
        realize(solver, parameter, context, target, depth + 1)
        positional.append(target)
    result = solver.named("callback result", context.key, variable)
    args = Args(tuple(positional))
    methods = kept_by(solver, context.through)
    if methods is None:
        solver.store.watch(variable, _on_callback, solver, context, args, result)
    else:
        later = replace(context, through=told_through(solver, context.through))
        tell = partial(solver.store.watch, variable, _on_callback, solver, later, args, result)
        has_run = solver.store.variable()
        if keep(solver, context.receiver, Callback(variable, args, result, methods, has_run)):
            solver.if_empty(has_run, tell)
        else:
            tell()
    unify(solver, returns, result, context, depth + 1)


def _unify_class(solver: Solver, term: Type, variable: int, context: Context, depth: int) -> None:
    _, dotted, arguments = term
    store = solver.store
    place = implicit_origin(solver, context.origin) if context.origin[1] != "nowhere" else None
    if dotted in _ITERABLES:
        element = store.variable()
        store.watch(variable, _on_iterable, solver, element, place)
        if arguments:
            unify(solver, arguments[0], element, context, depth + 1)
        return
    if dotted in _CONTEXTS and arguments:
        entered = store.variable()
        store.watch(variable, _on_entered, solver, entered, context)
        unify(solver, arguments[0], entered, context, depth + 1)
        return
    if dotted in _MAPPINGS:
        for index, argument in enumerate(arguments[:2]):
            part = store.variable()
            store.watch(variable, _on_mapping, solver, index, part)
            unify(solver, argument, part, context, depth + 1)
        return
    if dotted in _AWAITABLES and arguments:
        part = store.variable()
        store.watch(variable, _on_awaitable, solver, part)
        unify(solver, arguments[-1], part, context, depth + 1)
        return
    method = solver.table.protocols.get(dotted)
    if method is not None and context.through not in solver.table.protocols:
        store.watch(variable, _on_protocol, solver, method, context)
    if arguments and any(argument[0] == "V" for argument in arguments):
        store.watch(variable, _on_same_class, solver, term, context)


def _on_same_class(watcher: Any, value: int) -> None:
    _, solver, term, context = watcher
    item = solver.all[value]
    if item.kind is Kind.FOREIGN and item.b:
        box = solver.boxes[cast(int, item.b)]
        if box.type_name == term[1]:
            for index, argument in enumerate(term[2]):
                unify(solver, argument, solver.argument_of(box, index), context, 1)


def _on_callback(watcher: Any, value: int) -> None:
    _, solver, context, args, result = watcher
    if solver.all[value].kind in CALLABLE:
        through = context.through
        symbol = solver.library.symbol(through)
        if symbol is not None and symbol.kind == "class" and through not in _CALLING:
            through = f"{through} (later)"
        solver.apply(solver, context.code, context.origin, value, args, result, through)


def _on_iterable(watcher: Any, value: int) -> None:
    _, solver, element, origin = watcher
    solver.iterate(solver, value, element, origin)


def _on_mapping(watcher: Any, value: int) -> None:
    _, solver, index, part = watcher
    item = solver.all[value]
    if item.kind is Kind.FOREIGN and item.b:
        solver.store.copy(solver.argument_of(solver.boxes[cast(int, item.b)], index), part)


def _on_awaitable(watcher: Any, value: int) -> None:
    _, solver, part = watcher
    solver.awaited(solver, value, part, None)


def _on_tuple_item(watcher: Any, value: int) -> None:
    _, solver, index, target = watcher
    item = solver.all[value]
    if item.kind is Kind.FOREIGN and item.b:
        box = solver.boxes[cast(int, item.b)]
        solver.store.copy(solver.item_of(box, index), target)
        solver.store.copy(box.loose, target)


def _on_entered(watcher: Any, value: int) -> None:
    """A context manager that is handed over is entered there."""
    _, solver, entered, context = watcher
    item = solver.all[value]
    if item.kind is Kind.INSTANCE:
        solver.dunder(solver, value, "__enter__", NO_ARGS, context.origin, entered)
    elif item.kind is Kind.CONTEXT:
        solver.store.copy(solver.codes[cast(int, item.a) - 1].yielded, entered)
    elif item.kind is Kind.FOREIGN:
        enter_outside(solver, value, entered, False)


def _on_protocol(watcher: Any, value: int) -> None:
    _, solver, method, context = watcher
    if solver.all[value].kind is Kind.INSTANCE:
        solver.protocol(solver, value, method, NO_ARGS, implicit_origin(solver, context.origin))


def _on_class_of(watcher: Any, value: int) -> None:
    _, solver, result = watcher
    item = solver.all[value]
    if item.kind is Kind.INSTANCE:
        solver.store.add(result, solver.objects.number(Kind.CLASS, item.a, item.b))


def _on_object_of(watcher: Any, value: int) -> None:
    _, solver, result = watcher
    item = solver.all[value]
    if item.kind is Kind.CLASS:
        solver.store.add(result, solver.instance(cast(Ref, item.a), cast(bool, item.b)))
    elif item.kind is Kind.EXTERNAL:
        solver.store.add(result, solver.foreign(cast(str, item.a)))


def _on_external_item(watcher: Any, value: int) -> None:
    _, solver, constant, result = watcher
    item_outside(solver, value, -1, constant, result)

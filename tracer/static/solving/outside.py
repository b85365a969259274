"""What lies outside the sources: what it gives, takes and calls back, by stubs and tables."""

from __future__ import annotations

from typing import Any, cast

from tracer.static.outside.values import Parameter, Signature
from tracer.static.solving.ancestry import OBJECT_MEMBERS
from tracer.static.solving.bags import bag_of
from tracer.static.solving.choosing import choose
from tracer.static.solving.classes import canonical_class, dotted_of, holding
from tracer.static.solving.code import Code
from tracer.static.solving.containers import on_merged, scatter
from tracer.static.solving.engine import Solver
from tracer.static.solving.hooks import hooks_of
from tracer.static.solving.kept import is_keeper
from tracer.static.solving.objects import Kind
from tracer.static.solving.realizing import (
    CONTAINERS,
    NOWHERE,
    Context,
    context_of,
    is_generic,
    realize,
    realize_template,
)
from tracer.static.solving.terms import Args, Origin
from tracer.static.solving.unifying import unify

_REPEATS = 2  # of one name in a dotted name: `scipy.cluster.vq.vq`
# Answers of methods that stand for no value, whose class the stubs make one that may have anything.
_BARE = frozenset(("builtins.NotImplemented", "builtins.Ellipsis"))
# What the interpreter calls a type, and by which name the stubs know it.
_KNOWN_AS = {"builtins.generator": "types.GeneratorType"}


def read_outside(solver: Solver, dotted: str, name: str, result: int) -> None:
    """Read an attribute of a module, class or function from outside.

    A name that stands in the dotted name twice already is unknown, and so is `__class__`: code such
    as `node = node.parent` or `make = type(self)` would give names without end that nobody has.
    """
    if name == "__class__" or dotted.split(".").count(name) >= _REPEATS or dotted in _BARE:
        return
    whole = f"{dotted}.{name}"
    template = solver.attribute_type(whole)
    if template is not None:
        realize_template(
            solver,
            template,
            Context(NOWHERE, None, whole, key=("attribute", whole)),
            Args(),
            result,
        )
        return
    symbol = solver.library.symbol(whole)
    if symbol is not None and symbol.kind == "value" and symbol.type is not None:
        match symbol.type:
            case ("C", str(cls), *_):
                pass
            case ("L", constant):  # `INFO: Final = 20` of a stub tells the type by the value.
                cls = f"builtins.{type(constant).__name__}"
            case _:
                cls = ""
        if cls in _PLAIN:
            solver.store.add(result, solver.foreign(cls))
            return
    solver.store.add(result, solver.external(whole))


def read_member(solver: Solver, value: int, name: str, result: int, owner: int = 0) -> None:
    """Read an attribute of an object whose class is outside.

    Args:
        owner: The object of a class of the tree that has it from such a base.
    """
    dotted = dotted_of(solver, value)
    bag = bag_of(solver, value)
    if bag is not None and name not in OBJECT_MEMBERS:
        solver.store.copy(solver.item_of(bag, name), result)
        return
    template = solver.attribute_type(f"{dotted}.{name}")
    context = context_of(solver, NOWHERE, None, value, f"{dotted}.{name}", ("member", value, name))
    if template is not None:
        realize_template(solver, template, context, Args(), result)
        return
    known_as = _KNOWN_AS.get(dotted, dotted)
    member = solver.library.member(known_as, name)
    if member is None:
        if solver.library.mro(known_as):
            return  # The stubs know the class, and it has no such member.
        solver.store.add(result, _method(solver, value, name, owner))
    elif member.kind in ("property", "value"):
        if member.type is not None:
            realize(solver, member.type, context, result)
    else:
        solver.store.add(result, _method(solver, value, name, owner))


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
        if template is not None and not template.arguments and template.name not in CONTAINERS:
            realize_template(solver, template, context, args, result)
            _pass(solver, _constructors(solver, symbol.dotted), context, args)
            return
        construct_foreign(solver, context, symbol.dotted, args, result)
        return
    if symbol is not None and symbol.kind == "function":
        chosen = choose(symbol.signatures, args, code)
        if template is not None and not is_generic(template):
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
    context = context_of(solver, origin, code, receiver, dotted, key)
    template = solver.returned_type(dotted)
    member = solver.library.member(dotted_of(solver, receiver), name)
    if member is None:
        if template is not None:
            realize_template(solver, template, context, args, result)
        return
    chosen = choose(member.signatures, args, code)
    if template is not None and not is_generic(template):
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
    is_apart = parameters or dotted in CONTAINERS or is_keeper(solver, dotted) or is_bag
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


def pass_to(solver: Solver, signature: Signature, context: Context, args: Args) -> None:
    """Let the type variables of a signature hold what a call passes, and run callbacks."""
    for parameter, variable in _paired(signature, args):
        unify(solver, parameter.type, variable, context, 0)
        if parameter.type[0] == "C" and parameter.type[1] in _MUTABLE:
            solver.store.watch(variable, _on_handed_over, solver)


def _method(solver: Solver, value: int, name: str, owner: int) -> int:
    """A method from outside; with its owner, where it runs methods of the owner's class."""
    is_apart = owner and hooks_of(solver, f"{dotted_of(solver, value)}.{name}")
    return solver.objects.number(Kind.METHOD, value, name, owner if is_apart else None)


# `random.shuffle`, `heapq.heapify`: who asks for one of these may reorder it.
_MUTABLE = frozenset(("builtins.list", "typing.MutableSequence", "collections.abc.MutableSequence"))


def _on_handed_over(watcher: Any, value: int) -> None:
    scatter(watcher[1], value)


_PLAIN = frozenset(("builtins.str", "builtins.int", "builtins.float", "builtins.bool"))


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
            Context(NOWHERE, None, holder.dotted, key=("value", holder.dotted)), made,
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

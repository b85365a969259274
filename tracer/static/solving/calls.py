"""What a call runs, what it passes, and what it gives."""

from __future__ import annotations

from typing import Any, NamedTuple, cast

from tracer.static.solving.attribute_models import call_getter
from tracer.static.solving.bodies import call_factories
from tracer.static.solving.classes import (
    dataclass_fields,
    dotted_of,
    generated_maker,
    holding,
    is_dataclass,
    is_enum,
    is_implied,
    is_named_tuple,
    is_overridden,
    is_typed_dict,
    metaclass,
)
from tracer.static.solving.code import Code
from tracer.static.solving.definitions import UNKNOWN_BASE
from tracer.static.solving.engine import BY_NAME, Solver
from tracer.static.solving.hook_calls import run_hooks
from tracer.static.solving.keys import note_called, note_keys
from tracer.static.solving.lookup import class_variable, find_member
from tracer.static.solving.member_views import call_dunder, instance_view, when_instantiated
from tracer.static.solving.models import call_outside
from tracer.static.solving.objects import Kind, Ref
from tracer.static.solving.passing import pass_arguments
from tracer.static.solving.registering import add_accessor, register_implementation
from tracer.static.solving.terms import NO_ARGS, Args, Origin


class Call(NamedTuple):
    """How something is called, whatever it turns out to be."""

    code: Code | None  # that holds the call, where one does: calls that are kept apart ask it
    origin: Origin
    args: Args
    result: int  # the variable for what it gives
    through: str = ""  # the function from outside that makes the call, if one does
    is_decorator: bool = False


def apply(
    solver: Solver,
    code: Code | None,
    origin: Origin,
    value: int,
    args: Args,
    result: int,
    through: str = "",
    is_decorator: bool = False,
) -> None:
    """Call an object.

    Args:
        code: The code that holds the call, where it has one: calls that are kept apart ask it.
        origin: Where the call stands.
        result: The variable for what it gives.
        through: The function from outside that makes the call, if one does.
    """
    item = solver.all[value]
    match item.kind:
        case Kind.FUNCTION:
            call = Call(code, origin, args, result, through, is_decorator)
            call_function(solver, call, value, None)
        case Kind.BOUND:
            receiver, inner = cast(int, item.b), solver.all[cast(int, item.a)]
            if inner.kind is Kind.FUNCTION:
                call = Call(code, origin, args, result, through, is_decorator)
                call_function(solver, call, cast(int, item.a), receiver)
            else:
                first = holding(solver, receiver)
                moved = Args(
                    (first, *args.positional),
                    args.keywords,
                    tuple((position + 1, star) for position, star in args.stars),
                    args.doubles,
                )
                apply(solver, code, origin, cast(int, item.a), moved, result, through)
        case Kind.CLASS:
            instantiate(solver, Call(code, origin, args, result, through), value)
        case Kind.INSTANCE:
            call = Call(code, origin, args, result, through, is_decorator)
            call_instance(solver, call, value)
        case Kind.EXTERNAL:
            call_outside(solver, code, origin, value, args, result, through)
        case Kind.METHOD:
            call_outside(solver, code, origin, value, args, result, through)
        case Kind.PARTIAL:
            kept: Args = cast(Args, item.b)
            positional = kept.positional + args.positional
            if item.c and args.positional:  # `partialmethod`: the receiver comes first
                positional = args.positional[:1] + kept.positional + args.positional[1:]
            offset = len(kept.positional)
            whole = Args(
                positional,
                kept.keywords + args.keywords,
                kept.stars + tuple((place + offset, star) for place, star in args.stars),
                kept.doubles + args.doubles,
            )
            by = through or "functools.partial"
            apply(solver, code, origin, cast(int, item.a), whole, result, by)
        case Kind.CONTEXT_MAKER:
            made = solver.store.variable()
            apply(solver, code, origin, cast(int, item.a), args, made, through)
            solver.store.watch(made, _on_context, solver, result)
        case Kind.ACCESSOR:
            add_accessor(solver, item.a, cast(str, item.b), args, result)
        case Kind.WRAPPER:
            if args.positional:
                solver.store.copy(args.positional[0], result)
        case Kind.DISPATCHER:
            for variable in cast("tuple[int, int]", item.a):
                solver.store.watch(variable, _on_dispatched, solver, code, origin, args, result)
        case Kind.REGISTRAR:
            register_implementation(solver, cast(int, item.a), args, result)
        case Kind.GETTER:
            call_getter(solver, code, origin, item, args, result)
        case Kind.STATIC | Kind.CLASSMETHOD:
            apply(solver, code, origin, cast(int, item.a), args, result, through)
        case Kind.FOREIGN:
            dotted = dotted_of(solver, value)
            symbol = solver.library.symbol(dotted)
            # The stubs know every method of a class: a tuple is not called, whatever flowed here.
            if symbol is None or solver.library.member(dotted, "__call__") is not None:
                solver.record(origin, f"{dotted}.__call__", through)


def call_function(solver: Solver, call: Call, function: int, receiver: int | None) -> None:
    """Call a function of the tree."""
    ref = cast(Ref, solver.all[function].a)
    solver.record(call.origin, ref, call.through, receiver is not None)
    birth = 0
    is_object = receiver is not None and solver.all[receiver].kind is Kind.INSTANCE
    if is_object:
        item = solver.all[cast(int, receiver)]
        birth = cast(int, item.c)
        if item.b:
            solver.received.setdefault(ref, set()).add(cast(Ref, item.a))
    elif (
        receiver is not None and solver.all[receiver].kind is Kind.CLASS and (solver.makes_own(ref))
    ):
        birth = (1 << 40) + receiver  # `cls(…)` makes objects of the class it is called on.
    is_born = bool(birth)
    if is_object and not birth and solver.fills(ref):
        # One code for all classes that inherit it would give each the arguments of the others.
        birth = (1 << 41) + cast(int, receiver)
    if is_object and not birth and solver.flat(ref).name == "__getattr__":
        birth = asked_for(solver, call.args)
    parent = solver.parent_of(function)
    callee = solver.code_for(ref, parent, call.origin, call.code, birth, call.is_decorator)
    if is_object and is_born and (not callee.context or callee.context[0] != -birth):
        # Too many of them for one parameter: the class stands for all.
        receiver = solver.instance(cast(Ref, solver.all[cast(int, receiver)].a))
    note_keys(solver, callee, call.code, receiver, call.args)
    if not callee.is_called:
        note_called(solver, callee)
    pass_arguments(solver, callee, receiver, call.args)
    if is_object and callee.template.itself and is_implied(solver, callee, cast(int, receiver)):
        # The object that the method was called on, not any that has the method.
        solver.store.add(call.result, cast(int, receiver))
        solver.store.copy(others_of(solver, callee), call.result)
    else:
        give_result(solver, callee, call.result)


def asked_for(solver: Solver, args: Args) -> int:
    """As if it were a place of birth: the name that `__getattr__` is asked for; 0: not only one.

    One code for all names would answer each with what any of them has.
    """
    held = solver.store.sets[args.positional[0]] if len(args.positional) == 1 else None
    if not held or len(held) != 1:
        return 0
    (name,) = held
    return BY_NAME + name if solver.all[name].kind is Kind.STRING else 0


def others_of(solver: Solver, code: Code) -> int:
    """The variable of what a method returns besides its object and new ones of its class."""
    return solver.named("others", code.number)


def give_logical_result(
    solver: Solver, code: Code, origin: Origin, function: int, args: Args, result: int
) -> None:
    """What the function gives that a wrapper hides, called with the same arguments."""
    ref = cast(Ref, solver.all[function].a)
    callee = solver.code_for(ref, solver.parent_of(function), origin, code)
    pass_arguments(solver, callee, None, args)
    give_result(solver, callee, result)


def give_result(solver: Solver, callee: Code, result: int) -> None:
    """Let a variable hold what a call of a code gives."""
    scope = callee.scope
    if scope.is_generator:
        made = solver.objects.number(Kind.GENERATOR, callee.number, scope.is_coroutine)
        solver.store.add(result, made)
    elif scope.is_coroutine:
        solver.store.add(result, solver.objects.number(Kind.COROUTINE, callee.number))
    else:
        solver.store.copy(callee.returned, result)


def instantiate(solver: Solver, call: Call, value: int) -> None:
    """Call a class: its metaclass's `__call__`, `__new__`, `__init__`, and what is generated."""
    item = solver.all[value]
    ref, is_exact = cast(Ref, item.a), cast(bool, item.b)
    definitions = solver.definitions
    made_by = metaclass(solver, ref)
    if made_by is not None:
        owner, _ = find_member(solver, definitions.order(made_by), "__call__")
        if owner is not None:
            solver.instantiate(made_by)
            variable = class_variable(solver, owner, "__call__")
            solver.store.watch(variable, _on_constructor, solver, call, value)
            return
    construct(solver, call, value)
    if not is_exact:
        # `cls(…)` may make an object of a class below, if such objects exist.
        for cls in definitions.subclasses(ref):
            members = definitions.members(cls)
            if "__init__" in members or "__new__" in members:
                below = solver.objects.number(Kind.CLASS, cls, False)
                when_instantiated(solver, cls, _Construct(solver, call, below))


def construct(solver: Solver, call: Call, value: int) -> None:
    """What `type.__call__` does: `__new__`, then `__init__` of what it gave."""
    item = solver.all[value]
    ref, is_exact = cast(Ref, item.a), cast(bool, item.b)
    definitions = solver.definitions
    order = definitions.order(ref)
    if is_exact:
        solver.instantiate(ref)
    generated = generated_maker(solver, ref)
    if is_enum(solver, ref):
        solver.generated[call.origin] = generated
        solver.store.add(call.result, solver.instance(ref))
        return
    maker, _ = find_member(solver, order, "__new__")
    birth = 0
    if is_exact and maker is None and call.code is not None and solver.holds_callables(ref):
        birth = solver.origin_number(call.origin)
        if call.code.context:
            birth = solver.number_of(birth, call.code)
    made = solver.instance(ref, is_exact, birth)
    found_any = False
    if maker is not None:
        found_any = True
        solver.store.watch(
            class_variable(solver, maker, "__new__"),
            _on_constructor,
            solver,
            call,
            value,
        )
    else:
        solver.store.add(call.result, made)
    starter, external = find_member(solver, order, "__init__")
    if generated and maker is None and not is_overridden(solver, ref, starter):
        has_hook = not is_typed_dict(solver, ref) and _fill_fields(solver, call, ref, made)
        if not has_hook:
            solver.generated[call.origin] = generated
        return
    if starter is not None and external is not None and external != UNKNOWN_BASE:
        # A base from outside comes first: its own initialiser runs, or nobody knows which.
        if not solver.library.mro(external):
            solver.record(call.origin, f"{external}.__init__")
        elif solver.library.binds(external, "__init__"):
            starter = None
    if starter is not None:
        found_any = True
        solver.store.watch(
            class_variable(solver, starter, "__init__"),
            _on_constructor,
            solver,
            call._replace(result=solver.store.variable()),
            made,
        )
    if is_dataclass(solver, ref) and starter is None:
        found_any |= _fill_fields(solver, call, ref, made)
    if external is not None and external != UNKNOWN_BASE and starter is None:
        found_any = True
        if is_named_tuple(solver, ref):
            _fill_fields(solver, call, ref, made)
        elif maker is None:
            solver.record(call.origin, f"{external}.__init__")
        run_hooks(
            solver, call.code, call.origin, made, f"{external}.__init__", call.args, call.result
        )
    if not found_any and UNKNOWN_BASE not in order:
        solver.record(call.origin, "builtins.object.__init__")


def call_instance(solver: Solver, call: Call, value: int) -> None:
    """Call an object of a class of the tree: its `__call__`."""
    item = solver.all[value]
    view = instance_view(solver, cast(Ref, item.a), cast(bool, item.b), "__call__")
    solver.store.watch(view.variable, _on_callable, solver, call, value)


class _Construct:
    """A construction that waits until objects of its class are known."""

    def __init__(self, solver: Solver, call: Call, value: int) -> None:
        self._solver, self._call, self._value = solver, call, value

    def __call__(self) -> None:
        construct(self._solver, self._call, self._value)


def _apply_to(solver: Solver, call: Call, value: int) -> None:
    code, origin, args, result, through, is_decorator = call
    apply(solver, code, origin, value, args, result, through, is_decorator)


def _on_callable(watcher: Any, method: int) -> None:
    _, solver, call, value = watcher
    item = solver.all[method]
    if item.kind is Kind.BOUND and solver.all[value].c:
        method = solver.objects.number(Kind.BOUND, item.a, value)  # this very object
    if item.kind in (Kind.BOUND, Kind.FUNCTION, Kind.METHOD, Kind.EXTERNAL):
        _apply_to(solver, call, method)


def _on_constructor(watcher: Any, function: int) -> None:
    _, solver, call, receiver = watcher
    item = solver.all[function]
    if item.kind is Kind.STATIC:
        function = cast(int, item.a)
        item = solver.all[function]
    if item.kind is Kind.FUNCTION:
        call_function(solver, call, function, receiver)
    elif item.kind is not Kind.STRING:
        bound = solver.objects.number(Kind.BOUND, function, receiver)
        if item.kind in (Kind.PARTIAL, Kind.INSTANCE, Kind.DISPATCHER):
            _apply_to(solver, call, bound)


def _fill_fields(solver: Solver, call: Call, ref: Ref, made: int) -> bool:
    """The generated `__init__` of a dataclass: fields from arguments, then `__post_init__`."""
    names = dataclass_fields(solver, ref)
    for name, variable in zip(names, call.args.positional, strict=False):
        solver.store.copy(variable, solver.named("field", ref, name))
    for name, variable in call.args.keywords:
        known = name if name in names else f"_{name}"
        if known in names:
            solver.store.copy(variable, solver.named("field", ref, known))
    found = False
    for name in ("__post_init__", "__attrs_post_init__", "__attrs_pre_init__"):
        if call_dunder(solver, made, name, NO_ARGS, call.origin):
            found = True
    call_factories(solver, ref, call.origin)
    return found


def _on_context(watcher: Any, value: int) -> None:
    _, solver, result = watcher
    item = solver.all[value]
    if item.kind is Kind.GENERATOR:
        solver.store.add(result, solver.objects.number(Kind.CONTEXT, item.a))
    else:
        solver.store.add(result, value)


def _on_dispatched(watcher: Any, function: int) -> None:
    _, solver, code, origin, args, result = watcher
    apply(solver, code, origin, function, args, result, "functools.singledispatch")

"""What a call runs, what it passes, and what it gives."""

from __future__ import annotations

from typing import Any, cast

from tracer.static.kinds import ParameterKind
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
from tracer.static.solving.engine import Solver
from tracer.static.solving.hook_calls import run_hooks
from tracer.static.solving.keys import note_called, note_keys
from tracer.static.solving.lookup import class_variable, find_member
from tracer.static.solving.member_views import call_dunder, instance_view, when_instantiated
from tracer.static.solving.models import call_outside
from tracer.static.solving.objects import Kind, Ref
from tracer.static.solving.terms import NO_ARGS, Args, Box, Origin

_POSITIONAL = (ParameterKind.POSITIONAL_ONLY.value, ParameterKind.POSITIONAL.value)
_BY_NAME = (ParameterKind.POSITIONAL.value, ParameterKind.KEYWORD_ONLY.value)
_PLACES = 20  # of what `*given` puts into `*rest`; what comes after is anywhere in it


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
            call_function(solver, code, origin, value, None, args, result, through, is_decorator)
        case Kind.BOUND:
            receiver, inner = cast(int, item.b), solver.all[cast(int, item.a)]
            if inner.kind is Kind.FUNCTION:
                function = cast(int, item.a)
                call_function(
                    solver, code, origin, function, receiver, args, result, through, is_decorator
                )
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
            instantiate(solver, code, origin, value, args, result, through)
        case Kind.INSTANCE:
            call_instance(solver, code, origin, value, args, result, through, is_decorator)
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
            _accessor(solver, item.a, cast(str, item.b), args, result)
        case Kind.WRAPPER:
            if args.positional:
                solver.store.copy(args.positional[0], result)
        case Kind.DISPATCHER:
            for variable in cast("tuple[int, int]", item.a):
                solver.store.watch(variable, _on_dispatched, solver, code, origin, args, result)
        case Kind.REGISTRAR:
            _register(solver, cast(int, item.a), args, result)
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


def call_function(
    solver: Solver,
    code: Code | None,
    origin: Origin,
    function: int,
    receiver: int | None,
    args: Args,
    result: int,
    through: str = "",
    is_decorator: bool = False,
) -> None:
    """Call a function of the tree."""
    ref = cast(Ref, solver.all[function].a)
    solver.record(origin, ref, through, receiver is not None)
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
    parent = solver.parent_of(function)
    callee = solver.code_for(ref, parent, origin, code, birth, is_decorator)
    if is_object and is_born and (not callee.context or callee.context[0] != -birth):
        # Too many of them for one parameter: the class stands for all.
        receiver = solver.instance(cast(Ref, solver.all[cast(int, receiver)].a))
    note_keys(solver, callee, code, receiver, args)
    if not callee.is_called:
        note_called(solver, callee)
    pass_arguments(solver, callee, receiver, args)
    if is_object and callee.template.itself and is_implied(solver, callee, cast(int, receiver)):
        # The object that the method was called on, not any that has the method.
        solver.store.add(result, cast(int, receiver))
        solver.store.copy(others_of(solver, callee), result)
    else:
        give_result(solver, callee, result)


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


def pass_arguments(solver: Solver, callee: Code, receiver: int | None, args: Args) -> None:
    """Let the parameters of a code hold what a call passes."""
    key = ("passed", callee.number, receiver, args)
    if key in solver.memo:
        return
    solver.memo[key] = 1
    scope, store = callee.scope, solver.store
    parameters = scope.parameters
    position = 0
    positional = [i for i, parameter in enumerate(parameters) if parameter[1] in _POSITIONAL]
    rest = next(
        (i for i, parameter in enumerate(parameters) if parameter[1] == ParameterKind.REST.value),
        -1,
    )
    if receiver is not None:
        if positional:
            if not is_implied(solver, callee, receiver):
                store.add(callee.parameter(positional[0]), receiver)
            position = 1
        elif rest >= 0:
            box = rest_box(solver, callee, rest)
            store.add(solver.item_of(box, 0), receiver)
    shift = 1 if receiver is not None and not positional else 0
    for number, variable in enumerate(args.positional):
        place = number + position
        if any(place > star for star, _ in args.stars):
            break
        if place < len(positional):
            callee.passed.add(positional[place])
            store.copy(variable, callee.parameter(positional[place]))
        elif rest >= 0:
            box = rest_box(solver, callee, rest)
            store.copy(variable, solver.item_of(box, place - len(positional) + shift))
    for place, star in args.stars:
        store.watch(star, _on_spread, solver, callee, tuple(positional), rest, place + position)
    if args.keywords or args.doubles:
        names = {
            parameter[0]: i for i, parameter in enumerate(parameters) if parameter[1] in _BY_NAME
        }
        keywords = next(
            (
                i
                for i, parameter in enumerate(parameters)
                if parameter[1] == ParameterKind.KEYWORDS.value
            ),
            -1,
        )
        for name, variable in args.keywords:
            if name in names:
                callee.passed.add(names[name])
                store.copy(variable, callee.parameter(names[name]))
            elif keywords >= 0:
                store.copy(variable, solver.item_of(keywords_box(solver, callee, keywords), name))
        for double in args.doubles:
            store.watch(double, _on_spread_mapping, solver, callee, names, keywords)


def rest_box(solver: Solver, callee: Code, index: int) -> Box:
    """What `*args` of a code holds."""
    return solver.box("builtins.tuple", "rest", callee.number, index)


def keywords_box(solver: Solver, callee: Code, index: int) -> Box:
    """What `**kwargs` of a code holds."""
    return solver.box("builtins.dict", "keywords", callee.number, index)


def instantiate(
    solver: Solver,
    code: Code | None,
    origin: Origin,
    value: int,
    args: Args,
    result: int,
    through: str = "",
) -> None:
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
            solver.store.watch(
                variable, _on_constructor, solver, code, origin, value, args, result, through
            )
            return
    construct(solver, code, origin, value, args, result, through)
    if not is_exact:
        # `cls(…)` may make an object of a class below, if such objects exist.
        for cls in definitions.subclasses(ref):
            members = definitions.members(cls)
            if "__init__" in members or "__new__" in members:
                below = solver.objects.number(Kind.CLASS, cls, False)
                when_instantiated(
                    solver,
                    cls,
                    _Construct(solver, code, origin, below, args, result, through),
                )


def construct(
    solver: Solver,
    code: Code | None,
    origin: Origin,
    value: int,
    args: Args,
    result: int,
    through: str = "",
) -> None:
    """What `type.__call__` does: `__new__`, then `__init__` of what it gave."""
    item = solver.all[value]
    ref, is_exact = cast(Ref, item.a), cast(bool, item.b)
    definitions = solver.definitions
    order = definitions.order(ref)
    if is_exact:
        solver.instantiate(ref)
    generated = generated_maker(solver, ref)
    if is_enum(solver, ref):
        solver.generated[origin] = generated
        solver.store.add(result, solver.instance(ref))
        return
    maker, _ = find_member(solver, order, "__new__")
    birth = 0
    if is_exact and maker is None and code is not None and solver.holds_callables(ref):
        birth = solver.origin_number(origin)
        if code.context:
            birth = solver.number_of(birth, code)
    made = solver.instance(ref, is_exact, birth)
    found_any = False
    if maker is not None:
        found_any = True
        solver.store.watch(
            class_variable(solver, maker, "__new__"),
            _on_constructor, solver, code, origin, value, args, result, through,
        )  # fmt: skip
    else:
        solver.store.add(result, made)
    starter, external = find_member(solver, order, "__init__")
    if generated and maker is None and not is_overridden(solver, ref, starter):
        has_hook = not is_typed_dict(solver, ref) and _fill_fields(
            solver, code, origin, ref, made, args
        )
        if not has_hook:
            solver.generated[origin] = generated
        return
    if starter is not None:
        found_any = True
        solver.store.watch(
            class_variable(solver, starter, "__init__"),
            _on_constructor, solver, code, origin, made, args, solver.store.variable(), through,
        )  # fmt: skip
    if is_dataclass(solver, ref) and starter is None:
        found_any |= _fill_fields(solver, code, origin, ref, made, args)
    if external is not None and external != UNKNOWN_BASE and starter is None:
        found_any = True
        if is_named_tuple(solver, ref):
            _fill_fields(solver, code, origin, ref, made, args)
        elif maker is None:
            solver.record(origin, f"{external}.__init__")
        run_hooks(solver, code, origin, made, f"{external}.__init__", args, result)
    if not found_any and UNKNOWN_BASE not in order:
        solver.record(origin, "builtins.object.__init__")


def call_instance(
    solver: Solver,
    code: Code | None,
    origin: Origin,
    value: int,
    args: Args,
    result: int,
    through: str = "",
    is_decorator: bool = False,
) -> None:
    """Call an object of a class of the tree: its `__call__`."""
    item = solver.all[value]
    view = instance_view(solver, cast(Ref, item.a), cast(bool, item.b), "__call__")
    solver.store.watch(
        view.variable,
        _on_callable,
        solver,
        code,
        origin,
        value,
        args,
        result,
        through,
        is_decorator,
    )


class _Construct:
    """A construction that waits until objects of its class are known."""

    def __init__(self, *arguments: Any) -> None:
        self._arguments = arguments

    def __call__(self) -> None:
        construct(*self._arguments)


def _on_callable(watcher: Any, method: int) -> None:
    _, solver, code, origin, value, args, result, through, is_decorator = watcher
    item = solver.all[method]
    if item.kind is Kind.BOUND and solver.all[value].c:
        method = solver.objects.number(Kind.BOUND, item.a, value)  # this very object
    if item.kind in (Kind.BOUND, Kind.FUNCTION, Kind.METHOD, Kind.EXTERNAL):
        apply(solver, code, origin, method, args, result, through, is_decorator)


def _on_constructor(watcher: Any, function: int) -> None:
    _, solver, code, origin, receiver, args, result, through = watcher
    item = solver.all[function]
    if item.kind is Kind.STATIC:
        function = cast(int, item.a)
        item = solver.all[function]
    if item.kind is Kind.FUNCTION:
        call_function(solver, code, origin, function, receiver, args, result, through)
    elif item.kind is not Kind.STRING:
        bound = solver.objects.number(Kind.BOUND, function, receiver)
        if item.kind in (Kind.PARTIAL, Kind.INSTANCE, Kind.DISPATCHER):
            apply(solver, code, origin, bound, args, result, through)


def _fill_fields(
    solver: Solver, code: Code | None, origin: Origin, ref: Ref, made: int, args: Args
) -> bool:
    """The generated `__init__` of a dataclass: fields from arguments, then `__post_init__`."""
    names = dataclass_fields(solver, ref)
    for name, variable in zip(names, args.positional, strict=False):
        solver.store.copy(variable, solver.named("field", ref, name))
    for name, variable in args.keywords:
        known = name if name in names else f"_{name}"
        if known in names:
            solver.store.copy(variable, solver.named("field", ref, known))
    found = False
    for name in ("__post_init__", "__attrs_post_init__", "__attrs_pre_init__"):
        if call_dunder(solver, made, name, NO_ARGS, origin):
            found = True
    call_factories(solver, ref, origin)
    return found


def _on_spread(watcher: Any, value: int) -> None:
    """`f(*given)`: items by position as far as they are known, the rest anywhere after."""
    _, solver, callee, positional, rest, start = watcher
    item = solver.all[value]
    store = solver.store

    def place(index: int, variable: int) -> None:
        at = start + index
        if at < len(positional):
            store.copy(variable, callee.parameter(positional[at]))
        elif rest >= 0:
            box = rest_box(solver, callee, rest)
            behind = at - len(positional)
            # `def f(*rest): f(1, *rest)` would move what it is given on by one place for ever.
            store.copy(variable, solver.item_of(box, behind) if behind < _PLACES else box.loose)

    def anywhere(variable: int) -> None:
        for parameter in positional[start:]:
            store.copy(variable, callee.parameter(parameter))
        if rest >= 0:
            store.copy(variable, rest_box(solver, callee, rest).loose)

    if item.kind is Kind.FOREIGN and item.b:
        box = solver.boxes[cast(int, item.b)]
        if box.type_name in ("builtins.tuple", "builtins.list"):
            for key, variable in tuple(box.items.items()):
                if isinstance(key, int):
                    place(key, variable)

            def later(key: str | int, variable: int) -> None:
                if isinstance(key, int):
                    place(key, variable)

            box.on_item.append(later)
            anywhere(box.loose)
            return
    element = solver.store.variable()
    solver.iterate(solver, value, element, None)
    anywhere(element)


def _on_spread_mapping(watcher: Any, value: int) -> None:
    """`f(**given)`: items by name as far as they are known, the rest under any name."""
    _, solver, callee, names, keywords = watcher
    item = solver.all[value]
    if item.kind is not Kind.FOREIGN or not item.b:
        return
    store, box = solver.store, solver.boxes[cast(int, item.b)]

    def place(key: str | int, variable: int) -> None:
        if key in names:
            store.copy(variable, callee.parameter(names[key]))
        elif keywords >= 0 and isinstance(key, str):
            store.copy(variable, solver.item_of(keywords_box(solver, callee, keywords), key))

    for key, variable in tuple(box.items.items()):
        place(key, variable)
    box.on_item.append(place)
    for index in names.values():
        store.copy(box.loose, callee.parameter(index))
    if keywords >= 0:
        store.copy(box.loose, keywords_box(solver, callee, keywords).loose)


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


def _accessor(solver: Solver, number: object, which: str, args: Args, result: int) -> None:
    """`@x.setter`: the property, with one more function."""
    item = solver.all[cast(int, number)]
    getter, setter, deleter = cast("tuple[int, int, int]", item.a)
    if args.positional:
        target = {"getter": getter, "setter": setter, "deleter": deleter}[which]
        solver.store.copy(args.positional[0], target)
    solver.store.add(result, cast(int, number))


def _register(solver: Solver, number: int, args: Args, result: int) -> None:
    """`@f.register`, `@f.register(C)`, `f.register(C, function)`."""
    item = solver.all[number]
    implementations, _ = cast("tuple[int, int]", item.a)
    for variable in args.positional[-1:]:
        solver.store.watch(variable, _on_registered, solver, implementations, number, result)


def _on_registered(watcher: Any, value: int) -> None:
    _, solver, implementations, number, result = watcher
    kind = solver.all[value].kind
    if kind in (Kind.FUNCTION, Kind.BOUND):
        solver.store.add(implementations, value)
        solver.store.add(result, value)
    elif kind in (Kind.CLASS, Kind.EXTERNAL):
        # `register(C)` gives a decorator; what it decorates registers itself.
        solver.store.add(result, solver.objects.number(Kind.REGISTRAR, number))

"""Functions outside whose meaning no type tells: `getattr`, `super`, `property`, `partial` …

What a name of the standard library does to callables and attributes is part of the language as far
as calls care, so it stands here; what other libraries do stands in tables.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, cast

from tracer.static import flat
from tracer.static.solving.bags import fill_given
from tracer.static.solving.classes import dotted_of, generated_maker, holding, metaclass, text
from tracer.static.solving.code import Code
from tracer.static.solving.containers import on_merged, scatter
from tracer.static.solving.engine import NO_ARGS, SITE, Args, Origin, Solver
from tracer.static.solving.hook_calls import run_hooks
from tracer.static.solving.kept import Runner, run_kept
from tracer.static.solving.keys import constant_text, once_called
from tracer.static.solving.members import (
    class_variable,
    find_member,
    read_attribute,
    store_attribute,
)
from tracer.static.solving.module_hooks import is_package, is_stored_before
from tracer.static.solving.names import location_of, namespace_of
from tracer.static.solving.objects import Kind, Object, Ref
from tracer.static.solving.outside import call_external, call_method, implicit_origin

Model = Callable[[Solver, "Code | None", Origin, Args, int], None]


def call_outside(
    solver: Solver, code: Code | None, origin: Origin, value: int, args: Args, result: int,
    through: str = "",
) -> None:  # fmt: skip
    """Call something outside: by its model, else by its type."""
    item = solver.all[value]
    if item.kind is Kind.METHOD:
        dotted = dotted_of(solver, value)
        is_generator = solver.all[cast(int, item.a)].kind is Kind.GENERATOR
        name = f"builtins.generator.{item.b}" if is_generator else dotted
        solver.record(origin, name, through)
        receiver = cast(int, item.a)
        run_hooks(solver, code, origin, cast(int, item.c or 0), dotted, args, result)
        run_kept(solver, receiver, Runner(code, origin, cast(str, item.b), dotted))
        fill_given(solver, receiver, dotted, args)
        method = _METHODS.get(dotted) or _METHODS.get(f"*.{item.b}")
        if method is not None and method(solver, code, origin, receiver, args, result):
            return
        call_method(solver, code, origin, value, args, result)
        return
    dotted = cast(str, item.a)
    solver.record(origin, dotted, through)
    run_hooks(solver, code, origin, 0, dotted, args, result)
    model = _model_of(solver, dotted)
    protocol = solver.table.protocols.get(dotted)
    if protocol is not None:
        place = implicit_origin(solver, origin)
        for variable in args.positional:
            solver.store.watch(variable, _on_protocol, solver, protocol, place, result)
            if dotted not in _ALL_ARGUMENTS:
                break
    if model is not None:
        model(solver, code, origin, args, result)
    else:
        call_external(solver, code, origin, dotted, args, result)


def _model_of(solver: Solver, dotted: str) -> Model | None:
    known = solver.models.get(dotted, _NOT_ASKED)
    if known is _NOT_ASKED:
        known = MODELS.get(dotted) or MODELS.get(solver.table.canonical(dotted))
        solver.models[dotted] = known
    return cast("Model | None", known)


_NOT_ASKED = object()


def decorate(
    solver: Solver, code: Code, origin: Origin, value: int, args: Args, result: int
) -> None:
    """Let a variable hold what a decorator makes of its argument."""
    item = solver.all[value]
    if item.kind is Kind.EXTERNAL:
        dotted = cast(str, item.a)
        model = _model_of(solver, dotted)
        if model is not None:
            solver.record(origin, dotted)
            model(solver, code, origin, args, result)
        elif dotted in solver.table.property_decorators:
            solver.record(origin, dotted)
            _property(solver, code, origin, args, result)
        elif dotted in solver.table.context_decorators:
            solver.record(origin, dotted)
            _context_maker(solver, code, origin, args, result)
        else:
            # A decorator that nobody knows leaves the function in its place.
            call_outside(solver, code, origin, value, args, solver.store.variable())
            solver.store.copy(args.positional[0], result)
    elif item.kind in (Kind.METHOD, Kind.FOREIGN):
        if item.kind is Kind.METHOD:
            call_outside(solver, code, origin, value, args, solver.store.variable())
        solver.store.copy(args.positional[0], result)
    else:
        solver.apply(solver, code, origin, value, args, result, "", True)


def call_getter(
    solver: Solver, code: Code | None, origin: Origin, item: Object, args: Args, result: int
) -> None:
    """Call what `operator.attrgetter` and its like made."""
    if not args.positional:
        return
    names = cast("tuple[str, ...]", item.b)
    reader = (implicit_origin(solver, origin), result, code)
    if item.a == "attrgetter":
        for name in names:
            current = args.positional[0]
            for part in name.split(".")[:-1]:
                inner = solver.store.variable()
                solver.store.watch(current, _on_read, solver, part, (reader[0], inner, code))
                current = inner
            solver.store.watch(current, _on_read, solver, name.rpartition(".")[2], reader)
    elif item.a == "methodcaller":
        for name in names[:1]:
            method = solver.store.variable()
            solver.store.watch(
                args.positional[0], _on_read, solver, name, (reader[0], method, code)
            )
            solver.store.watch(method, _on_called, solver, code, origin, NO_ARGS, result)


def possible_names(solver: Solver, code: Code | None, args: Args, index: int) -> Any:
    """What the constant strings of an argument's expression tell: whole names and prefixes."""
    if code is None or index >= len(args.nodes):
        return (), None
    return _pattern(code, args.nodes[index], 0)


def link_dead_site(solver: Solver, code: Code, origin: Origin, site: flat.FlatSite) -> None:
    """A call that cannot run: by definitions alone, and nothing is passed."""
    item = solver.all[solver.definitions.node(code.ref, site[2])]
    if item.kind is Kind.FUNCTION:
        solver.record(origin, cast(Ref, item.a))
    elif item.kind is Kind.EXTERNAL and item.a != "?":
        solver.record(origin, cast(str, item.a))
    elif item.kind is Kind.CLASS:
        owner, external = find_member(
            solver, solver.definitions.order(cast(Ref, item.a)), "__init__"
        )
        if owner is not None:
            binding = solver.definitions.members(owner).get("__init__", ())
            for one in binding:
                node = solver.flat(owner).nodes[solver.flat(owner).bindings[one][1]]
                if node[0] == flat.DEFINED:
                    solver.record(origin, (owner[0], cast(int, node[1])))
        elif generated := generated_maker(solver, cast(Ref, item.a)):
            solver.generated[origin] = generated
        else:
            solver.record(origin, f"{external or 'builtins.object'}.__init__")


def import_hook(solver: Solver, code: Code, parts: tuple[Any, ...]) -> None:
    """`from module import name` asks the module's `__getattr__` for what it does not bind."""
    from tracer.static.solving.names import is_absent, module_attribute

    _, level, module, name = parts
    target = solver.program.modules.resolve_relative(code.ref[0], level, module)
    if target.location is None or not is_absent(solver, target.location, name):
        return
    file = solver.program.modules.file_of(target.location)
    if file is None or not solver.definitions.members((file, 0)).get("__getattr__"):
        return
    span = next(
        (
            site[1]
            for site in code.scope.sites
            if site[0] == "import" and code.scope.nodes[site[2]] == parts
        ),
        0,
    )
    index = next(i for i, node in enumerate(code.scope.nodes) if node == parts)
    result = code.variable(index)
    if is_stored_before(solver, code.ref, span, target.location, name):
        if is_package(solver, target.location):
            return
        result = solver.store.variable()  # asked for `__path__` alone
    origin: Origin = (code.ref, "property", span)
    variable = module_attribute(solver, target.location, "__getattr__")
    args = Args((solver.named("text"),))
    solver.store.watch(variable, _on_called, solver, code, origin, args, result)


def delete_attribute(solver: Solver, value: int, name: str, origin: Origin) -> None:
    """`del value.name`: a property's deleter, `__delete__`, or `__delattr__`."""
    ref = cast(Ref, solver.all[value].a)
    order = solver.definitions.order(ref)
    owner, _ = find_member(solver, order, name)
    if owner is not None:
        solver.store.watch(
            class_variable(solver, owner, name), _on_deleted_through, solver, value, origin
        )
    if find_member(solver, order, "__delattr__")[0] is not None:
        solver.dunder(solver, value, "__delattr__", Args((solver.named("text"),)), origin)


# -- functions ------------------------------------------------------------------------------


def _super(solver: Solver, code: Code | None, origin: Origin, args: Args, result: int) -> None:
    del origin
    if code is None:
        return
    method: Code | None = code
    while method is not None and method.scope.kind != "method":
        method = method.parent
    if method is None:
        return
    owner = (method.ref[0], method.scope.parent)
    if args.positional:
        receiver = args.positional[1] if len(args.positional) > 1 else -1
        if receiver < 0:
            return
        solver.store.watch(args.positional[0], _on_super_class, solver, receiver, result)
        return
    if not method.scope.parameters:
        return
    solver.store.watch(method.base, _on_super, solver, owner, result)


def _getattr(solver: Solver, code: Code | None, origin: Origin, args: Args, result: int) -> None:
    if len(args.positional) < 2:
        return
    place = (implicit_origin(solver, origin)[0], "property", implicit_origin(solver, origin)[2])
    names, prefix = possible_names(solver, code, args, 1)
    reader = (place, result, code)
    for name in names:
        solver.store.watch(args.positional[0], _on_read, solver, name, reader)
    if not names:
        solver.store.watch(args.positional[1], _on_named, solver, args.positional[0], reader)
        if prefix:
            solver.store.watch(
                args.positional[0], _on_prefixed, solver, prefix[0], prefix[1], reader
            )
    if len(args.positional) > 2:
        solver.store.copy(args.positional[2], result)


def _hasattr(solver: Solver, code: Code | None, origin: Origin, args: Args, result: int) -> None:
    solver.store.add(result, solver.foreign("builtins.bool"))
    _getattr(
        solver, code, origin, args._replace(positional=args.positional[:2]), solver.store.variable()
    )


def _setattr(solver: Solver, code: Code | None, origin: Origin, args: Args, result: int) -> None:
    del result
    if len(args.positional) < 3:
        return
    place: Origin = (origin[0], "property", implicit_origin(solver, origin)[2])
    names, _ = possible_names(solver, code, args, 1)
    for name in names:
        solver.store.watch(args.positional[0], _on_set, solver, name, args.positional[2], place)
    if not names:
        solver.store.watch(
            args.positional[1], _on_set_named, solver, args.positional[0], args.positional[2], place
        )


def _type(solver: Solver, code: Code | None, origin: Origin, args: Args, result: int) -> None:
    del code, origin
    if len(args.positional) == 1:
        solver.store.watch(args.positional[0], _on_type, solver, result)
    elif len(args.positional) == 3:
        solver.store.watch(args.positional[1], _on_made_type, solver, result)


def _cached_property(
    solver: Solver, code: Code | None, origin: Origin, args: Args, result: int
) -> None:
    _property(solver, code, origin, args, result)
    solver.cached.add(solver.named("accessor", origin, code.number if code else 0, "fget"))


def _property(solver: Solver, code: Code | None, origin: Origin, args: Args, result: int) -> None:
    number = code.number if code else 0
    names = ("fget", "fset", "fdel")
    variables = tuple(solver.named("accessor", origin, number, name) for name in names)
    for variable, given in zip(variables, args.positional, strict=False):
        solver.store.copy(given, variable)
    for name, given in args.keywords:
        if name in names:
            solver.store.copy(given, variables[names.index(name)])
    solver.store.add(result, solver.objects.number(Kind.PROPERTY, variables))


def _wrapped(
    kind: Kind, solver: Solver, code: Code | None, origin: Origin, args: Args, result: int
) -> None:
    del code, origin
    for variable in args.positional[:1]:
        solver.store.watch(variable, _on_wrapped, solver, kind, result)


def _identity(solver: Solver, code: Code | None, origin: Origin, args: Args, result: int) -> None:
    del code, origin
    for variable in args.positional[:1]:
        solver.store.copy(variable, result)


def _decorator(solver: Solver, code: Code | None, origin: Origin, args: Args, result: int) -> None:
    """`@lru_cache`, and `@lru_cache(maxsize=None)`."""
    del code, origin
    if args.positional:
        solver.store.watch(args.positional[0], _on_decorated, solver, result)
    if not args.positional or args.keywords:
        solver.store.add(result, solver.objects.number(Kind.WRAPPER, "decorator"))
    else:
        solver.store.watch(args.positional[0], _on_option, solver, result)


def _wraps(solver: Solver, code: Code | None, origin: Origin, args: Args, result: int) -> None:
    del code, origin, args
    solver.store.add(result, solver.objects.number(Kind.WRAPPER, "decorator"))


def _partial(
    is_method: bool, solver: Solver, code: Code | None, origin: Origin, args: Args, result: int
) -> None:
    del code, origin
    kept = Args(
        args.positional[1:],
        args.keywords,
        tuple((place - 1, star) for place, star in args.stars),
        args.doubles,
    )
    for variable in args.positional[:1]:
        solver.store.watch(variable, _on_partial, solver, kept, is_method, result)


def _single_dispatch(
    solver: Solver, code: Code | None, origin: Origin, args: Args, result: int
) -> None:
    number = code.number if code else 0
    implementations = solver.named("implementations", origin, number)
    first = solver.named("implementation", origin, number)
    for variable in args.positional[:1]:
        solver.store.copy(variable, first)
    solver.store.add(result, solver.objects.number(Kind.DISPATCHER, (implementations, first)))


def _context_maker(
    solver: Solver, code: Code | None, origin: Origin, args: Args, result: int
) -> None:
    del code, origin
    for variable in args.positional[:1]:
        solver.store.watch(variable, _on_context_maker, solver, result)


def _namespace(solver: Solver, code: Code | None, origin: Origin, args: Args, result: int) -> None:
    """`globals()`, and `vars(module)`: the names of a module."""
    del code
    if args.positional:
        solver.store.watch(args.positional[0], _on_vars, solver, result)
        return
    location = location_of(solver.program.paths[origin[0][0]])
    solver.store.add(result, namespace_of(solver, location))


def _import_module(
    solver: Solver, code: Code | None, origin: Origin, args: Args, result: int
) -> None:
    file = origin[0][0]
    package = ""
    names, prefix = possible_names(solver, code, args, 0)
    given, _ = possible_names(solver, code, args, 1)
    if given:
        package = given[0]
    elif len(args.nodes) > 1 or any(name == "package" for name, _ in args.keywords):
        package = solver.program.names[file]
        if not solver.program.paths[file].endswith("__init__.py"):
            package = package.rpartition(".")[0]
    for name in names:
        _import_named(solver, file, name, package, result)
    if not names and args.positional:
        solver.store.watch(args.positional[0], _on_imported, solver, file, package, result)
        del prefix


def _import_named(solver: Solver, file: int, name: str, package: str, result: int) -> None:
    if name.startswith("."):
        level = len(name) - len(name.lstrip("."))
        parts = package.split(".") if package else []
        base = parts[: len(parts) - (level - 1)] if level > 1 else parts
        name = ".".join([*base, name.lstrip(".")]).strip(".")
    target = solver.program.modules.resolve(file, name)
    if target.location is not None:
        solver.store.add(result, solver.objects.number(Kind.MODULE, target.location))
    elif not target.is_missing:
        solver.store.add(result, solver.external(name))


def _getter(
    what: str, solver: Solver, code: Code | None, origin: Origin, args: Args, result: int
) -> None:
    del origin
    names: list[str] = []
    for index in range(len(args.positional)):
        found, _ = possible_names(solver, code, args, index)
        names.extend(found)
    solver.store.add(result, solver.objects.number(Kind.GETTER, what, tuple(names)))


def _make_object(
    solver: Solver, code: Code | None, origin: Origin, args: Args, result: int
) -> None:
    """`object.__new__(cls)`: an object of the class."""
    del origin
    for variable in args.positional[:1]:
        solver.store.watch(variable, _on_made_object, solver, code, result)


def _cast(solver: Solver, code: Code | None, origin: Origin, args: Args, result: int) -> None:
    del origin
    if len(args.positional) != 2:
        return
    solver.store.watch(args.positional[0], _on_cast, solver, result)
    if code is not None:
        solver.if_empty(result, partial(solver.store.copy, args.positional[1], result))


def _iter(solver: Solver, code: Code | None, origin: Origin, args: Args, result: int) -> None:
    if len(args.positional) == 2:  # `iter(call, sentinel)`
        box = solver.box("builtins.list", "iter", origin, code.number if code else 0)
        solver.store.watch(args.positional[0], _on_called, solver, code, origin, NO_ARGS, box.loose)
        solver.store.add(result, solver.foreign("builtins.list", box))
        return
    for variable in args.positional:
        solver.store.watch(
            variable, _on_iter, solver, implicit_origin(solver, origin),
            ("iter", origin, code.number if code else 0), result,
        )  # fmt: skip


def _next(solver: Solver, code: Code | None, origin: Origin, args: Args, result: int) -> None:
    del code
    for variable in args.positional[:1]:
        solver.store.watch(variable, _on_next, solver, implicit_origin(solver, origin), result)
    for variable in args.positional[1:]:
        solver.store.copy(variable, result)


def _check(
    method: str, solver: Solver, code: Code | None, origin: Origin, args: Args, result: int
) -> None:
    """`isinstance(x, cls)` asks the metaclass."""
    del code
    solver.store.add(result, solver.foreign("builtins.bool"))
    for variable in args.positional[1:2]:
        solver.store.watch(variable, _on_checked, solver, method, implicit_origin(solver, origin))


def _truths(solver: Solver, code: Code | None, origin: Origin, args: Args, result: int) -> None:
    """`any(items)`: the truth of each."""
    solver.store.add(result, solver.foreign("builtins.bool"))
    place = implicit_origin(solver, origin)
    element = solver.named("truths", origin, code.number if code else 0)
    for variable in args.positional[:1]:
        solver.store.watch(variable, _on_iterated, solver, element, place)
    solver.store.watch(element, _on_protocol, solver, "__bool__", place, -1)


def _sum(solver: Solver, code: Code | None, origin: Origin, args: Args, result: int) -> None:
    """`sum(items, start)`: each item is added to what there is so far, at first 0 or the start."""
    place = implicit_origin(solver, origin)
    element = solver.named("added", origin, code.number if code else 0)
    for variable in args.positional[:1]:
        solver.store.watch(variable, _on_iterated, solver, element, place)
    methods = ("__add__",) if len(args.positional) > 1 else ("__radd__", "__add__")
    for method in methods:
        solver.store.watch(element, _on_protocol, solver, method, place, -1)
    for variable in (element, *args.positional[1:2]):
        solver.store.copy(variable, result)


def _field(solver: Solver, code: Code | None, origin: Origin, args: Args, result: int) -> None:
    """`field(default=…)` stands for its default; a factory runs when an object is made."""
    del origin, code
    for name, variable in args.keywords:
        if name == "default":
            solver.store.copy(variable, result)


MODELS: Mapping[str, Model] = {
    "builtins.super": _super,
    "builtins.getattr": _getattr,
    "builtins.hasattr": _hasattr,
    "builtins.setattr": _setattr,
    "builtins.type": _type,
    "builtins.property": _property,
    "abc.abstractproperty": _property,
    "functools.cached_property": _cached_property,
    "cached_property.cached_property": _cached_property,
    "builtins.staticmethod": partial(_wrapped, Kind.STATIC),
    "builtins.classmethod": partial(_wrapped, Kind.CLASSMETHOD),
    "abc.abstractclassmethod": partial(_wrapped, Kind.CLASSMETHOD),
    "abc.abstractstaticmethod": partial(_wrapped, Kind.STATIC),
    "abc.abstractmethod": _identity,
    "typing.final": _identity,
    "typing.overload": _identity,
    "typing.override": _identity,
    "typing.runtime_checkable": _identity,
    "typing.no_type_check": _identity,
    "typing.NewType": _identity,
    "typing.cast": _cast,
    "functools.total_ordering": _identity,
    "functools.lru_cache": _decorator,
    "functools.cache": _decorator,
    "functools.wraps": _wraps,
    "functools.update_wrapper": _identity,
    "functools.partial": partial(_partial, False),
    "functools.partialmethod": partial(_partial, True),
    "functools.singledispatch": _single_dispatch,
    "functools.singledispatchmethod": _single_dispatch,
    "contextlib.contextmanager": _context_maker,
    "contextlib.asynccontextmanager": _context_maker,
    "dataclasses.dataclass": _decorator,
    "dataclasses.field": _field,
    "dataclasses.replace": _identity,
    "builtins.globals": _namespace,
    "builtins.vars": _namespace,
    "builtins.isinstance": partial(_check, "__instancecheck__"),
    "builtins.issubclass": partial(_check, "__subclasscheck__"),
    "builtins.any": _truths,
    "builtins.all": _truths,
    "builtins.sum": _sum,
    "importlib.import_module": _import_module,
    "operator.attrgetter": partial(_getter, "attrgetter"),
    "operator.methodcaller": partial(_getter, "methodcaller"),
    "operator.itemgetter": partial(_getter, "itemgetter"),
    "builtins.object.__new__": _make_object,
    "builtins.iter": _iter,
    "builtins.next": _next,
    "copy.copy": _identity,
    "copy.deepcopy": _identity,
    "enum.unique": _identity,
    "types.coroutine": _identity,
    "inspect.unwrap": _identity,
    "weakref.proxy": _identity,
}

_ALL_ARGUMENTS = frozenset(("builtins.print",))

# -- methods of containers, where a constant key says which item ------------------------------


def _keyed(
    solver: Solver, code: Code | None, origin: Origin, receiver: int, args: Args, result: int
) -> bool:
    """`d.get("k")`, `d.pop("k")`, `d.setdefault("k", v)`."""
    del origin
    item = solver.all[receiver]
    if item.kind is not Kind.FOREIGN or not item.b or not args.positional:
        return False
    box = solver.boxes[cast(int, item.b)]
    names, _ = possible_names(solver, code, args, 0)
    if len(names) != 1:
        return False
    solver.store.copy(solver.item_of(box, names[0]), result)
    solver.store.copy(box.loose, result)
    for variable in args.positional[1:2]:
        solver.store.copy(variable, result)
    return True


def _set_default(
    solver: Solver, code: Code | None, origin: Origin, receiver: int, args: Args, result: int
) -> bool:
    if not _keyed(solver, code, origin, receiver, args, result):
        if code is not None and len(args.nodes) > 1 and args.positional[1:]:
            solver.store.copy(args.positional[1], result)
            once_called(
                solver, code, args.nodes[0],
                partial(_set_anywhere, solver, code, origin, receiver, args, result),
            )  # fmt: skip
            return True
        return False
    box = solver.boxes[cast(int, solver.all[receiver].b)]
    names, _ = possible_names(solver, code, args, 0)
    for variable in args.positional[1:2]:
        solver.store.copy(variable, solver.item_of(box, names[0]))
    return True


def _set_anywhere(
    solver: Solver, code: Code, origin: Origin, receiver: int, args: Args, result: int
) -> None:
    method = solver.objects.number(Kind.METHOD, receiver, "setdefault", None)
    call_method(solver, code, origin, method, args, result)


def _update(
    solver: Solver, code: Code | None, origin: Origin, receiver: int, args: Args, result: int
) -> bool:
    del code, origin, result
    item = solver.all[receiver]
    if item.kind is not Kind.FOREIGN or not item.b:
        return False
    box = solver.boxes[cast(int, item.b)]
    if box.type_name not in ("builtins.dict", "collections.OrderedDict", "collections.defaultdict"):
        return False
    for name, variable in args.keywords:
        solver.store.copy(variable, solver.item_of(box, name))
    for variable in (*args.positional, *args.doubles):
        solver.store.watch(variable, on_merged, solver, box)
    return True


def _format(
    solver: Solver, code: Code | None, origin: Origin, receiver: int, args: Args, result: int
) -> bool:
    del code, receiver
    place = implicit_origin(solver, origin)
    for variable in (*args.positional, *(variable for _, variable in args.keywords)):
        solver.store.watch(variable, _on_protocol, solver, "__format__", place, -1)
    solver.store.add(result, solver.foreign("builtins.str"))
    return True


def _reordered(
    solver: Solver, code: Code | None, origin: Origin, receiver: int, args: Args, result: int
) -> bool:
    """`found.sort()`: what it does beside that, its type tells."""
    del code, origin, args, result
    scatter(solver, receiver)
    return False


def _taken(
    solver: Solver, code: Code | None, origin: Origin, receiver: int, args: Args, result: int
) -> bool:
    """`found.pop(0)` moves the others, which `found.pop()` does not."""
    return bool(args.positional) and _reordered(solver, code, origin, receiver, args, result)


def _new_object(
    solver: Solver, code: Code | None, origin: Origin, receiver: int, args: Args, result: int
) -> bool:
    """`super().__new__(cls)` of a class whose base is outside."""
    del receiver
    _make_object(solver, code, origin, args, result)
    return True


_METHODS: Mapping[str, Any] = {
    "builtins.dict.get": _keyed,
    "builtins.dict.pop": _keyed,
    "builtins.dict.setdefault": _set_default,
    "builtins.dict.update": _update,
    "collections.OrderedDict.update": _update,
    "collections.OrderedDict.get": _keyed,
    "builtins.list.__delitem__": _reordered,
    "builtins.list.insert": _reordered,
    "builtins.list.pop": _taken,
    "builtins.list.remove": _reordered,
    "builtins.list.reverse": _reordered,
    "builtins.list.sort": _reordered,
    "collections.deque.appendleft": _reordered,
    "collections.deque.extendleft": _reordered,
    "collections.deque.insert": _reordered,
    "collections.deque.popleft": _reordered,
    "collections.deque.remove": _reordered,
    "collections.deque.reverse": _reordered,
    "collections.deque.rotate": _reordered,
    "builtins.str.format": _format,
    "*.__new__": _new_object,
}

# -- watchers -------------------------------------------------------------------------------


def _on_protocol(watcher: Any, value: int) -> None:
    _, solver, method, origin, result = watcher
    item = solver.all[value]
    if item.kind is Kind.INSTANCE:
        answer = result if method in _GIVING else -1
        solver.protocol(solver, value, method, NO_ARGS, origin, answer)
    elif method in _TEXTS and item.kind is Kind.FOREIGN and item.b:
        # A container writes what it holds by `repr`.
        box = solver.boxes[cast(int, item.b)]
        key = ("written", box.number, origin)
        if key not in solver.memo:
            solver.memo[key] = 1  # A container may hold itself.
            solver.store.watch(
                solver.elements_of(box), _on_protocol, solver, "__repr__", origin, result
            )


_TEXTS = frozenset(("__str__", "__repr__", "__format__"))
_GIVING = frozenset(
    ("__iter__", "__reversed__", "__round__", "__abs__", "__copy__", "__deepcopy__")
)


def _on_vars(watcher: Any, value: int) -> None:
    _, solver, result = watcher
    item = solver.all[value]
    if item.kind is Kind.MODULE:
        solver.store.add(result, namespace_of(solver, cast(str, item.a)))
    else:
        solver.store.add(result, solver.foreign("builtins.dict"))


def _on_checked(watcher: Any, value: int) -> None:
    _, solver, method, origin = watcher
    item = solver.all[value]
    if item.kind is Kind.CLASS:
        made_by = metaclass(solver, cast(Ref, item.a))
        if made_by is not None:
            solver.dunder(
                solver, solver.instance(made_by, False), method,
                Args((solver.named("text"),)), origin,
            )  # fmt: skip


def _on_iterated(watcher: Any, value: int) -> None:
    _, solver, element, origin = watcher
    solver.iterate(solver, value, element, origin)


def _on_read(watcher: Any, value: int) -> None:
    _, solver, name, reader = watcher
    read_attribute(solver, value, name, reader)


def _on_named(watcher: Any, name: int) -> None:
    _, solver, base, reader = watcher
    item = solver.all[name]
    if item.kind is Kind.STRING:
        solver.store.watch(base, _on_read, solver, item.a, reader)


def _on_prefixed(watcher: Any, value: int) -> None:
    """`getattr(self, "visit_" + name)`: every member with that beginning and end."""
    _, solver, prefix, suffix, reader = watcher
    item = solver.all[value]
    names: set[str] = set()
    if item.kind in (Kind.INSTANCE, Kind.CLASS):
        ref = cast(Ref, item.a)
        below = () if item.b else solver.definitions.subclasses(ref)
        for cls in (*solver.definitions.order(ref), *below):
            if not isinstance(cls, str):
                names.update(solver.definitions.members(cls))
    elif item.kind is Kind.MODULE:
        file = solver.program.modules.file_of(cast(str, item.a))
        if file is not None and solver.program.summaries[file].scopes:
            names.update(solver.definitions.members((file, 0)))
    for name in sorted(names):
        if name.startswith(prefix) and name.endswith(suffix) and name != prefix:
            read_attribute(solver, value, name, reader)


def _on_set(watcher: Any, value: int) -> None:
    _, solver, name, stored, origin = watcher
    store_attribute(solver, value, name, stored, origin, -1)


def _on_set_named(watcher: Any, name: int) -> None:
    _, solver, base, stored, origin = watcher
    item = solver.all[name]
    if item.kind is Kind.STRING:
        solver.store.watch(base, _on_set, solver, item.a, stored, origin)


def _on_super(watcher: Any, receiver: int) -> None:
    _, solver, owner, result = watcher
    if solver.all[receiver].kind in (Kind.INSTANCE, Kind.CLASS):
        solver.store.add(result, solver.objects.number(Kind.SUPER, owner, receiver))


def _on_super_class(watcher: Any, cls: int) -> None:
    _, solver, receiver, result = watcher
    item = solver.all[cls]
    if item.kind is Kind.CLASS:
        solver.store.watch(receiver, _on_super, solver, item.a, result)


def _on_type(watcher: Any, value: int) -> None:
    _, solver, result = watcher
    item = solver.all[value]
    if item.kind is Kind.INSTANCE:
        solver.store.add(result, solver.objects.number(Kind.CLASS, item.a, item.b))
    elif item.kind is Kind.FOREIGN:
        solver.store.add(result, solver.external(cast(str, item.a)))


def _on_made_type(watcher: Any, bases: int) -> None:
    """`type(name, bases, namespace)`: a class that is like its bases."""
    _, solver, result = watcher
    item = solver.all[bases]
    if item.kind is Kind.FOREIGN and item.b:
        solver.store.copy(solver.elements_of(solver.boxes[cast(int, item.b)]), result)


def _on_wrapped(watcher: Any, value: int) -> None:
    _, solver, kind, result = watcher
    solver.store.add(result, solver.objects.number(kind, value))


def _on_decorated(watcher: Any, value: int) -> None:
    _, solver, result = watcher
    if solver.all[value].kind is not Kind.FOREIGN:
        solver.store.add(result, value)


def _on_option(watcher: Any, value: int) -> None:
    _, solver, result = watcher
    if solver.all[value].kind is Kind.FOREIGN:
        solver.store.add(result, solver.objects.number(Kind.WRAPPER, "decorator"))


def _on_partial(watcher: Any, value: int) -> None:
    _, solver, kept, is_method, result = watcher
    if solver.all[value].kind is Kind.PARTIAL and len(watcher) > 8:
        return
    solver.store.add(result, solver.objects.number(Kind.PARTIAL, value, kept, is_method))


def _on_context_maker(watcher: Any, value: int) -> None:
    _, solver, result = watcher
    solver.store.add(result, solver.objects.number(Kind.CONTEXT_MAKER, value))


def _on_imported(watcher: Any, name: int) -> None:
    _, solver, file, package, result = watcher
    item = solver.all[name]
    if item.kind is Kind.STRING:
        _import_named(solver, file, cast(str, item.a), package, result)


def _on_called(watcher: Any, value: int) -> None:
    _, solver, code, origin, args, result = watcher
    solver.apply(solver, code, origin, value, args, result)


def _on_made_object(watcher: Any, value: int) -> None:
    _, solver, code, result = watcher
    item = solver.all[value]
    if item.kind is Kind.CLASS:
        ref, is_exact = cast(Ref, item.a), cast(bool, item.b)
        birth = 0
        if code is not None and code.context and solver.holds_callables(ref):
            birth = solver.number_of(code.context[0], code)
        if is_exact or birth:
            solver.instantiate(ref)
        solver.store.add(result, solver.instance(ref, is_exact or bool(birth), birth))


def _on_cast(watcher: Any, value: int) -> None:
    _, solver, result = watcher
    item = solver.all[value]
    if item.kind is Kind.CLASS:
        solver.store.add(result, solver.instance(cast(Ref, item.a), False))
    elif item.kind is Kind.EXTERNAL and solver.library.mro(cast(str, item.a)):
        solver.store.add(result, solver.foreign(cast(str, item.a)))


def _on_iter(watcher: Any, value: int) -> None:
    _, solver, origin, key, result = watcher
    item = solver.all[value]
    if item.kind is Kind.INSTANCE:
        if solver.dunder(solver, value, "__iter__", NO_ARGS, origin, result):
            return
    elif item.kind is Kind.GENERATOR:
        solver.store.add(result, value)
        return
    box = solver.box("builtins.list", *key)
    solver.iterate(solver, value, box.loose, origin)
    solver.store.add(result, solver.foreign("builtins.list", box))


def _on_next(watcher: Any, value: int) -> None:
    _, solver, origin, result = watcher
    item = solver.all[value]
    if item.kind is Kind.INSTANCE:
        solver.dunder(solver, value, "__next__", NO_ARGS, origin, result)
    else:
        solver.iterate(solver, value, result, origin)


def _on_deleted_through(watcher: Any, member: int) -> None:
    _, solver, value, origin = watcher
    item = solver.all[member]
    if item.kind is Kind.PROPERTY:
        deleter = cast("tuple[int, int, int]", item.a)[2]
        solver.store.watch(deleter, _on_deleter, solver, value, origin)
    elif item.kind is Kind.INSTANCE:
        solver.dunder(solver, member, "__delete__", Args((holding(solver, value),)), origin)


def _on_deleter(watcher: Any, function: int) -> None:
    _, solver, value, origin = watcher
    bound = solver.objects.number(Kind.BOUND, function, value)
    solver.apply(solver, None, origin, bound, NO_ARGS, solver.store.variable())


# -- constant names -------------------------------------------------------------------------


def _pattern(code: Code, node: int, depth: int) -> Any:
    """(whole names, (beginning, end)) of a string expression, as far as constants tell."""
    parts = code.scope.nodes[code.template.alias[node]]
    if depth > 4:
        return (), None
    if parts[0] == flat.CONST and isinstance(parts[2], str):
        return (parts[2],), None
    if parts[0] in (flat.PARAMETER, flat.NAME):
        given = constant_text(code, node)
        return (() if given is None else (given,)), None
    if parts[0] == flat.TEXT:
        pieces = [
            code.scope.nodes[code.template.alias[piece]]
            for piece in cast("tuple[int, ...]", parts[1])
        ]
        start = pieces[0][2] if pieces and _is_text(pieces[0]) else ""
        end = pieces[-1][2] if len(pieces) > 1 and _is_text(pieces[-1]) else ""
        return (), ((start, end) if start or end else None)
    if parts[0] == flat.OPERATE and parts[1] == "__add__":
        left = _pattern(code, cast(int, parts[2]), depth + 1)
        right = _pattern(code, cast(int, parts[3]), depth + 1)
        start = left[0][0] if left[0] else (left[1][0] if left[1] else "")
        end = right[0][0] if right[0] else (right[1][1] if right[1] else "")
        return (), ((start, end) if start or end else None)
    if parts[0] == flat.OPERATE and parts[1] == "__mod__":
        left = _pattern(code, cast(int, parts[2]), depth + 1)
        if left[0] and "%" in left[0][0]:
            template: str = left[0][0]
            start, _, rest = template.partition("%")
            return (), ((start, rest[1:]) if start or rest[1:] else None)
    if parts[0] == flat.CALL:
        return _pattern_of_call(code, cast(int, parts[1]), depth)
    return (), None


def _pattern_of_call(code: Code, number: int, depth: int) -> Any:
    """The same of `"visit_{}".format(x)`, and of `.lower()` or `.upper()` of such a string."""
    method: Any = code.scope.nodes[code.template.alias[code.scope.sites[number][2]]]
    if method[0] != flat.ATTR:
        return (), None
    names, affixes = _pattern(code, method[1], depth + 1)
    if method[2] in ("lower", "upper"):
        change = str.lower if method[2] == "lower" else str.upper
        changed = tuple(map(change, names))
        return changed, None if affixes is None else tuple(map(change, affixes))
    if method[2] == "format" and names:
        start, brace, _ = names[0].partition("{")
        if not brace:
            return names, None
        end = names[0].rpartition("}")[2]
        return (), ((start, end) if start or end else None)
    return (), None


def _is_text(parts: tuple[object, ...]) -> bool:
    return parts[0] == flat.CONST and isinstance(parts[2], str)


assert SITE == "site" and text is not None

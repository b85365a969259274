"""Functions outside whose meaning no type tells: `getattr`, `super`, `property`, `partial` …

What a name of the standard library does to callables and attributes is part of the language as far
as calls care, so it stands here; what other libraries do stands in tables.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from tracer.static import flat
from tracer.static.solving.attribute_models import ATTRIBUTE_MODELS
from tracer.static.solving.bags import fill_given
from tracer.static.solving.class_models import CLASS_MODELS
from tracer.static.solving.classes import dotted_of, generated_maker
from tracer.static.solving.code import Code
from tracer.static.solving.engine import Solver
from tracer.static.solving.hook_calls import run_hooks
from tracer.static.solving.import_models import IMPORT_MODELS
from tracer.static.solving.iteration_models import ITERATION_MODELS
from tracer.static.solving.kept import Runner, run_kept
from tracer.static.solving.lookup import find_member
from tracer.static.solving.method_models import METHOD_MODELS
from tracer.static.solving.modelling import Model, on_protocol
from tracer.static.solving.objects import Kind, Ref
from tracer.static.solving.outside import call_external, call_method
from tracer.static.solving.terms import Args, Origin
from tracer.static.solving.unifying import implicit_origin
from tracer.static.solving.wrapper_models import WRAPPER_MODELS, make_context_maker, make_property


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
        method = METHOD_MODELS.get(dotted) or METHOD_MODELS.get(f"*.{item.b}")
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
            solver.store.watch(variable, on_protocol, solver, protocol, place, result)
            if dotted not in _ALL_ARGUMENTS:
                break
    if model is not None:
        model(solver, code, origin, args, result)
    else:
        call_external(solver, code, origin, dotted, args, result)


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
            make_property(solver, code, origin, args, result)
        elif dotted in solver.table.context_decorators:
            solver.record(origin, dotted)
            make_context_maker(solver, code, origin, args, result)
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


def _model_of(solver: Solver, dotted: str) -> Model | None:
    known = solver.models.get(dotted, _NOT_ASKED)
    if known is _NOT_ASKED:
        known = MODELS.get(dotted) or MODELS.get(solver.table.canonical(dotted))
        solver.models[dotted] = known
    return cast("Model | None", known)


_NOT_ASKED = object()


MODELS: Mapping[str, Model] = {
    **ATTRIBUTE_MODELS,
    **CLASS_MODELS,
    **WRAPPER_MODELS,
    **ITERATION_MODELS,
    **IMPORT_MODELS,
}

_ALL_ARGUMENTS = frozenset(("builtins.print",))

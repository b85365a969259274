"""Whence a call came that was seen and not read: the cause, in a closed list of kinds.

Told from what the graph says of the place and of the function that ran. What none of it explains
is `unknown`, with what was looked at.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tracer.model.evidence import DynamicOrigin
from tracer.model.graph import CallGraph, Effect, EffectKind, Resolution, SiteKind
from tracer.model.source import (
    Callee,
    Function,
    FunctionId,
    FunctionKind,
    is_function,
    path_of,
    qualname_of,
)
from tracer.reconcile.observed import SeenCall

Origin = tuple[DynamicOrigin, str]
"""The kind, and a clause that says what shows it."""


@dataclass(frozen=True, slots=True)
class OriginFacts:
    """What the graph says that a call's origin is told from; made once."""

    functions: Mapping[FunctionId, Function]
    decorators: Mapping[FunctionId, tuple[Callee, ...]]  # of each decorated function
    stores: Mapping[str, tuple[Effect, ...]]  # dotted name -> what stores under it


def origin_facts(graph: CallGraph, functions: Mapping[FunctionId, Function]) -> OriginFacts:
    """Gather decorators and stores of the whole graph."""
    applied: defaultdict[str, list[Resolution]] = defaultdict(list)
    for resolution in graph.resolutions:
        if resolution.site.kind is SiteKind.DECORATOR:
            applied[resolution.site.path].append(resolution)
    decorators = {
        function.id: tuple(
            callee
            for resolution in applied.get(function.path, ())
            if function.first_line <= resolution.site.span.line < function.def_line
            for callee in resolution.callees
        )
        for function in functions.values()
        if function.first_line < function.def_line
    }
    stores: defaultdict[str, list[Effect]] = defaultdict(list)
    for effect in graph.effects:
        if effect.kind is EffectKind.STATE_WRITE and effect.operation == f"{effect.subject} =":
            stores[effect.subject].append(effect)
    return OriginFacts(functions, decorators, {name: tuple(at) for name, at in stores.items()})


def origin_of_call(
    call: SeenCall,
    resolution: Resolution | None,
    facts: OriginFacts,
    at_line: Sequence[Resolution] = (),
) -> Origin:
    """Why reading did not have this call.

    Args:
        resolution: Of the call site at that place; None where no call expression stands there.
        at_line: What was read of its line, which is all that is known where there are no columns.
    """
    callee = facts.functions.get(call.callee) if call.callee else None
    if callee is None:
        return DynamicOrigin.GENERATED, "code that no file of the tree holds at that place"
    if callee.kind is FunctionKind.MODULE:
        return DynamicOrigin.IMPORT, "import of the module"
    if callee.kind is FunctionKind.CLASS_BODY:
        return DynamicOrigin.CLASS_BODY, "the body of a class statement"
    if call.how == "resume" or callee.is_generator:
        return DynamicOrigin.RESUME, "resumes a generator or coroutine"
    if call.through:
        return DynamicOrigin.CALLBACK, f"called back through {call.through}"
    if resolution is not None and resolution.site.kind is SiteKind.DECORATOR:
        return DynamicOrigin.DECORATOR, f"runs as the decorator `{resolution.site.text}`"
    if found := _wrapped(call.caller, callee, facts):
        return DynamicOrigin.DECORATOR, f"`{qualname_of(call.caller)}` calls what {found} decorates"
    if resolution is None and call.caller not in facts.functions:
        return DynamicOrigin.GENERATED, "the caller is code that no file of the tree holds"
    if resolution is None and not call.line:
        return DynamicOrigin.UNKNOWN, "from which line it was called was not looked at"
    if resolution is None and at_line and call.span is None:
        texts = ", ".join(dict.fromkeys(f"`{read.site.text}`" for read in at_line))
        return (
            DynamicOrigin.UNKNOWN,
            f"unknown, because the run knows lines alone: its line holds {texts}, and something "
            "else may run there, too",
        )
    if resolution is None:
        return DynamicOrigin.IMPLICIT, "no call that is written there runs it: an implicit call"
    read = [
        facts.functions[each]
        for each in resolution.callees
        if is_function(each) and each in facts.functions
    ]
    for function in read:
        if found := _wrapped(callee.id, function, facts):
            text = f"`{callee.qualname}` of {found} stands for `{function.qualname}`"
            return DynamicOrigin.DECORATOR, text
    if resolution.is_open and resolution.open_reason is not None:
        detail = f": {resolution.open_detail}" if resolution.open_detail else ""
        return (
            DynamicOrigin.OPEN_SITE,
            f"the site was left open ({resolution.open_reason.value}{detail})",
        )
    if not read:
        outside = ", ".join(resolution.callees)
        return DynamicOrigin.C_CALLER, f"called back through {outside}, which shows no frame"
    return _replaced(callee, read, facts)


def _wrapped(wrapper: FunctionId, decorated: Function, facts: OriginFacts) -> str:
    """The decorator of a function that made the wrapper; empty where none did."""
    for decorator in facts.decorators.get(decorated.id, ()):
        if not is_function(decorator) or path_of(decorator) != path_of(wrapper):
            continue
        owner = qualname_of(decorator).removesuffix(".__init__")
        inner = qualname_of(wrapper)
        if inner.startswith((f"{owner}.<locals>.", f"{owner}.__call__")):
            return f"decorator `{owner}`"
    return ""


def _replaced(callee: Function, read: Sequence[Function], facts: OriginFacts) -> Origin:
    """A site that was read as something else: another class's method, or a name set anew."""
    names = ", ".join(function.id for function in read)
    for function in read:
        for effect in facts.stores.get(function.dotted, ()):
            return (
                DynamicOrigin.MONKEY_PATCHED,
                f"`{function.qualname}` was read; {effect.anchor} sets that name anew",
            )
    is_method = callee.kind is FunctionKind.METHOD
    if is_method and any(f.kind is FunctionKind.METHOD and f.name == callee.name for f in read):
        return DynamicOrigin.DISPATCH, f"dispatch: the site was read as {names}"
    return (
        DynamicOrigin.UNKNOWN,
        f"unknown, because the site was read as {names}, no decorator of it made what ran, and no "
        "line that was read sets that name anew",
    )

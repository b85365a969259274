"""Small call graphs, written down by hand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tracer.model.graph import (
    CallGraph,
    CallSite,
    Effect,
    EffectKind,
    OpenReason,
    Resolution,
    SiteKind,
    Tier,
)
from tracer.model.source import (
    Callee,
    ExternalId,
    Function,
    FunctionId,
    FunctionKind,
    Span,
    function_id,
    is_function,
    path_of,
    qualname_of,
)


def name(text: str) -> Callee:
    """`f` is a function of `m.py`; `a.py::f` is itself; `dill.dump` is an outside callee."""
    if "::" in text:
        return FunctionId(text)
    return ExternalId(text) if "." in text else function_id("m.py", text)


def call(
    caller: str,
    callee: str,
    line: int,
    *,
    kind: SiteKind = SiteKind.CALL,
    tier: Tier = Tier.DEFINITE,
    is_unreachable: bool = False,
) -> Resolution:
    """A call site with one callee; an empty callee is an open site."""
    source = FunctionId(name(caller))
    site = CallSite(
        source, Span(line, 0, line, 8), kind, callee or "unknown", is_unreachable=is_unreachable
    )
    if not callee:
        return Resolution(site, open_reason=OpenReason.UNKNOWN_NAME)
    return Resolution(site, (name(callee),), tier)


def effect(function: str, kind: EffectKind, operation: str, line: int) -> Effect:
    """An effect at the place of a call."""
    return Effect(FunctionId(name(function)), Span(line, 0, line, 8), kind, operation)


def graph(
    resolutions: Sequence[Resolution],
    effects: Iterable[Effect] = (),
    functions: Iterable[str] = (),
) -> CallGraph:
    """A graph of the functions that the calls and effects mention, and of those given."""
    effects = tuple(effects)
    ids = {FunctionId(name(function)) for function in functions}
    for resolution in resolutions:
        ids.add(resolution.site.caller)
        ids.update(callee for callee in resolution.callees if is_function(callee))
    ids.update(effect.function for effect in effects)
    return CallGraph(
        files=(),
        functions=tuple(
            Function(
                id_,
                path_of(id_).removesuffix(".py").replace("/", "."),
                FunctionKind.MODULE if qualname_of(id_) == "<module>" else FunctionKind.FUNCTION,
                1,
                1,
                99,
            )
            for id_ in sorted(ids)
        ),
        classes=(),
        resolutions=tuple(resolutions),
        effects=effects,
    )

"""The static call graph in forms that others read."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Mapping

from tracer.model.graph import CallGraph, Resolution, SiteKind
from tracer.model.source import (
    MODULE_QUALNAME,
    Callee,
    Function,
    FunctionId,
    FunctionKind,
    function_id,
    is_function,
)
from tracer.report.drawing import Arrow, draw_dot, draw_mermaid

CALLGRAPH_SCHEMA = "tracer/callgraph/1"


def export_json(graph: CallGraph) -> str:
    """Functions, call sites with callees, tier and open reason, effects; sorted."""
    known = graph.function_index()
    data = {
        "schema": CALLGRAPH_SCHEMA,
        "files": [
            {"path": file.path, "module": file.module, "lines": file.lines, "problem": file.problem}
            for file in graph.files
        ],
        "functions": [
            {
                "id": function.id,
                "dotted": function.dotted,
                "kind": function.kind.value,
                "line": function.def_line,
                "end_line": function.end_line,
            }
            for function in graph.functions
        ],
        "sites": [_site(resolution) for resolution in graph.resolutions],
        "effects": [
            {
                "function": effect.function,
                "line": effect.span.line,
                "kind": effect.kind.value,
                "operation": effect.operation,
                "subject": effect.subject,
                "payload": effect.payload,
                "keys": list(effect.keys),
                "unreachable": effect.is_unreachable,
            }
            for effect in graph.effects
            if effect.function in known
        ],
        "unread": list(graph.unread),
        "limits": list(graph.limits),
    }
    return json.dumps(data, indent=1, ensure_ascii=False) + "\n"


def export_pycg(graph: CallGraph) -> str:
    """`{"caller": ["callee", …]}` with PyCG's names, every function and callee a key.

    Modules are their path relative to the root, a package's `__init__` is the package, lambdas are
    numbered in their scope from 1, builtins are `<builtin>.len`, methods of literals
    `<**PyStr**>.join`.
    """
    names = _pycg_names(graph)
    edges: dict[str, set[str]] = {name: set() for name in names.values()}
    for resolution in graph.resolutions:
        site = resolution.site
        caller = names.get(site.caller)
        if caller is None or site.kind in (SiteKind.IMPORT, SiteKind.CLASS_BODY):
            continue  # PyCG has no edge for an import or a class statement
        if site.is_unreachable:
            continue
        later = {callee for callee, through in resolution.through if through.endswith(" (later)")}
        for callee in resolution.callees:
            if callee in later:
                continue  # stored here, and called by somebody else
            name = _pycg_callee(callee, names)
            if name is not None:
                edges[caller].add(name)
                edges.setdefault(name, set())
    ordered = {caller: sorted(edges[caller]) for caller in sorted(edges)}
    return json.dumps(ordered, indent=1, ensure_ascii=False) + "\n"


def export_text(graph: CallGraph) -> str:
    """One line per edge: `caller -> callee  path:line  tier`; open sites with their reason.

    What stands in code that cannot run says `unreachable` at the end.
    """
    lines: list[str] = []
    for resolution in graph.resolutions:
        site = resolution.site
        place = f"{site.path}:{site.span.line}"
        tier = resolution.tier.value if resolution.tier else ""
        dead = "  unreachable" if site.is_unreachable else ""
        for callee in resolution.callees:
            lines.append(f"{site.caller} -> {callee}  {place}  {tier} {resolution.sure}{dead}")
        if resolution.open_reason is not None:
            detail = f": {resolution.open_detail}" if resolution.open_detail else ""
            lines.append(
                f"{site.caller} -> {'?' if resolution.is_open else '-'}  {place}  {site.text}  "
                f"({resolution.open_reason.value}{detail}){dead}"
            )
    return "\n".join(lines) + "\n"


def export_dot(graph: CallGraph) -> str:
    """Graphviz, edges between functions of the sources; `may` edges dashed."""
    return draw_dot(_arrows(graph))


def export_mermaid(graph: CallGraph) -> str:
    """A Mermaid flowchart, edges between functions of the sources; `may` edges dashed."""
    return draw_mermaid(_arrows(graph))


def _arrows(graph: CallGraph) -> list[Arrow]:
    drawn: dict[tuple[str, str], bool] = {}
    for resolution in graph.resolutions:
        for callee in resolution.callees:
            if is_function(callee) and not resolution.site.is_unreachable:
                pair = resolution.site.caller, callee
                drawn[pair] = drawn.get(pair, False) or resolution.is_exact
    return [Arrow(caller, callee, is_sure) for (caller, callee), is_sure in drawn.items()]


WITH_EFFECTS = frozenset(("json",))
"""Forms that tell of effects and guards."""

FORMATS: Mapping[str, Callable[[CallGraph], str]] = {
    "json": export_json,
    "pycg": export_pycg,
    "text": export_text,
    "dot": export_dot,
    "mermaid": export_mermaid,
}


def _site(resolution: Resolution) -> dict[str, object]:
    site = resolution.site
    return {
        "caller": site.caller,
        "line": site.span.line,
        "end": [site.span.end_line, site.span.end_column],
        "kind": site.kind.value,
        "text": site.text,
        "callees": list(resolution.callees),
        "through": dict(resolution.through),
        "tier": resolution.tier.value if resolution.tier else None,
        "exact": resolution.is_exact,
        "declared": resolution.is_declared,
        "open": resolution.open_reason.value if resolution.open_reason else None,
        "detail": resolution.open_detail,
        "unreachable": site.is_unreachable,
    }


def _pycg_names(graph: CallGraph) -> dict[FunctionId, str]:
    names: dict[FunctionId, str] = {}
    bodies: list[Function] = []
    lambdas: defaultdict[tuple[str, str], int] = defaultdict(int)
    for function in sorted(graph.functions, key=lambda f: (f.path, f.first_line, f.id)):
        if function.kind is FunctionKind.CLASS_BODY:
            bodies.append(function)
            continue
        names[function.id] = _pycg_name(function, lambdas)
    for function in bodies:
        # What a class body calls is called by the scope that holds the class statement.
        holder = function.qualname
        while holder:
            holder = holder.rpartition(".")[0].removesuffix(".<locals>")
            known = names.get(function_id(function.path, holder or MODULE_QUALNAME))
            if known is not None:
                names[function.id] = known
                break
    return names


def _pycg_name(function: Function, lambdas: defaultdict[tuple[str, str], int]) -> str:
    module = function.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    if function.kind is FunctionKind.MODULE:
        return module
    qualname = function.qualname.replace(".<locals>", "")
    if function.kind is FunctionKind.LAMBDA:
        scope = qualname.rpartition(".")[0]
        lambdas[function.path, scope] += 1
        last = f"<lambda{lambdas[function.path, scope]}>"
        qualname = f"{scope}.{last}" if scope else last
    return f"{module}.{qualname}"


_LITERALS = {
    "str": "<**PyStr**>",
    "list": "<**PyList**>",
    "dict": "<**PyDict**>",
    "set": "<**PySet**>",
    "tuple": "<**PyTuple**>",
    "int": "<**PyNum**>",
    "float": "<**PyNum**>",
}


def _pycg_callee(callee: Callee, names: Mapping[FunctionId, str]) -> str | None:
    if is_function(callee):
        return names.get(callee)
    if callee == "builtins.object.__init__":
        return None  # no function runs that anybody wrote
    if not callee.startswith("builtins."):
        return callee
    rest = callee.removeprefix("builtins.")
    owner, _, method = rest.partition(".")
    if method and owner in _LITERALS:
        return f"{_LITERALS[owner]}.{method}"
    return f"<builtin>.{rest}"

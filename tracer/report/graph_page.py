"""The whole call graph as one offline page: each function with who calls it and whom it calls."""

from __future__ import annotations

from dataclasses import dataclass

from jinja2 import Environment, PackageLoader, StrictUndefined

from tracer.model.graph import CallGraph, Resolution, SiteKind
from tracer.model.source import Callee, FunctionId, is_function
from tracer.report.quoting import visible


@dataclass(frozen=True, slots=True)
class _Line:
    """A call as one end sees it."""

    name: str
    link: str  # of the function at the other end; empty for what lies outside
    at: str
    told: str


@dataclass(frozen=True, slots=True)
class _Block:
    link: str
    name: str
    at: str
    kind: str
    callers: tuple[_Line, ...]
    callees: tuple[_Line, ...]


def render_graph_page(graph: CallGraph) -> str:
    """One HTML file that loads nothing; equal graphs give equal bytes.

    Functions that call nothing and that nobody calls are counted, not listed.
    """
    links = {function.id: f"f{number}" for number, function in enumerate(graph.functions)}
    callers: dict[Callee, list[_Line]] = {}
    callees: dict[FunctionId, list[_Line]] = {}
    for resolution in graph.resolutions:
        site = resolution.site
        at = f"{site.path}:{site.span.line}"
        for callee in resolution.callees:
            told = _told(resolution)
            link = links.get(callee, "") if is_function(callee) else ""
            callees.setdefault(site.caller, []).append(_Line(visible(callee), link, at, told))
            line = _Line(visible(site.caller), links.get(site.caller, ""), at, told)
            callers.setdefault(callee, []).append(line)
        if resolution.is_open:
            reason = resolution.open_reason.value if resolution.open_reason else ""
            detail = f": {resolution.open_detail}" if resolution.open_detail else ""
            line = _Line(visible(site.text), "", at, visible(f"open: {reason}{detail}"))
            callees.setdefault(site.caller, []).append(line)
    blocks = [
        _Block(
            links[function.id],
            visible(function.id),
            f"{function.path}:{function.def_line}",
            function.kind.value,
            tuple(callers.get(function.id, ())),
            tuple(callees.get(function.id, ())),
        )
        for function in graph.functions
        if function.id in callers or function.id in callees
    ]
    environment = Environment(
        loader=PackageLoader("tracer.report", "templates"),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.get_template("graph.html.j2").render(
        blocks=blocks,
        alone=len(graph.functions) - len(blocks),
        files=len(graph.files),
        sites=len(graph.resolutions),
        open_sites=sum(resolution.is_open for resolution in graph.resolutions),
        limits=[visible(limit) for limit in graph.limits],
        problems=[visible(f"{f.path}: {f.problem}") for f in graph.files if f.problem],
    )


def _told(resolution: Resolution) -> str:
    site = resolution.site
    parts = [
        resolution.tier.value if resolution.tier else "",
        "exact" if resolution.is_exact else "may",
        site.kind.value if site.kind is not SiteKind.CALL else "",
        "cannot run" if site.is_unreachable else "",
    ]
    return " ".join(part for part in parts if part)

"""Code of the answer that cannot run."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence

from tracer.model.evidence import Finding, FindingKind
from tracer.model.graph import CallGraph, CallSite, SiteKind
from tracer.model.source import Anchor, AnchorKind, FunctionId, path_of, qualname_of


def dead_code(graph: CallGraph, functions: Collection[FunctionId]) -> Iterable[Finding]:
    """One finding per function: from its first dead call to the last one, for each dead stretch.

    The graph's call sites tell, all of them: those that the answer shows are a few of many.
    """
    sites: defaultdict[FunctionId, list[CallSite]] = defaultdict(list)
    for resolution in graph.resolutions:
        if resolution.site.caller in functions and resolution.site.kind is SiteKind.CALL:
            sites[resolution.site.caller].append(resolution.site)
    for function, own in sorted(sites.items()):
        stretches = list(_stretches(own))
        if not stretches:
            continue
        told = ", ".join(_said(stretch) for stretch in stretches)
        yield Finding(
            FindingKind.UNREACHABLE,
            f"`{qualname_of(function)}`: {told} cannot run: behind a return, raise or constant "
            "condition",
            tuple(
                Anchor(
                    path_of(function),
                    *_lines(stretch),
                    qualname_of(function),
                    AnchorKind.STATEMENT,
                )
                for stretch in stretches
            ),
        )


def _stretches(sites: Sequence[CallSite]) -> Iterable[list[CallSite]]:
    """Dead calls with no live one between them."""
    stretch: list[CallSite] = []
    for site in sorted(sites, key=lambda each: each.span):
        if site.is_unreachable:
            stretch.append(site)
        elif stretch:
            yield stretch
            stretch = []
    if stretch:
        yield stretch


def _lines(stretch: Sequence[CallSite]) -> tuple[int, int]:
    return stretch[0].span.line, max(site.span.end_line for site in stretch)


def _said(stretch: Sequence[CallSite]) -> str:
    """`24 calls on lines 277–314`."""
    first, last = _lines(stretch)
    count = len({site.span for site in stretch})
    lines = f"line {first}" if first == last else f"lines {first}–{last}"
    return f"{count} call{'s' * (count > 1)} on {lines}"

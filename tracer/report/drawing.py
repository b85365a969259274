"""Calls as Graphviz and Mermaid text; `may` calls dashed, callees outside with a broken border."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

from tracer.model.graph import Sure
from tracer.model.query import QueryAnswer
from tracer.report.quoting import mermaid_label, one_line


@dataclass(frozen=True, slots=True)
class Arrow:
    """A call to draw."""

    caller: str
    callee: str
    is_sure: bool
    label: str = ""


def arrows_of(answer: QueryAnswer) -> tuple[Arrow, ...]:
    """The calls of an answer, those of its chains first, each pair once."""
    edges = [*(hop for chain in answer.data.chains for hop in chain.hops), *answer.data.edges]
    found: dict[tuple[str, str], Arrow] = {}
    for edge in edges:
        label = edge.at.rpartition("/")[2] + (f" {edge.verdict}" if edge.verdict else "")
        arrow = Arrow(edge.caller, edge.callee, edge.sure != Sure.MAY, label)
        found.setdefault((edge.caller, edge.callee), arrow)
    return tuple(found.values())


def draw_dot(arrows: Iterable[Arrow], nodes: Iterable[str] = ()) -> str:
    """A Graphviz digraph, left to right."""
    lines = ["digraph calls {", "  rankdir=LR;", "  node [shape=box];"]
    arrows = tuple(arrows)
    for node in _nodes(arrows, nodes):
        style = "" if "::" in node else " [style=dashed]"
        lines.append(f"  {_quoted(node)}{style};")
    for arrow in arrows:
        told = [f"label={_quoted(arrow.label)}"] if arrow.label else []
        told += [] if arrow.is_sure else ["style=dashed"]
        options = f" [{', '.join(told)}]" if told else ""
        lines.append(f"  {_quoted(arrow.caller)} -> {_quoted(arrow.callee)}{options};")
    return "\n".join([*lines, "}"]) + "\n"


def draw_mermaid(arrows: Iterable[Arrow], nodes: Iterable[str] = ()) -> str:
    """A Mermaid flowchart, left to right; node ids follow the order of the arrows."""
    arrows = tuple(arrows)
    ids = {node: f"n{number}" for number, node in enumerate(_nodes(arrows, nodes))}
    lines = ["flowchart LR"]
    for node, name in ids.items():
        outside = "" if "::" in node else ":::outside"
        lines.append(f'  {name}["{mermaid_label(node)}"]{outside}')
    for arrow in arrows:
        line = "-->" if arrow.is_sure else "-.->"
        label = f'|"{mermaid_label(arrow.label)}"|' if arrow.label else ""
        lines.append(f"  {ids[arrow.caller]} {line}{label} {ids[arrow.callee]}")
    return "\n".join([*lines, "  classDef outside stroke-dasharray:4 3"]) + "\n"


def _nodes(arrows: tuple[Arrow, ...], nodes: Iterable[str]) -> list[str]:
    ends = (end for arrow in arrows for end in (arrow.caller, arrow.callee))
    return list(dict.fromkeys((*nodes, *ends)))


def _quoted(text: str) -> str:
    return json.dumps(one_line(text), ensure_ascii=False)

"""Two sides compared, with what follows for the second."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tracer.contrast.hooks import hooks_of, open_sites, questions_of
from tracer.contrast.rows import rows_of
from tracer.contrast.side import READS, WRITES, Side
from tracer.model.contrast import CONTRAST_SCHEMA, ComparedSide, Contrast, Row
from tracer.model.evidence import ArtifactLayout, Finding, FindingKind
from tracer.static.layouts import compare_layouts
from tracer.tables.touchpoints import Touchpoints


def contrast(
    a: Side,
    b: Side,
    named: tuple[ComparedSide, ComparedSide],
    table: Touchpoints,
    tool_version: str,
    limits: Sequence[str] = (),
) -> Contrast:
    """Compare two sides.

    Args:
        named: What stands in the result for each side, as `describe` gave it.
    """
    rows: tuple[Row, ...] = rows_of(a, b, table)
    return Contrast(
        schema=CONTRAST_SCHEMA,
        tool_version=tool_version,
        a=named[0],
        b=named[1],
        rows=rows,
        hooks=hooks_of(rows, table),
        questions=questions_of(a, b, rows),
        exchange=_exchange(a, b),
        limits=tuple(limits),
    )


def describe(side: Side, name: str, kind: str, tree: str) -> ComparedSide:
    """What was compared on one side."""
    return ComparedSide(
        name=name,
        kind=kind,
        tree=tree,
        entries=side.entries,
        core=side.core,
        below=len(side.below),
        open_sites=len(open_sites(side)),
        findings=tuple(
            replace(finding, anchors=side.quotes.all_of(finding.anchors))
            for finding in compare_layouts(side.layouts)
            if finding.kind is FindingKind.CONTRADICTION
        ),
    )


def _exchange(a: Side, b: Side) -> tuple[Finding, ...]:
    """Whether one side could read what the other writes, as far as both name the artefact alike."""
    found: list[Finding] = []
    for writer, reader, sides in ((a, b, "A writes, B reads"), (b, a, "B writes, A reads")):
        layouts: tuple[ArtifactLayout, ...] = (
            *(layout for layout in writer.layouts if layout.direction in WRITES),
            *(layout for layout in reader.layouts if layout.direction in READS),
        )
        written = {
            anchor
            for layout in layouts
            if layout.direction in WRITES
            for member in layout.members
            for anchor in member.anchors
        }
        for each in compare_layouts(layouts):
            if each.kind is FindingKind.CONTRADICTION:
                # What is not read stands with the writer, what is not written with the reader.
                side = writer if written.issuperset(each.anchors) else reader
                anchors = side.quotes.all_of(each.anchors)
                found.append(Finding(each.kind, f"{sides}: {each.text}", anchors))
    return tuple(found)

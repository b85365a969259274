"""A real archive beside the code that writes it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tracer.model.artifact import ArtifactReport
from tracer.model.evidence import ArtifactLayout, Finding, FindingKind
from tracer.model.graph import EffectKind


def match_layout(report: ArtifactReport, layouts: Sequence[ArtifactLayout]) -> tuple[Finding, ...]:
    """Members of the archive that no writing code names, and the reverse.

    The layouts that may make an artefact of this name are asked; where none does, all that write
    archives are. A hole in a member's path stands for one or several path components.

    Returns:
        Nothing where both agree, and nothing where no layout writes an archive.
    """
    writers = [layout for layout in layouts if layout.direction is EffectKind.ARCHIVE_WRITE]
    named = [layout for layout in writers if _may_be_called(layout, report.name)]
    asked = named or writers
    if not asked:
        return ()
    real = [
        member.path
        for member in report.members
        if "!/" not in member.path and member.kind != "folder"
    ]
    expected = [(member, layout) for layout in asked for member in layout.members]
    patterns = [(_expression(member.path), member, layout) for member, layout in expected]
    findings = []
    extra = [path for path in real if not any(p.fullmatch(path) for p, _, _ in patterns)]
    if extra:
        gaps = sorted({reason for layout in asked for reason in layout.unknown})
        hint = f"; not followed there: {'; '.join(gaps)}" if gaps else ""
        text = f"`{report.name}` holds {_listed(extra)}, which no writing code names{hint}"
        anchors = tuple(sorted({layout.anchor for layout in asked}))
        findings.append(Finding(FindingKind.CONTRADICTION, text, anchors))
    for pattern, member, _ in patterns:
        is_folder = member.path.endswith("/")
        if is_folder or any(pattern.fullmatch(path) for path in real):
            continue
        text = f"`{report.name}` does not hold `{member.path}`, which the code writes"
        finding = Finding(FindingKind.CONTRADICTION, text, member.anchors)
        if finding not in findings:
            findings.append(finding)
    return tuple(findings)


_PIECES = re.compile(r"\{\{|\}\}|\{[^{}]*\}|[^{}]+|[{}]")


def _may_be_called(layout: ArtifactLayout, name: str) -> bool:
    candidates = layout.names or (layout.artifact,)
    return any(
        _expression(candidate.rpartition("/")[2]).fullmatch(name) for candidate in candidates
    )


def _expression(pattern: str) -> re.Pattern[str]:
    """A rendered pattern as a regular expression: a hole in braces is any text."""
    pieces = []
    for piece in _PIECES.findall(pattern):
        if piece in ("{{", "}}"):
            pieces.append(re.escape(piece[0]))
        elif piece.startswith("{") and piece.endswith("}"):
            pieces.append(".+")
        else:
            pieces.append(re.escape(piece))
    return re.compile("".join(pieces), re.DOTALL)


def _listed(paths: Sequence[str], most: int = 12) -> str:
    shown = ", ".join(f"`{path}`" for path in paths[:most])
    return shown if len(paths) <= most else f"{shown} and {len(paths) - most} more"

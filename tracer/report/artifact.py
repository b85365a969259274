"""What an artefact holds, for the terminal."""

from __future__ import annotations

from tracer.artifacts.report import ArtifactMember, ArtifactReport

_MOST_KEYS = 12
_MOST_GLOBALS = 8


def render_artifact(report: ArtifactReport) -> str:
    """One line per member, then what is known of it; what was not looked at is said, with why."""
    lines = [f"{report.name}  {report.kind}, {report.size:,} bytes"]
    lines += [f"  {note}" for note in report.notes]
    lines += [f"  not inspected: {reason}" for reason in report.not_inspected]
    for member in report.members:
        lines += _member(member)
    return "\n".join(lines) + "\n"


def _member(member: ArtifactMember) -> list[str]:
    lines = ["", f"{member.path}  {member.kind}, {member.size:,} bytes"]
    if member.top or member.keys:
        lines.append(f"  {member.top or 'keys'}: {_listed(member.keys, _MOST_KEYS)}".rstrip(": "))
    if member.globals:
        lines.append(f"  names what loading would import: {_listed(member.globals, _MOST_GLOBALS)}")
    lines += [f"  {note}" for note in member.notes]
    lines += [f"  not inspected: {reason}" for reason in member.not_inspected]
    return lines


def _listed(names: tuple[str, ...], most: int) -> str:
    shown = ", ".join(names[:most])
    return f"{shown}, … ({most} of {len(names)} shown)" if len(names) > most else shown

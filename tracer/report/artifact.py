"""What an artefact holds, for the terminal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tracer.model.artifact import ArtifactMember, ArtifactReport, HeldValue

_MOST_KEYS = 12
_MOST_GLOBALS = 8
_MOST_HELD = 40
_NOT_READ = {
    "pickle": "values of pickles",
    "npy": "data of arrays",
    "hdf5": "data of datasets and values of attributes",
    "safetensors": "data of tensors",
    "json": "values of configurations",
    "yaml": "values of configurations",
    "toml": "values of configurations",
}


def render_artifact(report: ArtifactReport) -> str:
    """One line per member, then what is known of it; what was not looked at is said, with why."""
    digest = f", sha256 {report.sha256}" if report.sha256 else ""
    lines = [f"{report.name}  {report.kind}, {report.size:,} bytes{digest}"]
    lines += [f"  {note}" for note in report.notes]
    lines += [f"  not inspected: {reason}" for reason in report.not_inspected]
    for member in report.members:
        is_itself = len(report.members) == 1 and member.sha256 == report.sha256 != ""
        lines += _member(member)[2 if is_itself else 0 :]
    lines += ["", f"Not looked at: {not_looked_at(report)}."]
    return "\n".join(lines) + "\n"


def not_looked_at(report: ArtifactReport) -> str:
    """What no inspection reads of such an artefact, in one phrase."""
    never = dict.fromkeys(
        _NOT_READ[member.kind] for member in report.members if member.kind in _NOT_READ
    )
    gaps = sum(len(member.not_inspected) for member in report.members)
    gaps += len(report.not_inspected)
    told = f"what {gaps} lines above call not inspected" if gaps > 1 else ""
    told = "what one line above calls not inspected" if gaps == 1 else told
    return "; ".join([*filter(None, (told,)), *never, "what loading the file would do"])


def _member(member: ArtifactMember) -> list[str]:
    digest = f", sha256 {member.sha256[:16]}" if member.sha256 else ""
    lines = ["", f"{member.path}  {member.kind}, {member.size:,} bytes{digest}"]
    if member.top or member.keys:
        lines.append(f"  {member.top or 'keys'}: {_listed(member.keys, _MOST_KEYS)}".rstrip(": "))
    if member.globals:
        lines.append(f"  names what loading would import: {_listed(member.globals, _MOST_GLOBALS)}")
    if member.opcodes:
        count = sum(times for _, times in member.opcodes)
        lines.append(f"  {count:,} opcodes: {_opcodes(member.opcodes)}")
    lines += [f"  {note}" for note in member.notes]
    lines += _held(member.held)
    lines += [f"  not inspected: {reason}" for reason in member.not_inspected]
    return lines


def _held(held: Sequence[HeldValue]) -> list[str]:
    shown = held[:_MOST_HELD]
    width = max((len(_indented(each)) for each in shown), default=0)
    lines = [f"    {_indented(each):<{min(width, 60)}}  {each.what}".rstrip() for each in shown]
    if len(held) > len(shown):
        lines.append(f"    … ({len(shown)} of {len(held)} values shown; --json has all)")
    return lines


def _indented(each: HeldValue) -> str:
    return "  " * (len(each.path) - 1) + (each.path[-1] if each.path else "/")


def _opcodes(opcodes: Iterable[tuple[str, int]], most: int = 6) -> str:
    ordered = sorted(opcodes, key=lambda pair: (-pair[1], pair[0]))
    return ", ".join(f"{name} {times}" for name, times in ordered[:most])


def _listed(names: tuple[str, ...], most: int) -> str:
    shown = ", ".join(names[:most])
    return f"{shown}, … ({most} of {len(names)} shown)" if len(names) > most else shown

"""What a run did to files and archives, in words."""

from __future__ import annotations

from collections.abc import Iterable

from tracer.model.evidence import Evidence, Run, SeenEffect
from tracer.model.ledger import FileDeed, MemberDeed
from tracer.model.recording import Place
from tracer.report.counted import plural
from tracer.report.quoting import one_line

_TOLD = {"wrote": "written", "read": "read"}
_LINES = 400  # of one run in the text of the call tree


def ledger_lines(run: Run) -> list[str]:
    """The account of a run as lines of plain text: members first, then files, each in order."""
    lines = [
        f"Member {deed.deed}: {one_line(f'{deed.archive}!{deed.member}')}{_by(deed)}{_fed(deed)}"
        for deed in run.ledger.members
    ]
    lines += [
        f"File {deed.deed}: {one_line(deed.path)}{_by(deed)}{_fed(deed)}"
        + (f" ×{deed.times}" if deed.times > 1 else "")
        for deed in run.ledger.files
    ]
    if len(lines) > _LINES:
        hidden = len(lines) - _LINES
        lines[_LINES:] = [f"({_LINES} of {len(lines)} deeds shown; {hidden} more in effects.json)"]
    return lines


def member_rows(evidence: Evidence) -> list[tuple[str, MemberDeed]]:
    """(run, member), in order, each member once for a place and deed."""
    rows: dict[tuple[object, ...], tuple[str, MemberDeed]] = {}
    for run in evidence.runs:
        for deed in run.ledger.members:
            key = (run.workload.name, deed.archive, deed.member, deed.deed, deed.place)
            rows.setdefault(key, (run.workload.name, deed))
    return list(rows.values())


def missed_effects(evidence: Evidence) -> list[SeenEffect]:
    """What was seen of the answer's functions and not read, each kind of deed once for a line."""
    rows: dict[tuple[object, ...], SeenEffect] = {}
    for seen in evidence.seen_effects:
        if seen.read_as is None:
            rows.setdefault((seen.function, seen.line, seen.operation, seen.cause), seen)
    return list(rows.values())


def archive_sighting(evidence: Evidence, names: Iterable[str]) -> str:
    """One sentence on the members of an archive that a run wrote and read; empty: none was seen.

    Args:
        names: What the archive is called, of which the last part of the path is compared.
    """
    wanted = {name.rpartition("/")[2] for name in names}
    told: list[str] = []
    both: dict[str, set[str]] = {}
    for run in evidence.runs:
        sides: dict[str, dict[str, None]] = {}
        places: dict[str, dict[str, None]] = {}
        for each in run.ledger.members:
            if each.archive.rpartition("/")[2] in wanted:
                sides.setdefault(each.deed, {})[each.member] = None
                places.setdefault(each.deed, {})[where(each.place)] = None
        if sides:
            parts = (
                f"{plural(len(members), 'member')} {_TOLD[deed]} at {', '.join(places[deed])}"
                for deed, members in sides.items()
            )
            told.append(f"in run {run.workload.name}: {'; '.join(parts)}")
        for deed, members in sides.items():
            both.setdefault(deed, set()).update(members)
    if not told:
        return ""
    if len(both) == 2:
        other = both["wrote"] ^ both["read"]
        told.append(f"{len(other)} on one side only" if other else "the same on both sides")
    return f"seen {'; '.join(told)}"


def where(place: Place | None) -> str:
    """`ptycho/model_manager.py:132`."""
    return "no line of the namespace" if place is None else f"{place.frame.path}:{place.line}"


def _by(deed: FileDeed | MemberDeed) -> str:
    through = f" through {deed.through}" if deed.through else ""
    return f" by {where(deed.place)} {one_line(deed.operation + through)}"


def _fed(deed: FileDeed | MemberDeed) -> str:
    """Where it came from, and who had written that."""
    told = f", from {one_line(deed.source)}" if deed.source else ""
    if deed.source_place is not None:
        told += f", written by {where(deed.source_place)} {one_line(deed.source_operation)}"
    return told

"""Whether a recording holds what a bundle says of a watched object."""

from __future__ import annotations

from collections.abc import Sequence

from tracer.model.evidence import StateChange
from tracer.model.recording import Recording, StateWrite
from tracer.model.verification import Claim, ClaimKind, ClaimVerdict, Ground
from tracer.verify.places import quote
from tracer.verify.syntax import FileReading


def check_change(
    change: StateChange, recordings: Sequence[Recording], file: FileReading | None
) -> Claim:
    """The line stands in the tree, and the run changed these keys there, so often.

    Args:
        change: Of the bundle.
        recordings: The bundle's own; none: they are not at hand.
        file: The file of the line, where the tree has it.
    """
    at = "outside the namespace" if change.anchor is None else str(change.anchor)
    told = f"{change.subject} changed {change.times}× at {at}"

    def claim(verdict: ClaimVerdict, ground: Ground | None, detail: str = "") -> Claim:
        return Claim(ClaimKind.ANCHOR, told, 0, verdict, ground, detail)

    line = change.anchor.line if change.anchor else 0
    if change.anchor and file is not None and line > len(file.lines):
        detail = f"{change.anchor.path} has {len(file.lines)} lines"
        return claim(ClaimVerdict.MISSING, Ground.TEXT, detail)
    recording = next((each for each in recordings if each.workload.name == change.workload), None)
    if recording is None:
        return claim(ClaimVerdict.UNVERIFIABLE, None, "the recording is not at hand")
    found = [write for write in recording.state_writes if _is_of(write, change)]
    keys = {write.key for write in found}
    times = sum(write.times for write in found)
    if times != change.times or keys != {each.key for each in change.keys}:
        detail = f"the recording has {times} changes of {len(keys)} keys there"
        return claim(ClaimVerdict.REFUTED, Ground.RUN, detail)
    detail = quote(file.lines, (line, line)) if file is not None and line else ""
    return claim(ClaimVerdict.VERIFIED, Ground.RUN, detail)


def _is_of(write: StateWrite, change: StateChange) -> bool:
    module, _, name = write.object.partition(":")
    is_same = f"{module}.{name}" == change.subject
    if module == "__main__":  # the script: the bundle names it by its module in the tree
        is_same = change.subject.endswith(f".{name}")
    if not is_same or write.change in ("initial", "same"):
        return False
    if not write.chain or change.anchor is None:
        return not write.chain and change.anchor is None
    place = write.chain[0]
    return (place.frame.path, place.line) == (change.anchor.path, change.anchor.line)

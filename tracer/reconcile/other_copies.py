"""Runs that took another copy of the tree's code, as where a package is installed beside it.

What such a run saw is no evidence for this tree, and looks as if nothing of it had been reached.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tracer.model.graph import CallGraph
from tracer.model.recording import Frame, Recording


@dataclass(frozen=True, slots=True)
class OtherCopy:
    """What one run took from elsewhere: dotted names of functions of the tree, sorted."""

    run: str
    functions: tuple[str, ...]

    @property
    def told(self) -> str:
        """In one sentence."""
        more = f" and {len(self.functions) - 1} more" if len(self.functions) > 1 else ""
        return (
            f"run {self.run} took another copy of this tree's code, from outside the root: "
            f"`{self.functions[0]}`{more}; what it saw there is no evidence for this tree"
        )


def other_copies(graph: CallGraph, recordings: Sequence[Recording]) -> tuple[OtherCopy, ...]:
    """One for each run that took functions of the tree from elsewhere, by their names."""
    paths = {file.path for file in graph.files}
    known = {function.dotted for function in graph.functions if not function.is_holder}
    found = []
    for recording in recordings:
        names = {_dotted(frame) for frame in _frames(recording) if _is_elsewhere(frame, paths)}
        if not recording.namespaces:  # else these may be of the tree, and not of the namespace
            names |= {each.callee.replace(".<locals>", "") for each in recording.externals}
        if taken := sorted(names & known):
            found.append(OtherCopy(recording.workload.name, tuple(taken)))
    return tuple(found)


def _frames(recording: Recording) -> Iterable[Frame]:
    for call in recording.calls:
        yield call.callee
        if call.caller is not None:
            yield call.caller


def _is_elsewhere(frame: Frame, paths: set[str]) -> bool:
    return frame.path.endswith(".py") and frame.path not in paths  # else it was made from text


def _dotted(frame: Frame) -> str:
    return f"{frame.module}.{frame.qualname}".replace(".<locals>", "")

"""What recordings say of an edge, asked by definition and not by name alone."""

from __future__ import annotations

from collections.abc import Sequence

from tracer.model.recording import Frame, ObservedCall, Recording
from tracer.model.source import MODULE_QUALNAME, FunctionId, FunctionKind, path_of, qualname_of
from tracer.verify.syntax import Definition


class Recorded:
    """The observed calls of some recordings, indexed by caller file."""

    def __init__(self, recordings: Sequence[Recording]) -> None:
        self.is_empty = not recordings
        self._calls: dict[str, list[ObservedCall]] = {}
        self._externals: dict[tuple[str, int], list[tuple[Frame, str]]] = {}
        for recording in recordings:
            for call in recording.calls:
                if call.caller is not None:
                    self._calls.setdefault(call.caller.path, []).append(call)
            for external in recording.externals:
                key = external.caller.path, external.line
                self._externals.setdefault(key, []).append((external.caller, external.callee))

    def lines(self, caller: Definition, callee: Definition) -> tuple[int, ...]:
        """Lines at which the caller was seen to call the callee, sorted."""
        return tuple(
            sorted(
                {
                    call.line
                    for call in self._calls.get(caller.path, ())
                    if call.caller is not None
                    and _is_frame_of(call.caller, caller)
                    and _is_frame_of(call.callee, callee)
                }
            )
        )

    def saw_generated(self, caller: Definition, callee: FunctionId, line: int) -> bool:
        """Whether a function without a file, as `dataclass` makes them, was seen to be called."""
        return any(
            call.line == line
            and call.caller is not None
            and _is_frame_of(call.caller, caller)
            and (call.callee.path, call.callee.qualname) == (path_of(callee), qualname_of(callee))
            for call in self._calls.get(caller.path, ())
        )

    def saw_external(self, caller: Definition, callee: str, first: int, last: int) -> bool:
        """Whether a function outside the tree was seen at these lines under this name.

        A recording names it as it runs (`dill._dill.dump`), source as it is imported (`dill.dump`):
        top package and last name must agree.
        """
        top, name = callee.partition(".")[0], callee.rpartition(".")[2]
        for line in range(first, last + 1):
            for frame, seen in self._externals.get((caller.path, line), ()):
                ran = seen.removesuffix(".__init__")  # a class runs as its constructor
                agrees = ran.partition(".")[0] == top and ran.rpartition(".")[2] == name
                if agrees and _is_frame_of(frame, caller):
                    return True
        return False


def _is_frame_of(frame: Frame, definition: Definition) -> bool:
    if frame.path != definition.path:
        return False
    if definition.kind is FunctionKind.MODULE:
        return frame.qualname == MODULE_QUALNAME
    name = frame.qualname.rpartition(".")[2]
    return frame.first_line == definition.first_line and name == definition.name

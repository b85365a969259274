"""What recordings say of an edge, asked by definition and not by name alone."""

from __future__ import annotations

from collections.abc import Sequence

from tracer.model.recording import Frame, ObservedCall, ObservedExternal, Recording
from tracer.model.source import (
    MODULE_QUALNAME,
    FunctionId,
    FunctionKind,
    Span,
    function_id,
    path_of,
)
from tracer.verify.syntax import Definition


class Recorded:
    """The observed calls of some recordings, indexed by caller file.

    Runs under stand-ins are evidence of nothing but themselves: they are held apart.
    """

    def __init__(self, recordings: Sequence[Recording], *, under_stand_ins: bool = False) -> None:
        self.is_empty = not recordings
        # `monitoring` hears of functions outside until they are known at a place.
        self.counts_in_part = any(each.backend == "monitoring" for each in recordings)
        self._calls: dict[str, list[ObservedCall]] = {}
        self._externals: dict[tuple[str, int], list[ObservedExternal]] = {}
        for recording in recordings:
            if (recording.stand_ins is not None) != under_stand_ins:
                continue
            for call in recording.calls:
                if call.caller is not None:
                    self._calls.setdefault(call.caller.path, []).append(call)
            for external in recording.externals:
                key = external.caller.path, external.line
                self._externals.setdefault(key, []).append(external)

    def lines(self, caller: Definition, callee: Definition) -> tuple[int, ...]:
        """Lines at which the caller was seen to call the callee, sorted."""
        return tuple(sorted({call.line for call in self.calls(caller, callee)}))

    def calls(self, caller: Definition, callee: Definition) -> tuple[ObservedCall, ...]:
        """What was seen of calls from this very definition to that one."""
        return tuple(
            call
            for call in self._calls.get(caller.path, ())
            if call.caller is not None
            and is_frame_of(call.caller, caller)
            and is_frame_of(call.callee, callee)
        )

    def saw_frames(
        self, caller: Definition | FunctionId, callee: Definition | FunctionId, line: int
    ) -> bool:
        """Whether this call was seen, where no file of the tree defines one of the two
        (`<string>`, a script elsewhere): that one is known by its frame's own name."""
        path = caller.path if isinstance(caller, Definition) else path_of(caller)
        return any(
            call.line == line
            and call.caller is not None
            and _is_of(call.caller, caller)
            and _is_of(call.callee, callee)
            for call in self._calls.get(path, ())
        )

    def saw_outside(self, caller: Definition, callee: Definition, first: int, last: int) -> bool:
        """Whether a function of the tree was seen that lies outside the recorded namespace: the
        probe knows it by its module, which its path must end in, and by its dotted name there."""
        module = callee.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        name = callee.qualname.replace(".<locals>", "")
        whole = f".{module}.{name}"
        return any(
            seen.callee.endswith(f".{name}")
            and whole.endswith(f".{seen.callee}")
            and is_frame_of(seen.caller, caller)
            for line in range(first, last + 1)
            for seen in self._externals.get((caller.path, line), ())
        )

    def saw_external(
        self, caller: Definition, callee: str, first: int, last: int, end: Span | None = None
    ) -> bool:
        """Whether a function outside the tree was seen at these lines under this name.

        A recording names it as it runs (`dill._dill.dump`, `keras.src.saving_api.load_model`),
        source as it is imported (`dill.dump`, `tensorflow.keras.models.load_model`): the last name
        must agree, and the top package or the end of the very expression with it.
        """
        top, name = callee.partition(".")[0], callee.rpartition(".")[2]
        for line in range(first, last + 1):
            for seen in self._externals.get((caller.path, line), ()):
                ran = seen.callee.removesuffix(".__init__")  # a class runs as its constructor
                if ran.rpartition(".")[2] != name or not is_frame_of(seen.caller, caller):
                    continue
                if ran.partition(".")[0] == top or (
                    end is not None and seen.span is not None and _end(seen.span) == _end(end)
                ):
                    return True
        return False

    def may_have_seen(self, caller: Definition, callee: str, first: int, last: int) -> bool:
        """Whether something of that last name was seen there, and no column tells of which call:
        `keras.src.saving.load_model` for `tensorflow.keras.models.load_model` on Python 3.10."""
        name = callee.rpartition(".")[2]
        return any(
            seen.span is None
            and seen.callee.removesuffix(".__init__").rpartition(".")[2] == name
            and is_frame_of(seen.caller, caller)
            for line in range(first, last + 1)
            for seen in self._externals.get((caller.path, line), ())
        )

    def external_calls(
        self, caller: Definition, callee: str, spans: Sequence[tuple[int, int]]
    ) -> int:
        """How often functions outside of the callee's last name were seen at these lines."""
        name = callee.rpartition(".")[2]
        return sum(
            seen.calls
            for line in sorted({line for a, b in spans for line in range(a, b + 1)})
            for seen in self._externals.get((caller.path, line), ())
            if is_frame_of(seen.caller, caller)
            and seen.callee.removesuffix(".__init__").rpartition(".")[2] == name
        )


def _end(span: Span) -> tuple[int, int]:
    return span.end_line, span.end_column


def _is_of(frame: Frame, function: Definition | FunctionId) -> bool:
    if isinstance(function, Definition):
        return is_frame_of(frame, function)
    return function_id(frame.path, frame.qualname) == function


def is_frame_of(frame: Frame, definition: Definition) -> bool:
    """Whether a frame is of this definition: by path, first line and name."""
    if frame.path != definition.path:
        return False
    if definition.kind is FunctionKind.MODULE:
        return frame.qualname == MODULE_QUALNAME
    name = frame.qualname.rpartition(".")[2]
    return frame.first_line == definition.first_line and name == definition.name

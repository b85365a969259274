"""Which function of the sources a recorded frame is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from tracer.model.recording import Frame
from tracer.model.source import MODULE_QUALNAME, Function, FunctionId, FunctionKind, function_id


class FrameIndex:
    """Finds functions by path, first line and name.

    The qualname alone would not do: `co_qualname` is new in Python 3.11, and one qualname may be
    defined twice in a file. It settles only what the other three leave open (two lambdas of one
    line), and where it does not, the frame stays unmatched rather than guessed at.
    """

    def __init__(self, functions: Iterable[Function]) -> None:
        self.twins: dict[FunctionId, frozenset[FunctionId]] = {}  # by the id of what cannot be told
        self._by_place: defaultdict[tuple[str, int, str], list[Function]] = defaultdict(list)
        for function in functions:
            line = 0 if function.kind is FunctionKind.MODULE else function.first_line
            self._by_place[function.path, line, function.name].append(function)

    def find(self, frame: Frame) -> FunctionId | None:
        """The function of the frame, or None where none or several fit."""
        name = frame.qualname.rpartition(".")[2]
        line = 0 if name == MODULE_QUALNAME else frame.first_line
        found = self._by_place.get((frame.path, line, name), [])
        if len(found) > 1:
            found = [function for function in found if function.qualname == frame.qualname]
        return found[0].id if len(found) == 1 else None

    def name(self, frame: Frame) -> FunctionId:
        """The function of the frame, or an id made of what the frame says of itself.

        Where several functions fit (two lambdas of one line), the id is none of theirs; `twins`
        has them.
        """
        found = self.find(frame)
        if found is not None:
            return found
        name = frame.qualname.rpartition(".")[2]
        several = self._by_place.get((frame.path, frame.first_line, name), [])
        if len(several) < 2:
            return function_id(frame.path, frame.qualname)
        shared = function_id(frame.path, f"{frame.qualname}@{frame.first_line}")
        self.twins[shared] = frozenset(function.id for function in several)
        return shared

"""Who called a function that is recorded, where that is not the frame next to it."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from time import perf_counter_ns
from types import FrameType

from .accelerated import CALLED, RESUMED
from .codes import identity, module_of
from .definitions import CALL, RESUME, ROOT, ROOT_RESUME
from .recorder import Recorder

_GATE = "_tracer_probe.signals"  # stands before the program's signal handlers
Caller = tuple[FrameType | None, int, int, int]
"""The nearest frame inside, the identity of its code, its offset; of what stands between, the code
that it called. All empty for a root."""


class Callers:
    """What both back ends say of rare calls, and the nodes of the tree.

    Args:
        code_of: The identity of a frame's code where it belongs to the namespace, else 0.
    """

    def __init__(self, recorder: Recorder, code_of: Callable[[FrameType], int]) -> None:
        self.nodes: dict[int, int] = {}  # hash of a live frame -> its node in the tree
        c = recorder.accelerator
        if c is None:
            self.next_node: Callable[[], int] = itertools.count(1).__next__
            self.node_at, self.put_node = self._node_at, self._put_node
        else:
            self.next_node, self.node_at, self.put_node = c.next_node, c.get_node, c.put_node
        self._recorder = recorder
        self._code_of = code_of
        self._named = recorder.codes.named

    def count(self, frame: FrameType, code_id: int, is_resumed: bool) -> Caller:
        """Count a resumption, a call through functions outside, or a root."""
        counts = self._recorder.counts
        nearest = frame.f_back
        caller, caller_id, outer = self._nearest_inside(nearest)
        key: tuple[int, int, int, int, int]
        if caller is None:
            through = outer_id = 0
            if nearest is not None and outer is not None:
                through, outer_id = self._named(nearest), self._named(outer)
            key = ROOT_RESUME if is_resumed else ROOT, 0, outer_id, code_id, through
            counts[key] += 1
            self._tell(key, frame, None, is_resumed)
            return None, 0, 0, 0
        offset = self._recorder.offset_in(caller)
        through = 0 if caller is nearest or outer is None else self._named(outer)
        if is_resumed or through:
            key = RESUME if is_resumed else CALL, caller_id, offset, code_id, through
            counts[key] += 1
            if through:
                self._tell(key, frame, caller, is_resumed)
        else:
            counts[code_id, caller_id, offset] += 1
        return caller, caller_id, offset, through

    def _tell(
        self,
        key: tuple[int, int, int, int, int],
        frame: FrameType,
        caller: FrameType | None,
        is_resumed: bool,
    ) -> None:
        """Have C count the next one, where the codes between tell all that is in the key."""
        codes, told = self._recorder.codes, self._recorder.told
        entry = codes.inside.get(key[3])
        if told is None or entry is None or not entry.is_counted:
            return
        between = []
        each = frame.f_back
        while each is not None and each is not caller:
            code_id, module = identity(each.f_code), module_of(each)
            is_known = (
                module in codes.outside_names or module in codes.watched or code_id in codes.outside
            )
            if module == _GATE or not is_known:
                return
            between.append(each)
            each = each.f_back
        named = between[-1:] if caller is not None else [*between[:1], *between[-1:]]
        if named and all(identity(each.f_code) in codes.plain for each in named):
            told.far_call(key, entry, caller, between, RESUMED if is_resumed else CALLED)

    def node_of(self, frame: FrameType) -> int:
        """The node of a frame that goes on without an event, as after `throw`."""
        caller, caller_id, _ = self._nearest_inside(frame.f_back)
        parent = offset = 0
        if caller is not None:
            parent = self.node_at(caller) or self.node_of(caller)
            offset = self._recorder.offset_in(caller)
        node = self.next_node()
        self.put_node(frame, node)
        self._recorder.tree.append(
            (node, parent, identity(frame.f_code), offset, caller_id, 0, perf_counter_ns())
        )
        return node

    def _node_at(self, frame: FrameType) -> int:
        return self.nodes.get(hash(frame), 0)

    def _put_node(self, frame: FrameType, node: int) -> None:
        self.nodes[hash(frame)] = node

    def _nearest_inside(
        self, frame: FrameType | None
    ) -> tuple[FrameType | None, int, FrameType | None]:
        """The nearest frame inside from this one on, its code, and the last one before it."""
        caller_id, outer = 0, None
        while frame is not None:
            caller_id = self._code_of(frame)
            if caller_id:
                break
            if module_of(frame) != _GATE:
                outer = frame
            frame = frame.f_back
        return frame, caller_id, outer

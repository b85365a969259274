"""What starts and ends of calls are told to: the quickest that will do."""

from __future__ import annotations

import sys
from _thread import get_ident
from collections.abc import Callable
from time import perf_counter
from types import CodeType
from typing import Any

from . import encoding
from .recorder import Recorder
from .signals import raise_again

_get_frame = sys._getframe
Callbacks = dict[str, Callable[..., Any]]
"""By the event's name."""


class Tree:
    """The call tree, while it is kept."""

    __slots__ = ("end", "most", "next_node")

    def __init__(self, next_node: Callable[[], int], most: int, end: Callable[[], None]) -> None:
        self.next_node = next_node  # numbers from 1
        self.most = most  # nodes
        self.end = end


def in_c(queue: Any) -> Callbacks:
    """One thread, no times: no Python code runs."""
    put = queue.put
    return {
        "PY_START": encoding.partial(put, None),
        "PY_RESUME": encoding.partial(put, False),
        "PY_RETURN": put,
        "PY_YIELD": put,
    }


def timed(lane: Any, recorder: Recorder, tree: Tree) -> Callbacks:
    """One thread, with times."""
    arrived, clock = recorder.arrived, perf_counter
    next_node, most, end_tree = tree.next_node, tree.most, tree.end

    def on_start(code: CodeType, offset: int) -> None:
        lane.put(clock())
        if next_node() >= most:
            end_tree()
        if arrived:
            (_,) = map(raise_again, (arrived.pop(),))

    def on_resume(code: CodeType, offset: int) -> None:
        lane.put(True)
        lane.put(clock())
        if next_node() >= most:
            end_tree()
        if arrived:
            (_,) = map(raise_again, (arrived.pop(),))

    def on_end(code: CodeType, offset: int, value: Any) -> None:
        lane.put(code)
        lane.put(-clock())
        if arrived:
            (_,) = map(raise_again, (arrived.pop(),))

    return {"PY_START": on_start, "PY_RESUME": on_resume, "PY_RETURN": on_end, "PY_YIELD": on_end}


def by_thread(
    lanes: dict[int, Any],
    join: Callable[..., Any],
    recorder: Recorder,
    tree: Tree | None = None,
) -> Callbacks:
    """Each thread has a lane of its own, which it joins at the first call that begins in it.

    Args:
        tree: While it is kept, times are told.
    """
    arrived, clock = recorder.arrived, perf_counter

    def on_start(code: CodeType, offset: int) -> None:
        lane = lanes.get(get_ident())
        if lane is None:
            lane = join(get_ident(), _get_frame(1).f_back)
        if tree is None:
            lane.put(None)
        else:
            lane.put(clock())
            if tree.next_node() >= tree.most:
                tree.end()
        if arrived:
            (_,) = map(raise_again, (arrived.pop(),))

    def on_resume(code: CodeType, offset: int) -> None:
        lane = lanes.get(get_ident())
        if lane is None:
            lane = join(get_ident(), _get_frame(1).f_back)
        if tree is None:
            lane.put(False)
        else:
            lane.put(True)
            lane.put(clock())
            if tree.next_node() >= tree.most:
                tree.end()
        if arrived:
            (_,) = map(raise_again, (arrived.pop(),))

    def on_end(code: CodeType, offset: int, value: Any) -> None:
        lane = lanes.get(get_ident())
        if lane is not None:
            lane.put(code)
            if tree is not None:
                lane.put(-clock())
        if arrived:
            (_,) = map(raise_again, (arrived.pop(),))

    return {"PY_START": on_start, "PY_RESUME": on_resume, "PY_RETURN": on_end, "PY_YIELD": on_end}

"""The back end on `sys.settrace`: what is called, by whom, and which lines ran.

All state of the hot path is in closure cells and in tables keyed by `id(code)`. A frame outside the
namespace costs one call of the hook and two table look-ups, and has no line events.
"""

from __future__ import annotations

import itertools
import sys
from opcode import opmap
from types import FrameType
from typing import Any

from . import values
from .codes import Entry
from .recorder import CALL, EXTERNAL, RAISED, RESUME, ROOT, ROOT_RESUME, Recorder
from .taps import Pending

_settrace, _gettrace = sys.settrace, sys.gettrace
_NOT_RAISING = frozenset(
    number
    for name, number in opmap.items()
    if name.startswith(("RETURN_", "YIELD_", "SEND")) or name == "END_ASYNC_FOR"
)
_NOT_YIELDS = ("RETURN_VALUE", "RETURN_CONST")
_RETURNS = frozenset(opmap[name] for name in _NOT_YIELDS if name in opmap)
_PROTOCOL = (StopIteration, StopAsyncIteration, GeneratorExit)  # how loops and generators end


class SettraceBackend:
    """Hooks for every thread of the target."""

    name = "settrace"

    def __init__(self, recorder: Recorder, tree_calls: int) -> None:
        self._recorder = recorder
        self._on_call, self._stop = _make_hooks(recorder, tree_calls, self._watch_threading)
        self._threading: dict[str, Any] | None = None
        recorder.stop_hooks = self.stop

    def start(self) -> None:
        """Trace this thread and those it starts, from the next call on."""
        _settrace(self._on_call)

    def stop(self) -> None:
        """Stop in this thread now, and in others at their next call."""
        self._stop()
        if self._threading is not None and self._threading.get("_trace_hook") is self._on_call:
            self._threading["_trace_hook"] = None
        if _gettrace() is self._on_call:
            _settrace(None)

    def in_new_thread(self) -> None:
        """Trace a thread that `threading` did not start."""
        if not self._recorder.is_stopped:
            _settrace(self._on_call)

    def _watch_threading(self, names: dict[str, Any]) -> None:
        """A thread is about to be started: trace it too, as `threading.settrace` would."""
        if names.get("_trace_hook") is None:
            self._threading = names
            names["_trace_hook"] = self._on_call


def _make_hooks(recorder: Recorder, tree_calls: int, watch_threading: Any) -> Any:
    codes = recorder.codes
    inside, outside, described = codes.inside, codes.outside, codes.described
    counts = recorder.counts
    add_to_tree, add_to_raised = recorder.tree.append, recorder.tree_raised.append
    next_node = itertools.count(1).__next__
    nodes: dict[int, int] = {}  # id of a live frame -> its node in the tree
    raising: dict[int, str] = {}  # id of a live frame -> the exception last seen in it
    tapped_outside: dict[int, Entry] = {}
    pending = Pending()
    is_tree_open = tree_calls > 0
    is_stopped = False

    def on_call(frame: FrameType, event: str, argument: Any) -> Any:
        nonlocal is_tree_open
        try:
            code_id = id(frame.f_code)
            if code_id in outside:
                back = frame.f_back
                if back is not None:
                    caller_id = id(back.f_code)
                    if caller_id in inside:
                        if code_id not in described:
                            codes.describe(frame)
                        counts[EXTERNAL, caller_id, back.f_lasti, code_id, 0] += 1
                return None
            entry = inside.get(code_id)
            if entry is None or entry.local is None:
                entry = register(frame, code_id)
                if entry is None:
                    return on_call(frame, event, argument) if code_id in outside else None
                if code_id not in inside:  # tapped, and not of the namespace
                    pending.enter(frame, entry.taps, False)
                    return entry.local
            if is_stopped:
                return register(frame, code_id)
            is_resumed = entry.is_generator and frame.f_lasti > entry.start
            caller = nearest = frame.f_back
            through = 0
            while caller is not None and id(caller.f_code) not in inside:
                outer = caller
                caller = caller.f_back
            if caller is None:
                offset = caller_id = 0
                if nearest is not None:
                    through = id(nearest.f_code)
                    offset = id(outer.f_code)
                    if through not in described:
                        codes.describe(nearest)
                    if offset not in described:
                        codes.describe(outer)
                counts[ROOT_RESUME if is_resumed else ROOT, 0, offset, code_id, through] += 1
                offset = 0
            else:
                offset = caller.f_lasti
                caller_id = id(caller.f_code)
                if caller is not nearest:
                    through = id(outer.f_code)
                    if through not in described:
                        codes.describe(outer)
                counts[RESUME if is_resumed else CALL, caller_id, offset, code_id, through] += 1
            if is_tree_open:
                parent = 0
                if caller is not None:
                    parent = nodes.get(id(caller), 0) or node_of(caller)
                node = next_node()
                if node > tree_calls:
                    is_tree_open = False
                else:
                    nodes[id(frame)] = node
                    add_to_tree((node, parent, code_id, offset, caller_id, through))
            if entry.taps:
                pending.enter(frame, entry.taps, is_resumed)
            elif entry.is_covered:
                frame.f_trace_lines = False
            return entry.local
        except Exception:  # Never raise into the target; the footer reports the count.
            recorder.dropped += 1
            return None
        except BaseException as error:  # a signal handler of the target's raised in here
            recorder.escaped = error
            raise

    def node_of(frame: FrameType) -> int:
        """The node of a frame that goes on without a call event, as after `throw`."""
        caller = frame.f_back
        while caller is not None and id(caller.f_code) not in inside:
            caller = caller.f_back
        parent, offset, caller_id = 0, 0, 0
        if caller is not None:
            parent = nodes.get(id(caller), 0) or node_of(caller)
            offset, caller_id = caller.f_lasti, id(caller.f_code)
        node = next_node()
        nodes[id(frame)] = node
        add_to_tree((node, parent, id(frame.f_code), offset, caller_id, 0))
        return node

    def register(frame: FrameType, code_id: int) -> Entry | None:
        """Decide once on a code object; None: it is not recorded."""
        if is_stopped:
            if _gettrace() is on_call:
                _settrace(None)
            return None
        entry = inside.get(code_id) or tapped_outside.get(code_id)
        if entry is not None and entry.local is not None:
            return entry
        code = frame.f_code
        if entry is not None or codes.is_in_scope(frame):
            if not codes.has_room():
                recorder.dropped += 1
                return None
            entry = codes.add_inside(frame)
        qualname = getattr(code, "co_qualname", None) or codes.qualnames.get(code_id, code.co_name)
        taps = recorder.taps.of_code(code, qualname)
        if entry is None:
            if not taps:
                if len(outside) > 1_000_000:  # programs that make code in a loop exist
                    outside.clear()
                outside[code_id] = code
                if code.co_name == "start" and frame.f_globals.get("__name__") == "threading":
                    watch_threading(frame.f_globals)
                return None
            entry = tapped_outside[code_id] = Entry(code, "")
        entry.taps = taps
        entry.local = make_tapped(entry) if taps else make_local(entry)
        return entry

    def make_local(entry: Entry) -> Any:
        lines, to_cover = entry.lines, entry.to_cover
        add_line = lines.add
        code_id = id(entry.code)

        def local(frame: FrameType, event: str, argument: Any) -> Any:
            try:
                if event == "line":
                    if is_stopped:
                        return None
                    add_line(frame.f_lineno)
                elif event == "return":
                    node = nodes.pop(id(frame), 0)
                    if raising:
                        name = raising.pop(id(frame), "")
                        if name and node and argument is None and is_raising(frame):
                            add_to_raised((node, name))
                    if len(lines) != entry.checked:
                        entry.checked = len(lines)
                        entry.is_covered = to_cover <= lines
                elif event == "exception":
                    on_exception(frame, code_id, argument)
            except Exception:
                recorder.dropped += 1
            except BaseException as error:
                recorder.escaped = error
                raise
            return local

        return local

    def make_tapped(entry: Entry) -> Any:
        """The same for a function with taps, which needs every line event."""
        code_id = id(entry.code)

        def local(frame: FrameType, event: str, argument: Any) -> Any:
            try:
                if is_stopped:
                    return None
                if event == "line":
                    entry.lines.add(frame.f_lineno)
                    pending.line(frame, entry.taps)
                elif event == "return":
                    node = nodes.pop(id(frame), 0)
                    name = raising.pop(id(frame), "")
                    if name and argument is None and is_raising(frame):
                        if node:
                            add_to_raised((node, name))
                        pending.raised(frame, name)
                    elif frame.f_code.co_code[frame.f_lasti] in _RETURNS:
                        pending.leave(frame, entry.taps, argument)
                elif event == "exception":
                    if code_id in inside:
                        on_exception(frame, code_id, argument)
                    if not issubclass(argument[0], _PROTOCOL):
                        pending.raised(frame, values.type_name(argument[0]))
            except Exception:
                recorder.dropped += 1
            except BaseException as error:
                recorder.escaped = error
                raise
            return local

        return local

    def on_exception(frame: FrameType, code_id: int, argument: Any) -> None:
        kind = argument[0]
        if is_stopped or issubclass(kind, _PROTOCOL):
            return
        name = values.type_name(kind)
        counts[RAISED, code_id, frame.f_lineno, name] += 1
        raising[id(frame)] = name

    def is_raising(frame: FrameType) -> bool:
        """Whether a return event stands for an exception on its way up."""
        return frame.f_code.co_code[frame.f_lasti] not in _NOT_RAISING

    def stop() -> None:
        nonlocal is_stopped, is_tree_open
        is_stopped, is_tree_open = True, False

    return on_call, stop

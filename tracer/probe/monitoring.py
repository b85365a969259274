"""The back end on `sys.monitoring` (PEP 669): the interpreter is told which code to watch.

Every function outside the namespace raises one event and no other, so that libraries run as fast
as ever; functions inside raise theirs. Events come from all threads, are not seen by debuggers or
coverage, and a program that sets a trace function keeps it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from time import perf_counter_ns
from types import CodeType, FrameType
from typing import Any

from . import values
from .callables import code_behind
from .callers import Callers
from .codes import Entry, identity
from .recorder import EXTERNAL, RAISED, Recorder
from .signals import raise_again
from .taps import Pending

_get_frame = sys._getframe
_PREFERRED_IDS = (3, 4, 1, 5, 2, 0)  # those without a name first: PEP 669 reserves the others
_SITE_SIGHTINGS = 16  # of one call site, until it is asked no more what it calls
_RESTART_WAIT_NS = 250_000_000
_PROTOCOL = (StopIteration, StopAsyncIteration, GeneratorExit)  # how loops and generators end


def free_tool_id() -> int | None:
    """A tool id that nobody has taken; None before Python 3.12, and where all are taken."""
    monitoring = getattr(sys, "monitoring", None)
    if monitoring is None:
        return None
    return next((each for each in _PREFERRED_IDS if monitoring.get_tool(each) is None), None)


class MonitoringBackend:
    """Callbacks for the whole interpreter."""

    name = "monitoring"

    def __init__(self, recorder: Recorder, tree_calls: int, tool_id: int) -> None:
        self._recorder = recorder
        self._monitoring: Any = sys.monitoring  # type: ignore[attr-defined, unused-ignore]
        self._tool_id = tool_id
        self._callbacks, self._silence = _make_callbacks(recorder, tree_calls, self._watch)
        self._has_returns = tree_calls > 0
        self._is_on = False
        recorder.stop_hooks = self.stop

    def start(self) -> None:
        """Watch all threads, from the next call on."""
        monitoring, events = self._monitoring, self._monitoring.events
        monitoring.use_tool_id(self._tool_id, "tracer")
        for name, callback in self._callbacks.items():
            monitoring.register_callback(self._tool_id, getattr(events, name), callback)
        self._is_on = True
        of_all_code = events.PY_START | events.PY_THROW | events.PY_UNWIND | events.RAISE
        monitoring.set_events(self._tool_id, of_all_code)

    def stop(self) -> None:
        """Watch nothing any more, in any thread."""
        self._silence()
        if not self._is_on:
            return
        self._is_on = False
        monitoring = self._monitoring
        monitoring.set_events(self._tool_id, 0)
        for entry in list(self._recorder.codes.inside.values()):
            monitoring.set_local_events(self._tool_id, entry.code, 0)
        for name in self._callbacks:
            monitoring.register_callback(self._tool_id, getattr(monitoring.events, name), None)
        monitoring.free_tool_id(self._tool_id)

    def in_new_thread(self) -> None:
        """Nothing to do: events come from every thread."""

    def _watch(self, entry: Entry, is_inside: bool) -> None:
        """Have a function raise the events that are of use."""
        events = self._monitoring.events
        wanted = events.LINE
        if is_inside:
            wanted |= events.CALL
        if entry.is_generator:
            wanted |= events.PY_RESUME
        if self._has_returns or entry.taps:
            wanted |= events.PY_RETURN | events.PY_YIELD
        self._monitoring.set_local_events(self._tool_id, entry.code, wanted)


def _make_callbacks(
    recorder: Recorder, tree_calls: int, watch: Callable[[Entry, bool], None]
) -> tuple[dict[str, Callable[..., Any]], Callable[[], None]]:
    monitoring: Any = sys.monitoring  # type: ignore[attr-defined, unused-ignore]
    disable, restart_events = monitoring.DISABLE, monitoring.restart_events
    codes = recorder.codes
    inside, outside, described = codes.inside, codes.outside, codes.described
    counts, arrived = recorder.counts, recorder.arrived
    add_to_tree, add_to_raised = recorder.tree.append, recorder.tree_raised.append
    add_to_ended, clock = recorder.tree_ended.append, perf_counter_ns
    raising: dict[int, str] = {}  # hash of a live frame -> the exception last seen in it
    tapped_outside: dict[int, Entry] = {}
    called_from_inside: set[int] = set()  # functions outside that go on raising events
    sightings: dict[tuple[int, int], int] = {}  # of call sites
    pending = Pending()
    is_tree_open = tree_calls > 0
    is_stopped = False
    restarted_at = -_RESTART_WAIT_NS

    def on_start(code: CodeType, offset: int) -> Any:
        answer = None
        try:
            code_id = identity(code)
            if code_id in inside:
                if not is_stopped:
                    count(_get_frame(1), inside[code_id], code_id, False)
            else:
                answer = on_other_start(_get_frame(1), code_id)
        except Exception:  # Never raise into the target; the footer reports the count.
            recorder.dropped += 1
        if arrived:
            (_,) = map(raise_again, (arrived.pop(),))
        return answer

    def on_resume(code: CodeType, offset: int) -> Any:
        on_resume_of(code, _get_frame(1))

    def on_resume_of(code: CodeType, frame: FrameType) -> None:
        try:
            code_id = identity(code)
            entry = inside.get(code_id)
            if entry is not None and not is_stopped:
                count(frame, entry, code_id, True)
        except Exception:
            recorder.dropped += 1
        if arrived:
            (_,) = map(raise_again, (arrived.pop(),))

    def on_throw(code: CodeType, offset: int, error: BaseException) -> Any:
        on_resume_of(code, _get_frame(1))

    def on_other_start(frame: FrameType, code_id: int) -> Any:
        """A function starts that is not known to be inside."""
        if is_stopped:
            return disable
        entry = register(frame, code_id)
        if entry is not None and code_id in inside:
            count(frame, entry, code_id, False)
            return None
        if entry is not None:  # tapped, and not of the namespace
            pending.enter(frame, entry.taps, False)
        back = frame.f_back
        caller_id = 0 if back is None else code_if_inside(back)
        if back is not None and caller_id:
            if code_id not in described:
                codes.describe(frame)
            counts[EXTERNAL, caller_id, back.f_lasti, code_id, 0] += 1
            called_from_inside.add(code_id)
        return None if entry is not None or code_id in called_from_inside else disable

    def count(frame: FrameType, entry: Entry, code_id: int, is_resumed: bool) -> None:
        nonlocal is_tree_open
        caller = frame.f_back
        caller_id = offset = through = 0
        if caller is not None:
            caller_id = code_if_inside(caller)
            offset = caller.f_lasti
        if caller_id and not is_resumed:
            counts[code_id, caller_id, offset] += 1
        else:
            caller, caller_id, offset, through = count_rare(frame, code_id, is_resumed)
        if is_tree_open:
            parent = 0
            if caller is not None:
                parent = nodes.get(hash(caller), 0) or node_of(caller)
            node = next_node()
            if node > tree_calls:
                is_tree_open = False
            else:
                nodes[hash(frame)] = node
                add_to_tree((node, parent, code_id, offset, caller_id, through, clock()))
        if entry.taps:
            pending.enter(frame, entry.taps, is_resumed)

    def code_if_inside(frame: FrameType) -> int:
        """The identity of a frame's code where it belongs to the namespace, else 0."""
        code_id = identity(frame.f_code)
        if code_id in inside:
            return code_id
        if code_id in outside or is_stopped:
            return 0
        register(frame, code_id)  # it began before we did
        return code_id if code_id in inside else 0

    def register(frame: FrameType, code_id: int) -> Entry | None:
        """Decide once on a code object; None: it is not recorded."""
        entry = inside.get(code_id) or tapped_outside.get(code_id)
        if entry is not None or code_id in outside:
            return entry
        code = frame.f_code
        path = code.co_filename
        is_inside = codes.is_in_scope(frame)
        is_tapped = recorder.taps.has_file(path)
        if is_inside:
            if not codes.has_room():
                recorder.dropped += 1
                return None
            entry = codes.new_entry(frame)
        qualname = getattr(code, "co_qualname", None) or code.co_name
        taps = recorder.taps.of_code(code, qualname) if is_tapped else []
        if entry is None:
            if not taps:
                if len(outside) > 1_000_000:  # programs that make code in a loop exist
                    outside.clear()
                outside[code_id] = code
                return None
            entry = tapped_outside[code_id] = Entry(code, "")
        entry.taps = taps
        if is_inside:
            inside[code_id] = entry
        watch(entry, is_inside)
        return entry

    def on_site(code: CodeType, offset: int, function: Any, argument: Any) -> Any:
        """A call inside is about to be made; it may be of a function whose start is not told."""
        nonlocal restarted_at
        answer = None
        try:
            site = (identity(code), offset)
            seen = sightings[site] = sightings.get(site, 0) + 1
            called = None if is_stopped else code_behind(function)
            called_id = 0 if called is None else identity(called)
            if called_id in outside and called_id not in called_from_inside:
                # Its start was switched off when others called it. To switch on one function is
                # to switch on all, and each switches itself off again: so not too often.
                if clock() - restarted_at > _RESTART_WAIT_NS:
                    restarted_at = clock()
                    called_from_inside.add(called_id)
                    restart_events()
            elif not called_id or seen >= _SITE_SIGHTINGS:
                answer = disable
        except Exception:
            recorder.dropped += 1
        if arrived:
            (_,) = map(raise_again, (arrived.pop(),))
        return answer

    def on_line(code: CodeType, line: int) -> Any:
        answer = None
        try:
            code_id = identity(code)
            entry = inside.get(code_id) or tapped_outside.get(code_id)
            if entry is None or is_stopped:
                answer = disable
            else:
                entry.lines.add(line)
                if entry.taps:
                    pending.line(_get_frame(1), entry.taps)
                else:
                    answer = disable
        except Exception:
            recorder.dropped += 1
        if arrived:
            (_,) = map(raise_again, (arrived.pop(),))
        return answer

    def on_return(code: CodeType, offset: int, value: Any) -> Any:
        return left(code, _get_frame(1), True, value)

    def on_yield(code: CodeType, offset: int, value: Any) -> Any:
        return left(code, _get_frame(1), False, value)

    def left(code: CodeType, frame: FrameType, is_return: bool, value: Any) -> Any:
        answer = None
        try:
            node = nodes.pop(hash(frame), 0)
            if node:
                add_to_ended((node, clock()))
            raising.pop(hash(frame), "")
            code_id = identity(code)
            entry = inside.get(code_id) or tapped_outside.get(code_id)
            if entry is not None and entry.taps and not is_stopped:
                if is_return:
                    pending.leave(frame, entry.taps, value)
            elif not is_tree_open and not nodes:
                answer = disable
        except Exception:
            recorder.dropped += 1
        if arrived:
            (_,) = map(raise_again, (arrived.pop(),))
        return answer

    def on_unwind(code: CodeType, offset: int, error: BaseException) -> Any:
        try:
            code_id = identity(code)
            entry = inside.get(code_id) or tapped_outside.get(code_id)
            if entry is not None:
                frame = _get_frame(1)
                node = nodes.pop(hash(frame), 0)
                if node:
                    add_to_ended((node, clock()))
                name = raising.pop(hash(frame), "")
                if name and not is_stopped:
                    if node:
                        add_to_raised((node, name))
                    if entry.taps:
                        pending.raised(frame, name)
        except Exception:
            recorder.dropped += 1
        if arrived:
            (_,) = map(raise_again, (arrived.pop(),))

    def on_raise(code: CodeType, offset: int, error: BaseException) -> Any:
        try:
            code_id = identity(code)
            entry = inside.get(code_id) or tapped_outside.get(code_id)
            kind = type(error)
            if entry is not None and not is_stopped and not issubclass(kind, _PROTOCOL):
                frame = _get_frame(1)
                name = values.type_name(kind)
                if code_id in inside:
                    counts[RAISED, code_id, frame.f_lineno, name] += 1
                raising[hash(frame)] = name
                if entry.taps:
                    pending.raised(frame, name)
        except Exception:
            recorder.dropped += 1
        if arrived:
            (_,) = map(raise_again, (arrived.pop(),))

    def silence() -> None:
        nonlocal is_stopped, is_tree_open
        is_stopped, is_tree_open = True, False

    callers = Callers(recorder, code_if_inside)
    nodes, next_node = callers.nodes, callers.next_node
    count_rare, node_of = callers.count, callers.node_of
    callbacks: dict[str, Callable[..., Any]] = {
        "PY_START": on_start,
        "PY_RESUME": on_resume,
        "PY_THROW": on_throw,
        "PY_RETURN": on_return,
        "PY_YIELD": on_yield,
        "PY_UNWIND": on_unwind,
        "RAISE": on_raise,
        "LINE": on_line,
        "CALL": on_site,
    }
    return callbacks, silence

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

from .accelerated import CALLED, CALLED_FROM_SITE, CALLED_OUTSIDE, RESUMED
from .callables import function_behind
from .callers import Caller, Callers
from .codes import Entry, identity, module_of
from .definitions import EXTERNAL, RAISED, RESUME, SITE
from .heat import Heat
from .recorder import Recorder
from .signals import raise_again
from .statics import type_name
from .taps import Pending, with_entry

_get_frame = sys._getframe
_PREFERRED_IDS = (3, 4, 1, 5, 2, 0)  # those without a name first: PEP 669 reserves the others
_SITE_SIGHTINGS = 16  # of one call site, until it is asked no more what it calls
_MOST_RESTARTS = 128  # to hear once more of all that fell silent; each costs a little everywhere
_PROTOCOL = (StopIteration, StopAsyncIteration, GeneratorExit)  # how loops and generators end


def free_tool_ids() -> list[int]:
    """Tool ids that nobody has taken; none before Python 3.12, and where all are taken."""
    monitoring = getattr(sys, "monitoring", None)
    if monitoring is None:
        return []
    return [each for each in _PREFERRED_IDS if monitoring.get_tool(each) is None]


class MonitoringBackend:
    """Callbacks for the whole interpreter."""

    name = "monitoring"

    def __init__(
        self, recorder: Recorder, tree_calls: int, tool_ids: list[int], looked_at: int
    ) -> None:
        self._recorder = recorder
        self._monitoring: Any = sys.monitoring  # type: ignore[attr-defined, unused-ignore]
        self._tool_id, *others = tool_ids
        self._keeps_tree = recorder.keeps_tree = tree_calls > 0
        if recorder.accelerator is not None:  # no call is so frequent that it must not be looked at
            others = []
        self.heat = Heat(
            recorder, self._monitoring, others[0] if others else None, looked_at, tree_calls
        )
        self._callbacks, self._silence = _make_callbacks(
            recorder, self._watch, self.heat, tree_calls
        )
        for event in ("_thread.start_new_thread", "_thread.start_joinable_thread"):
            recorder.on_event[event] = self._on_thread
        if self.heat.is_allowed:
            recorder.on_event["import"] = self._on_import
        self._is_on = False
        recorder.stop_hooks = self.stop

    def start(self) -> None:
        """Watch all threads, from the next call on."""
        monitoring, events = self._monitoring, self._monitoring.events
        monitoring.use_tool_id(self._tool_id, "tracer")
        self.heat.begin()
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
        self.heat.end()

    def in_new_thread(self) -> None:
        """Nothing to do: events come from every thread."""

    def _on_thread(self, _arguments: tuple[Any, ...]) -> None:
        if not self._recorder.is_starting:
            self.heat.second_thread()

    def _on_import(self, arguments: tuple[Any, ...]) -> None:
        name = arguments[0]
        if type(name) is str:
            self.heat.imported(name)

    def _watch(self, entry: Entry, is_inside: bool) -> None:
        """Have a function raise the events that are of use."""
        events = self._monitoring.events
        wanted = events.LINE
        if is_inside:
            wanted |= events.CALL
        if entry.is_generator:
            wanted |= events.PY_RESUME
        if entry.taps:
            wanted |= events.PY_RETURN
        if is_inside and self._keeps_tree and self._recorder.accelerator is not None:
            wanted |= events.PY_RETURN | events.PY_YIELD
        self._monitoring.set_local_events(self._tool_id, entry.code, wanted)


def _make_callbacks(
    recorder: Recorder, watch: Callable[[Entry, bool], None], heat: Heat, tree_calls: int
) -> tuple[dict[str, Callable[..., Any]], Callable[[], None]]:
    monitoring: Any = sys.monitoring  # type: ignore[attr-defined, unused-ignore]
    disable, restart_events = monitoring.DISABLE, monitoring.restart_events
    looked_at = heat.looked_at
    codes = recorder.codes
    inside, outside = codes.inside, codes.outside
    counts, arrived = recorder.counts, recorder.arrived
    add_to_tree, clock = recorder.tree.append, perf_counter_ns
    tapped_outside: dict[int, Entry] = {}
    sightings: dict[tuple[int, int], int] = {}  # of call sites
    told_by_site: set[tuple[int, int, int]] = set()  # call site, and the function outside it calls
    keeps_tree = heat.keeps_tree
    c, told = recorder.accelerator, recorder.told  # in C; None: all is done here
    pending = Pending(c)
    is_tree_open = c is not None and keeps_tree
    is_stopped = False
    restarts = 0

    # From C comes the frame, too; `sys._getframe` raises an audit event, which costs more.

    def on_start(code: CodeType, offset: int, frame: FrameType | None = None) -> Any:
        answer = None
        try:
            code_id = identity(code)
            entry = inside.get(code_id)
            if entry is not None:
                if entry.is_hot:
                    answer = hot_begun(code_id)
                elif not is_stopped:
                    answer = begun(frame or _get_frame(1), entry, code_id, False)
            else:
                answer = on_other_start(frame or _get_frame(1), code_id)
        except Exception:  # Never raise into the target; the footer reports the count.
            recorder.dropped += 1
        if arrived:
            (_,) = map(raise_again, (arrived.pop(),))
        return answer

    def on_resume(code: CodeType, offset: int, frame: FrameType | None = None) -> Any:
        answer = None
        try:
            code_id = identity(code)
            entry = inside.get(code_id)
            if entry is not None and not is_stopped:
                if entry.is_hot:
                    answer = hot_resumed()
                else:
                    answer = begun(frame or _get_frame(1), entry, code_id, True)
        except Exception:
            recorder.dropped += 1
        if arrived:
            (_,) = map(raise_again, (arrived.pop(),))
        return answer

    def on_throw(code: CodeType, offset: int, error: BaseException) -> Any:
        try:
            code_id = identity(code)
            entry = inside.get(code_id)
            if entry is not None and not is_stopped:
                opened(_get_frame(1), entry, code_id, True)
        except Exception:
            recorder.dropped += 1
        if arrived:
            (_,) = map(raise_again, (arrived.pop(),))

    def on_watched(frame: FrameType, tap: Any) -> None:
        """A function of which only the effects are looked at starts, called from outside."""
        tap.read(frame)
        if arrived:
            (_,) = map(raise_again, (arrived.pop(),))

    def on_other_start(frame: FrameType, code_id: int) -> Any:
        """A function starts that is not known to be inside."""
        if is_stopped:
            return disable
        entry = tapped_outside.get(code_id) or register(frame, code_id)
        if entry is not None and code_id in inside:
            return begun(frame, entry, code_id, False)
        if entry is not None:  # tapped, and not of the namespace
            pending.enter(frame, entry.taps, False)
            if c is not None and c.caller_id(frame) == 0:
                return None
        back = frame.f_back
        caller_id = 0 if back is None else code_if_inside(back)
        if back is not None and caller_id and code_id not in codes.ours:
            offset, named_id = back.f_lasti, codes.named(frame)
            if (caller_id, offset, code_id) not in told_by_site:
                key = EXTERNAL, caller_id, offset, named_id, 0
                counts[key] += 1
                if c is not None and entry is not None and code_id in codes.plain:
                    c.know(key, frame.f_code, back.f_code, offset, CALLED_OUTSIDE)
        if code_id in codes.later.takers:  # what it is given, each call has to tell
            return None
        if c is not None and entry is None and code_id in outside:
            c.add_outside(frame)
        return disable if entry is None else None

    def begun(frame: FrameType, entry: Entry, code_id: int, is_resumed: bool) -> Any:
        """A function inside starts or goes on; answers what to do with its next such event."""
        opened(frame, entry, code_id, is_resumed)
        entry.calls += 1
        if (
            entry.calls >= looked_at
            and heat.is_allowed
            and not (entry.is_odd or entry.taps)
            and heat.make_hot(entry, frame)
        ):
            return disable
        return None

    def opened(frame: FrameType, entry: Entry, code_id: int, is_resumed: bool) -> None:
        nonlocal is_tree_open
        stream = heat.stream
        if stream is None and keeps_tree and heat.open_stream(frame.f_back):
            stream = heat.stream
        caller, caller_id, offset, through = count(frame, entry, code_id, is_resumed)
        if is_tree_open:
            parent = 0 if caller is None else node_at(caller) or node_of(caller)
            node = next_node()
            if node > tree_calls:
                is_tree_open = False
            else:
                put_node(frame, node)
                add_to_tree((node, parent, code_id, offset, caller_id, through, clock()))
        if stream is not None:
            node = 0
            if stream.is_timed:
                node = stream.count_node()
                add_to_tree((node, 0, code_id, offset, caller_id, through, 0))
            stream.opened(entry, frame, node)

    def hot_begun(code_id: int) -> Any:
        stream = heat.stream
        if stream is not None and not stream.is_alone:
            stream.opened_hot(False)
            return None
        # The stream counts it; all events were switched on again, which is a chance to look.
        caller = _get_frame(2).f_back
        caller_id = 0 if caller is None or is_stopped else code_if_inside(caller)
        if caller is not None and caller_id:
            counts[SITE, caller_id, caller.f_lasti, code_id, 0] += 1
        return disable

    def hot_resumed() -> Any:
        stream = heat.stream
        if stream is not None and not stream.is_alone:
            stream.opened_hot(True)
            return None
        return disable

    def count(frame: FrameType, entry: Entry, code_id: int, is_resumed: bool) -> Caller:
        """Count a call by its caller; answers who that was."""
        caller = frame.f_back
        caller_id = offset = through = 0
        if caller is not None:
            caller_id = code_if_inside(caller)
            offset = caller.f_lasti
        if caller_id and not is_resumed:
            counts[code_id, caller_id, offset] += 1
        else:
            caller, caller_id, offset, through = count_rare(frame, code_id, is_resumed)
            entry.is_odd = entry.is_odd or through != 0 or caller is None
        if told is not None and entry.is_counted and caller is not None and not through:
            if caller is frame.f_back and is_resumed:
                told.call((RESUME, caller_id, offset, code_id, 0), entry, caller, offset, RESUMED)
            elif caller is frame.f_back:
                told.call((code_id, caller_id, offset), entry, caller, offset, CALLED)
        if entry.taps:
            pending.enter(frame, entry.taps, is_resumed)
        return caller, caller_id, offset, through

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
        nonlocal restarts
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
        taps = recorder.taps.of_code(code, qualname) if is_tapped else None
        has_lines = is_inside or taps is not None
        module = module_of(frame)
        if is_inside or module in codes.outside_names:
            pass
        elif recorder.effects.may_be_in(frame):
            if not (is_tapped or codes.later.may_be_in(module)):
                codes.settled[module] = codes.watched[module]
            if code.co_firstlineno in codes.watched[module]:
                taps = with_entry(taps, code, recorder.effects.taps_of(frame))
        elif not (is_tapped or codes.later.may_be_in(module)):
            codes.decide_module(frame, False)
        if entry is None:
            if not taps:
                if len(outside) > 1_000_000:  # programs that make code in a loop exist
                    outside.clear()
                outside[code_id] = code
                codes.later.meet(code_id, module, qualname)
                return None
            entry = tapped_outside[code_id] = Entry(code, "")
            if c is not None:
                c.add_tapped(code)
                taps.accelerate_effects(c)
        entry.taps = taps
        if is_inside:
            kept = codes.add(code_id, entry)
            if kept is not entry:
                return kept
            if told is not None:
                entry.is_native = not taps
                told.inside(entry, code_id, entry.is_native)
                if entry.taps:
                    entry.taps.tell(c, code, None)
                entry.is_counted = not entry.taps or (entry.taps.is_in_c and not entry.taps.entry)
            heat.follow(entry)
            if restarts < _MOST_RESTARTS:  # what it calls may have fallen silent
                restarts += 1
                restart_events()
        if has_lines:
            watch(entry, is_inside)
        return entry

    def on_site(code: CodeType, offset: int, called: Any, argument: Any, seen: int = 0) -> Any:
        """A call inside is about to be made; of what, nobody else may tell."""
        answer = None
        try:
            code_id = identity(code)
            if not seen:
                seen = sightings[code_id, offset] = sightings.get((code_id, offset), 0) + 1
            function = None if is_stopped else function_behind(called)
            if function is None:
                if is_stopped or not recorder.effects.of_site(
                    _get_frame(1), offset, called, argument
                ):
                    answer = disable
            elif seen > _SITE_SIGHTINGS:
                answer = disable
            else:
                called_code = function.__code__
                called_id = identity(called_code)
                entry = inside.get(called_id)
                if entry is not None:
                    if entry.is_hot and not entry.is_generator:  # its body starts elsewhere
                        counts[SITE, code_id, offset, called_id, 0] += 1
                elif called_id in outside or (c is not None and c.is_outside(called_code)):
                    named_id = codes.named_function(function)
                    key = EXTERNAL, code_id, offset, named_id, 0
                    counts[key] += 1
                    if c is not None and not codes.generated.is_wrapper(function):
                        c.know(key, called_code, code, offset, CALLED_FROM_SITE)
                    told_by_site.add((code_id, offset, called_id))
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
                    if not pending.line_event(entry.taps, line):
                        answer = disable
                else:
                    answer = disable
        except Exception:
            recorder.dropped += 1
        if arrived:
            (_,) = map(raise_again, (arrived.pop(),))
        return answer

    def on_return(code: CodeType, offset: int, value: Any) -> Any:
        """A function with taps returns."""
        answer = None
        try:
            code_id = identity(code)
            entry = inside.get(code_id) or tapped_outside.get(code_id)
            if entry is None or not entry.taps or is_stopped:
                answer = disable
            else:
                pending.leave(_get_frame(1), entry.taps, value)
        except Exception:
            recorder.dropped += 1
        if arrived:
            (_,) = map(raise_again, (arrived.pop(),))
        return answer

    def on_unwind(code: CodeType, offset: int, error: BaseException) -> Any:
        try:
            code_id = identity(code)
            entry = inside.get(code_id) or tapped_outside.get(code_id)
            stream = heat.stream
            if entry is not None and (stream is not None or entry.taps):
                kind = type(error)
                name = "" if issubclass(kind, _PROTOCOL) else type_name(kind)
                if stream is not None and code_id in inside and offset not in entry.before_start:
                    stream.raised(code, name)
                if name and entry.taps and not is_stopped:
                    pending.raised(_get_frame(1), entry.taps, name)
        except Exception:
            recorder.dropped += 1
        if arrived:
            (_,) = map(raise_again, (arrived.pop(),))

    def on_raise(code: CodeType, offset: int, error: BaseException) -> Any:
        try:
            code_id = identity(code)
            entry = inside.get(code_id) or tapped_outside.get(code_id)
            if entry is not None and (entry.raised < looked_at or entry.taps or c is not None):
                raised(_get_frame(1), entry, code_id, type(error))
        except Exception:
            recorder.dropped += 1
        if arrived:
            (_,) = map(raise_again, (arrived.pop(),))

    def raised(frame: FrameType, entry: Entry, code_id: int, kind: type) -> None:
        if is_stopped or issubclass(kind, _PROTOCOL):
            if told is not None and entry.is_native and not is_stopped:
                told.raised(None, entry, kind, frame.f_lasti)
            return
        entry.raised += 1
        if entry.raised == looked_at and told is None:
            recorder.note(f"of the exceptions in one function the first {looked_at} are counted")
        name = type_name(kind)
        if code_id in inside and (entry.raised <= looked_at or told is not None):
            counts[RAISED, code_id, frame.f_lineno, name] += 1
            if told is not None and entry.is_native:
                key = RAISED, code_id, frame.f_lineno, name
                told.raised(key, entry, kind, frame.f_lasti)
        if entry.taps:
            pending.raised(frame, entry.taps, name)

    def silence() -> None:
        nonlocal is_stopped
        is_stopped = True
        if c is not None:
            c.stop()

    callers = Callers(recorder, code_if_inside)
    count_rare, node_of = callers.count, callers.node_of
    next_node, node_at, put_node = callers.next_node, callers.node_at, callers.put_node
    callbacks: dict[str, Callable[..., Any]] = {
        "PY_START": on_start,
        "PY_RESUME": on_resume,
        "PY_THROW": on_throw,
        "PY_RETURN": on_return,
        "PY_UNWIND": on_unwind,
        "RAISE": on_raise,
        "LINE": on_line,
        "CALL": on_site,
    }
    if c is not None:
        recorder.taps.accelerate(c, recorder, False)
        c.tree(tree_calls)
        c.quiet(codes.outside_names, codes.settled)
        in_python = {**callbacks, "watched": on_watched}
        callbacks.update(c.callbacks(in_python, disable, _SITE_SIGHTINGS))
    return callbacks, silence

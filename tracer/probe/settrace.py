"""The back end on `sys.settrace`: what is called, by whom, and which lines ran.

All state of the hot path is in closure cells and in tables keyed by the identity of a code object.
A frame outside the namespace costs one call of the hook (`first_look`) and two table look-ups, and
has no line events.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from opcode import opmap
from time import perf_counter_ns
from types import FrameType
from typing import Any

from .accelerated import CALLED, CALLED_OUTSIDE, RESUMED
from .callers import Callers
from .codes import Entry, identity, module_of
from .definitions import EXTERNAL, RAISED, RESUME
from .first_look import prepare
from .recorder import Recorder
from .shared_tracing import SharedTracing
from .signals import raise_again
from .statics import type_name
from .taps import Pending, with_entry

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
        self._shared = SharedTracing(recorder, self._on_call)
        recorder.keeps_tree = tree_calls > 0
        recorder.has_trace_function = True
        self._threading: dict[str, Any] | None = None
        recorder.stop_hooks = self.stop

    def start(self) -> None:
        """Trace this thread and those it starts, from the next call on."""
        self._shared.install()
        self._shared.begin()
        if self._recorder.accelerator is not None:
            self._recorder.accelerator.spare_frames(True)

    def stop(self) -> None:
        """Stop in this thread now, and in others at their next call."""
        self._stop()
        if self._threading is not None and self._threading.get("_trace_hook") is self._on_call:
            self._threading["_trace_hook"] = None
        self._shared.remove()

    def in_new_thread(self) -> None:
        """Trace a thread that `threading` did not start."""
        if not self._recorder.is_stopped:
            self._shared.trace_thread()

    def _watch_threading(self, names: dict[str, Any]) -> None:
        """A thread is about to be started: trace it too, as `threading.settrace` would."""
        if names.get("_trace_hook") is None:
            self._threading = names
            names["_trace_hook"] = self._on_call


def _make_hooks(recorder: Recorder, tree_calls: int, watch_threading: Any) -> Any:
    codes = recorder.codes
    inside, outside, plain, named = codes.inside, codes.outside, codes.plain, codes.named
    inside_names, outside_names, watched = codes.inside_names, codes.outside_names, codes.watched
    settled = codes.settled
    counts, arrived, offset_in = recorder.counts, recorder.arrived, recorder.offset_in
    c, told = recorder.accelerator, recorder.told  # in C; None: all is done here
    add_to_tree, add_to_raised = recorder.tree.append, recorder.tree_raised.append
    add_to_ended, clock = recorder.tree_ended.append, perf_counter_ns
    live: dict[int, int] = {}  # hash of a live frame that is recorded -> identity of its code
    raising: dict[int, str] = {}  # hash of a live frame -> the exception last seen in it
    tapped_outside: dict[int, Entry] = {}
    pending = Pending(c)
    is_tree_open = tree_calls > 0
    is_stopped = False
    get = dict.get

    # `frame.f_code` and `id()` raise audit events, and so cost ten times what they look like while
    # any audit hook is there. So `live` remembers the code of a frame by the frame's hash, and
    # `identity` stands for `id`.
    #
    # With an accelerator, what C counts never comes here; so `live` stays empty, and the frames say
    # themselves who is inside.

    def on_inside(frame: FrameType) -> Any:
        """A function is called that is recorded, or on which nothing was decided yet."""
        nonlocal is_tree_open
        name = get(frame.f_globals, "__name__")
        if name in settled and frame.f_lineno not in settled[name]:
            back = frame.f_back
            if back is not None and inside_id(back):
                on_boundary(frame, back)
            if c is not None and identity(c.code_in(frame)) not in tapped_outside:
                c.add_outside(frame)
            return None
        code_id = identity(frame.f_code)
        entry = inside.get(code_id)
        if entry is None or is_stopped:
            entry = register(frame, code_id)
            if entry is None:
                back = frame.f_back
                if back is not None and inside_id(back):
                    on_boundary(frame, back)
                if c is not None and code_id in outside:
                    c.add_outside(frame)
                return None
            if code_id not in inside:  # tapped or an effect, and not of the namespace
                back = frame.f_back
                if back is not None and inside_id(back):
                    on_boundary(frame, back)
                pending.enter(frame, entry.taps, False)
                return entry.local
        caller = frame.f_back
        offset = caller_id = 0
        if caller is not None:
            caller_id = live.get(hash(caller), 0) if c is None else inside_id(caller)
            offset = offset_in(caller)
        is_resumed = entry.is_generator and frame.f_lasti > entry.start
        if not caller_id or is_resumed:
            caller, caller_id, offset, through = count_rare(frame, code_id, is_resumed)
        else:
            through = 0
            counts[code_id, caller_id, offset] += 1
        if c is None:
            live[hash(frame)] = code_id
        elif entry.is_native and told is not None and caller is not None and not through:
            if caller is not frame.f_back:
                pass  # our own gate of signals stands between
            elif is_resumed:
                told.call((RESUME, caller_id, offset, code_id, 0), entry, caller, offset, RESUMED)
            else:
                told.call((code_id, caller_id, offset), entry, caller, offset, CALLED)
        if is_tree_open:
            parent = 0
            if caller is not None:
                parent = node_at(caller) or node_of(caller)
            node = next_node()
            if node > tree_calls:
                is_tree_open = False
            else:
                put_node(frame, node)
                add_to_tree((node, parent, code_id, offset, caller_id, through, clock()))
        if entry.taps:
            pending.enter(frame, entry.taps, entry.is_generator and frame.f_lasti > entry.start)
        elif entry.is_covered:
            frame.f_trace_lines = False
        if arrived:
            (_,) = map(raise_again, (arrived.pop(),))
        return entry.local

    def on_boundary(frame: FrameType, back: FrameType) -> None:
        """A function outside the namespace is called from inside."""
        if get(back.f_globals, "__name__") in outside_names:
            live.pop(hash(back), None)  # the end of a frame that was there before was not heard
        elif not is_stopped:
            code_id = identity(frame.f_code)
            if code_id not in plain:
                code_id = named(frame)
            offset = offset_in(back)
            key = EXTERNAL, inside_id(back), offset, code_id, 0
            counts[key] += 1
            if c is not None and code_id in plain:
                c.know(key, c.code_in(frame), c.code_in(back), offset, CALLED_OUTSIDE)

    def live_id(frame: FrameType) -> int:
        """The identity of the code of a frame that runs and is recorded, else 0."""
        return live.get(hash(frame), 0)

    def code_if_inside(frame: FrameType) -> int:
        """The identity of a frame's code where it belongs to the namespace, else 0."""
        name = get(frame.f_globals, "__name__")
        if name in outside_names or name in watched:
            return 0
        code_id = identity(frame.f_code)
        if code_id in inside:
            return code_id
        if name in inside_names and not is_stopped:  # it began before we did
            register(frame, code_id)
            return code_id if code_id in inside else 0
        return 0

    def code_of(frame: FrameType) -> int:
        return live.get(hash(frame), 0) or code_if_inside(frame)

    def register(frame: FrameType, code_id: int) -> Entry | None:
        """Decide once on a code object; None: it is not recorded."""
        if is_stopped:
            if _gettrace() is on_call:
                _settrace(None)
            return None
        entry = inside.get(code_id) or tapped_outside.get(code_id)
        if entry is not None or code_id in outside:
            return entry
        code = frame.f_code
        path = code.co_filename
        is_inside = codes.is_in_scope(frame)
        is_tapped = recorder.taps.has_file(path)
        is_watched = not is_inside and recorder.effects.may_be_in(frame)
        if is_inside or not (is_tapped or is_watched):
            codes.decide_module(frame, is_inside)
        if is_inside:
            if not codes.has_room():
                recorder.dropped += 1
                return None
            entry = codes.new_entry(frame)
        qualname = getattr(code, "co_qualname", None) or codes.qualnames.get(code_id, code.co_name)
        taps = recorder.taps.of_code(code, qualname) if is_tapped else None
        has_lines = is_inside or taps is not None
        if is_watched:
            if not is_tapped:
                module = module_of(frame)
                settled[module] = watched[module]
            taps = with_entry(taps, code, recorder.effects.taps_of(frame))
        if entry is None:
            if code.co_name == "start" and get(frame.f_globals, "__name__") == "threading":
                watch_threading(frame.f_globals)
            if not taps:
                if len(outside) > 1_000_000:  # programs that make code in a loop exist
                    outside.clear()
                outside[code_id] = code
                return None
            entry = tapped_outside[code_id] = Entry(code, "")
            if c is not None:
                c.add_tapped(code)
                taps.accelerate_effects(c)
        entry.taps = taps
        if has_lines:
            entry.local = make_tapped(entry) if taps else make_local(entry)
        if is_inside:
            plain_local = entry.local
            kept = codes.add(code_id, entry)
            if kept is not entry:
                return kept
            if told is not None:  # unless lines are of use to others: taps, watched state
                entry.is_native = not taps and entry.local is plain_local
                entry.is_counted = entry.is_native
                told.inside(entry, code_id, entry.is_native)
                if entry.is_native:
                    native.add(identity(entry.local))
                elif entry.taps and entry.local is plain_local:
                    entry.taps.tell(c, code, entry.local)
        return entry

    def make_local(entry: Entry) -> Any:
        lines, to_cover = entry.lines, entry.to_cover
        add_line = lines.add
        code_id = identity(entry.code)

        def local(frame: FrameType, event: str, argument: Any) -> Any:
            node = 0
            try:
                if event == "line":
                    if is_stopped:
                        return None
                    add_line(frame.f_lineno)
                elif event == "return":
                    frame_id = hash(frame)
                    live.pop(frame_id, 0)
                    if nodes:
                        node = nodes.pop(frame_id, 0)
                        if node:
                            add_to_ended((node, clock()))
                    elif c is not None:
                        node = ended_in_c(frame)
                    if raising:
                        name = raising.pop(frame_id, "")
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
            if arrived:
                (_,) = map(raise_again, (arrived.pop(),))
            return local

        return local

    def make_tapped(entry: Entry) -> Any:
        """The same for a function with taps, which needs every line event."""
        code_id = identity(entry.code)

        def local(frame: FrameType, event: str, argument: Any) -> Any:
            try:
                if is_stopped:
                    return None
                if event == "line":
                    line = frame.f_lineno
                    entry.lines.add(line)
                    pending.line(frame, entry.taps, line)
                elif event == "return":
                    live.pop(hash(frame), 0)
                    if c is None:
                        node = nodes.pop(hash(frame), 0)
                        if node:
                            add_to_ended((node, clock()))
                    else:
                        node = ended_in_c(frame)
                    name = raising.pop(hash(frame), "")
                    if name and argument is None and is_raising(frame):
                        if node:
                            add_to_raised((node, name))
                        pending.raised(frame, entry.taps, name)
                    elif frame.f_code.co_code[frame.f_lasti] in _RETURNS:
                        pending.leave(frame, entry.taps, argument)
                elif event == "exception":
                    if code_id in inside:
                        on_exception(frame, code_id, argument)
                    if not issubclass(argument[0], _PROTOCOL):
                        pending.raised(frame, entry.taps, type_name(argument[0]))
            except Exception:
                recorder.dropped += 1
            except BaseException as error:
                recorder.escaped = error
                raise
            if arrived:
                (_,) = map(raise_again, (arrived.pop(),))
            return local

        return local

    def on_exception(frame: FrameType, code_id: int, argument: Any) -> None:
        kind = argument[0]
        if c is None:
            live[hash(frame)] = code_id  # `throw` goes on with a body and raises no other event
        if is_stopped or issubclass(kind, _PROTOCOL):
            return
        name = type_name(kind)
        counts[RAISED, code_id, frame.f_lineno, name] += 1
        raising[hash(frame)] = name

    def ended_in_c(frame: FrameType) -> int:
        node: int = c.get_node(frame)
        if node:
            c.end_node(frame, None)
        return node

    def is_raising(frame: FrameType) -> bool:
        """Whether a return event stands for an exception on its way up."""
        return frame.f_code.co_code[frame.f_lasti] not in _NOT_RAISING

    def on_unknown(frame: FrameType) -> Any:
        """A call that C does not know how to count."""
        answer = None
        try:
            if get(frame.f_globals, "__name__") in outside_names:
                back = frame.f_back
                if back is not None and inside_id(back):
                    on_boundary(frame, back)
                c.add_outside(frame)
            else:
                local = on_inside(frame)
                if local is not None and identity(local) not in native:
                    answer = local
        except Exception:  # Never raise into the target; the footer reports the count.
            recorder.dropped += 1
        except BaseException as error:
            recorder.escaped = error
            raise
        if arrived:
            (_,) = map(raise_again, (arrived.pop(),))
        return answer

    def on_crossing(frame: FrameType) -> None:
        """A function that is known to be outside is called from inside, at a place for once."""
        try:
            if frame.f_back is not None:
                on_boundary(frame, frame.f_back)
        except Exception:
            recorder.dropped += 1
        except BaseException as error:
            recorder.escaped = error
            raise
        if arrived:
            (_,) = map(raise_again, (arrived.pop(),))

    def on_raised(frame: FrameType, argument: Any) -> None:
        """An exception that C does not know how to count."""
        try:
            code_id = identity(c.code_in(frame))
            on_exception(frame, code_id, argument)
            if told is not None and not is_stopped:
                name, key = raising.pop(hash(frame), ""), None
                if name:
                    key = RAISED, code_id, frame.f_lineno, name
                told.raised(key, inside[code_id], argument[0], offset_in(frame))
        except Exception:
            recorder.dropped += 1
        except BaseException as error:
            recorder.escaped = error
            raise
        if arrived:
            (_,) = map(raise_again, (arrived.pop(),))

    def beside(frame: FrameType, event: str, argument: Any) -> Any:
        """The trace function of a thread in which the target has one of its own, too."""
        try:
            if get(frame.f_globals, "__name__") in outside_names:
                back = frame.f_back
                if back is not None and inside_id(back):
                    on_boundary(frame, back)
                if arrived:
                    (_,) = map(raise_again, (arrived.pop(),))
                return None
            return on_inside(frame)
        except Exception:
            recorder.dropped += 1
            return None
        except BaseException as error:
            recorder.escaped = error
            raise

    def stop() -> None:
        nonlocal is_stopped, is_tree_open
        is_stopped, is_tree_open = True, False
        if c is not None:
            c.stop()

    native: set[int] = set()  # identities of local trace functions in whose place C is asked
    callers = Callers(recorder, code_of)
    nodes, next_node = callers.nodes, callers.next_node
    node_at, put_node = callers.node_at, callers.put_node
    count_rare, node_of = callers.count, callers.node_of
    inside_id: Callable[[FrameType], int] = live_id if c is None else c.inside_id
    if c is None:
        on_call = prepare(recorder, live, on_boundary, on_inside)
        return on_call, stop
    on_call = beside
    recorder.taps.accelerate(c, recorder, True)
    c.tree(tree_calls)
    c.quiet(codes.outside_names, settled)
    c.trace_hooks(on_unknown, on_crossing, on_raised)
    return on_call, stop

"""Changes that the interpreter does not tell of, found by comparing at the lines of the namespace.

What differs from one event to the next was done by the line that ran between them, or by what it
called outside the namespace. Only watched objects that need it are compared, and only while there
are any does a function of the namespace have more events than it would have else.
"""

from __future__ import annotations

import sys
from _thread import get_ident
from collections.abc import Callable
from itertools import islice
from opcode import opmap
from types import CodeType, FrameType
from typing import Any

from . import contents, values
from .codes import Entry, identity
from .dict_watchers import Interpreter
from .monitoring import free_tool_ids
from .recorder import Recorder
from .signals import raise_again
from .state import LONGEST_CHAIN, Chain, StateLog, Watch
from .statics import MISSING

_STORES = frozenset(
    number
    for name, number in opmap.items()
    if name.startswith(("STORE_SUBSCR", "DELETE_SUBSCR", "STORE_ATTR", "DELETE_ATTR", "INPLACE_"))
    or name in ("STORE_GLOBAL", "DELETE_GLOBAL", "STORE_NAME", "DELETE_NAME")
)
_BINARY = opmap.get("BINARY_OP", -1)
_FIRST_IN_PLACE = 13  # of the arguments of BINARY_OP
_CHANGING = frozenset(
    (
        *("add", "append", "clear", "delattr", "difference_update", "discard", "extend", "insert"),
        *("intersection_update", "pop", "popitem", "remove", "reverse", "setattr", "setdefault"),
        *("sort", "symmetric_difference_update", "update"),
        *("__delattr__", "__delitem__", "__ior__", "__setattr__", "__setitem__"),
    )
)
_DEEPEST = 3
_MOST_DICTS = 64  # in one watched object
_EVENTS = ("LINE", "PY_START", "PY_RESUME", "PY_RETURN", "PY_YIELD")
_get_frame = sys._getframe


class Comparing:
    """The objects that are compared, and where each thread was at its last event.

    Args:
        interpreter: Tells the versions of dicts, where it can be asked.
        has_names: Whether names, too, are compared, and not told by the interpreter.
    """

    def __init__(
        self,
        recorder: Recorder,
        log: StateLog,
        interpreter: Interpreter | None,
        has_names: bool,
    ) -> None:
        self.recorder = recorder
        self._log = log
        self._interpreter = interpreter
        self._has_versions = interpreter is not None and interpreter.has_versions
        self.has_names = has_names
        self._compared: list[Watch] = []
        self._is_stale = False  # what is compared is not what the next three lines hold
        self._cells: list[Any] = []  # versions of all dicts that matter to any watch, each once
        self._versions: list[int] = []
        self._plain: list[Watch] = []  # of which no version tells
        self._last: dict[int, tuple[int, int, int]] = {}  # frame's hash, code, offset; by thread

    def begin(self, watch: Watch) -> None:
        """The module of a watch is there, if only just: its names may come later."""
        self.go_on(watch)
        if watch.is_bound and watch.snapshot is not None:
            self._log.tell_initial(watch, watch.snapshot, [])

    def go_on(self, watch: Watch) -> None:
        """Compare with what there is at this moment, which has been told."""
        value = watch.found()
        watch.value, watch.is_bound = value, value is not MISSING
        watch.snapshot = watch.holds(value) if watch.is_bound else {}
        self._note_versions(watch, value)
        self.add(watch)

    def add(self, watch: Watch) -> None:
        """Compare an object whose contents are known."""
        if watch not in self._compared:
            self._compared.append(watch)
        self._is_stale = True

    def stop(self) -> None:
        """Compare nothing any more."""
        self._compared.clear()
        self._is_stale = True

    def at_line(self, frame: FrameType, code_id: int, has_lines: bool) -> None:
        """A line of the namespace is about to run, or a body to begin or to go on."""
        self._compare(frame, code_id, has_lines)
        self._last[get_ident()] = hash(frame), code_id, frame.f_lasti

    def at_return(self, frame: FrameType, code_id: int, has_lines: bool) -> None:
        """A body ends or is left for a while: on in its caller."""
        self._compare(frame, code_id, has_lines)
        caller = frame.f_back
        names = self.recorder.codes.inside_names
        if caller is not None and dict.get(caller.f_globals, "__name__") in names:
            # Its code is read only where it is needed: that raises an audit event.
            self._last[get_ident()] = hash(caller), 0, caller.f_lasti
            return
        caller = self._nearest(caller)
        if caller is None:
            self._last.pop(get_ident(), None)
        else:
            self._last[get_ident()] = hash(caller), identity(caller.f_code), caller.f_lasti

    def _nearest(self, frame: FrameType | None) -> FrameType | None:
        inside = self.recorder.codes.inside
        while frame is not None and identity(frame.f_code) not in inside:
            frame = frame.f_back
        return frame

    def _compare(self, frame: FrameType, code_id: int, has_lines: bool) -> None:
        if self._is_stale:
            self._gather()
        if [cell[0] for cell in self._cells] != self._versions:
            for watch in tuple(self._compared):
                if watch.cells and not watch.is_as_before():
                    self._tell(watch, frame, code_id, has_lines)
            self._gather()
        for watch in self._plain:
            if watch.snapshot is not None:
                self._tell(watch, frame, code_id, has_lines)

    def _gather(self) -> None:
        cells: dict[int, tuple[Any, int]] = {}
        for watch in self._compared:
            for fields, cell, version in zip(
                watch.dicts, watch.cells, watch.versions, strict=False
            ):
                cells[identity(fields)] = cell, version
        self._cells = [cell for cell, _ in cells.values()]
        self._versions = [version for _, version in cells.values()]
        self._plain = [watch for watch in self._compared if not watch.cells]
        self._is_stale = False

    def _tell(self, watch: Watch, frame: FrameType, code_id: int, has_lines: bool) -> None:
        value = watch.found() if self.has_names else watch.value
        before = watch.snapshot or {}
        now = {} if value is MISSING else watch.holds(value)
        if value is not watch.value:
            chain, more = self._place(frame, code_id, has_lines)
            old, new = (
                "" if each is MISSING else values.summary(each, watch.is_secret)
                for each in (watch.value, value)
            )
            change = "rebound" if old and new else "bound" if new else "unbound"
            self._log.tell(watch, change, "", old, new, chain, "by diff", more)
            if now and not watch.is_closed(value):
                self._log.tell_initial(watch, now, chain)
        elif now != before and not watch.is_name_only:
            chain, more = self._place(frame, code_id, has_lines)
            for change, key, old, new in contents.differences(before, now):
                self._log.tell(watch, change, key, old, new, chain, "by diff", more)
        elif not watch.cells:
            return
        watch.value, watch.snapshot, watch.is_bound = value, now, value is not MISSING
        self._note_versions(watch, value)

    def _note_versions(self, watch: Watch, value: Any) -> None:
        """Keep the versions of the dicts in which a watched name and its value lie."""
        watch.dicts = self._dicts_of(watch, value) if self._has_versions else []
        watch.cells = []
        if self._interpreter is not None:
            watch.cells = [self._interpreter.version_of(fields) for fields in watch.dicts]
        watch.versions = [cell[0] for cell in watch.cells]
        self._is_stale = True

    def _dicts_of(self, watch: Watch, value: Any) -> list[dict[Any, Any]]:
        if watch.fields is None or self._interpreter is None:
            return []
        dicts = [watch.fields]
        holder: Any = dict.get(watch.fields, watch.names[0], MISSING)
        for name in watch.names[1:]:
            if holder is MISSING:
                break
            fields = self._interpreter.dict_of(holder)
            if fields is None:
                return []  # slots: no version tells
            dicts.append(fields)
            holder = contents.attribute(holder, name)
        if value is not MISSING and not watch.is_closed(value):
            own = self._interpreter.dict_of(value)
            if own is None:
                return []  # a list, a set
            dicts += [own, *_dicts_in(own)]
        return dicts

    def _place(
        self, frame: FrameType, code_id: int, has_lines: bool
    ) -> tuple[Chain, dict[str, int]]:
        """The line that ran last, its callers, and the line before which it ended."""
        recorder = self.recorder
        if len(self._last) > 1:
            recorder.note("several threads ran: what was found by diff may be another thread's")
        last = self._last.get(get_ident())
        if last is None:
            return [], {}
        last_frame, last_code, offset = last
        if last_frame == hash(frame):
            more = {} if has_lines else {"until": frame.f_lineno}
            rest = recorder.chain(frame.f_back, LONGEST_CHAIN - 1)
            return [(code_id, offset), *rest], more
        caller = self._nearest(frame.f_back)
        if caller is not None and hash(caller) == last_frame:
            return recorder.chain(caller, LONGEST_CHAIN), {}
        return ([(last_code, offset)] if last_code else []), {}


class LinesOfSettrace:
    """Compares in the local trace functions of `sys.settrace`."""

    def __init__(self, comparing: Comparing) -> None:
        self._comparing = comparing

    def add(self, entry: Entry) -> None:
        """Compare in a function, whatever its lines have told so far."""
        inner, comparing = entry.local, self._comparing
        recorder = comparing.recorder
        arrived = recorder.arrived
        code_id, writes = identity(entry.code), may_write(entry.code)
        is_covered = False
        if inner is None:
            return

        def local(frame: FrameType, event: str, argument: Any) -> Any:
            nonlocal is_covered
            answer = None
            try:
                if event == "line":
                    comparing.at_line(frame, code_id, frame.f_trace_lines)
                    if is_covered and not writes:
                        frame.f_trace_lines = False  # its calls are enough to go by
                elif event == "return":
                    comparing.at_return(frame, code_id, frame.f_trace_lines)
            except Exception:  # Never raise into the target; the footer reports the count.
                recorder.dropped += 1
            answer = inner(frame, event, argument)
            if entry.is_covered:
                is_covered, entry.is_covered = True, False  # the first line must come
            if answer is not None:
                answer = local
            if arrived:
                (_,) = map(raise_again, (arrived.pop(),))
            return answer

        entry.local = local

    def start(self) -> None:
        """Nothing to do: functions are added as they are met."""

    def stop(self) -> None:
        """Nothing to do: the hooks around these stop."""


class LinesOfMonitoring:
    """Compares by a tool of its own of `sys.monitoring`, once there is something to compare."""

    def __init__(self, comparing: Comparing) -> None:
        self._comparing = comparing
        self._recorder = comparing.recorder
        self._tool_id: int | None = None
        self._is_on = False

    def start(self) -> None:
        """Watch the functions there are, and those to come."""
        if self._is_on:
            return
        monitoring: Any = sys.monitoring  # type: ignore[attr-defined, unused-ignore]
        self._tool_id = next(iter(free_tool_ids()), None)
        if self._tool_id is None:
            self._recorder.note("no tool id of sys.monitoring was left to compare state with")
            return
        events = monitoring.events
        monitoring.use_tool_id(self._tool_id, "tracer state")
        for kind, callback in self._make_callbacks().items():
            monitoring.register_callback(self._tool_id, getattr(events, kind), callback)
        self._is_on = True
        for entry in list(self._recorder.codes.inside.values()):
            self.add(entry)

    def add(self, entry: Entry) -> None:
        """Compare in a function."""
        if self._is_on:
            monitoring: Any = sys.monitoring  # type: ignore[attr-defined, unused-ignore]
            events = monitoring.events
            wanted = sum(getattr(events, kind) for kind in _EVENTS)
            monitoring.set_local_events(self._tool_id, entry.code, wanted)

    def stop(self) -> None:
        """Give the tool id back."""
        if not self._is_on:
            return
        self._is_on = False
        monitoring: Any = sys.monitoring  # type: ignore[attr-defined, unused-ignore]
        for entry in list(self._recorder.codes.inside.values()):
            monitoring.set_local_events(self._tool_id, entry.code, 0)
        for kind in _EVENTS:
            event = getattr(monitoring.events, kind)
            monitoring.register_callback(self._tool_id, event, None)
        monitoring.free_tool_id(self._tool_id)

    def _make_callbacks(self) -> dict[str, Callable[..., None]]:
        comparing, recorder = self._comparing, self._recorder
        arrived = recorder.arrived

        # Each raises again by itself what arrived: after a call of another function of ours that
        # did so, the handler would run in here.

        def on_line(code: CodeType, at: int) -> None:
            try:
                comparing.at_line(_get_frame(1), identity(code), True)
            except Exception:  # Never raise into the target; the footer reports the count.
                recorder.dropped += 1
            if arrived:
                (_,) = map(raise_again, (arrived.pop(),))

        def on_return(code: CodeType, offset: int, value: Any) -> None:
            try:
                comparing.at_return(_get_frame(1), identity(code), True)
            except Exception:
                recorder.dropped += 1
            if arrived:
                (_,) = map(raise_again, (arrived.pop(),))

        return {
            "LINE": on_line,
            "PY_START": on_line,
            "PY_RESUME": on_line,
            "PY_RETURN": on_return,
            "PY_YIELD": on_return,
        }


def may_write(code: CodeType) -> bool:
    """Whether a function itself may change an object that outlives it, and not only its callees."""
    if not _CHANGING.isdisjoint(code.co_names):
        return True
    text = code.co_code
    return any(
        text[at] in _STORES or (text[at] == _BINARY and text[at + 1] >= _FIRST_IN_PLACE)
        for at in range(0, len(text), 2)
    )


def _dicts_in(fields: dict[Any, Any], depth: int = 1) -> list[dict[Any, Any]]:
    found: list[dict[Any, Any]] = []
    for held in list(islice(dict.values(fields), contents.MOST_KEYS)):
        if contents.is_dict(held) and depth < _DEEPEST and len(found) < _MOST_DICTS:
            found += [held, *_dicts_in(held, depth + 1)]
    return found

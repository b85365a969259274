"""Puts the watching of state together, where there is something to watch."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

from . import contents
from .codes import module_of
from .comparing import Comparing, LinesOfMonitoring, LinesOfSettrace
from .dict_events import DictEvents
from .dict_watchers import Interpreter, Unavailable
from .recorder import Recorder
from .state import StateLog, Watch


def watch_state(recorder: Recorder, specs: list[str]) -> Watching | None:
    """Watch named objects, `module:name`; None, at no cost, where there are none."""
    if not specs:
        return None
    watching = Watching(recorder, specs)
    recorder.codes.on_met = watching.met
    recorder.codes.on_added = watching.lines.add
    recorder.collect_more = watching.collect
    for event in ("_thread.start_new_thread", "_thread.start_joinable_thread"):
        recorder.on_event[event] = _both(watching.on_thread, recorder.on_event.get(event))
    stop_hooks: Callable[[], None] = recorder.stop_hooks

    def stop() -> None:
        watching.stop()
        stop_hooks()

    recorder.stop_hooks = stop
    return watching


def _both(
    ours: Callable[[tuple[Any, ...]], None], others: Callable[[tuple[Any, ...]], None] | None
) -> Callable[[tuple[Any, ...]], None]:
    if others is None:
        return ours

    def both(arguments: tuple[Any, ...]) -> None:
        ours(arguments)
        others(arguments)

    return both


class Watching:
    """All watched objects of a run."""

    def __init__(self, recorder: Recorder, specs: list[str]) -> None:
        self._recorder = recorder
        self._watches = [Watch(spec) for spec in specs]
        self._pending = list(self._watches)
        self._modules = {watch.module for watch in self._watches}
        self._log = StateLog(recorder)
        self._events: DictEvents | None = None
        self._is_stopped = False
        self._why_not_exact = ""
        interpreter: Interpreter | None = None
        try:
            interpreter = Interpreter()
            self._events = DictEvents(
                interpreter, recorder, self._log, self._compare, self.second_thread
            )
        except Unavailable as why:
            self._why_not_exact = str(why)
        except Exception as error:  # an interpreter that has the C API in part
            self._why_not_exact = f"dict watchers do not work here: {type(error).__name__}"
        self._comparing = Comparing(recorder, self._log, interpreter, self._events is None)
        self.lines: LinesOfMonitoring | LinesOfSettrace = (
            LinesOfMonitoring(self._comparing)
            if hasattr(sys, "monitoring")
            else LinesOfSettrace(self._comparing)
        )

    def start(self) -> None:
        """Look for what there is already."""
        if self._events is None:
            self._recorder.note(f"changes of state were found by diff: {self._why_not_exact}")
        self._look_for_modules()

    def met(self, frame: FrameType) -> None:
        """Some code runs for the first time: perhaps of a module that is watched."""
        try:
            is_awaited = self._pending and frame.f_code.co_name == "<module>"
            if not self._is_stopped and (is_awaited or module_of(frame) in self._modules):
                self._look_for_modules()
        except Exception:  # Never raise into the target; the footer reports the count.
            self._recorder.dropped += 1

    def on_thread(self, _arguments: tuple[Any, ...]) -> None:
        """A thread is about to be started; our own changes nothing of the target's."""
        if not self._recorder.is_starting:
            self.second_thread()

    def second_thread(self) -> None:
        """Compare from now on.

        While our callback runs, the interpreter is in the middle of changing a dict. Another thread
        that changed the same dict then, would leave it broken.
        """
        events, self._events = self._events, None
        if events is None or self._is_stopped:
            return
        events.stop()
        self._recorder.note(
            "once there was a second thread, changes of state were found by diff,"
            " perhaps at a line of another thread"
        )
        self._comparing.has_names = True
        for watch in self._watches:
            if watch.fields is not None:
                self._comparing.go_on(watch)
        self.lines.start()

    def stop(self) -> None:
        """Watch nothing any more; what is watched at the end of the interpreter ends it badly."""
        self._is_stopped = True
        if self._events is not None:
            self._events.stop()
        self._comparing.stop()
        self.lines.stop()
        for watch in self._watches:
            watch.let_go()

    def collect(self, is_last: bool) -> None:
        """Tell what was only counted, and what became of the watches."""
        if self._is_stopped:
            return
        if is_last:
            self._look_for_modules()
        self._log.tell_counted(is_last)
        for watch in self._watches:
            is_exact = self._events is not None and watch.snapshot is None
            how = "exact" if is_exact else "by diff"
            self._log.tell_of(watch, how if watch.is_bound else "", is_last)

    def _compare(self, watch: Watch) -> None:
        self._comparing.add(watch)
        self.lines.start()

    def _look_for_modules(self) -> None:
        for watch in self._watches:
            fields = contents.fields_of_module(dict.get(sys.modules, watch.module))
            if fields is None or fields is watch.fields:
                continue
            watch.fields = fields
            if self._events is not None:
                self._events.begin(watch)
            else:
                self._comparing.begin(watch)
                self.lines.start()
        self._pending = [watch for watch in self._pending if watch.fields is None]

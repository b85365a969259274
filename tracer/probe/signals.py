"""Signal handlers of the target run in the target's code, never inside a trace function.

The interpreter runs them at the next check of any Python code, and so mostly in ours. An exception
that one raises there takes our hook off, and during a line event it does not find the `try` around
that line. So a signal that arrives inside a hook is noted, and raised again when the hook returns:
`(_,) = map(raise_again, (number,))`, since the interpreter looks for signals after calls and jumps,
and an unpacking is neither.
"""

from __future__ import annotations

import _thread
import os
from collections.abc import Callable
from typing import Any

from .ending import Ending

try:
    import _signal  # type: ignore[import-not-found]
except ImportError:
    _signal = None

_real_signal: Any = getattr(_signal, "signal", None)
_real_getsignal: Any = getattr(_signal, "getsignal", None)
_kill, _getpid = os.kill, os.getpid
_getpgrp: Any = getattr(os, "getpgrp", os.getpid)
_HARMLESS = ("SIGCHLD", "SIGCONT", "SIGURG", "SIGWINCH")  # ignored where nobody handles them
raise_again: Any = _thread.interrupt_main
calling: set[int] = set()
"""Threads in which a hook runs code of the target, as a tap may that was allowed to."""

_get_ident = _thread.get_ident
_HOOKS = frozenset(
    f"_tracer_probe.{name}"
    for name in (
        "accelerated",
        "settrace",
        "first_look",
        "generated",
        "later",
        "monitoring",
        "call_arguments",
        "callables",
        "callers",
        "codes",
        "heat",
        "stream",
        "stream_callbacks",
        "taps",
        "readings",
        "readings_in_c",
        "reading",
        "values",
        "arrays",
        "statics",
        "audit",
        "comparing",
        "contents",
        "dict_events",
        "dict_watchers",
        "recorder",
        "definitions",
        "state",
        "watching",
        "effects",
        "effect_rules",
        "effect_watch",
        "telling",
        "lookup",
        "naming",
    )
)


class _Gated:
    """A handler of the target, behind the gate."""

    __slots__ = ("arrived", "original")

    def __init__(self, original: Any, arrived: list[int]) -> None:
        self.original = original
        self.arrived = arrived

    def __call__(self, number: int, frame: Any) -> Any:
        is_ours = frame is not None and dict.get(frame.f_globals, "__name__") in _HOOKS
        if is_ours or (calling and _get_ident() in calling):
            self.arrived.append(number)
            return None
        return self.original(number, frame)


def write_before_death(recorder: Any) -> None:
    """Write the log when the process is about to send itself a signal that ends it at once.

    A signal from elsewhere comes unheard, and takes with it what was not written yet.
    """
    if _signal is None:
        return
    harmless = {0, *(getattr(_signal, name, 0) for name in _HARMLESS)}

    def is_deadly(number: int) -> bool:
        if number in harmless:
            return False
        try:
            return _real_getsignal(number) in (_signal.SIG_DFL, None)
        except ValueError:  # no such signal
            return False

    def heard(is_own: Callable[[int], bool]) -> Callable[[tuple[Any, ...]], None]:
        def on_event(arguments: tuple[Any, ...]) -> None:
            if [type(each) for each in arguments] != [int, int]:
                return  # anybody may raise an event of any name, with anything
            receiver, number = arguments
            if is_own(receiver) and is_deadly(number):
                recorder.flush_all()

        return on_event

    recorder.on_event["os.kill"] = heard(lambda pid: pid in (_getpid(), 0, -1, -_getpgrp()))
    recorder.on_event["os.killpg"] = heard(lambda group: group in (0, _getpgrp()))
    recorder.on_event["signal.pthread_kill"] = heard(lambda thread: True)


def gate_signals(arrived: list[int]) -> None:
    """Put the gate before all handlers, those there are and those to come.

    Args:
        arrived: Gets the numbers of signals that the hooks have to raise again.
    """
    if _signal is None:
        return
    real_signal, real_getsignal = _real_signal, _real_getsignal

    def signal(number: Any, handler: Any, /) -> Any:
        gated = _Gated(handler, arrived) if callable(handler) else handler
        return _original(real_signal(number, gated))

    def getsignal(number: Any, /) -> Any:
        return _original(real_getsignal(number))

    for number in _signal.valid_signals():
        handler = real_getsignal(number)
        if callable(handler) and type(handler) is not Ending:
            real_signal(number, _Gated(handler, arrived))
    _signal.signal, _signal.getsignal = signal, getsignal


def _original(handler: Any) -> Any:
    return handler.original if type(handler) in (_Gated, Ending) else handler

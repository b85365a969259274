"""Signal handlers of the target run in the target's code, never inside a trace function.

The interpreter runs them at the next check of any Python code, and so mostly in ours. An exception
that one raises there takes our hook off, and during a line event it does not find the `try` around
that line. So a signal that arrives inside a hook is noted, and raised again when the hook returns:
`(_,) = map(raise_again, (number,))`, since the interpreter looks for signals after calls and jumps,
and an unpacking is neither.
"""

from __future__ import annotations

import _thread
from typing import Any

try:
    import _signal  # type: ignore[import-not-found]
except ImportError:
    _signal = None

raise_again: Any = _thread.interrupt_main
_HOOKS = frozenset(
    f"_tracer_probe.{name}"
    for name in (
        "settrace",
        "first_look",
        "generated",
        "later",
        "monitoring",
        "callables",
        "callers",
        "codes",
        "heat",
        "stream",
        "stream_callbacks",
        "taps",
        "values",
        "audit",
        "comparing",
        "contents",
        "dict_events",
        "dict_watchers",
        "recorder",
        "state",
        "watching",
    )
)


class _Gated:
    """A handler of the target, behind the gate."""

    __slots__ = ("arrived", "original")

    def __init__(self, original: Any, arrived: list[int]) -> None:
        self.original = original
        self.arrived = arrived

    def __call__(self, number: int, frame: Any) -> Any:
        if frame is not None and dict.get(frame.f_globals, "__name__") in _HOOKS:
            self.arrived.append(number)
            return None
        return self.original(number, frame)


def gate_signals(arrived: list[int]) -> None:
    """Put the gate before all handlers, those there are and those to come.

    Args:
        arrived: Gets the numbers of signals that the hooks have to raise again.
    """
    if _signal is None:
        return
    real_signal, real_getsignal = _signal.signal, _signal.getsignal

    def signal(number: Any, handler: Any, /) -> Any:
        gated = _Gated(handler, arrived) if callable(handler) else handler
        return _original(real_signal(number, gated))

    def getsignal(number: Any, /) -> Any:
        return _original(real_getsignal(number))

    for number in _signal.valid_signals():
        handler = real_getsignal(number)
        if callable(handler):
            real_signal(number, _Gated(handler, arrived))
    _signal.signal, _signal.getsignal = signal, getsignal


def _original(handler: Any) -> Any:
    return handler.original if type(handler) is _Gated else handler

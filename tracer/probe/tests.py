"""Which test is running, as a runner of tests says by an audit event: calls are counted for each.

The runner's side is `sys.audit(EVENT, id)`, with an empty id between tests: it needs nothing of
ours, and where nobody listens, it does nothing. `sys.audit(HERE, answer)` asks whether anybody
listens.
"""

from __future__ import annotations

from typing import Any

from .recorder import Recorder

EVENT = "tracer.test"
HERE = "tracer.probe"


def tell_apart(recorder: Recorder) -> None:
    """Hear of tests that begin and end."""

    def on_test(arguments: tuple[Any, ...]) -> None:
        try:
            (name,) = arguments
            if type(name) is str:
                recorder.mark({"t": "test", "id": name})
        except Exception:  # Never raise into the target.
            recorder.dropped += 1

    def on_question(arguments: tuple[Any, ...]) -> None:
        if len(arguments) == 1 and type(arguments[0]) is list:
            arguments[0].append(HERE)

    recorder.on_event[EVENT] = on_test
    recorder.on_event[HERE] = on_question

"""`trace.json`: what the trace event format asks, and Perfetto, which drops events that overlap."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tracer.dynamic.recording import read_timeline
from tracer.dynamic.timeline import Timeline
from tracer.dynamic.tree_log import TreeLog
from tracer.model.recording import Frame

Write = Callable[..., Any]

_WOVEN = """
    import asyncio, threading

    def numbers(size):
        for number in range(size):
            yield leaf(number)

    def leaf(number):
        return number

    def woven():
        first, second = numbers(3), numbers(3)
        next(first)
        return [pair for pair in zip(second, first)]

    async def task(name):
        leaf(name)
        await asyncio.sleep(0.001 * name)
        leaf(name)

    async def tasks():
        await asyncio.gather(*(task(name) for name in range(4)))

    threads = [threading.Thread(target=woven) for _ in range(3)]
    [thread.start() for thread in threads]
    woven()
    asyncio.run(tasks())
    [thread.join() for thread in threads]
"""


def check_format(document: dict[str, Any]) -> list[dict[str, Any]]:
    """The complete events of a document in the trace event format's JSON Object Format.

    Of a complete event the format asks for `name`, `ph`, `ts`, `dur`, `pid` and `tid`, times in
    microseconds; events of one thread must be nested.
    """
    assert document["displayTimeUnit"] in ("ms", "ns")
    complete = [event for event in document["traceEvents"] if event["ph"] == "X"]
    for event in document["traceEvents"]:
        assert event["ph"] in "XM"
        assert type(event["pid"]) is int and type(event["tid"]) is int
        assert type(event["name"]) is str and type(event["args"]) is dict
    tracks = defaultdict(list)
    for event in complete:
        assert type(event["ts"]) is int and event["ts"] >= 0
        assert type(event["dur"]) is int and event["dur"] >= 0
        assert type(event["cat"]) is str
        tracks[event["pid"], event["tid"]].append((event["ts"], event["ts"] + event["dur"]))
    for spans in tracks.values():
        open_until: list[int] = []
        for began, ended in sorted(spans, key=lambda span: (span[0], -span[1])):
            while open_until and open_until[-1] <= began:
                open_until.pop()
            assert not open_until or ended <= open_until[-1], "two events of a track overlap"
            open_until.append(ended)
    return complete


def document_of(timeline: Timeline) -> dict[str, Any]:
    return dict(json.loads("".join(timeline.text())))


def test_generators_tasks_and_threads_do_not_overlap(program: Write) -> None:
    """Each call is an event, and each stretch of a task; what threads do has tracks of its own."""
    target = program(_WOVEN)
    target.record()
    events = check_format(document_of(read_timeline(target.root.parent / "out")))
    names = [event["name"].rpartition(".")[2] for event in events]
    assert names.count("woven") == 4 and names.count("task") == 2 * 4
    assert names.count("numbers") >= 8 and names.count("leaf") >= 4 * 6 + 8
    assert len({event["tid"] for event in events if event["name"].endswith(".task")}) == 1


def test_nested_calls_stay_on_one_track(program: Write) -> None:
    """The control: without threads and generators there is one track."""
    target = program("def f(n):\n    return n and f(n - 1) + f(n - 1)\n\nf(5)\n")
    target.record()
    events = check_format(document_of(read_timeline(target.root.parent / "out")))
    assert len(events) == 1 + 2**6 - 1
    assert {event["tid"] for event in events} == {1}


def test_events_take_as_long_as_the_clock_says(program: Write) -> None:
    """However moments are kept: short and long calls, over several turns of the writing thread."""
    target = program("""
        import sys
        import time

        def waits(seconds):
            return time.sleep(seconds)

        def measured(seconds):
            began = time.perf_counter()
            waits(seconds)
            return time.perf_counter() - began

        with open(sys.argv[1], "w") as said:
            for seconds in (0, 0.001, 0.05, 0.001, 0.3, 0.02, 0, 0.001):
                print(measured(seconds), file=said)
    """)
    told = target.root.parent / "said"
    target.record(target.script, str(told))
    said = [1e6 * float(line) for line in told.read_text().split()]
    events = check_format(document_of(read_timeline(target.root.parent / "out")))
    inner = [event["dur"] for event in events if event["name"].endswith("waits")]
    outer = [event["dur"] for event in events if event["name"].endswith("measured")]
    slept = [0, 1_000, 50_000, 1_000, 300_000, 20_000, 0, 1_000]
    assert len(said) == len(inner) == len(outer) == len(slept)
    for shortest, within, seen, around in zip(slept, inner, said, outer, strict=True):
        assert shortest - 2 <= within <= seen + 2 and seen - 2 <= around


@st.composite
def logs(draw: st.DrawFn) -> tuple[TreeLog, int]:
    """Calls of any parents and times, as damaged and woven logs have them; and how many."""
    size = draw(st.integers(0, 30))
    numbers = st.integers(0, 20)
    nodes = draw(st.permutations(range(1, size + 1)))
    calls = [[node, draw(st.integers(0, size)), 1, 0, 0, draw(numbers)] for node in nodes]
    ended = [[node, draw(numbers)] for node in range(1, size + 1) if draw(st.booleans())]
    log = TreeLog()
    half = size // 2
    for part in (calls[:half], calls[half:]):
        log.add({"t": "tree", "calls": part})
    log.add({"t": "tree_ended", "at": ended})
    log.close()
    return log, size


@given(logs())
def test_any_log_gives_a_valid_timeline(made: tuple[TreeLog, int]) -> None:
    """No call is left out, and no two of one track overlap, whatever the times."""
    log, size = made
    timeline = Timeline("python", log, lambda _: Frame("m.py", "m", "f", 1), lambda *_: False)
    assert len(check_format(document_of(timeline))) == size


def test_what_has_no_code_is_left_out(tmp_path: Path) -> None:
    """A log that was cut may name a code that it does not describe."""
    log = TreeLog()
    log.add({"t": "tree", "calls": [[1, 0, 7, 0, 0, 1], [2, 1, 8, 0, 0, 2]]})
    log.close()
    known = {8: Frame("m.py", "m", "f", 1)}
    timeline = Timeline("p", log, known.get, lambda *_: False)
    (event,) = check_format(document_of(timeline))
    assert event["args"] == {"path": "m.py", "line": 1, "end": "not seen"}

"""Functions that are called often: their calls are counted without a look at the caller."""

from __future__ import annotations

import random
import textwrap
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.dynamic.test_calls import CASES
from tracer.dynamic.launch import record
from tracer.dynamic.stream import read_stream
from tracer.model.plan import TracePlan, Workload
from tracer.model.recording import Recording

Write = Callable[..., Any]


@pytest.fixture(params=("3.12", "3.13", "3.14"))
def python(request: pytest.FixtureRequest, interpreters: dict[str, str | None]) -> Path:
    """Interpreters that have `sys.monitoring`."""
    found = interpreters[request.param]
    if found is None:
        pytest.skip(f"no Python {request.param} on this machine")
    return Path(found)


def recorded(
    python: Path, tmp_path: Path, program: str, looked_at: int = 256, **options: Any
) -> Recording:
    (tmp_path / "tree").mkdir(exist_ok=True)
    (tmp_path / "tree" / "main.py").write_text(textwrap.dedent(program))
    backend = options.pop("backend", "monitoring")
    plan = TracePlan(
        str(tmp_path / "tree"),
        (),
        Workload("w1", ("main.py",)),
        mode=options.pop("mode", "edges"),
        backend=backend,
        calls_looked_at=looked_at,
        **options,
    )
    out = tmp_path / f"{backend}-{looked_at}-{time.monotonic_ns()}"
    return record(plan, out, python=python)


def pairs(recording: Recording) -> Counter[tuple[str, str, str]]:
    """Calls by caller, callee and how; a caller `None` is a root."""
    found: Counter[tuple[str, str, str]] = Counter()
    for call in recording.calls:
        caller = call.caller.qualname if call.caller else "None"
        found[caller, call.callee.qualname, call.how] += call.calls
    return found


def has_stream(recording: Recording) -> bool:
    return any("without a look at the line" in each for each in recording.cannot_see)


@pytest.mark.parametrize("case", sorted(CASES))
def test_pairs_are_counted_as_they_are_when_each_call_is_looked_at(
    case: str, python: Path, tmp_path: Path
) -> None:
    """From the first call on, in all that programs of the specification do."""
    looked = recorded(python, tmp_path, CASES[case], looked_at=10**9)
    counted = recorded(python, tmp_path, CASES[case], looked_at=1)
    assert pairs(counted) == pairs(looked)
    assert not has_stream(looked)
    assert counted.dropped == 0


MANY = """
    class Value:
        def __init__(self, number):
            self._number = number

        @property
        def number(self):
            return self._number

        def __add__(self, other):
            return Value(self.number + other.number)

    def leaf(number):
        return number + 1

    def fails(number):
        if number % 3 == 0:
            raise ValueError(number)
        return leaf(number)

    def tries(count):
        total = 0
        for number in range(count):
            try:
                total += fails(number)
            except ValueError:
                total += (Value(number) + Value(1)).number
        return total

    def numbers(count):
        for number in range(count):
            sent = yield leaf(number)

    def middle(count):
        yield from numbers(count)
        return count

    def fib(number):
        return number if number < 2 else fib(number - 1) + fib(number - 2)

    def late():
        return leaf(1) + Value(5).number

    def main():
        total = 0
        for _ in range(100):
            total += tries(50) + sum(middle(20)) + sum(leaf(k) for k in range(3))
        generator = numbers(5)
        next(generator)
        generator.close()
        print(total + fib(16) + late())

    main()
"""


def test_many_calls_are_counted_exactly(python: Path, tmp_path: Path) -> None:
    """As the other back end counts them, which looks at each."""
    streamed = recorded(python, tmp_path, MANY)
    assert pairs(streamed) == pairs(recorded(python, tmp_path, MANY, backend="settrace"))
    assert has_stream(streamed)
    assert streamed.is_complete


def test_lines_come_from_the_first_calls_and_from_call_sites(python: Path, tmp_path: Path) -> None:
    """Also where a caller comes late, by a call that is written or by one that is not.

    What is missing is who first resumes a generator by `next` that others have resumed before.
    """
    looked = recorded(python, tmp_path, MANY, backend="settrace")
    streamed = recorded(python, tmp_path, MANY)

    def lines(recording: Recording) -> set[tuple[str, str, int]]:
        return {
            (call.caller.qualname, call.callee.qualname, call.line)
            for call in recording.calls
            if call.caller is not None and call.line
        }

    assert lines(looked) - lines(streamed) == {("main", "numbers", 49)}
    assert lines(streamed) - lines(looked) == set()


def written_out(recording: Recording) -> list[tuple[int, str, int, str, str | None]]:
    """Depth, name, line, exception and `through` of each call of the tree, repeats written out."""
    below: dict[int, list[int]] = {}
    for position, call in enumerate(recording.tree):
        below.setdefault(call.parent, []).append(position)
    found = []
    left = [(-1, -1)]
    while left:
        position, depth = left.pop()
        if position >= 0:
            call = recording.tree[position]
            found.append((depth, call.frame.qualname, call.line, call.exception, call.through))
        for child in reversed(below.get(position, ())):
            left += [(child, depth + 1)] * recording.tree[child].repeats
    return found


def test_the_tree_is_the_one_that_the_other_back_end_sees(python: Path, tmp_path: Path) -> None:
    """Calls, parents, exceptions; and lines but where several lines of a caller call."""
    looked = recorded(python, tmp_path, MANY, mode="tree", backend="settrace")
    kept = recorded(python, tmp_path, MANY, mode="tree")
    cut = recorded(python, tmp_path, MANY, mode="tree", tree_calls=1000)
    assert pairs(cut) == pairs(kept) == pairs(looked)
    ours, theirs = written_out(kept), written_out(looked)
    assert len(ours) == len(theirs) > 10_000
    for one, other in zip(ours, theirs, strict=True):
        assert (one[:2], one[3:]) == (other[:2], other[3:])
        assert one[2] in (other[2], 0)
    assert sum(call[2] > 0 for call in ours) > 0.9 * len(ours)
    first = written_out(cut)
    assert first == ours[: len(first)]
    assert cut.tree_cut == len(ours) - len(first)


THREADS = """
    import threading
    from concurrent.futures import ThreadPoolExecutor

    def leaf(number):
        return number + 1

    def work(count):
        for number in range(count):
            leaf(number)

    def other(count):
        for number in range(count):
            leaf(number)

    def before(count):
        for number in range(count):
            leaf(number)

    def main():
        before(1000)
        threads = [threading.Thread(target=work, args=(3000,)) for _ in range(4)]
        for thread in threads:
            thread.start()
        other(5000)
        for thread in threads:
            thread.join()
        with ThreadPoolExecutor(3) as pool:
            list(pool.map(other, [700] * 9))
        other(100)

    main()
"""


def test_each_thread_has_calls_of_its_own(python: Path, tmp_path: Path) -> None:
    """That a second thread runs makes no caller of one the caller of the other."""
    recording = recorded(python, tmp_path, THREADS)
    counts = pairs(recording)
    assert counts["work", "leaf", "call"] == 12_000
    assert counts["other", "leaf", "call"] == 5000 + 6300 + 100
    assert counts["before", "leaf", "call"] == 1000
    assert {pair for pair in counts if pair[1] == "leaf"} == {
        (caller, "leaf", "call") for caller in ("work", "other", "before")
    }
    assert has_stream(recording)


def test_a_stream_that_begins_among_threads(python: Path, tmp_path: Path) -> None:
    """What other threads were in the middle of is known, or not counted; never invented."""
    recording = recorded(
        python,
        tmp_path,
        """
        import threading

        def leaf():
            pass

        def turns(name, barrier):
            barrier.wait()
            for _ in range(20_000):
                leaf()

        def main():
            barrier = threading.Barrier(3)
            threads = [
                threading.Thread(target=turns, args=(k, barrier)) for k in range(3)
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()

        main()
        """,
    )
    assert pairs(recording)["turns", "leaf", "call"] == 60_000
    assert has_stream(recording)


def test_a_time_budget_names_the_calls_that_are_open(python: Path, tmp_path: Path) -> None:
    """Calls below them keep their caller."""
    recording = recorded(
        python,
        tmp_path,
        """
        import time

        def leaf():
            pass

        def deep(number, until):
            leaf()
            if number:
                return deep(number - 1, until)
            while time.monotonic() < until:
                leaf()

        def main():
            for _ in range(300):
                deep(3, 0)
            deep(3, time.monotonic() + 2)

        main()
        """,
        time_budget_s=0.7,
    )
    assert "time budget" in recording.why_incomplete
    counts = pairs(recording)
    assert counts["deep", "deep", "call"] == 301 * 3
    assert counts["main", "deep", "call"] == 301
    assert counts["deep", "leaf", "call"] > 301 * 4
    assert not any("had no caller" in each for each in recording.cannot_see)


def test_a_killed_target_keeps_what_it_counted(python: Path, tmp_path: Path) -> None:
    """All but the last moments, and the names of calls that were looked at."""
    recording = recorded(
        python,
        tmp_path,
        """
        import os, signal, time

        def leaf():
            pass

        def main():
            for _ in range(100_000):
                leaf()
            time.sleep(3)  # its log is written several times a second
            os.kill(os.getpid(), signal.SIGKILL)

        main()
        """,
    )
    assert not recording.is_complete
    assert pairs(recording)["main", "leaf", "call"] == 100_000


def test_signal_handlers_may_raise_in_the_middle(python: Path, tmp_path: Path) -> None:
    """Callbacks in C are no place where a handler could run."""
    recording = recorded(
        python,
        tmp_path,
        """
        import signal

        class Tick(Exception):
            pass

        def on_alarm(number, frame):
            raise Tick

        def leaf(number):
            return number

        def work():  # sets the timer: on a busy machine it rings before the caller's next line
            signal.setitimer(signal.ITIMER_REAL, 0.005)
            while True:
                for number in range(100):
                    leaf(number)

        def main():
            signal.signal(signal.SIGALRM, on_alarm)
            caught = 0
            for _ in range(50):
                try:
                    work()
                except Tick:
                    caught += 1
            print(caught)

        main()
        """,
    )
    assert recording.exit_status == 0
    counts = pairs(recording)
    assert counts["main", "work", "call"] == 50
    assert counts["work", "leaf", "call"] > 5000
    assert {pair[0] for pair in counts if pair[1] == "leaf"} == {"work"}
    assert not any("stream was not read" in each for each in recording.cannot_see)


def test_stacks_that_are_switched_have_no_stream(python: Path, tmp_path: Path) -> None:
    """With greenlets, what begins last need not end first."""
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree" / "greenlet.py").write_text("")
    program = """
        def leaf():
            pass

        def main():
            for _ in range(1000):
                leaf()
            {}
            for _ in range(1000):
                leaf()

        main()
    """
    switched = recorded(python, tmp_path, program.format("import greenlet"))
    assert pairs(switched)["main", "leaf", "call"] == 2000
    assert any("stacks that are switched" in each for each in switched.cannot_see)
    plain = recorded(python, tmp_path, program.format("import json"))
    assert not any("stacks that are switched" in each for each in plain.cannot_see)


def _program(seed: int) -> str:
    """Random functions that call each other, raise, catch, yield and resume."""
    random_ = random.Random(seed)
    lines = ["import sys", "sys.setrecursionlimit(400)", "budget = 4000", ""]
    names = [f"f{k}" for k in range(8)]
    for name in names:
        is_generator = random_.random() < 0.3
        lines += [f"def {name}(depth):", "    global budget", "    budget -= 1"]
        lines += ["    if depth > 12 or budget < 0:", "        return"]
        for _ in range(random_.randint(1, 4)):
            other = random_.choice(names)
            lines.append(
                random_.choice(
                    [
                        "    use(OTHER(depth + 1))",
                        "    for _ in range(3):\n        use(OTHER(depth + 1))",
                        "    try:\n        use(OTHER(depth + 1))\n    except ValueError: pass",
                        "    [use(each) for each in map(OTHER, (depth + 1, depth + 2))]",
                        "    max([1, 2], key=lambda each: use(OTHER(depth + 1)) or each)",
                        "    if depth % 4 == 3:\n        raise ValueError(depth)",
                        "    yield OTHER(depth + 1)" if is_generator else "    pass",
                    ]
                ).replace("OTHER", other)
            )
        if is_generator:
            lines.append("    yield depth")
        lines.append("")
    lines += [
        "def use(value):",
        "    if hasattr(value, 'send'):",
        "        try:",
        "            for each in value:",
        "                if each == 2:",
        "                    value.throw(ValueError(2))",
        "        except ValueError:",
        "            value.close()",
        "",
        "for turn in range(20):",
        "    budget = 4000",
        "    try:",
        f"        use({names[0]}(0))",
        f"        use({names[1]}(turn % 3))",
        "    except ValueError:",
        "        pass",
    ]
    return "\n".join(lines)


@pytest.mark.parametrize("seed", range(12))
def test_random_programs(seed: int, python: Path, tmp_path: Path) -> None:
    """The same pairs and counts, whether or not anybody looks."""
    looked = recorded(python, tmp_path, _program(seed), looked_at=10**9)
    for looked_at in (1, 7):
        counted = recorded(python, tmp_path, _program(seed), looked_at=looked_at)
        assert pairs(counted) == pairs(looked)
        assert not any("stream was not read" in each for each in counted.cannot_see)


@pytest.mark.parametrize(
    ("records", "trouble"),
    [
        ([{"t": "stream", "z": "!"}], "unpacked"),
        ([{"t": "stream", "z": "eJwDAAAAAAE="}], "unknown form"),
        ([{"t": "stream_broken", "why": "TypeError"}], "TypeError"),
    ],
)
def test_a_damaged_stream_is_told(records: list[dict[str, Any]], trouble: str) -> None:
    """And nothing of it is guessed."""
    calls = read_stream(records)
    assert trouble in calls.trouble
    assert not calls.pairs

"""When a tap is read: every kind of statement, frames that overlap, statements that fail."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable
from typing import Any

Write = Callable[..., Any]


def _taps(source: str) -> tuple[str, ...]:
    """`# tap: key=expression[:before]` behind the first line of a statement."""
    found = []
    for number, line in enumerate(textwrap.dedent(source).lstrip("\n").splitlines(), 1):
        for spec in re.findall(r"# tap: (.*)", line):
            expression, _, moment = spec.partition(":")
            found.append(f"{expression}@main.py:{number}" + (f":{moment}" if moment else ""))
    return tuple(found)


def _read(program: Write, source: str, **options: Any) -> dict[str, list[str]]:
    """What was read in order, by key; each value as often as it was read."""
    recording = program(source).record(taps=_taps(source), **options)
    assert recording.dropped == 0, recording
    found = {}
    for tap in recording.taps:
        if tap.hits:
            found[tap.key] = [value for value, times in tap.runs for _ in range(times)]
            assert len(found[tap.key]) == tap.hits
    return found


def test_statements_of_all_kinds(program: Write) -> None:
    """After each kind of statement, once for each time that it ran."""
    source = """
        import contextlib

        class Context:
            def __enter__(self):
                return 5
            def __exit__(self, *details):
                return False

        def identity(function):
            return function

        def work(n):
            a = 1; b = 2  # tap: one_line=b
            c = (
                a
                + b
            )
            for i in range(n):
                c = i  # tap: body=c
            else:
                c = 9  # tap: orelse=c
            while c > 7:  # tap: head=c:before
                c = c - 1  # tap: tail=c
            else:
                c = 0
            with Context() as got:  # tap: entered=got
                inside = got  # tap: inside=inside
            with (
                Context() as first,
                Context() as second,
            ):
                both = second
            if c:
                branch = 1
            else:
                branch = 2  # tap: branch=branch
            try:
                value = int("x")  # tap: failed=value
            except ValueError:
                value = -1  # tap: handled=value
            finally:
                value = value - 1  # tap: finally=value
            squares = [j * j for j in range(3)]  # tap: squares=len(squares)
            x = y = 7  # tap: chained=y
            match x:
                case 7:
                    matched = x  # tap: matched=matched
            assert x  # tap: asserted=x
            del y  # tap: deleted=x
            @identity
            def inner():  # tap: defined=type(inner)
                return 1
            return x  # tap: returned=return

        work(2)

        class Body:
            size = 3  # tap: class_body=size
            other = 4
        last = 1  # tap: module=last
    """
    read = _read(program, source)
    assert read == {
        "one_line": ["int 2"],
        "body": ["int 0", "int 1"],
        "orelse": ["int 9"],
        "head": ["int 9", "int 8", "int 7"],
        "tail": ["int 8", "int 7"],
        "entered": ["int 5"],
        "inside": ["int 5"],
        "branch": ["int 2"],
        "handled": ["int -1"],
        "finally": ["int -2"],
        "squares": ["int 3"],
        "chained": ["int 7"],
        "matched": ["int 7"],
        "asserted": ["int 7"],
        "deleted": ["int 7"],
        "defined": ["type function"],
        "returned": ["int 7"],
        "class_body": ["int 3"],
        "module": ["int 1"],
    }


def test_a_with_header_is_read_when_it_is_entered_only(program: Write) -> None:
    """Leaving it raises an event on the same line: by its end, by return and by an exception."""
    source = """
        class Context:
            def __enter__(self): return 5
            def __exit__(self, *details): return True

        def plain():
            for i in range(3):
                with Context() as got:  # tap: plain=i
                    pass
            return i

        def returning(n):
            with Context() as got:  # tap: returning=n
                return n
            return 0

        def raising(n):
            with Context() as got:  # tap: raising=n
                raise ValueError(n)
            return 0

        def several(n):
            with Context() as got, \\
                    Context() as more:  # tap: several=n
                n = n + 1
            return n

        plain()
        returning(4)
        raising(6)
        several(8)
    """
    assert _read(program, source) == {
        "plain": ["int 0", "int 1", "int 2"],
        "returning": ["int 4"],
        "raising": ["int 6"],
        "several": ["int 8"],
    }


def test_functions_on_one_line(program: Write) -> None:
    """`def f(x): …` on one line: its body has the line, not the `def` statement."""
    source = """
        def short(x): y = x + 1; return y  # tap: short=y
        short(1)
        short(2)
    """
    assert _read(program, source) == {"short": ["int 2", "int 3"]}


def test_a_lambda_on_a_line_of_its_own_is_read_in_its_holder(program: Write) -> None:
    """The names at a tap are those of the function that holds the line."""
    source = """
        def order(pairs):
            found = sorted(  # tap: count=len(found)
                pairs,
                key=lambda pair: (
                    pair[1]
                ),
            )
            return found
        order([(1, 2), (3, 1)])
    """
    assert _read(program, source) == {"count": ["int 2"]}


def test_comprehensions_are_one_statement(program: Write) -> None:
    """Also where they have several lines, and where 3.12 puts them into the function's own code."""
    source = """
        def work(n):
            for _ in range(2):
                found = {  # tap: found=len(found)
                    i: [
                        j
                        for j in range(i)
                    ]
                    for i in range(n)
                }
            return found
        work(3)
    """
    assert _read(program, source) == {"found": ["int 3", "int 3"]}


def test_recursion_keeps_frames_apart(program: Write) -> None:
    """A statement that calls its own function is read once for each of its frames."""
    source = """
        def down(n):
            if n == 0:
                return 0
            below = down(n - 1) + 1  # tap: below=below
            return below
        down(3)
    """
    assert _read(program, source) == {"below": ["int 1", "int 2", "int 3"]}


def test_generators_and_coroutines(program: Write) -> None:
    """A statement that was left by a yield or an await goes on when it is resumed."""
    source = """
        import asyncio

        def numbers():
            total = 0
            while total < 6:
                got = yield total  # tap: got=got
                total = total + got  # tap: total=total
            return total

        one, two = numbers(), numbers()
        next(one), next(two)
        one.send(1), two.send(2), one.send(3)
        two.close()

        async def wait(n):
            seen = await asyncio.sleep(0, n)  # tap: seen=seen
            return seen

        async def main():
            await asyncio.gather(wait(1), wait(2))

        asyncio.run(main())
    """
    read = _read(program, source)
    assert read["got"] == ["int 1", "int 2", "int 3"]
    assert read["total"] == ["int 1", "int 2", "int 4"]
    assert sorted(read["seen"]) == ["int 1", "int 2"]


def test_threads_keep_frames_apart(program: Write) -> None:
    """Every reading of every thread, though statements overlap."""
    source = """
        import threading

        def work(n):
            for i in range(50):
                value = (  # tap: value=value
                    n + sum(range(20))
                )
                other = value  # tap: plain=other
                value = 0
            return value

        threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    """
    recording = program(source).record(taps=_taps(source))
    assert recording.dropped == 0
    for tap in recording.taps:
        assert tap.hits == 200
        assert dict(zip(tap.values, tap.counts, strict=True)) == {
            f"int {190 + n}": 50 for n in range(4)
        }


def test_a_statement_that_raises_is_not_read(program: Write) -> None:
    """It says so, and other runs of it are read; control: one that does not raise."""
    source = """
        def risky(n):
            value = 10 // n  # tap: plain=value
            other = value
            return other

        def last(n):
            for _ in range(1):
                value = 10 // n  # tap: in_loop=value
            return value

        for n in (1, 0, 5):
            for function in (risky, last):
                try:
                    function(n)
                except ZeroDivisionError:
                    pass
    """
    recording = program(source).record(taps=_taps(source))
    assert recording.dropped == 0
    for tap in recording.taps:
        assert (tap.hits, tap.values, tap.failures) == (2, ("int 10", "int 2"), 0), tap
        assert tap.error == "the statement raised ZeroDivisionError"


def test_entry_and_return(program: Write) -> None:
    """Decorated functions, methods, properties and generators, by name."""
    target = program(
        """
        import functools

        def twice(function):
            @functools.wraps(function)
            def wrapper(*values):
                return function(*values) * 2
            return wrapper

        class Holder:
            @twice
            @twice
            def method(self, n):
                return n

            @property
            def size(self):
                return 3

        def numbers(n):
            yield n
            return "done"

        holder = Holder()
        holder.method(5)
        holder.size
        list(numbers(2))
        """
    )
    recording = target.record(
        taps=(
            "method=n@main.py::Holder.method:entry",
            "result=return@main.py::Holder.method:return",
            "size=return@main.py::Holder.size:return",
            "begin=n@main.py::numbers:entry",
            "end=return@main.py::numbers:return",
            "wrapped=return@main.py::twice.wrapper:return",
        )
    )
    read = {tap.key: (tap.hits, tap.values) for tap in recording.taps}
    assert read == {
        "method": (1, ("int 5",)),
        "result": (1, ("int 5",)),
        "size": (1, ("int 3",)),
        "begin": (1, ("int 2",)),
        "end": (1, ("str len 4 'done'",)),
        "wrapped": (2, ("int 10", "int 20")),
    }


def test_untapped_lines_of_a_tapped_function_are_still_seen(program: Write) -> None:
    """Lines that no tap needs fall silent after their first event, and that one counts."""
    source = """
        def work(n):
            a = n
            b = a
            for i in range(n):
                c = i  # tap: c=c
                d = c
                e = d
            if n > 100:
                a = 0
            return b
        work(5)
    """
    recording = program(source).record(taps=_taps(source))
    (lines,) = [each.lines for each in recording.lines if each.frame.qualname == "work"]
    assert lines == (2, 3, 4, 5, 6, 7, 8, 10)
    assert recording.taps[0].values == tuple(f"int {n}" for n in range(5))


def test_names_of_functions_around_of_the_module_and_built_in(program: Write) -> None:
    """As the interpreter finds them: cells, globals, and the built-in names at the end."""
    source = """
        total = 1
        def outer(n):
            held = n
            def inner():
                mine = held + 1  # tap: held=held
                other = mine  # tap: size=total
                global made
                made = other  # tap: made=made
                done = 1  # tap: builtin=len
                return done  # tap: missing=nowhere:before
            size = 2
            inner()
            held = 7
            last = 1  # tap: local=size
            return last  # tap: cell=held:before
        outer(5)
    """
    recording = program(source).record(taps=_taps(source))
    read = {tap.key: tap.values[0] if tap.values else tap.error for tap in recording.taps}
    assert read == {
        "held": "int 5",
        "size": "int 1",
        "made": "int 6",
        "builtin": "object builtin_function_or_method",
        "missing": "no name nowhere here",
        "local": "int 2",
        "cell": "int 7",
    }


def test_reading_does_not_write_back(program: Write) -> None:
    """A program with a trace function of its own, and with a dict of `locals()`, goes on alike."""
    target = program(
        """
        import sys

        def tracer(frame, event, argument):
            return tracer

        def work(n):
            total = 0
            mine = locals()
            mine["extra"] = 5
            for i in range(n):
                total = total + i
                other = total
                total = total + 1
                del other
            return total, mine["extra"]

        sys.settrace(tracer)
        found = work(50)
        sys.settrace(None)
        again = work(50)
        done = 1
        """
    )
    taps = (
        "plain=total@main.py:11",
        "loop=other@main.py:14:before",
        "tail=i@main.py:14",
        "found=found@main.py:21",
        "again=again@main.py:21",
    )
    recording = target.record(taps=taps)
    read = {tap.key: tap for tap in recording.taps}
    assert recording.exit_status == 0
    for key in ("found", "again"):
        assert read[key].values == ("tuple len 2 (1275, 5)",), key
    if target.backend == "monitoring":
        assert read["plain"].hits == read["loop"].hits == read["tail"].hits == 100

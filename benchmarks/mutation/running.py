"""A pytest plugin that, instead of running the tests once, runs those that reach each mutant.

Tests are collected once. Which lines a test reaches, and what it costs, is measured in a process
of its own for each, so that what fixtures and caches keep hides nothing. A function with a change
gets the changed code in place, in a fork; a change of what a file does when it is imported needs a
fork in which nothing is imported yet.
"""

from __future__ import annotations

import gc
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

import coverage
import hypothesis
import pytest

from benchmarks.mutation.children import in_child
from benchmarks.mutation.mutants import Mutant, code_of, compiled

_WALL_S = 900.0


@dataclass(frozen=True)
class Reached:
    """What one test does, unchanged."""

    test: str
    passed: bool
    cpu_s: float
    lines: dict[str, list[int]]  # by path relative to the root


@dataclass(frozen=True)
class Outcome:
    """What became of a mutant."""

    mutant: str
    status: str  # killed, too long, survived, not reached
    tests: int  # that reach it
    by: str = ""  # the first test that failed


def measure(
    root: Path, tests: Sequence[str], watched: Sequence[Path], keep: Callable[[Reached], None]
) -> None:
    """Run every test by itself."""

    def loop(items: list[pytest.Item]) -> None:
        for number, item in enumerate(items):
            status, told = in_child(lambda item=item: _measured(root, item, watched), 600, _WALL_S)
            if status == "done":
                keep(Reached(item.nodeid, *told))
            if number % 50 == 49:
                print(f"{number + 1} of {len(items)} tests measured", flush=True)

    _collect(root, tests, loop)


def _measured(
    root: Path, item: pytest.Item, watched: Sequence[Path]
) -> tuple[bool, float, dict[str, list[int]]]:
    measuring = coverage.Coverage(
        data_file=None, include=[str(f) for f in watched], config_file=False
    )
    start = time.process_time()
    measuring.start()
    failed = _run([item])
    measuring.stop()
    data = measuring.get_data()
    lines = {
        Path(file).relative_to(root).as_posix(): sorted(found)
        for file in sorted(data.measured_files())
        if (found := data.lines(file))
    }
    return not failed, time.process_time() - start, lines


def try_functions(
    root: Path,
    tests: Sequence[str],
    mutants: Sequence[Mutant],
    reached: Sequence[Reached],
    keep: Callable[[Outcome], None],
) -> None:
    """Each mutant of a function against the tests that reach its line, the cheap ones first."""

    def loop(items: list[pytest.Item]) -> None:
        by_id = {item.nodeid: item for item in items}
        live = _functions(root)
        gc.collect()
        gc.freeze()
        for mutant in mutants:
            chosen = [
                t
                for t in _cheap_first(reached)
                if t.test in by_id and mutant.line in t.lines.get(mutant.path, ())
            ]
            some = [by_id[each.test] for each in chosen]
            keep(_outcome(mutant, chosen, lambda m=mutant, s=some: _one(root, m, live, s)))

    _collect(root, tests, loop)


def try_file(
    root: Path, tests: Sequence[str], mutant: Mutant, reached: Sequence[Reached]
) -> Outcome:
    """A mutant of what a file does when it is imported, against all tests that reach the packages.

    Nothing of ours may be imported in this process.
    """
    chosen = [each for each in _cheap_first(reached) if each.lines]
    return _outcome(mutant, chosen, lambda: _fresh(root, tests, mutant, chosen))


def _cheap_first(reached: Sequence[Reached]) -> list[Reached]:
    return sorted(
        (each for each in reached if each.passed), key=lambda each: (each.cpu_s, each.test)
    )


def _outcome(mutant: Mutant, chosen: Sequence[Reached], work: Callable[[], Any]) -> Outcome:
    if not chosen:
        return Outcome(mutant.id, "not reached", 0)
    status, told = in_child(work, 20 + 4 * sum(each.cpu_s for each in chosen), _WALL_S)
    if status == "done":
        return Outcome(mutant.id, "killed" if told else "survived", len(chosen), told)
    return Outcome(mutant.id, "killed" if status == "died" else status, len(chosen), status)


def _one(
    root: Path,
    mutant: Mutant,
    live: dict[tuple[str, str, int], list[FunctionType]],
    items: list[pytest.Item],
) -> str:
    code = code_of(compiled(root, mutant), mutant)
    functions = live.get((str(root / mutant.path), mutant.owner, mutant.owner_line), [])
    if code is None or not functions:
        raise LookupError(mutant)
    for function in functions:
        function.__code__ = code
    return _run(items)


def _functions(root: Path) -> dict[tuple[str, str, int], list[FunctionType]]:
    """All functions of ours that are alive, by file, qualname and first line."""
    found: dict[tuple[str, str, int], list[FunctionType]] = defaultdict(list)
    for each in gc.get_objects():
        if isinstance(each, FunctionType) and each.__code__.co_filename.startswith(str(root)):
            code = each.__code__
            found[code.co_filename, code.co_qualname, code.co_firstlineno].append(each)
    return found


def _fresh(root: Path, tests: Sequence[str], mutant: Mutant, chosen: Sequence[Reached]) -> str:
    """Import everything with the file changed; a file that cannot be imported is a failure, too."""
    code = compiled(root, mutant)
    plain = SourceFileLoader.get_code

    def get_code(self: SourceFileLoader, fullname: str) -> CodeType | None:
        is_it = Path(self.path) == root / mutant.path
        return code if is_it else plain(self, fullname)

    SourceFileLoader.get_code = get_code  # type: ignore[method-assign, assignment]
    order = {each.test: number for number, each in enumerate(chosen)}
    failed = ["the tests cannot be collected"]

    def loop(items: list[pytest.Item]) -> None:
        items = sorted((i for i in items if i.nodeid in order), key=lambda i: order[i.nodeid])
        failed[0] = _run(items)

    _collect(root, tests, loop)
    return failed[0]


def _run(items: list[pytest.Item]) -> str:
    """The first test that fails, or an empty text."""
    failures: list[str] = []

    class _Watch:
        def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
            if report.failed:
                failures.append(report.nodeid)

    watch = _Watch()
    for number, item in enumerate(items):
        if number == 0:
            item.config.pluginmanager.register(watch)
        following = items[number + 1] if number + 1 < len(items) else None
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        if failures:
            return failures[0]
    return ""


class _Loop:
    def __init__(self, work: Callable[[list[pytest.Item]], None]) -> None:
        self._work = work

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        # The same examples for every mutant, or luck decides what is killed.
        hypothesis.settings.register_profile("mutation", derandomize=True, database=None)
        hypothesis.settings.load_profile("mutation")
        if session.testsfailed:
            return True
        self._work(list(session.items))
        return True


def _collect(root: Path, tests: Sequence[str], work: Callable[[list[pytest.Item]], None]) -> None:
    options = [
        "-q",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:xdist",
        "-p",
        "no:randomly",
        f"--rootdir={root}",
    ]
    pytest.main([*options, *(str(root / each) for each in tests)], plugins=[_Loop(work)])

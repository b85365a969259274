"""`pytest --tracer`: the tests run under the probe, and each recorded edge knows which made it.

Two processes. The first one, which the user started, does what `tracer trace` does: it starts the
same command again under the probe, and ends as that one ends. In the second the tests run, and this
plugin says by an audit event which of them is running, and nothing else, so that the tests have
what they would have without us. Workers of xdist are children of the second, and are followed.

pytest imports this file in every run of an environment that has us: it must stay light.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import Any

import pytest

_EVENT = "tracer.test"  # as `probe/tests.py` has it
_HERE = "tracer.probe"
_WITH_VALUE = ("--tracer-out", "--tracer-namespace", "--tracer-root")
_PROGRAMS = ("pytest", "py.test")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Options of ours; `--trace` is pytest's own."""
    group = parser.getgroup("tracer", "call graph of the tests (callchain-tracer)")
    group.addoption(
        "--tracer",
        action="store_true",
        dest="tracer",
        help="Record which function calls which, and which tests make each call.",
    )
    group.addoption(
        "--tracer-out",
        metavar="DIR",
        dest="tracer_out",
        help="Where the recording goes; default reports/pytest/<UTC timestamp>. `tracer run BRIEF "
        "--recording DIR` takes it.",
    )
    group.addoption(
        "--tracer-namespace",
        action="append",
        metavar="PKG",
        dest="tracer_namespaces",
        help="Record this package alone; may be repeated. Default: all files below the root.",
    )
    group.addoption(
        "--tracer-root",
        metavar="DIR",
        dest="tracer_root",
        help="The tree, as `tracer run --root` will have it; default pytest's rootdir.",
    )


@pytest.hookimpl(hookwrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None, Any, None]:
    """Before the first conftest is imported, and before output is captured."""
    options = early_config.known_args_namespace
    if getattr(options, "tracer", False) and not _is_second():
        raise SystemExit(_run_second(options, _root(early_config, sys.orig_argv)))
    yield


def pytest_configure(config: pytest.Config) -> None:
    """In the second process, and in its workers: say which test is running."""
    if config.getoption("tracer", False) and _is_second():
        config.pluginmanager.register(_Marks(), "tracer-marks")


class _Marks:
    """Tells the probe, if there is one, where each test begins and ends."""

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, Any, None]:
        sys.audit(_EVENT, item.nodeid)
        try:
            yield
        finally:
            sys.audit(_EVENT, "")


def _is_second() -> bool:
    """Whether this process runs under the probe, or is a worker of one that does."""
    answer: list[str] = []
    sys.audit(_HERE, answer)
    is_worker = "PYTEST_XDIST_WORKER" in os.environ and sys.orig_argv[-2:-1] == ["-c"]
    return bool(answer) or is_worker  # one that could not be followed must run all the same


def _run_second(options: Any, rootdir: Path) -> int:
    """Run the same command under the probe; answers its exit status."""
    from tracer.errors import TracerError
    from tracer.pipeline.record_tests import TestsRequest, record_tests

    words = _without_folders(sys.orig_argv[1:])
    if not _is_pytest(words):
        raise pytest.UsageError(
            "--tracer: expected to be started as `pytest …` or `python -m pytest …`, found "
            f"{' '.join(words[:2]) or 'an interactive interpreter'}"
        )
    request = TestsRequest(
        root=Path(options.tracer_root) if options.tracer_root else rootdir,
        command=words,
        out=Path(options.tracer_out) if options.tracer_out else None,
        namespaces=tuple(options.tracer_namespaces or ()),
        has_workers=bool(getattr(options, "numprocesses", None) or getattr(options, "tx", None)),
    )
    try:
        recorded = record_tests(request, on_trouble=_say)
    except TracerError as error:
        raise pytest.UsageError(f"--tracer: {error}") from error
    if recorded.told:
        _say(recorded.told)
    return recorded.exit_status


def _without_folders(words: Sequence[str]) -> tuple[str, ...]:
    """The command without values of options of ours.

    pytest takes a word behind an option that it does not know yet for a path, and one that exists
    (as the folder of the recording does by now) moves the rootdir, and with it the ids of tests.
    """
    kept: list[str] = []
    rest = iter(words)
    for word in rest:
        if word in _WITH_VALUE:
            next(rest, None)
        elif not word.startswith(tuple(f"{option}=" for option in _WITH_VALUE)):
            kept.append(word)
    return tuple(kept)


def _root(config: pytest.Config, words: Sequence[str]) -> Path:
    """pytest's rootdir, as it would be without our options; see `_without_folders`."""
    if not any(word in _WITH_VALUE for word in words):
        return config.rootpath
    return config.inipath.parent if config.inipath else config.invocation_params.dir


def _is_pytest(words: tuple[str, ...]) -> bool:
    """Whether the command runs pytest and nothing around it, so that it can be run again."""
    from tracer.dynamic.launch import split_command
    from tracer.errors import WorkloadError

    try:
        _, program = split_command(words) if words else ((), [""])
    except WorkloadError:
        return False
    if program[0] == "-m":
        return program[1:2] in (["pytest"], ["py.test"])
    return Path(program[0]).name.removesuffix(".exe").removesuffix("-script.py") in _PROGRAMS


def _say(line: str) -> None:
    sys.stderr.write(f"tracer: {line}\n")

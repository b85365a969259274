"""Callables that something outside keeps: it calls them when a method of the same object runs.

`parser.add_argument("-n", type=f)` does not call `f`; `parser.parse_args()` does. Which functions
keep what they are given, and which methods call it, stands in the table (`[kept]`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple, cast

from tracer.static.solving.code import Code
from tracer.static.solving.engine import Solver
from tracer.static.solving.objects import Kind
from tracer.static.solving.terms import Args, Origin

CALLABLE = frozenset(
    (
        Kind.FUNCTION, Kind.BOUND, Kind.CLASS, Kind.INSTANCE, Kind.PARTIAL, Kind.CONTEXT_MAKER,
        Kind.EXTERNAL, Kind.METHOD, Kind.DISPATCHER, Kind.GETTER,
    )
)  # fmt: skip


class Callback(NamedTuple):
    """Variables of what is called, of what it is called with and gives; which methods call it."""

    variable: int
    args: Args
    result: int
    methods: tuple[str, ...]
    has_run: int  # a variable that is empty as long as none of the methods was called


class Runner(NamedTuple):
    """A call of a method that may call what its object keeps."""

    code: Code | None
    origin: Origin
    name: str
    dotted: str


@dataclass(eq=False, slots=True)
class _Keeper:
    """One object, or several that belong together."""

    callbacks: list[Callback] = field(default_factory=list)
    runners: list[Runner] = field(default_factory=list)


def kept_by(solver: Solver, dotted: str) -> tuple[str, ...] | None:
    """The methods that call what a function keeps; None where it calls what it is given itself."""
    key = ("kept by", dotted)
    if key not in solver.views:
        owner, _, name = dotted.rpartition(".")
        if name == "__init__":
            dotted = owner
        owners = solver.library.mro(owner)
        whole = [dotted, *solver.library.mro(dotted), *(f"{base}.{name}" for base in owners)]
        found = [known for one in whole if (known := solver.table.kept_by(one)) is not None]
        solver.views[key] = found[0] if found else None
    return cast("tuple[str, ...] | None", solver.views[key])


def told_through(solver: Solver, dotted: str) -> str:
    """The name of a function outside as edges through it say it.

    What `thread.start()` runs, no caller waits for: it stands in the table like what is kept.
    """
    return dotted if kept_by(solver, dotted) is None else f"{dotted} (later)"


def is_keeper(solver: Solver, dotted: str) -> bool:
    """Whether objects of a class from outside keep callables that their own methods call."""
    key = ("is keeper", dotted)
    known = solver.views.get(key)
    if known is None:
        names = solver.library.mro(dotted) or (dotted,)
        known = solver.views[key] = any(name in solver.table.keepers for name in names)
    return cast(bool, known)


def keep(solver: Solver, receiver: int, callback: Callback) -> bool:
    """Let an object from outside keep a callable; answer whether it can be told from others."""
    item = solver.all[receiver]
    if item.kind is not Kind.FOREIGN or not item.b or not callback.methods:
        return False
    keeper = _keeper(solver, cast(int, item.b))
    keeper.callbacks.append(callback)
    for runner in tuple(keeper.runners):
        _run(solver, callback, runner)
    return True


def run_kept(solver: Solver, receiver: int, runner: Runner) -> None:
    """A method of an object from outside is called: let it call what the object keeps."""
    item = solver.all[receiver]
    if item.kind is not Kind.FOREIGN or not item.b or not is_keeper(solver, cast(str, item.a)):
        return
    keeper = _keeper(solver, cast(int, item.b))
    keeper.runners.append(runner)
    for callback in tuple(keeper.callbacks):
        _run(solver, callback, runner)


def _keeper(solver: Solver, box: int) -> _Keeper:
    key = ("keeper", box)
    known = solver.views.get(key)
    if known is None:
        known = solver.views[key] = _Keeper()
    return cast(_Keeper, known)


def _run(solver: Solver, callback: Callback, runner: Runner) -> None:
    if runner.name in callback.methods:
        solver.store.add(callback.has_run, solver.foreign("builtins.bool"))
        solver.store.watch(callback.variable, _on_kept, solver, callback, runner)


def _on_kept(watcher: Any, value: int) -> None:
    _, solver, callback, runner = watcher
    if solver.all[value].kind in CALLABLE:
        solver.apply(
            solver, runner.code, runner.origin, value, callback.args, callback.result,
            told_through(solver, runner.dotted),
        )  # fmt: skip

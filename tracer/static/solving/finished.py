"""What the finished solution holds for each node of a scope, in any of its codes."""

from __future__ import annotations

from tracer.static.solving.code import Code
from tracer.static.solving.engine import Solver
from tracer.static.solving.objects import NONE, Kind, Object, Ref

OBJECTS = frozenset(
    (Kind.INSTANCE, Kind.FOREIGN, Kind.STRING, Kind.GENERATOR, Kind.COROUTINE, Kind.CONTEXT)
)


class Finished:
    """The finished solution, asked by nodes."""

    def __init__(self, solver: Solver) -> None:
        self.solver = solver
        self.codes: dict[Ref, list[Code]] = {}
        for code in solver.codes:
            self.codes.setdefault(code.ref, []).append(code)

    def values(self, ref: Ref, node: int) -> list[int]:
        """What a node may be, in any code of its scope, in canonical order."""
        found: dict[int, None] = {}
        for code in self.codes.get(ref, ()):
            held = self.solver.store.sets[code.variable(node)]
            if held:
                found.update(dict.fromkeys(sorted(held)))
        found.pop(NONE, None)
        return list(found)

    def objects(self, ref: Ref, node: int) -> list[Object]:
        """The same as objects."""
        return [self.solver.all[value] for value in self.values(ref, node)]

    def may_be_none(self, ref: Ref, node: int) -> bool:
        """Whether a node may be `None` in some code of its scope."""
        sets = self.solver.store.sets
        return any(NONE in (sets[code.variable(node)] or ()) for code in self.codes.get(ref, ()))

    def are_objects(self, ref: Ref, node: int) -> bool:
        """Whether a node holds nothing but objects whose class is known."""
        items = self.objects(ref, node)
        return bool(items) and all(item.kind in OBJECTS for item in items)

    def owner(self, ref: Ref, name: str) -> Ref | None:
        """The scope whose name a free name is; None for the module's and builtins."""
        solver = self.solver
        scope = solver.flat(ref)
        is_own = True
        while True:
            if scope.parent < 0:
                return ref if solver.program.bindings(ref, name) else None
            if name in scope.global_names:
                ref = (ref[0], 0)
                scope = solver.flat(ref)
                is_own = False
                continue
            if (
                (is_own or scope.kind != "class body")
                and name not in scope.nonlocal_names
                and solver.program.bindings(ref, name)
            ):
                return ref
            is_own = False
            ref = (ref[0], scope.parent)
            scope = solver.flat(ref)

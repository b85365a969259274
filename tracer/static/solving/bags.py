"""Objects from outside that hold whatever attributes anybody gives them.

`SimpleNamespace(run=f)`, and what `parser.set_defaults(run=f)` puts into the namespace that
`parser.parse_args()` gives. Which classes these are, and which methods fill the bag that the same
object gives, stands in the table (`[classes] bags`, `[given]`).
"""

from __future__ import annotations

from typing import cast

from tracer.static.solving.containers import on_merged
from tracer.static.solving.engine import Solver
from tracer.static.solving.objects import Kind
from tracer.static.solving.terms import Args, Box


def bag_of(solver: Solver, value: int) -> Box | None:
    """What an object holds by the names of its attributes, if it is a bag."""
    item = solver.all[value]
    if item.kind is not Kind.FOREIGN or not item.b or item.a not in solver.table.bags:
        return None
    return solver.boxes[cast(int, item.b)]


def given_bag(solver: Solver, dotted: str, giver: Box) -> Box:
    """The bag of a class that an object gives, as often as it is asked."""
    return solver.box(dotted, "given", giver.number)


def fill_given(solver: Solver, receiver: int, dotted: str, args: Args) -> None:
    """A method from outside is called: put its keywords into the bag that its object gives."""
    item = solver.all[receiver]
    if item.kind is not Kind.FOREIGN or not item.b or not (args.keywords or args.doubles):
        return
    name = _given(solver, dotted)
    if name:
        bag = given_bag(solver, name, solver.boxes[cast(int, item.b)])
        for keyword, variable in args.keywords:
            solver.store.copy(variable, solver.item_of(bag, keyword))
        for variable in args.doubles:
            solver.store.watch(variable, on_merged, solver, bag)


def _given(solver: Solver, dotted: str) -> str:
    """The class of the bag that a method fills; empty where it fills none."""
    key = ("given", dotted)
    known = solver.views.get(key)
    if known is None:
        owner, _, name = dotted.rpartition(".")
        names = (dotted, *(f"{base}.{name}" for base in solver.library.mro(owner)))
        given = solver.table.given
        known = solver.views[key] = next((given[one] for one in names if one in given), "")
    return cast(str, known)

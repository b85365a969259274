"""Why what a call gives, and what a parameter is given, is not all."""

from __future__ import annotations

from collections.abc import Generator
from typing import cast

from tracer.model.graph import OpenReason
from tracer.static import flat
from tracer.static.kinds import ParameterKind
from tracer.static.solving.annotations import is_result_limited
from tracer.static.solving.asking import (
    Asking,
    Question,
    first_open,
    of_items,
    of_node,
    of_returned,
    told_of,
)
from tracer.static.solving.engine import Solver
from tracer.static.solving.finished import Finished
from tracer.static.solving.objects import Kind, Ref
from tracer.static.solving.passed import PassedArguments
from tracer.static.solving.terms import SITE
from tracer.static.values import Open
from tracer.static.views import site_text


class OpenCalls:
    """Asks about results and arguments."""

    def __init__(self, solver: Solver, finished: Finished) -> None:
        self._solver = solver
        self._finished = finished
        self._passed = PassedArguments(solver)

    def of_call(self, ref: Ref, number: int, is_empty: bool) -> Asking:
        """Why what a call gives is not all."""
        solver = self._solver
        scope = solver.flat(ref)
        site = scope.sites[number]
        text = site_text(scope, number, solver.program.excerpts(ref[0]))
        found = yield of_node(ref, site[2])
        if found is not None:
            detail = f"result of `{text}`, whose callee is not known"
            return Open(OpenReason.UNKNOWN_VALUE, detail)
        for item in self._finished.objects(ref, site[2]):
            function = item
            if item.kind is Kind.BOUND:
                function = solver.all[cast(int, item.a)]
            match function.kind:
                case Kind.EXTERNAL | Kind.METHOD:
                    if item.a == _GETATTR and (yield from self._is_computed(ref, site)):
                        return Open(OpenReason.DYNAMIC_ATTRIBUTE, _COMPUTED)
                    if is_empty and item is function:
                        return self._open_outside(ref, number, text)
                case Kind.FUNCTION:
                    found = yield of_returned(cast(Ref, function.a))
                    if found is not None:
                        return found
                case Kind.FOREIGN:
                    if is_empty and item is function:
                        return Open(OpenReason.UNKNOWN_VALUE, f"result of `{text}`")
        return None

    def _is_computed(self, ref: Ref, site: flat.FlatSite) -> Generator[Question, Open | None, bool]:
        """Whether nobody knows all names that `getattr` may be asked for: some may be found."""
        given = [node for name, node, _ in site[4] if name == ""]
        return len(given) > 1 and (yield of_node(ref, given[1])) is not None

    def _open_outside(self, ref: Ref, number: int, text: str) -> Open | None:
        solver = self._solver
        names = sorted(
            target
            for target in solver.edges.get((ref, SITE, number), {})
            if isinstance(target, str)
        )
        for name in names:
            template = solver.table.returned(name)
            if template is not None and template.name == "None":
                return None
            if name == _GETATTR:
                return Open(OpenReason.DYNAMIC_ATTRIBUTE, _COMPUTED)
            owner, _, member = name.rpartition(".")
            symbol = solver.library.symbol(name)
            known = solver.library.member(owner, member)
            signatures = (
                symbol.signatures if symbol is not None else known.signatures if known else ()
            )
            if signatures and all(one.returns == ("N",) for one in signatures):
                return None
            return Open(OpenReason.UNKNOWN_VALUE, f"result of `{name}`, whose type no table gives")
        return Open(OpenReason.UNKNOWN_VALUE, f"result of `{text}`")

    def of_returned(self, ref: Ref) -> Asking:
        """Why what a function returns is not all; what its annotation allows is."""
        scope = self._solver.flat(ref)
        if scope.is_generator:  # An annotation that names no class tells nothing.
            return None
        if is_result_limited(self._solver, ref):
            return None
        return (yield from first_open(ref, scope.returns))

    def of_parameter(self, ref: Ref, index: int, is_empty: bool) -> Asking:
        """Why what a parameter is given is not all: by its annotation, or by what callers pass."""
        name, kind, annotation, _ = self._solver.flat(ref).parameters[index]
        if kind in (ParameterKind.REST.value, ParameterKind.KEYWORDS.value):
            return None
        if annotation is not None:
            if not is_empty:
                return None
            detail = f"parameter `{name}` has an annotation that names no class"
            return Open(OpenReason.UNKNOWN_VALUE, detail)
        found: list[Open | None] = []
        for place, node, is_item in self._passed.of(ref, index):
            given = yield of_node(place, node)
            if given is None and is_item:
                given = yield of_items(place, (node, None))
            found.append(given)
            if not is_empty and given is not None:
                return told_of(f"parameter `{name}` may be passed", given)
        if not is_empty:
            return None
        return Open(OpenReason.UNKNOWN_VALUE, f"parameter `{name}` {_all_passed(found)}")


def _all_passed(found: list[Open | None]) -> str:
    """What all known callers pass for a parameter, where that is one result from outside."""
    details = {one.detail.rpartition(" is passed the ")[2] for one in found if one is not None}
    if len(details) == 1 and None not in found:
        (detail,) = details
        if detail.startswith("result of "):
            return f"is passed the {detail}"
    return "has no annotation"


_GETATTR = "builtins.getattr"
_COMPUTED = "`getattr` with a computed name"

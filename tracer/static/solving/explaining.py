"""How a callee was found, and why a site may have more: asked of the finished solution.

Both follow the expression that names the callee, not the sets, so that an answer can be told in the
words of the source: `receiver: parameter `x` has no annotation`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from tracer.model.graph import OpenReason
from tracer.static import flat
from tracer.static.solving.annotations import allowed_classes
from tracer.static.solving.asking import (
    Answers,
    Asking,
    Question,
    first_open,
    of_name,
    of_node,
    told_of,
)
from tracer.static.solving.engine import Solver
from tracer.static.solving.finished import Finished
from tracer.static.solving.names import MODULE_NAMES
from tracer.static.solving.narrowing import read_test, says_all
from tracer.static.solving.objects import NUMBERS, Kind, Object, Ref
from tracer.static.solving.open_calls import OpenCalls
from tracer.static.solving.open_items import OpenItems
from tracer.static.solving.open_members import OpenMembers
from tracer.static.solving.ranking import Ranking
from tracer.static.solving.store import LARGEST_SET
from tracer.static.solving.stored import Stored
from tracer.static.solving.terms import ConstantKey
from tracer.static.values import Open, Rank

CUT = Open(OpenReason.TOO_MANY, "the work bound was hit before this was final")
"""Why a site is open where the bound was hit."""
CROWDED = Open(
    OpenReason.TOO_MANY, f"more than {LARGEST_SET} values may stand there, and no more are kept"
)
"""Why a site is open where a set was full."""
# Where a node names those that decide what it is, as far as `Explainer._open` does not ask them.
_OPERANDS = {
    flat.ENTER: slice(1, 2),
    flat.AWAIT: slice(1, 2),
    flat.RAISED: slice(1, 2),
    flat.DELEGATED: slice(1, 2),
    flat.NARROW: slice(1, 2),
    flat.OPERATE: slice(2, 4),
    flat.COMPARE: slice(2, 4),
    flat.UNARY: slice(2, 3),
}


class Explainer:
    """Answers about nodes; each once."""

    def __init__(self, solver: Solver) -> None:
        self._solver = solver
        self._finished = Finished(solver)
        self._ranking = Ranking(self._finished)
        self._incomplete = solver.store.incomplete if solver.bound.is_narrow else frozenset()
        self._crowded = solver.store.crowded
        self._stored = Stored(solver, self._finished)
        self._members = OpenMembers(solver, self._finished, self._stored)
        self._calls = OpenCalls(solver, self._finished)
        self._items = OpenItems(solver, self._finished, self._stored)
        self._answers = Answers(self._ask)

    def objects(self, ref: Ref, node: int) -> list[Object]:
        """What a node may be, in any code of its scope, in canonical order."""
        return self._finished.objects(ref, node)

    def may_be_none(self, ref: Ref, node: int) -> bool:
        """Whether a node may be `None` in some code of its scope."""
        return self._finished.may_be_none(ref, node)

    def rank(self, ref: Ref, node: int) -> Rank:
        """How strong the means are by which a node's values were found."""
        return self._ranking.rank(ref, node)

    def why_open(self, ref: Ref, node: int) -> Open | None:
        """Why a node's values are not all; None where they are, as far as is known."""
        return self._answers.of(of_node(ref, node)) if node >= 0 else None

    def is_final(self, rank: Rank) -> bool:
        """Whether what was found by such means cannot be missing for want of work.

        A call that was not followed into a function passes nothing on, and nobody can tell which
        values of others that would have been.
        """
        bound = self._solver.bound
        return (
            rank is Rank.DEFINITE
            or not bound.is_narrow
            or (rank is Rank.TYPE and not bound.is_stopped)
        )

    def _ask(self, question: Question) -> Asking:
        what, ref, asked = question
        match what:
            case "node":
                return self._of_node(ref, cast(int, asked))
            case "returned":
                return self._calls.of_returned(ref)
            case "yielded":
                return self._items.of_yielded(ref)
            case "items":
                node, key = cast("tuple[int, ConstantKey]", asked)
                return self._items.of_items(ref, node, key)
            case "member":
                return self._members.of_member(ref, cast(str, asked))
            case _:
                return self._of_held(ref, cast(str, asked))

    def _of_node(self, ref: Ref, node: int) -> Asking:
        if node < 0:
            return None
        found = yield from self._open(ref, node)
        if found is None and (self._incomplete or self._crowded):
            return (yield from self._cut(ref, node))
        return found

    def _cut(self, ref: Ref, node: int) -> Asking:
        """Why a node's values are not all, where the work bound or a full set kept some away."""
        for code in self._finished.codes.get(ref, ()):
            if code.variable(node) in self._incomplete:
                return CUT
        for code in self._finished.codes.get(ref, ()):
            if code.variable(node) in self._crowded:
                return CROWDED
        parts: Any = self._solver.flat(ref).nodes[node]
        operands = parts[_OPERANDS[parts[0]]] if parts[0] in _OPERANDS else ()
        for operand in operands:
            found = yield of_node(ref, operand)
            if found is CUT or found is CROWDED:
                return found
        return None

    def _open(self, ref: Ref, node: int) -> Asking:
        scope = self._solver.flat(ref)
        parts: Any = scope.nodes[node]
        is_empty = not self._finished.values(ref, node)
        match parts[0]:
            case flat.NAME:
                return (yield from self._of_name(ref, parts, is_empty))
            case flat.ATTR:
                return (yield from self._members.of_attribute(ref, parts, is_empty))
            case flat.CALL:
                return (yield from self._calls.of_call(ref, parts[1], is_empty))
            case flat.PARAMETER:
                return (yield from self._calls.of_parameter(ref, parts[1], is_empty))
            case flat.EITHER:
                return (yield from first_open(ref, parts[1]))
            case flat.FROM | flat.IMPORT:
                return (yield from self._of_import(ref, parts, is_empty))
            case flat.UNKNOWN:
                return Open(OpenReason.UNKNOWN_VALUE, parts[1])
            case flat.NARROW:
                return (yield from self._of_narrowed(ref, parts, is_empty))
            case flat.ITEM | flat.ELEMENT | flat.UNPACK:
                found = yield of_node(ref, parts[1])
                if is_empty and found is None:
                    return Open(OpenReason.UNKNOWN_VALUE, _WHAT[parts[0]])
                return found or (yield from self._items.of_item(ref, parts))
            case flat.ENTER | flat.AWAIT | flat.RAISED | flat.DELEGATED:
                if is_empty:
                    return Open(OpenReason.UNKNOWN_VALUE, _WHAT[parts[0]])
                found = yield of_node(ref, parts[1])
                if found is None and parts[0] == flat.ENTER:
                    return (yield from self._items.of_entered(ref, parts[1]))
                return found
            case flat.SENT if is_empty:
                return Open(OpenReason.UNKNOWN_VALUE, _WHAT[parts[0]])
            case flat.OPERATE | flat.UNARY:
                if is_empty:
                    return Open(OpenReason.UNKNOWN_VALUE, "result of an operator")
                found = yield from self._items.of_operated(ref, parts)
                if found or parts[0] == flat.UNARY or not self._are_numbers(ref, node):
                    return found
                return (yield from first_open(ref, parts[2:4]))
            case flat.COMPARE:
                if is_empty:
                    return Open(OpenReason.UNKNOWN_VALUE, "result of a comparison")
                if parts[1] == "__contains__":
                    return None
                return (yield from first_open(ref, parts[2:4]))
            case flat.DEFINED if is_empty and parts[2]:
                return Open(OpenReason.UNKNOWN_VALUE, "what a decorator gives")
        return None

    def _of_narrowed(self, ref: Ref, parts: Any, is_empty: bool) -> Asking:
        base, test, holds = parts[1:4]
        if test[0] != "none" and not says_all(read_test(self._solver, ref, test)):
            return (yield of_node(ref, base))
        if not holds:
            return (yield of_node(ref, base))
        if not is_empty:
            return None
        return Open(OpenReason.UNKNOWN_VALUE, "an annotation that names no class")

    def _are_numbers(self, ref: Ref, node: int) -> bool:
        """Whether a node holds numbers alone: beside what is unknown, they tell nothing."""
        return all(
            item.kind is Kind.FOREIGN and item.a in NUMBERS
            for item in self._finished.objects(ref, node)
        )

    def _of_name(self, ref: Ref, parts: Any, is_empty: bool) -> Asking:
        solver = self._solver
        name = parts[1]
        spelled = solver.program.spelled_out(ref, name, parts[2]) if parts[2] else ()
        if spelled:
            found = yield from self._of_bindings(ref, spelled)
            return found or (yield from self._of_stores(ref, name))
        owner = self._finished.owner(ref, name)
        if owner is not None:
            return (yield of_name(owner, name))
        if not is_empty:
            return (yield from self._of_stores((ref[0], 0), name))
        if name in MODULE_NAMES:
            return None
        if name == "__class__":
            return Open(OpenReason.UNKNOWN_NAME, "`__class__`")
        if (ref[0], name) in solver.program.global_stores:
            return Open(OpenReason.UNKNOWN_VALUE, f"what is stored into `{name}`")
        stars = [
            f"`{module}`"
            for level, module in solver.flat((ref[0], 0)).stars
            if solver.program.modules.resolve_relative(ref[0], level, module).location is None
        ]
        if stars:
            sources = ", ".join(sorted(stars))
            return Open(OpenReason.UNKNOWN_NAME, f"`{name}` may come from `import *` of {sources}")
        return Open(OpenReason.UNKNOWN_NAME, f"`{name}` is bound nowhere")

    def _of_held(self, ref: Ref, name: str) -> Asking:
        """Why what others see under a name of a scope is not all."""
        summary = self._solver.program.summaries[ref[0]]
        if not summary.scopes:
            path = self._solver.program.paths[ref[0]]
            detail = f"`{path}` could not be read: {summary.problem}"
            return Open(OpenReason.UNKNOWN_MEMBER, detail)
        bindings = self._solver.definitions.members(ref).get(name) or self._solver.program.bindings(
            ref, name
        )
        found = yield from self._of_bindings(ref, bindings)
        return found or (yield from self._of_stores(ref, name))

    def _of_stores(self, ref: Ref, name: str) -> Asking:
        for place, node in self._stored.in_name(ref, name):
            found = yield of_node(place, node)
            if found is not None:
                return told_of(f"`{name}` may hold", found)
        return None

    def _of_bindings(self, ref: Ref, bindings: Iterable[int]) -> Asking:
        for binding in bindings:
            _, value, annotation, _ = self._solver.flat(ref).bindings[binding]
            if annotation is not None:
                held = any(
                    self._solver.store.sets[code.binding(binding)]
                    for code in self._finished.codes.get(ref, ())
                )
                if held and not self._may_be_anything(ref, value, annotation):
                    continue
            found = yield of_node(ref, value)
            if found is not None:
                return found
        return None

    def _may_be_anything(self, ref: Ref, value: int, annotation: Any) -> bool:
        """Whether a value gave what is held, and its annotation (`type[C]`) rules nothing out."""
        if value < 0 or not self._finished.values(ref, value) or annotation[0] == "alias":
            return False
        return allowed_classes(self._solver, ref, annotation) is None

    def _of_import(self, ref: Ref, parts: Any, is_empty: bool) -> Asking:
        modules = self._solver.program.modules
        if parts[0] == flat.IMPORT:
            if not is_empty:
                return None
            return Open(OpenReason.MISSING_MODULE, f"`{parts[1]}` is not below the root")
        target = modules.resolve_relative(ref[0], parts[1], parts[2])
        if not is_empty:
            file = None if target.location is None else modules.file_of(target.location)
            return (yield of_name((file, 0), parts[3])) if file is not None else None
        if target.location is None:
            return Open(OpenReason.MISSING_MODULE, f"`{target.dotted}` is not below the root")
        holder = Object(Kind.MODULE, target.location)
        return (yield from self._members.missing(holder, parts[3]))


_WHAT = {
    flat.ITEM: "an item of a container of unknown content",
    flat.ELEMENT: "an item of an iterator",
    flat.UNPACK: "an item of an iterator",
    flat.ENTER: "what a context manager gives",
    flat.AWAIT: "what an await gives",
    flat.RAISED: "an exception of unknown class",
    flat.DELEGATED: "what a generator returns",
    flat.SENT: "what a generator is sent",
}

"""How a callee was found, and why a site may have more: asked of the finished solution.

Both follow the expression that names the callee, not the sets, so that an answer can be told in the
words of the source: `receiver: parameter `x` has no annotation`.
"""

from __future__ import annotations

from typing import Any, cast

from tracer.model.graph import OpenReason
from tracer.static import flat
from tracer.static.kinds import ParameterKind
from tracer.static.solving.annotations import allowed_classes
from tracer.static.solving.engine import Solver
from tracer.static.solving.finished import Finished
from tracer.static.solving.lacking import beside, lacking
from tracer.static.solving.names import MODULE_NAMES
from tracer.static.solving.narrowing import read_test, says_all
from tracer.static.solving.objects import NUMBERS, Kind, Object, Ref
from tracer.static.solving.passed import PassedArguments
from tracer.static.solving.ranking import Ranking
from tracer.static.solving.store import LARGEST_SET
from tracer.static.solving.terms import SITE
from tracer.static.values import Open, Rank
from tracer.static.views import site_text

_DEEPEST = 60
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
        self._opens: dict[tuple[Ref, int], Open | None] = {}
        self._returns: dict[Ref, Open | None] = {}
        self._incomplete = solver.store.incomplete if solver.bound.is_narrow else frozenset()
        self._crowded = solver.store.crowded
        self._passed = PassedArguments(solver)

    def objects(self, ref: Ref, node: int) -> list[Object]:
        """What a node may be, in any code of its scope, in canonical order."""
        return self._finished.objects(ref, node)

    def may_be_none(self, ref: Ref, node: int) -> bool:
        """Whether a node may be `None` in some code of its scope."""
        return self._finished.may_be_none(ref, node)

    def rank(self, ref: Ref, node: int) -> Rank:
        """How strong the means are by which a node's values were found."""
        return self._ranking.rank(ref, node)

    def why_open(self, ref: Ref, node: int, depth: int = 0) -> Open | None:
        """Why a node's values are not all; None where they are, as far as is known."""
        if node < 0 or depth > _DEEPEST:
            return None
        key = (ref, node)
        if key in self._opens:
            return self._opens[key]
        self._opens[key] = None
        found = self._open(ref, node, depth + 1)
        if found is None and (self._incomplete or self._crowded):
            found = self._cut(ref, node, depth + 1)
        self._opens[key] = found
        return found

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

    def _cut(self, ref: Ref, node: int, depth: int) -> Open | None:
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
            found = self.why_open(ref, operand, depth)
            if found is CUT or found is CROWDED:
                return found
        return None

    def _open(self, ref: Ref, node: int, depth: int) -> Open | None:
        solver = self._solver
        scope = solver.flat(ref)
        parts: Any = scope.nodes[node]
        is_empty = not self._finished.values(ref, node)
        match parts[0]:
            case flat.NAME:
                return self._open_name(ref, parts, is_empty, depth)
            case flat.ATTR:
                return self._open_attribute(ref, parts, is_empty, depth)
            case flat.CALL:
                return self._open_call(ref, parts[1], is_empty, depth)
            case flat.PARAMETER:
                return self._open_parameter(ref, parts[1], is_empty, depth)
            case flat.EITHER:
                for option in parts[1]:
                    found = self.why_open(ref, option, depth)
                    if found is not None:
                        return found
                return None
            case flat.FROM | flat.IMPORT:
                return self._open_import(ref, node, parts, is_empty)
            case flat.UNKNOWN:
                return Open(OpenReason.UNKNOWN_VALUE, parts[1])
            case flat.NARROW:
                if parts[2][0] != "none":
                    test = read_test(solver, ref, parts[2])
                    if not says_all(test):
                        return self.why_open(ref, parts[1], depth)
                if not is_empty or not parts[3]:
                    return None if parts[3] else self.why_open(ref, parts[1], depth)
                return Open(OpenReason.UNKNOWN_VALUE, "an annotation that names no class")
            case flat.ITEM | flat.ELEMENT | flat.UNPACK:
                if is_empty:
                    found = self.why_open(ref, parts[1], depth)
                    return found or Open(OpenReason.UNKNOWN_VALUE, _WHAT[parts[0]])
                return self.why_open(ref, parts[1], depth)
            case flat.ENTER | flat.AWAIT | flat.RAISED | flat.DELEGATED | flat.SENT:
                if is_empty:
                    return Open(OpenReason.UNKNOWN_VALUE, _WHAT[parts[0]])
                return None
            case flat.OPERATE | flat.UNARY:
                if is_empty:
                    return Open(OpenReason.UNKNOWN_VALUE, "result of an operator")
                if parts[0] == flat.UNARY or not self._are_numbers(ref, node):
                    return None
                return self._open_operands(ref, parts, depth)
            case flat.COMPARE:
                if is_empty:
                    return Open(OpenReason.UNKNOWN_VALUE, "result of a comparison")
                if parts[1] == "__contains__":
                    return None
                return self._open_operands(ref, parts, depth)
            case flat.DEFINED:
                if is_empty and parts[2]:
                    return Open(OpenReason.UNKNOWN_VALUE, "what a decorator gives")
        return None

    def _open_operands(self, ref: Ref, parts: Any, depth: int) -> Open | None:
        """Beside what is unknown, a number does not tell what an operator gives."""
        return self.why_open(ref, parts[2], depth) or self.why_open(ref, parts[3], depth)

    def _are_numbers(self, ref: Ref, node: int) -> bool:
        return all(
            item.kind is Kind.FOREIGN and item.a in NUMBERS
            for item in self._finished.objects(ref, node)
        )

    def _open_name(self, ref: Ref, parts: Any, is_empty: bool, depth: int) -> Open | None:
        solver = self._solver
        name = parts[1]
        spelled = solver.program.spelled_out(ref, name, parts[2]) if parts[2] else ()
        if spelled:
            return self._open_bindings(ref, spelled, depth)
        owner = self._finished.owner(ref, name)
        if owner is not None:
            bindings = solver.definitions.members(owner).get(name) or solver.program.bindings(
                owner, name
            )
            return self._open_bindings(owner, bindings, depth)
        if not is_empty or name in MODULE_NAMES:
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

    def _open_bindings(self, ref: Ref, bindings: Any, depth: int) -> Open | None:
        for binding in bindings:
            _, value, annotation, _ = self._solver.flat(ref).bindings[binding]
            if annotation is not None:
                held = any(
                    self._solver.store.sets[code.binding(binding)]
                    for code in self._finished.codes.get(ref, ())
                )
                if held and not self._may_be_anything(ref, value, annotation):
                    continue
            found = self.why_open(ref, value, depth)
            if found is not None:
                return found
        return None

    def _may_be_anything(self, ref: Ref, value: int, annotation: Any) -> bool:
        """Whether a value gave what is held, and its annotation (`type[C]`) rules nothing out."""
        if value < 0 or not self._finished.values(ref, value) or annotation[0] == "alias":
            return False
        return allowed_classes(self._solver, ref, annotation) is None

    def _open_attribute(self, ref: Ref, parts: Any, is_empty: bool, depth: int) -> Open | None:
        base, name = parts[1], parts[2]
        found = self.why_open(ref, base, depth)
        if found is not None:
            if found.reason is OpenReason.UNKNOWN_VALUE:
                return Open(OpenReason.UNKNOWN_RECEIVER, f"receiver: {found.detail}")
            return found
        holders = self._finished.objects(ref, base)
        if not holders:
            if self._finished.may_be_none(ref, base):
                return Open(OpenReason.UNKNOWN_RECEIVER, f"receiver of `.{name}` is None")
            return Open(
                OpenReason.UNKNOWN_RECEIVER, f"nothing is known of what `.{name}` is read of"
            )
        if not is_empty:
            return self._open_members(holders, name)
        return self._missing_of_all(holders, name)

    def _missing_of_all(self, holders: list[Object], name: str) -> Open | None:
        """Why no type of a receiver has the member: what may yet have it is told first."""
        without: dict[str, None] = {}
        others: list[Open] = []
        for holder in holders:
            if type_name := self._type_without(holder, name):
                without[type_name] = None
            else:
                others.append(self._missing(holder, name))
        if others:
            return beside(others[0], list(without))
        return lacking(list(without), name)

    def _type_without(self, holder: Object, name: str) -> str:
        """The dotted type of a value that has no such member, as is known; else empty."""
        match holder.kind:
            case Kind.FOREIGN:
                known = self._solver.library.binds(cast(str, holder.a), name)
                return "" if known else f"{holder.a}"
            case Kind.STRING:
                return "builtins.str"
            case Kind.INSTANCE | Kind.CLASS:
                ref = cast(Ref, holder.a)
                definitions = self._solver.definitions
                below = definitions.subclasses(ref)
                if not self._may_hold(ref, name) and not any(
                    name in definitions.members(cls) for cls in below
                ):
                    return self._solver.program.dotted(ref)
        return ""

    def _may_hold(self, ref: Ref, name: str) -> bool:
        """Whether a class, a base of it that nobody knows, or its objects may have the member."""
        definitions = self._solver.definitions
        order = definitions.order(ref)
        return (
            "?" in order
            or (ref, name) in _fields(self._solver)
            or any(
                self._solver.library.binds(cls, name)
                if isinstance(cls, str)
                else name in definitions.members(cls)
                for cls in order
            )
        )

    def _open_members(self, holders: list[Object], name: str) -> Open | None:
        """A member that is found may also come from a base that nobody knows."""
        definitions = self._solver.definitions
        for holder in holders:
            if holder.kind is not Kind.INSTANCE and holder.kind is not Kind.CLASS:
                continue
            order = definitions.order(cast(Ref, holder.a))
            if "?" not in order:
                continue
            before = order[: order.index("?")]
            if not any(not isinstance(c, str) and name in definitions.members(c) for c in before):
                return Open(
                    OpenReason.UNKNOWN_MEMBER, f"`{name}` may come from a base that is not known"
                )
        return None

    def _missing(self, holder: Object, name: str) -> Open:
        solver = self._solver
        match holder.kind:
            case Kind.MODULE:
                location = cast(str, holder.a)
                dotted = solver.program.modules.dotted(location)
                file = solver.program.modules.file_of(location)
                if file is None:
                    detail = f"`{dotted}.{name}` is not below the root"
                    return Open(OpenReason.MISSING_MODULE, detail)
                summary = solver.program.summaries[file]
                if not summary.scopes:
                    path = solver.program.paths[file]
                    detail = f"`{path}` could not be read: {summary.problem}"
                    return Open(OpenReason.UNKNOWN_MEMBER, detail)
                if solver.definitions.members((file, 0)).get("__getattr__"):
                    detail = "the module has a `__getattr__`"
                    return Open(OpenReason.DYNAMIC_ATTRIBUTE, detail)
                bindings = solver.definitions.members((file, 0)).get(name)
                if bindings:
                    found = self._open_bindings((file, 0), bindings, 1)
                    return found or Open(OpenReason.UNKNOWN_VALUE, f"what `{dotted}.{name}` holds")
                return Open(OpenReason.UNKNOWN_MEMBER, f"`{dotted}` binds no `{name}`")
            case Kind.INSTANCE | Kind.CLASS:
                ref = cast(Ref, holder.a)
                if "?" in solver.definitions.order(ref):
                    detail = f"`{name}` may come from a base that is not known"
                    return Open(OpenReason.UNKNOWN_MEMBER, detail)
                dotted = solver.program.dotted(ref)
                if self._may_hold(ref, name):
                    return Open(OpenReason.UNKNOWN_VALUE, f"what `{dotted}.{name}` holds")
                detail = f"`{dotted}` binds no `{name}`, and of the classes below that do no object"
                return Open(OpenReason.UNKNOWN_MEMBER, f"{detail} is known")
            case Kind.FUNCTION:
                dotted = solver.program.dotted(cast(Ref, holder.a))
                detail = f"attribute `{name}` of function `{dotted}`"
                return Open(OpenReason.UNKNOWN_MEMBER, detail)
            case Kind.SUPER:
                dotted = solver.program.dotted(cast(Ref, holder.a))
                return Open(OpenReason.UNKNOWN_MEMBER, f"no base of `{dotted}` binds `{name}`")
            case Kind.METHOD:
                detail = f"attribute `{name}` of a method, whose type no table gives"
                return Open(OpenReason.UNKNOWN_VALUE, detail)
            case Kind.FOREIGN:
                detail = f"what `{holder.a}.{name}` holds"
                return Open(OpenReason.UNKNOWN_VALUE, detail)
        return Open(OpenReason.UNKNOWN_VALUE, f"attribute `{name}`")

    def _open_call(self, ref: Ref, number: int, is_empty: bool, depth: int) -> Open | None:
        solver = self._solver
        scope = solver.flat(ref)
        site = scope.sites[number]
        text = site_text(scope, number, solver.program.excerpts(ref[0]))
        found = self.why_open(ref, site[2], depth)
        if found is not None:
            detail = f"result of `{text}`, whose callee is not known"
            return Open(OpenReason.UNKNOWN_VALUE, detail)
        for item in self._finished.objects(ref, site[2]):
            match item.kind:
                case Kind.EXTERNAL | Kind.METHOD:
                    if item.a == _GETATTR and self._is_computed(ref, site, depth):
                        return Open(OpenReason.DYNAMIC_ATTRIBUTE, _COMPUTED)
                    if is_empty:
                        return self._open_outside(ref, number, item, text)
                case Kind.FUNCTION:
                    returned = self._open_returned(cast(Ref, item.a), depth)
                    if returned is not None and (is_empty or returned.detail == _COMPUTED):
                        return returned
                case Kind.BOUND:
                    inner = solver.all[cast(int, item.a)]
                    if inner.kind is Kind.FUNCTION:
                        returned = self._open_returned(cast(Ref, inner.a), depth)
                        if returned is not None and (is_empty or returned.detail == _COMPUTED):
                            return returned
                case Kind.FOREIGN:
                    if is_empty:
                        return Open(OpenReason.UNKNOWN_VALUE, f"result of `{text}`")
        return None

    def _is_computed(self, ref: Ref, site: flat.FlatSite, depth: int) -> bool:
        """Whether nobody knows all names that `getattr` may be asked for: some may be found."""
        given = [node for name, node, _ in site[4] if name == ""]
        return len(given) > 1 and self.why_open(ref, given[1], depth) is not None

    def _open_outside(self, ref: Ref, number: int, item: Object, text: str) -> Open | None:
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
        del item
        return Open(OpenReason.UNKNOWN_VALUE, f"result of `{text}`")

    def _open_returned(self, ref: Ref, depth: int) -> Open | None:
        if ref in self._returns:
            return self._returns[ref]
        self._returns[ref] = None
        scope = self._solver.flat(ref)
        found: Open | None = None
        if not scope.is_generator:  # An annotation that names no class tells nothing.
            for node in scope.returns:
                found = self.why_open(ref, node, depth)
                if found is not None:
                    break
        self._returns[ref] = found
        return found

    def _open_parameter(self, ref: Ref, index: int, is_empty: bool, depth: int) -> Open | None:
        if not is_empty:
            return None
        name, kind, annotation, _ = self._solver.flat(ref).parameters[index]
        if kind in (ParameterKind.REST.value, ParameterKind.KEYWORDS.value):
            return None
        if annotation is None:
            passed = self._open_passed(ref, index, depth) or "has no annotation"
            return Open(OpenReason.UNKNOWN_VALUE, f"parameter `{name}` {passed}")
        detail = f"parameter `{name}` has an annotation that names no class"
        return Open(OpenReason.UNKNOWN_VALUE, detail)

    def _open_passed(self, ref: Ref, index: int, depth: int) -> str:
        """What all known callers pass for a parameter, where that is one result from outside."""
        found = [self.why_open(*one, depth) for one in self._passed.of(ref, index)]
        details = {one.detail.rpartition(" is passed the ")[2] for one in found if one is not None}
        if len(details) == 1 and None not in found:
            (detail,) = details
            if detail.startswith("result of "):
                return f"is passed the {detail}"
        return ""

    def _open_import(self, ref: Ref, node: int, parts: Any, is_empty: bool) -> Open | None:
        if not is_empty:
            return None
        del node
        modules = self._solver.program.modules
        if parts[0] == flat.IMPORT:
            return Open(OpenReason.MISSING_MODULE, f"`{parts[1]}` is not below the root")
        target = modules.resolve_relative(ref[0], parts[1], parts[2])
        if target.location is None:
            return Open(OpenReason.MISSING_MODULE, f"`{target.dotted}` is not below the root")
        return self._missing(Object(Kind.MODULE, target.location), parts[3])


_GETATTR = "builtins.getattr"
_COMPUTED = "`getattr` with a computed name"
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


def _fields(solver: Solver) -> set[tuple[Ref, str]]:
    known = solver.views.get("all fields")
    if known is None:
        known = solver.views["all fields"] = {
            (key[1], key[2])
            for key in solver.memo
            if isinstance(key, tuple) and key and key[0] in ("field", "exact field")
        }
    return cast("set[tuple[Ref, str]]", known)

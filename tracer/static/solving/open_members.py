"""Why the values of an attribute are not all: its receiver, its class, what is stored there."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any, cast

from tracer.model.graph import OpenReason
from tracer.static import flat
from tracer.static.solving.annotations import allowed_classes
from tracer.static.solving.asking import (
    Asking,
    Question,
    of_member,
    of_name,
    of_node,
    of_returned,
    told_of,
)
from tracer.static.solving.classes import is_field
from tracer.static.solving.engine import Solver
from tracer.static.solving.finished import Finished
from tracer.static.solving.lacking import beside, lacking
from tracer.static.solving.lookup import find_member
from tracer.static.solving.objects import Kind, Object, Ref
from tracer.static.solving.places import PROPERTY
from tracer.static.solving.stored import Stored
from tracer.static.values import Open


class OpenMembers:
    """Asks about attributes."""

    def __init__(self, solver: Solver, finished: Finished, stored: Stored) -> None:
        self._solver = solver
        self._finished = finished
        self._stored = stored

    def of_attribute(self, ref: Ref, parts: Any, is_empty: bool) -> Asking:
        """Why the values of an attribute that is read are not all."""
        base, name = parts[1], parts[2]
        found = yield of_node(ref, base)
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
            return (yield from self._of_found(ref, parts, holders))
        return (yield from self._missing_of_all(holders, name))

    def _of_found(self, ref: Ref, parts: Any, holders: list[Object]) -> Asking:
        """Why a member of which some values are known may have more."""
        name = parts[2]
        found = self._from_unknown_base(holders, name)
        if found is not None:
            return found
        for holder in holders:
            if holder.kind is Kind.INSTANCE or holder.kind is Kind.CLASS:
                found = yield of_member(cast(Ref, holder.a), name)
            elif holder.kind is Kind.MODULE:
                file = self._solver.program.modules.file_of(cast(str, holder.a))
                if file is not None:
                    found = yield of_name((file, 0), name)
            if found is not None:
                return found
        for target in self._solver.edges.get((ref, PROPERTY, parts[3]), {}):
            # What `__getattribute__` hands on is what the object holds: asked above.
            if not isinstance(target, str) and self._solver.flat(target).name != _ASKED_FIRST:
                found = yield of_returned(target)
                if found is not None:
                    return found
        return None

    def of_member(self, ref: Ref, name: str) -> Asking:
        """Why what objects of a class hold under a name is not all: by what is stored there."""
        order = self._solver.definitions.order(ref)
        owner, _ = find_member(self._solver, order, name)
        if owner is not None and not self._is_declared(owner, name):
            found = yield of_name(owner, name)
            if found is not None:
                return found
        for cls in order:
            if isinstance(cls, str):
                continue
            for place, node in self._stored.in_attribute(cls, name):
                found = yield of_node(place, node)
                if found is not None:
                    return told_of(f"`.{name}` may hold", found)
        return None

    def _is_declared(self, cls: Ref, name: str) -> bool:
        """Whether a class body says by annotations of what classes the values are, or makes them.

        `x: set[int] = field(default_factory=set)`: what `field` gives is nobody's value.
        """
        scope = self._solver.flat(cls)
        for binding in self._solver.definitions.members(cls).get(name, ()):
            _, value, annotation, _ = scope.bindings[binding]
            if scope.nodes[value][0] == flat.CALL and is_field(self._solver, cls, value):
                continue
            if annotation is None or allowed_classes(self._solver, cls, annotation) is None:
                return False
        return True

    def _missing_of_all(self, holders: list[Object], name: str) -> Asking:
        """Why no type of a receiver has the member: what may yet have it is told first."""
        without: dict[str, None] = {}
        others: list[Open] = []
        for holder in holders:
            if type_name := self._type_without(holder, name):
                without[type_name] = None
            else:
                others.append((yield from self.missing(holder, name)))
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

    def _from_unknown_base(self, holders: list[Object], name: str) -> Open | None:
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

    def missing(self, holder: Object, name: str) -> Generator[Question, Open | None, Open]:
        """Why a holder has nothing that is known under a name."""
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
                    found = yield of_name((file, 0), name)
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


_ASKED_FIRST = "__getattribute__"


def _fields(solver: Solver) -> set[tuple[Ref, str]]:
    known = solver.views.get("all fields")
    if known is None:
        known = solver.views["all fields"] = {
            (key[1], key[2])
            for key in solver.memo
            if isinstance(key, tuple) and key and key[0] in ("field", "exact field")
        }
    return cast("set[tuple[Ref, str]]", known)

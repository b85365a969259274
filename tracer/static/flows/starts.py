"""Which values a question is about: by the marks of its topic, then by name."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from tracer.model.source import FunctionId
from tracer.static import flat
from tracer.static.flat import unpack_span
from tracer.static.flows.index import FlowIndex
from tracer.static.kinds import AccessKind
from tracer.static.values import Ref
from tracer.tables.flow import FlowTopic

_NO_VALUES = (flat.PARAMETER, flat.DEFINED, flat.IMPORT, flat.FROM)
_NOTHING = ("False", "None", False, None, 0)


@dataclass(frozen=True, slots=True)
class Start:
    """A value to follow."""

    name: str
    why: str
    # Scopes, each with the number of a binding or parameter; of an attribute its classes, with -1.
    places: tuple[tuple[Ref, int], ...]
    kind: str  # `binding`, `parameter`, `attribute`


def marked_starts(
    index: FlowIndex, functions: Collection[FunctionId], topics: Iterable[FlowTopic]
) -> list[Start]:
    """Values that are made for what the question asks, in these functions.

    `torch.tensor(v, requires_grad=True)` makes one that has a gradient; and `v.grad` asks for the
    gradient of one.
    """
    found: dict[str, Start] = {}
    for topic in topics:
        for ref in _refs(index, functions):
            for name, place, why in (
                *_made(index, ref, topic),
                *_asked(index, ref, topic),
            ):
                key = f"{index.program.id(ref)} {name}"
                found.setdefault(key, Start(name, why, (place,), "binding"))
    return list(found.values())


def named_starts(
    index: FlowIndex,
    functions: Collection[FunctionId],
    names: Mapping[str, str],
    matches: Callable[[str], str],
) -> list[Start]:
    """Values that bear a name of the question.

    Args:
        functions: Where names are looked for.
        names: Names as written in the question, with why each counts.
        matches: Says of an attribute's or variable's name which words of the question it shares.
    """
    found: dict[tuple[str, str], Start] = {}
    attributes: dict[str, dict[Ref, None]] = {}
    for ref in _refs(index, functions):
        scope = index.program.flat(ref)
        for access in scope.accesses:
            if access[0] == AccessKind.SET_ATTRIBUTE.value and not access[8]:
                for owner in sorted(index.owners(ref, access[1])):
                    attributes.setdefault(access[2], {})[owner] = None
        for number, parameter in enumerate(scope.parameters):
            if parameter[0] in names:
                key = ("parameter", f"{index.program.id(ref)} {parameter[0]}")
                where = f"a parameter of `{scope.qualname}`, {names[parameter[0]]}"
                found[key] = Start(parameter[0], where, ((ref, number),), "parameter")
        for number, binding in enumerate(scope.bindings):
            name = binding[0]
            if name in names and scope.nodes[binding[1]][0] not in _NO_VALUES:
                key = ("binding", f"{index.program.id(ref)} {name}")
                where = f"bound in `{scope.qualname}`, {names[name]}"
                before = found.get(key)
                places = (*(before.places if before else ()), (ref, number))
                found[key] = Start(name, where, places, "binding")
    for name, owners in attributes.items():
        why = names.get(name) or matches(name)
        for owner in owners if why else ():
            scope = index.program.flat(owner)
            place = f"`{scope.qualname}` {index.program.paths[owner[0]]}:{scope.def_line}"
            found["attribute", f"{name} {owner}"] = Start(
                name, f"an attribute of {place}, {why}", ((owner, -1),), "attribute"
            )
    return list(found.values())


def _refs(index: FlowIndex, functions: Collection[FunctionId]) -> list[Ref]:
    return [ref for ref in index.program.refs() if index.program.id(ref) in functions]


def _made(
    index: FlowIndex, ref: Ref, topic: FlowTopic
) -> Iterable[tuple[str, tuple[Ref, int], str]]:
    scope = index.program.flat(ref)
    for number, site in enumerate(scope.sites):
        marks = [
            keyword
            for keyword, node, _ in site[4]
            if keyword in topic.keywords and not _is_nothing(scope.nodes[node])
        ]
        callees = index.solution.callees.get((ref, number))
        ids = () if callees is None else callees.ids
        if not marks and not any(each in topic.calls for each in ids):
            continue
        node = index.call_node(ref, number)
        why = f"made with `{marks[0]}`" if marks else f"made by `{ids[0]}`"
        for place, binding in enumerate(scope.bindings):
            if binding[1] == node:
                line = unpack_span(site[1]).line
                yield binding[0], (ref, place), f"{why} at {index.program.paths[ref[0]]}:{line}"


def _is_nothing(node: tuple[object, ...]) -> bool:
    return node[0] == flat.CONST and (node[1] == "NoneType" or node[2] in _NOTHING)


def _asked(
    index: FlowIndex, ref: Ref, topic: FlowTopic
) -> Iterable[tuple[str, tuple[Ref, int], str]]:
    scope = index.program.flat(ref)
    for node in scope.nodes:
        if node[0] != flat.ATTR or node[2] not in topic.asked:
            continue
        base = scope.nodes[cast(int, node[1])]
        if base[0] != flat.NAME:
            continue
        name = cast(str, base[1])
        reaching = index.program.spelled_out(ref, name, cast("Sequence[int]", base[2]))
        line = unpack_span(cast(int, node[3])).line
        place = f"{index.program.paths[ref[0]]}:{line}"
        for binding in reaching[:1]:
            yield name, (ref, binding), f"`{name}.{node[2]}` is asked for at {place}"

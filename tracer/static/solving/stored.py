"""What the tree stores into attributes, containers and names of other scopes: nodes of its scopes.

Asked of the finished solution. A store that an annotation limits to classes is left out. What one
container hands on to another (`list(x)`, `x.extend(y)`, slices) is not followed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import cast

from tracer.static import flat
from tracer.static.kinds import AccessKind
from tracer.static.solving.annotations import allowed_classes
from tracer.static.solving.code import Code
from tracer.static.solving.engine import Solver
from tracer.static.solving.finished import Finished
from tracer.static.solving.keys import constant_key
from tracer.static.solving.objects import Kind, Ref
from tracer.static.solving.terms import ConstantKey

Place = tuple[Ref, int]
"""A scope and a node of it."""


_PUTTING = {"append": 0, "appendleft": 0, "add": 0, "put": 0, "insert": 1, "setdefault": 1}
"""Methods of containers, and which of their arguments they put there."""


class Stored:
    """Answers by class, module or scope, and name; by container, and key."""

    def __init__(self, solver: Solver, finished: Finished) -> None:
        self._solver = solver
        self._finished = finished
        self._by_name: dict[str, list[tuple[Ref, int, int]]] | None = None
        self._by_holder: dict[str, dict[Ref, dict[Place, None]]] = {}
        self._by_box: dict[int, list[tuple[ConstantKey, Place]]] | None = None

    def in_attribute(self, holder: Ref, name: str) -> list[Place]:
        """What is stored on objects of a class, on itself, or on a module: its scope is given."""
        by_holder = self._by_holder.get(name)
        if by_holder is None:
            by_holder = self._by_holder[name] = self._holders(name)
        return list(by_holder.get(holder, ()))

    def in_name(self, ref: Ref, name: str) -> list[Place]:
        """What other scopes store into a name of this one, by `global` and `nonlocal`."""
        program = self._solver.program
        is_module = program.flat(ref).parent < 0
        stores = program.global_stores if is_module else program.nonlocal_stores
        return [
            (place, program.flat(place).accesses[number][4])
            for place, number in stores.get((ref[0], name), ())
            if is_module or place != ref
        ]

    def in_container(self, box: int, key: ConstantKey) -> list[Place]:
        """What may stand under a constant key of a container; without one, all that stands there.

        Args:
            box: The number of its `Box`.
        """
        if self._by_box is None:
            self._by_box = self._boxes()
        return [
            place
            for under, place in self._by_box.get(box, ())
            if not isinstance(key, str | int) or not isinstance(under, str | int) or key == under
        ]

    def _boxes(self) -> dict[int, list[tuple[ConstantKey, Place]]]:
        found: dict[int, list[tuple[ConstantKey, Place]]] = defaultdict(list)
        for ref, codes in sorted(self._finished.codes.items()):
            for node, key, value in _items(codes[0]):
                for item in self._finished.objects(ref, node):
                    if item.kind is Kind.FOREIGN and item.b:
                        found[cast(int, item.b)].append((key, (ref, value)))
        return found

    def _holders(self, name: str) -> dict[Ref, dict[Place, None]]:
        found: dict[Ref, dict[Place, None]] = defaultdict(dict)
        modules = self._solver.program.modules
        for ref, base, value in self._stores().get(name, ()):
            for item in self._finished.objects(ref, base):
                if item.kind is Kind.INSTANCE or item.kind is Kind.CLASS:
                    found[cast(Ref, item.a)][ref, value] = None
                elif item.kind is Kind.MODULE:
                    file = modules.file_of(cast(str, item.a))
                    if file is not None:
                        found[file, 0][ref, value] = None
        return found

    def _stores(self) -> dict[str, list[tuple[Ref, int, int]]]:
        if self._by_name is None:
            self._by_name = defaultdict(list)
            for ref in self._solver.program.refs():
                for access in self._solver.flat(ref).accesses:
                    kind, base, name, _, value, _, _, _, is_unreachable, annotation = access
                    if kind != AccessKind.SET_ATTRIBUTE.value or value < 0 or is_unreachable:
                        continue
                    if annotation is None or allowed_classes(self._solver, ref, annotation) is None:
                        self._by_name[name].append((ref, base, value))
        return self._by_name


def _items(code: Code) -> Iterator[tuple[int, ConstantKey, int]]:
    """What a scope puts into containers: nodes of the container and of the item, and the key."""
    scope = code.scope
    for index, parts in enumerate(scope.nodes):
        if parts[0] != flat.LITERAL:
            continue
        type_name, elements, keys, is_open, is_repeated = scope.containers[cast(int, parts[1])]
        has_places = not (is_open or is_repeated)
        for position, element in enumerate(elements):
            key: ConstantKey = position if has_places and type_name in ("list", "tuple") else None
            if type_name == "dict":
                if keys[position] < 0:
                    continue  # `**other`
                key = None if is_repeated else constant_key(code, keys[position])
            if element >= 0:
                yield index, key, element
    for access in scope.accesses:
        if access[0] == AccessKind.SET_ITEM.value and access[4] >= 0 and not access[8]:
            yield access[1], constant_key(code, access[3]), access[4]
    for site in scope.sites:
        parts = scope.nodes[site[2]] if site[2] >= 0 else (flat.UNKNOWN,)
        place = _PUTTING.get(cast(str, parts[2])) if parts[0] == flat.ATTR else None
        given = [node for keyword, node, _ in site[4] if keyword == ""]
        if place is not None and place < len(given) and not site[7]:
            yield cast(int, parts[1]), None, given[place]

"""Which objects of the classes that count are made, and where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tracer.contrast.facts import Sided, key, owner, short
from tracer.contrast.side import Side
from tracer.model.contrast import Fact, Role, Trait
from tracer.model.graph import Effect, EffectKind, Resolution
from tracer.model.source import Anchor, FunctionId, is_function, qualname_of

_INIT = "__init__"


def build_facts(side: Side, bases: frozenset[str]) -> list[Sided]:
    """Objects of the classes that count, where a way first makes one; not what these make."""
    classes = _built_classes(side, bases)
    sites: dict[FunctionId, list[Resolution]] = {}
    for resolution in side.graph.resolutions:
        sites.setdefault(resolution.site.caller, []).append(resolution)
    effects: dict[FunctionId, list[Effect]] = {}
    for effect in side.effects:
        if effect.kind is EffectKind.MODEL_BUILD:
            effects.setdefault(effect.function, []).append(effect)
    found: list[Sided] = []
    waiting, seen = list(side.core), set(side.core)
    while waiting:
        function = waiting.pop(0)
        made: dict[str, list[Anchor]] = {}
        for effect in effects.get(function, ()):
            name = effect.operation.removesuffix(f".{_INIT}")
            made.setdefault(name, []).append(effect.anchor)
        for resolution in sites.get(function, ()):
            if resolution.site.is_unreachable:
                continue
            for callee in resolution.callees:
                if callee in classes:
                    made.setdefault(classes[callee], []).append(resolution.site.anchor)
                elif is_function(callee) and callee not in seen:
                    seen.add(callee)
                    waiting.append(callee)
        role = side.role(function)
        for name, anchors in made.items():
            found.append(Sided(role, _build(function, name, anchors, role)))
    return found


def _built_classes(side: Side, bases: frozenset[str]) -> Mapping[str, str]:
    """The `__init__` of each class of the tree that leads to one of the bases, with its name."""
    known = {definition.dotted: definition for definition in side.graph.classes}
    found: dict[str, str] = {}
    for definition in side.graph.classes:
        waiting, passed = [definition.dotted], set[str]()
        while waiting:
            name = waiting.pop()
            if name in bases:
                for method in definition.methods:
                    if qualname_of(method).rpartition(".")[2] == _INIT:
                        found[method] = definition.dotted
                break
            if name in known and name not in passed:
                passed.add(name)
                waiting += known[name].bases
    return found


def _build(function: FunctionId, name: str, anchors: Sequence[Anchor], role: Role) -> Fact:
    times = f" at {len(anchors)} places" if len(anchors) > 1 else ""
    return Fact(
        name,
        f"`{short(name)}` in `{owner(function)}`{times}",
        tuple(anchors),
        (Trait("class", name),),
        keys=(key(role, name, owner(function)), key(role, name), key(role, "build")),
        kin=key(role, "build"),
    )

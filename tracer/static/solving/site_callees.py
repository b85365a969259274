"""What a call that is written may run: found, overridden, or guessed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, cast

from tracer.model.graph import OpenReason, SiteKind, Tier
from tracer.model.source import ExternalId
from tracer.static import flat
from tracer.static.flat import FlatSite
from tracer.static.solving.binding import that_bind
from tracer.static.solving.callees import GUESSES, WIDEST_GUESS, Callees, callees_made
from tracer.static.solving.declared import is_declared, is_receiver, overridden, overridden_by
from tracer.static.solving.engine import Solver
from tracer.static.solving.explaining import CUT, Explainer
from tracer.static.solving.imported_callees import import_callees
from tracer.static.solving.lookup import find_member
from tracer.static.solving.objects import Kind, Ref
from tracer.static.solving.rebound import Rebound
from tracer.static.solving.recoding import Recoded
from tracer.static.solving.terms import SITE, Edge, Target
from tracer.static.values import Open, Rank

_WIDEST = 2  # classes of a receiver whose methods differ
_ADDING = {
    Kind.ACCESSOR: "builtins.property.{}",
    Kind.REGISTRAR: "functools.singledispatch.register",
}


def callees_of(
    solver: Solver,
    explainer: Explainer,
    recoded: Recoded,
    rebound: Rebound,
    ref: Ref,
    number: int,
    site: FlatSite,
) -> Callees | None:
    """What a site may run; None where it turns out to run nothing of its own."""
    kind = site[0]
    found = {
        target: edge
        for target, edge in solver.edges.get((ref, SITE, number), {}).items()
        if edge.phase == 0
    }
    if kind == SiteKind.CLASS_BODY.value:
        node = cast(Any, solver.flat(ref).nodes[site[2]])
        return callees_made(solver, {(ref[0], node[1]): Edge(0, "", False)}, Rank.DEFINITE, None)
    if kind == SiteKind.IMPORT.value:
        return import_callees(solver, ref, cast(Any, solver.flat(ref).nodes[site[2]]))
    if kind in (SiteKind.WITH.value, SiteKind.RAISE.value) and not found:
        return None
    reason = None if site[7] and found else explainer.why_open(ref, site[2])
    generated = solver.generated.get((ref, SITE, number))
    if generated is not None and (reason is None or site[7]):
        reason = Open(OpenReason.GENERATED, generated)
    elif site[7] and not found:
        reason = Open(OpenReason.UNKNOWN_VALUE, "no value is followed into code that cannot run")
    if any(target in recoded.places for target in found):
        reason, found = _without(solver, recoded, reason, found)
    rank = Rank.DEFINITE if site[7] else explainer.rank(ref, site[2])
    if kind == SiteKind.WITH.value:
        reason = CUT if reason is CUT else None
        rank = max(rank, Rank.TYPE)
    if not found:
        outside = _adding(explainer, ref, site[2])
        if not outside and kind == SiteKind.DECORATOR.value:
            outside = _factory(solver, ref, site[2])
        if outside:
            return Callees((ExternalId(outside),), (), Rank.TYPE, None)
    if not found and reason is None and solver.bound.is_stopped:
        reason = CUT
    if not found and reason is None:
        text = solver.program.site_text(ref, number)
        reason = Open(OpenReason.UNKNOWN_VALUE, f"`{text}` holds no object that is known")
    if reason is None and found and kind == SiteKind.CALL.value:
        reason = rebound.why_not_only(ref, site, found)
    found = that_bind(solver, ref, number, site, found)
    overrides = _overrides(solver, ref, site, found)
    if overrides:
        found = {target: edge for target, edge in found.items() if target not in overrides}
        reason = reason or overridden(_names(solver, overrides))
    receiver, name = _receiver(solver, ref, site)
    if reason is None and found:
        reason = overridden_by(solver, explainer, ref, receiver, name, found)
    if _is_wide(solver, explainer, ref, site, found):
        return _too_many(solver, found, rank)
    if found and all(edge.through for edge in found.values()):
        rank = max(rank, Rank.FLOW)
    # What is outside may call what it is given, and what that is was followed.
    hands_over = bool(site[4]) and any(isinstance(target, str) for target in found)
    if not explainer.is_final(max(rank, Rank.FLOW) if hands_over else rank):
        reason = reason or CUT
    made = callees_made(solver, found, rank, reason)
    return replace(made, is_declared=is_declared(solver, explainer, ref, receiver))


def guessed_callees(
    solver: Solver,
    explainer: Explainer,
    recoded: Recoded,
    ref: Ref,
    number: int,
    site: FlatSite,
) -> list[Callees]:
    """Callees that are guesses, one answer a tier."""
    found: list[Callees] = []
    cut = None if explainer.is_final(Rank.FLOW) else CUT
    edges = solver.edges.get((ref, SITE, number), {})
    strong: dict[Target, Edge] = {
        target: edge
        for target, edge in edges.items()
        if edge.phase == 0 and not isinstance(target, str)
    }
    replaced = {target: edge for target, edge in strong.items() if target in recoded.places}
    if replaced:
        made = callees_made(solver, replaced, Rank.FLOW, cut)
        found.append(replace(made, guess=Tier.DUCK))
        strong = {target: edge for target, edge in strong.items() if target not in replaced}
    strong = that_bind(solver, ref, number, site, strong)
    overrides = _overrides(solver, ref, site, strong)
    if overrides:
        found.append(replace(callees_made(solver, overrides, Rank.FLOW, cut), guess=Tier.DUCK))
        strong = {target: edge for target, edge in strong.items() if target not in overrides}
    is_wide = _is_wide(solver, explainer, ref, site, strong) and len(strong) <= WIDEST_GUESS
    if is_wide:
        found.append(
            replace(callees_made(solver, strong, Rank.FLOW, cut), guess=Tier.DUCK, is_wide=True)
        )
    for phase in (1, 2):
        of_phase = {target: edge for target, edge in edges.items() if edge.phase == phase}
        if of_phase:
            made = callees_made(solver, of_phase, Rank.FLOW, cut)
            found.append(replace(made, guess=GUESSES[phase]))
    return found


def _without(
    solver: Solver, recoded: Recoded, reason: Open | None, found: dict[Target, Edge]
) -> tuple[Open, dict[Target, Edge]]:
    """Leave out functions whose code is replaced: only who comes first runs the old one."""
    replaced = min(target for target in found if target in recoded.places)
    detail = f"the code of `{solver.flat(replaced).name}` is replaced at {recoded.places[replaced]}"
    kept = {target: edge for target, edge in found.items() if target not in recoded.places}
    return reason or Open(OpenReason.UNKNOWN_VALUE, detail), kept


def _overrides(
    solver: Solver, ref: Ref, site: FlatSite, found: Mapping[Target, Edge]
) -> dict[Target, Edge]:
    """Methods of classes below that `self.step()` may run in place of that of its own class.

    Where the tree makes objects of the class itself, and calls this method on none of the class
    that overrides, nothing tells that one comes here: on six packages, half of such overrides ran.
    """
    scope = solver.flat(ref)
    parts = cast(Any, scope.nodes[site[2]])
    if len(found) < 2 or parts[0] != flat.ATTR:
        return {}
    cls = (ref[0], scope.parent)
    if not is_receiver(scope, parts[1]) or cls not in solver.made:
        return {}
    owner, _ = find_member(solver, solver.definitions.order(cls), parts[2])
    if owner is None or not any(_class_of(solver, target) in (owner, None) for target in found):
        return {}  # `None`: the class binds something from outside, `make = dict`.
    definitions = solver.definitions
    below = {*definitions.subclasses(cls)}
    for received in solver.received.get(ref, ()):
        below.discard(find_member(solver, definitions.order(received), parts[2])[0] or cls)
    return {target: edge for target, edge in found.items() if _class_of(solver, target) in below}


def _class_of(solver: Solver, target: Target) -> Ref | None:
    return None if isinstance(target, str) else (target[0], solver.flat(target).parent)


def _names(solver: Solver, targets: Iterable[Target]) -> list[str]:
    return sorted(solver.program.id(target) for target in targets if not isinstance(target, str))


def _receiver(solver: Solver, ref: Ref, site: FlatSite) -> tuple[int, str]:
    """The node whose class decides what a site calls, and the name that is looked up there."""
    parts = cast(Any, solver.flat(ref).nodes[site[2]])
    return (parts[1], parts[2]) if parts[0] == flat.ATTR else (site[2], "__call__")


def _are_of_one_class(solver: Solver, explainer: Explainer, ref: Ref, node: int) -> bool:
    """Whether each object of a receiver that is known is of its class, and of none below."""
    below = solver.definitions.subclasses
    return all(
        item.kind is Kind.INSTANCE and (item.b or not below(cast(Ref, item.a)))
        for item in explainer.objects(ref, node)
    )


def _is_wide(
    solver: Solver, explainer: Explainer, ref: Ref, site: FlatSite, found: Mapping[Any, Edge]
) -> bool:
    """Whether a method is called on a receiver of more classes than tell anything."""
    methods = sum(edge.is_bound and not edge.through for edge in found.values())
    scope = solver.flat(ref)
    parts = cast(Any, scope.nodes[site[2]])
    if methods < 2 or parts[0] != flat.ATTR:
        return False
    objects = [item for item in explainer.objects(ref, parts[1]) if item.kind is Kind.INSTANCE]
    if not objects or max(methods, len({item.a for item in objects})) <= _WIDEST:
        return False  # Without objects it is a field that holds classes, or bound methods.
    if _are_of_one_class(solver, explainer, ref, parts[1]):
        return False
    # A method that calls `self.step()` runs what the class of its object has: the list is whole.
    return not is_receiver(scope, parts[1])


def _too_many(solver: Solver, found: Mapping[Any, Edge], rank: Rank) -> Callees | None:
    """A receiver of so many classes tells little: on six packages 2 of 3 such edges ran.

    Up to a limit its callees are listed as guesses.
    """
    outside = {target: edge for target, edge in found.items() if isinstance(target, str)}
    inside = len(found) - len(outside)
    if not outside and inside <= WIDEST_GUESS:
        return None
    reason = Open(OpenReason.TOO_MANY, f"{inside} possible callees")
    return callees_made(solver, outside, rank, reason)


def _adding(explainer: Explainer, ref: Ref, node: int) -> str:
    """What `@x.setter` and `@f.register` run, which add to a property and to a dispatcher."""
    names = {_ADDING.get(item.kind, "").format(item.b) for item in explainer.objects(ref, node)}
    return names.pop() if len(names) == 1 else ""


def _factory(solver: Solver, ref: Ref, node: int) -> str:
    """The function outside that makes a decorator, by whose name the decorator goes."""
    parts = cast(Any, solver.flat(ref).nodes[node])
    if parts[0] != flat.CALL:
        return ""
    targets = list(solver.edges.get((ref, SITE, parts[1]), {}))
    return targets[0] if len(targets) == 1 and isinstance(targets[0], str) else ""

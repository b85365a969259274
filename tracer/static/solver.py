"""What every call site may run, in the words that readers of effects and layouts use."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any, cast

from tracer.model.graph import OpenReason, SiteKind, Tier
from tracer.model.source import Callee, ExternalId, function_id
from tracer.static import flat
from tracer.static.flat import FlatScope, FlatSite, unpack_span
from tracer.static.outside.library import Library
from tracer.static.program import Program
from tracer.static.solving.binding import that_bind
from tracer.static.solving.definitions import Definitions
from tracer.static.solving.engine import SITE, Edge, Solver, Target
from tracer.static.solving.explaining import CUT, Explainer
from tracer.static.solving.lookup import find_member
from tracer.static.solving.member_views import instance_view
from tracer.static.solving.module_hooks import why_not_only
from tracer.static.solving.objects import Kind, Object, Ref
from tracer.static.solving.rebound import Rebound
from tracer.static.solving.recoding import Recoded
from tracer.static.solving.solution import solve_program
from tracer.static.summary import Expr, ImportedModule, ImportedName
from tracer.static.values import (
    NONE,
    ClassValue,
    External,
    ExternalInstance,
    ExternalMethod,
    FunctionValue,
    Instance,
    ModuleValue,
    Open,
    Rank,
    Value,
    Values,
)
from tracer.tables.load import EffectTable

SiteKey = tuple[Ref, int]
DEFAULT_TIERS = frozenset((Tier.DEFINITE, Tier.TYPE, Tier.FLOW))
_WIDEST = 2  # classes of a receiver whose methods differ
_WIDEST_GUESS = 8
_MOST_SURE = 1
_MOST_IMPLICIT = 1  # guesses at one place
_PROPERTY = SiteKind.PROPERTY.value
_CONVERTING = frozenset((SiteKind.BUILTIN_PROTOCOL.value, SiteKind.OPERATOR.value))
_PROTOCOL = SiteKind.BUILTIN_PROTOCOL.value
_TEXTS = frozenset(("__repr__", "__str__", "__format__"))
_GUESSES = (Tier.FLOW, Tier.DUCK, Tier.NAME)  # by phase


@dataclass(frozen=True, slots=True)
class Callees:
    """What a place may run, and how it was found."""

    ids: tuple[Callee, ...]
    functions: tuple[tuple[Ref, bool], ...]  # of the tree; whether the first parameter is bound
    rank: Rank
    open: Open | None
    through: tuple[tuple[Callee, str], ...] = ()  # callees that a function outside calls
    guess: Tier | None = None  # where they are guessed
    is_wide: bool = False  # every class that the receiver may have, and too many to tell much

    @property
    def tier(self) -> Tier:
        """How they were found, as the model says it."""
        return self.guess or self.rank.tier


@dataclass(frozen=True, slots=True)
class ImplicitCall:
    """A place where something runs that nobody calls by a call expression."""

    ref: Ref
    kind: SiteKind
    span: int
    callees: Callees


class Evaluator:
    """Answers what an expression may be, from the finished solution."""

    def __init__(self, program: Program, solver: Solver, explainer: Explainer) -> None:
        self.program = program
        self._solver = solver
        self._explainer = explainer
        self.definitions: Definitions = solver.definitions

    def forget(self) -> None:
        """Free what was solved."""
        vars(self._solver).clear()

    def value(self, ref: Ref, expr: Expr) -> Values:
        """What the expression of the scope may be."""
        node = self.program.view(ref).node_of.get(id(expr))
        if node is None:
            return self._imported(ref, expr)
        items = [
            value
            for item in self._explainer.objects(ref, node)
            if (value := self._as_value(item)) is not None
        ]
        return Values(
            tuple(dict.fromkeys(items)),
            self._explainer.rank(ref, node),
            self._explainer.why_open(ref, node),
        )

    def defined(self, ref: Ref, node: int) -> Value | None:
        """What a node is by imports and definitions alone."""
        number = self.definitions.node(ref, node)
        return self._as_value(self._solver.all[number]) if number else None

    def order(self, ref: Ref) -> tuple[Ref | str, ...]:
        """The method resolution order; external bases by dotted name, `?` for unknown ones."""
        return self.definitions.order(ref)

    def roles(self, ref: Ref) -> frozenset[str]:
        """`static`, `class`, `property`, `context`, `abstract`, `dataclass`: from decorators."""
        return self.definitions.roles(ref)

    def _imported(self, ref: Ref, expr: Expr) -> Values:
        number = 0
        match expr:
            case ImportedName():
                number = self.definitions.imported_name(ref[0], expr.level, expr.module, expr.name)
            case ImportedModule():
                number = self.definitions.imported_module(ref[0], expr.dotted, expr.is_whole)
        value = self._as_value(self._solver.all[number]) if number else None
        return NONE if value is None else Values((value,), Rank.DEFINITE)

    def _as_value(self, item: Object) -> Value | None:
        match item.kind:
            case Kind.MODULE:
                return ModuleValue(cast(str, item.a))
            case Kind.FUNCTION:
                return FunctionValue(cast(Ref, item.a))
            case Kind.BOUND:
                inner = self._as_value(self._solver.all[cast(int, item.a)])
                receiver = self._as_value(self._solver.all[cast(int, item.b)])
                if isinstance(inner, FunctionValue):
                    return FunctionValue(inner.ref, receiver)
                return inner
            case Kind.CLASS:
                return ClassValue(cast(Ref, item.a), cast(bool, item.b))
            case Kind.INSTANCE:
                return Instance(cast(Ref, item.a), cast(bool, item.b))
            case Kind.EXTERNAL:
                return External(cast(str, item.a))
            case Kind.FOREIGN:
                return ExternalInstance(cast(str, item.a))
            case Kind.STRING:
                return ExternalInstance("builtins.str")
            case Kind.METHOD:
                receiver = self._as_value(self._solver.all[cast(int, item.a)])
                if isinstance(receiver, ExternalInstance):
                    return ExternalMethod(receiver, cast(str, item.b))
            case Kind.GENERATOR:
                return ExternalInstance("builtins.generator")
            case Kind.COROUTINE:
                return ExternalInstance("builtins.coroutine")
        return None


@dataclass(frozen=True, slots=True)
class Solution:
    """The callees of every site that is one; and who was asked, for further questions."""

    program: Program
    evaluator: Evaluator
    callees: Mapping[SiteKey, Callees]
    implicit: tuple[ImplicitCall, ...] = ()
    guessed: tuple[tuple[SiteKey, Callees], ...] = ()  # of sites, in the tiers of guesses
    limits: tuple[str, ...] = ()  # what kept callees from being found, other than the sources

    def forget(self) -> None:
        """Free what was solved, once nobody will ask: its parts hold one another."""
        self.evaluator.forget()


def solve(
    program: Program,
    table: EffectTable,
    progress: Callable[[int, int], None] | None = None,
    library: Library | None = None,
    tiers: frozenset[Tier] = DEFAULT_TIERS,
    entries: Collection[int] | None = None,
    context: Collection[int] = (),
    most_work: int | None = None,
    shown: Collection[int] | None = None,
) -> Solution:
    """Resolve every site of the program.

    Args:
        progress: Called with (files done in both passes, twice the number of files).
        tiers: Guesses are made only where their tier is among these.
        entries: Files whose functions count as called by somebody; by default all.
        context: Files that are read for the values they pass.
        most_work: See `solve_program`.
        shown: Files whose sites somebody asks about; by default all. What stands for the others
            is not read off the solution.
    """
    files = len(program.paths)
    asked = frozenset(range(files) if shown is None else shown)

    def linked(done: int) -> None:
        if progress is not None:
            progress(done, 2 * files)

    library = library or Library()
    solver = solve_program(program, table, library, tiers, entries, context, linked, most_work)
    explainer = Explainer(solver)
    recoded = Recoded(solver, explainer)
    rebound = Rebound(solver, explainer)
    callees: dict[SiteKey, Callees] = {}
    guessed: list[tuple[SiteKey, Callees]] = []
    for file in range(files):
        for index, scope in enumerate(program.summaries[file].scopes if file in asked else ()):
            ref = (file, index)
            for number, site in enumerate(scope.sites):
                found = _callees_of(solver, explainer, recoded, rebound, ref, number, site)
                if found is not None:
                    callees[ref, number] = found
                for guess in _guesses(solver, explainer, recoded, ref, number, site):
                    guessed.append(((ref, number), guess))
        if progress is not None:
            progress(files + file + 1, 2 * files)
    evaluator = Evaluator(program, solver, explainer)
    implicit = tuple(
        call
        for call in _implicit(solver, explainer, asked)
        if call.callees.guess is None or call.callees.guess in tiers
    )
    allowed = tuple(guess for guess in guessed if guess[1].guess in tiers or guess[1].is_wide)
    library.save()
    return Solution(program, evaluator, callees, implicit, allowed, solver.bound.words())


def _callees_of(
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
        return _made(solver, {(ref[0], node[1]): Edge(0, "", False)}, Rank.DEFINITE, None)
    if kind == SiteKind.IMPORT.value:
        return _imported(solver, ref, cast(Any, solver.flat(ref).nodes[site[2]]))
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
    if kind == SiteKind.DECORATOR.value and not found:
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
        reason = reason or _overridden(solver, overrides)
    if _is_wide(solver, explainer, ref, site, found):
        return _too_many(solver, found, rank)
    if found and all(edge.through for edge in found.values()):
        rank = max(rank, Rank.FLOW)
    # What is outside may call what it is given, and what that is was followed.
    hands_over = bool(site[4]) and any(isinstance(target, str) for target in found)
    if not explainer.is_final(max(rank, Rank.FLOW) if hands_over else rank):
        reason = reason or CUT
    return _made(solver, found, rank, reason)


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
    if len(found) < 2 or parts[0] != flat.ATTR or scope.kind != "method":
        return {}
    cls = (ref[0], scope.parent)
    if not _is_receiver(scope, parts[1]) or cls not in solver.made:
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


def _overridden(solver: Solver, overrides: Mapping[Target, Edge]) -> Open:
    names = sorted(solver.program.id(target) for target in overrides if not isinstance(target, str))
    more = f" and {len(names) - 1} more" if len(names) > 1 else ""
    return Open(OpenReason.UNKNOWN_RECEIVER, f"`{names[0]}`{more} may run for a class below")


def _is_whole(solver: Solver, explainer: Explainer, ref: Ref, node: int) -> bool:
    """Whether all objects of a receiver are known, each to be of one class and of none below."""
    below = solver.definitions.subclasses
    return explainer.why_open(ref, node) is None and all(
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
    if _is_whole(solver, explainer, ref, parts[1]):
        return False
    # A method that calls `self.step()` runs what the class of its object has: the list is whole.
    return not (scope.kind == "method" and _is_receiver(scope, parts[1]))


def _is_receiver(scope: FlatScope, node: int) -> bool:
    parts = cast(Any, scope.nodes[node])
    return bool(parts[0] == flat.NAME and scope.parameters and parts[1] == scope.parameters[0][0])


def _too_many(solver: Solver, found: Mapping[Any, Edge], rank: Rank) -> Callees | None:
    """A receiver of so many classes tells little: on six packages 2 of 3 such edges ran.

    Up to a limit its callees are listed as guesses.
    """
    outside = {target: edge for target, edge in found.items() if isinstance(target, str)}
    inside = len(found) - len(outside)
    if inside > _WIDEST_GUESS:
        reason = Open(OpenReason.TOO_MANY, f"{inside} possible callees")
        return _made(solver, outside, rank, reason)
    return _made(solver, outside, rank, None) if outside else None


def _guesses(
    solver: Solver,
    explainer: Explainer,
    recoded: Recoded,
    ref: Ref,
    number: int,
    site: FlatSite,
) -> list[Callees]:
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
        made = _made(solver, replaced, Rank.FLOW, cut)
        found.append(replace(made, guess=Tier.DUCK))
        strong = {target: edge for target, edge in strong.items() if target not in replaced}
    strong = that_bind(solver, ref, number, site, strong)
    overrides = _overrides(solver, ref, site, strong)
    if overrides:
        found.append(replace(_made(solver, overrides, Rank.FLOW, cut), guess=Tier.DUCK))
        strong = {target: edge for target, edge in strong.items() if target not in overrides}
    is_wide = _is_wide(solver, explainer, ref, site, strong) and len(strong) <= _WIDEST_GUESS
    if is_wide:
        found.append(replace(_made(solver, strong, Rank.FLOW, cut), guess=Tier.DUCK, is_wide=True))
    for phase in (1, 2):
        of_phase = {target: edge for target, edge in edges.items() if edge.phase == phase}
        if of_phase:
            made = _made(solver, of_phase, Rank.FLOW, cut)
            found.append(replace(made, guess=_GUESSES[phase]))
    return found


def _is_sure(
    solver: Solver, explainer: Explainer, ref: Ref, what: str, span: int, edges: Mapping[Any, Any]
) -> bool:
    """Whether what runs implicitly follows from the operand's class alone.

    Where the operand may also be `None`, a string or an object of some other class, nothing of the
    tree need run at all: measured on six packages, fewer than one in four of such edges ran.
    """
    if _count(solver, edges) > _MOST_SURE:
        return False
    if what == _PROPERTY:
        if _is_elsewhere_plain(solver, explainer, ref, span):
            return False
        # A cached property runs once an object, and who comes first is not known.
        return not any(edge.is_once for edge in edges.values()) or _is_fresh(solver, ref, span)
    has_object = False
    for node in _operands(solver, ref, what, span):
        kinds = [item.kind for item in explainer.objects(ref, node)]
        if Kind.INSTANCE not in kinds:
            continue  # A container, of which nothing more is asked here.
        has_object = True
        if any(kind is not Kind.INSTANCE for kind in kinds) or explainer.may_be_none(ref, node):
            return False
    if has_object or not any(_name(solver, target) in _TEXTS for target in edges):
        return True
    # `str([x])` converts what a container holds, of which seldom all is known: 2 of 14 such ran.
    return any(
        _holds_objects(solver, explainer, ref, node) for node in _operands(solver, ref, what, span)
    )


def _holds_objects(solver: Solver, explainer: Explainer, ref: Ref, node: int) -> bool:
    """Whether a node is a display of nothing but objects of the tree."""
    parts = cast(Any, solver.flat(ref).nodes[node])
    if parts[0] == flat.NAME and len(parts[2]) == 1 and parts[2][0] >= 0:
        parts = cast(Any, solver.flat(ref).nodes[solver.flat(ref).bindings[parts[2][0]][1]])
    if parts[0] != flat.LITERAL:
        return False
    _, elements, keys, is_open, _ = solver.flat(ref).containers[parts[1]]
    held = [node for node in (*elements, *keys) if node >= 0]
    return (
        not is_open
        and len(held) >= len(elements)
        and all(explainer.why_open(ref, node) is None for node in held)
        and any(
            item.kind is Kind.INSTANCE for node in held for item in explainer.objects(ref, node)
        )
    )


def _name(solver: Solver, target: Target) -> str:
    return "" if isinstance(target, str) else solver.flat(target).name


def _is_elsewhere_plain(solver: Solver, explainer: Explainer, ref: Ref, span: int) -> bool:
    """Whether an attribute is a property for some of the receiver's classes only."""
    for parts in cast(Any, solver.flat(ref).nodes):
        if parts[0] != flat.ATTR or parts[3] != span:
            continue
        for item in explainer.objects(ref, parts[1]):
            if item.kind is Kind.INSTANCE:
                view = instance_view(solver, item.a, item.b, parts[2])  # type: ignore[arg-type]
                if len(view.owners) > 1:
                    return True
    return False


def _is_fresh(solver: Solver, ref: Ref, span: int) -> bool:
    """Whether an attribute is read from an object that was just made, or where all begins."""
    nodes = cast(Any, solver.flat(ref).nodes)
    return solver.flat(ref).parent < 0 or any(
        parts[0] == flat.ATTR and parts[3] == span and nodes[parts[1]][0] == flat.CALL
        for parts in nodes
    )


def _count(solver: Solver, edges: Mapping[Any, Any]) -> int:
    """The most callees of one name: `__iter__` and `__next__` run one after the other."""
    names = Counter(solver.flat(target).name for target in edges if not isinstance(target, str))
    return max(names.values(), default=0)


def _operands(solver: Solver, ref: Ref, what: str, span: int) -> list[int]:
    """The nodes whose classes decide what an implicit call runs."""
    scope = solver.flat(ref)
    found: list[int] = []
    for parts in cast(Any, scope.nodes):
        op = parts[0]
        if op == flat.PROTOCOL:
            if what == _PROTOCOL and parts[3] == span:
                found.append(parts[2])
        elif op == flat.ATTR:
            if parts[3] == span:
                found.append(parts[1])
        elif op == flat.ITEM:
            if parts[3] == span:
                found.extend((parts[1], parts[2]))
        elif op == flat.ELEMENT:
            if parts[2] == span:
                found.append(parts[1])
        elif op == flat.UNPACK:
            if parts[5] == span:
                found.append(parts[1])
        elif op == flat.UNARY:
            if parts[3] == span:
                found.append(parts[2])
        elif op == flat.COMPARE and parts[4] == span:
            found.extend((parts[3], parts[2]) if parts[1] == "__contains__" else (parts[2],))
    if what == _PROTOCOL:
        for site in scope.sites:
            if site[1] == span:
                found.extend(node for _, node, _ in site[4])
    return found


def _why_open_operand(
    solver: Solver, explainer: Explainer, ref: Ref, what: str, span: int
) -> Open | None:
    """Why the method of another object may run there instead."""
    nodes = cast(Any, solver.flat(ref).nodes)
    left = [parts[2] for parts in nodes if parts[0] == flat.OPERATE and parts[4] == span]
    # Of a key or an element only the hash and the comparison run.
    inner = {
        parts[2]
        for parts in nodes
        if (parts[0] == flat.ITEM and parts[3] == span)
        or (parts[0] == flat.COMPARE and parts[4] == span and parts[1] == "__contains__")
    }
    for node in (*_operands(solver, ref, what, span), *left):
        reason = None if node in inner else explainer.why_open(ref, node)
        if reason is not None:
            return reason
    return None


def _implicit(
    solver: Solver, explainer: Explainer, asked: Collection[int]
) -> tuple[ImplicitCall, ...]:
    found: list[ImplicitCall] = []
    cut = None if explainer.is_final(Rank.FLOW) else CUT  # What was not found may hide more.
    for (ref, what, span), edges in solver.edges.items():
        if what == SITE or what == "nowhere" or not span or ref[0] not in asked:
            continue
        is_sure = _is_sure(solver, explainer, ref, what, span, edges)
        if not is_sure and (what in _CONVERTING or _count(solver, edges) > _MOST_IMPLICIT):
            continue  # Unknown: measured on six packages, one in three of such edges ran.
        for phase in (0, 1, 2):
            of_phase = {
                target: edge
                for target, edge in edges.items()
                if (edge.phase if is_sure else max(edge.phase, 1)) == phase
            }
            if not of_phase:
                continue
            why = cut
            if why is None and what == _PROPERTY:
                why = why_not_only(solver, explainer, ref, span, of_phase)
            elif why is None:
                why = _why_open_operand(solver, explainer, ref, what, span)
            made = _made(solver, of_phase, Rank.TYPE, why)
            if phase:
                made = replace(made, guess=_GUESSES[phase])
            found.append(ImplicitCall(ref, SiteKind(what), span, made))
    return tuple(sorted(found, key=lambda call: (call.ref, call.span, call.kind, call.callees.ids)))


def _made(solver: Solver, edges: Mapping[Any, Edge], rank: Rank, reason: Open | None) -> Callees:
    ids: dict[Callee, None] = {}
    functions: list[tuple[Ref, bool]] = []
    through: list[tuple[Callee, str]] = []
    for target, edge in edges.items():
        if isinstance(target, str):
            callee: Callee = ExternalId(target)
        else:
            callee = solver.program.id(target)
            functions.append((target, edge.is_bound))
        ids[callee] = None
        if edge.through:
            through.append((callee, edge.through))
    return Callees(
        tuple(sorted(ids)), tuple(sorted(functions)), rank, reason, tuple(sorted(through))
    )


def _factory(solver: Solver, ref: Ref, node: int) -> str:
    """The function outside that makes a decorator, by whose name the decorator goes."""
    parts = cast(Any, solver.flat(ref).nodes[node])
    if parts[0] != flat.CALL:
        return ""
    targets = list(solver.edges.get((ref, SITE, parts[1]), {}))
    return targets[0] if len(targets) == 1 and isinstance(targets[0], str) else ""


def _imported(solver: Solver, ref: Ref, parts: Any) -> Callees | None:
    """The module bodies that an import may run; packages that hold the importer run before it."""
    importer = ref[0]
    modules = solver.program.modules
    if parts[0] == flat.IMPORT:
        target = modules.resolve(importer, parts[1])
        dotted = parts[1]
        locations = modules.chain(target, importer, parts[1])
    elif not parts[3]:
        _, level, module, _ = parts
        target = modules.resolve_relative(importer, level, module)
        dotted = target.dotted
        if level:
            locations = [] if target.location is None else [target.location]
        else:
            locations = modules.chain(target, importer, module)
    else:
        _, level, module, name = parts
        package = modules.resolve_relative(importer, level, module)
        if package.location is None:
            return None
        submodule = modules.submodule(package.location, name)
        number = solver.definitions.imported_name(importer, level, module, name)
        if submodule is None or solver.all[number] != Object(Kind.MODULE, submodule):
            return _absent(solver, package.location, name)
        target, dotted, locations = package, submodule, [submodule]
    path = solver.program.paths[importer]
    files = [
        modules.file_of(location) for location in locations if not path.startswith(f"{location}/")
    ]
    ids = tuple(
        sorted(
            {
                function_id(solver.program.paths[file], "<module>")
                for file in files
                if file is not None and file != importer
            }
        )
    )
    if target.location is None and target.is_missing:
        reason = Open(OpenReason.MISSING_MODULE, f"`{dotted}` is not below the root")
        return Callees(ids, (), Rank.DEFINITE, reason)
    return Callees(ids, (), Rank.DEFINITE, None) if ids else None


def _absent(solver: Solver, location: str, name: str) -> Callees | None:
    """A name that a module of the tree does not bind."""
    from tracer.static.solving.names import is_absent, is_stored_only

    file = solver.program.modules.file_of(location)
    dotted = solver.program.modules.dotted(location)
    if file is None:
        if solver.program.modules.submodule(location, name) is not None:
            return None
        reason = Open(OpenReason.MISSING_MODULE, f"`{dotted}.{name}` is not below the root")
        return Callees((), (), Rank.DEFINITE, reason)
    if not solver.program.summaries[file].scopes:
        problem = solver.program.summaries[file].problem
        detail = f"`{solver.program.paths[file]}` could not be read: {problem}"
        return Callees((), (), Rank.DEFINITE, Open(OpenReason.UNKNOWN_MEMBER, detail))
    if not is_absent(solver, location, name) or is_stored_only(solver, file, name):
        return None
    if solver.definitions.members((file, 0)).get("__getattr__"):
        return None
    reason = Open(OpenReason.UNKNOWN_MEMBER, f"`{dotted}` binds no `{name}`")
    return Callees((), (), Rank.DEFINITE, reason)


__all__ = ["Callees", "Evaluator", "ImplicitCall", "Solution", "solve", "unpack_span"]

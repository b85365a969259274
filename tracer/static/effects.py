"""What calls and stores do to the world: files, archives, and state that outlasts them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tracer.model.graph import Effect, EffectKind, SiteKind, Tier
from tracer.model.source import Callee, FunctionKind, Span, is_function
from tracer.static.evaluation.callees import Callees
from tracer.static.excerpts import Excerpts
from tracer.static.program import map_arguments
from tracer.static.quoting import quote
from tracer.static.solver import Solution
from tracer.static.state import Places
from tracer.static.summary import (
    Access,
    AccessKind,
    Argument,
    Attribute,
    Called,
    Constant,
    Entered,
    Expr,
    Literal,
    Name,
    Site,
)
from tracer.static.values import (
    ClassValue,
    External,
    ExternalInstance,
    Instance,
    ModuleValue,
    Rank,
    Ref,
)
from tracer.tables.load import ArgumentRef, EffectRule, EffectTable

_TEXT_LIMIT = 100
_PASSERS_SHOWN = 3
_LONGEST_PASSING = 6  # functions that a state object is handed through
_ITEM_METHODS = {
    AccessKind.SET_ITEM: "__setitem__",
    AccessKind.GET_ITEM: "__getitem__",
    AccessKind.DELETE_ITEM: "__delitem__",
    AccessKind.CONTAINS: "__contains__",
}
_ITEM_OPERATIONS = {
    AccessKind.SET_ITEM: "{}[...] =",
    AccessKind.GET_ITEM: "{}[...]",
    AccessKind.DELETE_ITEM: "del {}[...]",
    AccessKind.CONTAINS: "in {}",
}
_WRITES = frozenset((AccessKind.SET_ITEM, AccessKind.DELETE_ITEM))
_CONTAINERS = frozenset(
    ["builtins.dict", "builtins.list", "builtins.set", "builtins.tuple", "builtins.str"]
)


@dataclass(frozen=True, slots=True)
class KeyedAccess:
    """A function that reads or writes a place under a key which its caller gives."""

    place: str
    parameter: int
    kind: EffectKind


@dataclass(frozen=True, slots=True)
class _Mutation:
    """A function stores into an object that its caller gives."""

    span: Span
    operation: str  # with `{}` for the object
    path: str
    guard: int
    is_unreachable: bool
    ref: Ref  # the function that stores, which may be one that the first one calls
    keys: tuple[str, ...] = ()


class EffectReader:
    """Reads effects off a solved program."""

    def __init__(
        self, solution: Solution, table: EffectTable, excerpts: Sequence[Excerpts | None]
    ) -> None:
        self._solution = solution
        self._program = solution.program
        self._evaluator = solution.evaluator
        self._table = table
        self._excerpts = excerpts
        self.places = Places(solution.evaluator)
        self._rules: dict[str, EffectRule | None] = {}
        self.keyed: dict[Ref, list[KeyedAccess]] = defaultdict(list)
        self._mutations: dict[tuple[Ref, int], list[_Mutation]] = defaultdict(list)
        self.written: frozenset[str] = frozenset()

    def read(self) -> list[tuple[Ref, int, Effect]]:
        """All effects, in no order, each with its scope and the number of its guard there.

        Reads of state are told only of objects that something writes: a table of constants that
        is looked up is no state.
        """
        found: list[tuple[Ref, int, Effect]] = []
        for ref in self._program.refs():
            for number, site in enumerate(self._program.scope(ref).sites):
                callees = self._solution.callees.get((ref, number))
                if callees is not None and site.kind in (SiteKind.CALL, SiteKind.WITH):
                    found.extend(
                        (ref, site.guard, effect) for effect in self._of_site(ref, site, callees)
                    )
            for access in self._program.scope(ref).accesses:
                found.extend((ref, access.guard, effect) for effect in self._of_access(ref, access))
        found.extend(self._through_calls())
        self.written = frozenset(
            effect.subject for _, _, effect in found if effect.kind is EffectKind.STATE_WRITE
        )
        return [
            (ref, guard, effect)
            for ref, guard, effect in found
            if effect.kind is not EffectKind.STATE_READ or effect.subject in self.written
        ]

    # -- external calls ----------------------------------------------------------------------

    def _of_site(self, ref: Ref, site: Site, callees: Callees) -> Iterable[Effect]:
        tier = callees.rank.tier
        for callee in callees.ids:
            if is_function(callee):
                continue
            rule = self._rule(callee)
            if rule is not None:
                yield from self._by_rule(ref, site, callee, rule, tier)
            yield from self._of_state_method(ref, site, callee)

    def _rule(self, dotted: str) -> EffectRule | None:
        if dotted not in self._rules:
            self._rules[dotted] = self._table.effect(dotted)
        return self._rules[dotted]

    def _by_rule(
        self, ref: Ref, site: Site, callee: Callee, rule: EffectRule, tier: Tier
    ) -> Iterable[Effect]:
        note = rule.note
        kinds = [rule.write] if rule.read is rule.write else []
        if not kinds:
            mode = self._mode(site, rule)
            if mode is None:
                kinds = [rule.read, rule.write]
                note = "; ".join(filter(None, [note, "the mode is not a constant"]))
            else:
                kinds = [rule.write if set("wax+") & set(mode.split(":")[0]) else rule.read]
        for kind in kinds:
            yield Effect(
                function=self._program.id(ref),
                span=site.span,
                kind=kind,
                operation=callee,
                subject=self._argument_text(ref, site, rule.subject, follow=True),
                payload=self._argument_text(ref, site, rule.payload, follow=False),
                keys=self._constant_keys(_argument(site, rule.keys)),
                note=note,
                tier=tier,
                is_unreachable=site.is_unreachable,
                is_auxiliary=rule.is_auxiliary,
            )

    def _mode(self, site: Site, rule: EffectRule) -> str | None:
        argument = _argument(site, rule.mode)
        if argument is None:
            has_stars = any(argument.name in ("*", "**") for argument in site.arguments)
            return None if has_stars else rule.default_mode
        value = argument.value
        if isinstance(value, Constant) and isinstance(value.value, str):
            return value.value
        return None

    def _argument_text(self, ref: Ref, site: Site, which: ArgumentRef | None, follow: bool) -> str:
        if which is None:
            return ""
        if which.text is not None:
            return which.text
        if which.is_all_keywords:
            names = [argument.name for argument in site.arguments if argument.name not in ("", "*")]
            return ", ".join(names)
        if which.is_receiver:
            if not isinstance(site.callee, Attribute):
                return ""
            origin = self._origin(ref, site.callee.base) if follow else ""
            return origin or site.text.rpartition(".")[0]
        argument = _argument(site, which)
        if argument is None:
            return ""
        origin = self._origin(ref, argument.value) if follow else ""
        return origin or self._text(ref, argument.span)

    def _text(self, ref: Ref, span: Span) -> str:
        excerpts = self._excerpts[ref[0]]
        return "" if excerpts is None else quote(excerpts.at(span), _TEXT_LIMIT)

    def _origin(self, ref: Ref, expr: Expr, depth: int = 0) -> str:
        """What the object was made from: for an open file, the path that was opened."""
        if depth > 4:
            return ""
        match expr:
            case Name():
                bindings = self._program.reaching(ref, expr)
                if len(bindings) != 1:
                    return ""
                value = self._program.scope(ref).bindings[bindings[0]].value
                return self._origin(ref, value, depth + 1)
            case Attribute():
                return self._origin(ref, expr.base, depth + 1)
            case Entered():
                return self._origin(ref, expr.base, depth + 1)
            case Called():
                return self._opened(ref, expr.site, depth)
        return ""

    def _opened(self, ref: Ref, number: int, depth: int) -> str:
        callees = self._solution.callees.get((ref, number))
        if callees is None or len(callees.ids) != 1 or is_function(callees.ids[0]):
            return ""
        rule = self._rule(callees.ids[0])
        if rule is None or rule.subject is None or rule.read is rule.write:
            return ""  # Only what has a mode opens something.
        site = self._program.scope(ref).sites[number]
        if rule.subject.is_receiver:
            if not isinstance(site.callee, Attribute):
                return ""
            inner = self._origin(ref, site.callee.base, depth + 1)
            return inner or site.text.rpartition(".")[0]
        argument = _argument(site, rule.subject)
        return "" if argument is None else self._text(ref, argument.span)

    def _constant_keys(self, argument: Argument | None) -> tuple[str, ...]:
        return () if argument is None else _key(argument.value)

    # -- stores and reads --------------------------------------------------------------------

    def _of_access(self, ref: Ref, access: Access) -> Iterable[Effect]:
        match access.kind:
            case AccessKind.SET_ATTRIBUTE | AccessKind.DELETE_ATTRIBUTE:
                yield from self._of_attribute(ref, access)
            case AccessKind.SET_GLOBAL:
                file = ref[0]
                subject = f"{self._program.names[file]}.{access.name}"
                yield self._state(ref, access, EffectKind.STATE_WRITE, subject, f"{subject} =")
            case AccessKind.SET_NONLOCAL:
                return
            case _:
                yield from self._of_item(ref, access)

    def _of_attribute(self, ref: Ref, access: Access) -> Iterable[Effect]:
        owner = self._owner(ref, access.base)
        if owner is None:
            return
        subject = f"{owner}.{access.name}"
        is_delete = access.kind is AccessKind.DELETE_ATTRIBUTE
        operation = f"del {subject}" if is_delete else f"{subject} ="
        yield self._state(ref, access, EffectKind.STATE_WRITE, subject, operation)

    def _owner(self, ref: Ref, base: Expr) -> str | None:
        """The module, class or module-level object whose attribute is set."""
        items = self._evaluator.value(ref, base).items
        if len(items) != 1:
            return None
        match items[0]:
            case ModuleValue(location=location):
                return self._program.modules.dotted(location)
            case ClassValue(ref=owner):
                return self._program.dotted(owner)
            case Instance() if self._program.class_of_receiver(ref, base) is None:
                place = self.places.of(ref, base)
                return None if place is None or self._is_own(ref, place) else place
        return None

    def _of_item(self, ref: Ref, access: Access) -> Iterable[Effect]:
        place = self.places.of(ref, access.base)
        is_write = access.kind in _WRITES
        if place is not None and not self._is_own(ref, place):
            kind = EffectKind.STATE_WRITE if is_write else EffectKind.STATE_READ
            operation = _ITEM_OPERATIONS[access.kind].format(place)
            yield self._state(ref, access, kind, place, operation)
            self._note_keyed(ref, access.key, place, kind)
        elif is_write:
            self._note_mutation(
                ref,
                access.base,
                access.span,
                _ITEM_OPERATIONS[access.kind],
                access.guard,
                access.is_unreachable,
                _key(access.key),
            )
        values = self._evaluator.value(ref, access.base)
        for item in values.items:
            if not isinstance(item, External | ExternalInstance) or item.dotted in _CONTAINERS:
                continue
            operation = f"{item.dotted}.{_ITEM_METHODS[access.kind]}"
            rule = self._rule(operation)
            if rule is None:
                continue
            subject = rule.subject.text if rule.subject is not None else None
            yield Effect(
                function=self._program.id(ref),
                span=access.span,
                kind=rule.write if is_write else rule.read,
                operation=operation,
                subject=subject or self._origin(ref, access.base),
                payload="" if access.value_span is None else self._text(ref, access.value_span),
                keys=_key(access.key),
                note=rule.note,
                tier=max(values.rank, Rank.TYPE).tier,
                is_unreachable=access.is_unreachable,
            )

    def _is_own(self, ref: Ref, place: str) -> bool:
        """Whether module code touches a variable of its own module: that is how it is made."""
        scope = self._program.scope(ref)
        name = self._program.names[ref[0]]
        return scope.kind is FunctionKind.MODULE and (
            place.startswith(f"{name}.") and "." not in place[len(name) + 1 :]
        )

    def _state(
        self, ref: Ref, access: Access, kind: EffectKind, subject: str, operation: str
    ) -> Effect:
        return Effect(
            function=self._program.id(ref),
            span=access.span,
            kind=kind,
            operation=operation,
            subject=subject,
            payload="" if access.value_span is None else self._text(ref, access.value_span),
            keys=_key(access.key),
            tier=Tier.DEFINITE,
            is_unreachable=access.is_unreachable,
        )

    def _of_state_method(self, ref: Ref, site: Site, callee: str) -> Iterable[Effect]:
        is_write = callee in self._table.state_writers
        if not (is_write or callee in self._table.state_readers):
            return
        if not isinstance(site.callee, Attribute):
            return
        name = site.callee.name
        place = self.places.of(ref, site.callee.base)
        positional = [argument for argument in site.arguments if not argument.name]
        if place is None:
            if is_write:
                self._note_mutation(
                    ref,
                    site.callee.base,
                    site.span,
                    f"{{}}.{name}",
                    site.guard,
                    site.is_unreachable,
                    self._update_keys(ref, site),
                )
            return
        if self._is_own(ref, place):
            return
        kind = EffectKind.STATE_WRITE if is_write else EffectKind.STATE_READ
        if positional:
            self._note_keyed(ref, positional[0].value, place, kind)
        yield Effect(
            function=self._program.id(ref),
            span=site.span,
            kind=kind,
            operation=f"{place}.{name}",
            subject=place,
            payload=self._text(ref, positional[0].span) if positional and is_write else "",
            keys=self._update_keys(ref, site),
            tier=Tier.TYPE,
            is_unreachable=site.is_unreachable,
        )

    def _update_keys(self, ref: Ref, site: Site) -> tuple[str, ...]:
        """The constant keys that a method of a dict names."""
        keys: set[str] = set()
        for argument in site.arguments:
            match argument.value:
                case Literal(container=index) if not argument.name:
                    for key in self._program.scope(ref).containers[index].keys:
                        keys.update(_key(key))
                case Constant() if argument is site.arguments[0]:
                    keys.update(_key(argument.value))
            if argument.name not in ("", "*", "**") and site.text.endswith(".update"):
                keys.add(argument.name)
        return tuple(sorted(keys))

    # -- through calls of the tree -----------------------------------------------------------

    def _note_keyed(self, ref: Ref, key: Expr, place: str, kind: EffectKind) -> None:
        parameter = self._program.parameter_index(ref, key)
        found = None if parameter is None else KeyedAccess(place, parameter, kind)
        if found is not None and found not in self.keyed[ref]:
            self.keyed[ref].append(found)

    def _note_mutation(
        self,
        ref: Ref,
        base: Expr,
        span: Span,
        operation: str,
        guard: int,
        is_unreachable: bool,
        keys: tuple[str, ...],
    ) -> None:
        parameter = self._program.parameter_index(ref, base)
        if parameter is None:
            return
        path = self._program.paths[ref[0]]
        self._mutations[ref, parameter].append(
            _Mutation(span, operation, path, guard, is_unreachable, ref, keys)
        )

    def _through_calls(self) -> list[tuple[Ref, int, Effect]]:
        """State that a caller hands to a function, as an object or as a key."""
        self._hand_on()
        found: list[tuple[Ref, int, Effect]] = []
        passers: dict[tuple[Ref, int, str], list[str]] = defaultdict(list)
        for (ref, number), callees in self._solution.callees.items():
            site = self._program.scope(ref).sites[number]
            for function, is_bound in callees.functions:
                found.extend(
                    (ref, site.guard, effect)
                    for effect in self._keyed_effects(ref, site, function, is_bound)
                )
                for parameter, place in self._passed_places(ref, site, function, is_bound):
                    mutations = self._mutations.get((function, parameter))
                    if not mutations:
                        continue
                    anchor = f"{self._program.paths[ref[0]]}:{site.span.line}"
                    passers[function, parameter, place].append(anchor)
                    effect = self._handed_over(ref, site, function, parameter, place, mutations)
                    found.append((ref, site.guard, effect))
        for (function, parameter, place), anchors in sorted(passers.items()):
            found.extend(self._at_callee(function, parameter, place, anchors))
        return found

    def _passed_places(
        self, ref: Ref, site: Site, function: Ref, is_bound: bool
    ) -> Iterable[tuple[int, str]]:
        scope = self._program.scope(function)
        for parameter, argument in map_arguments(scope, site, is_bound):
            value = site.arguments[argument].value
            if isinstance(value, Name | Attribute):
                place = self.places.of(ref, value)
                if place is not None and not self._is_own(ref, place):
                    yield parameter, place

    def _hand_on(self) -> None:
        """Let a function that hands its parameter to a storing one count as storing."""
        for _ in range(_LONGEST_PASSING):
            added = False
            for (ref, number), callees in self._solution.callees.items():
                site = self._program.scope(ref).sites[number]
                for function, is_bound in callees.functions:
                    scope = self._program.scope(function)
                    for parameter, argument in map_arguments(scope, site, is_bound):
                        inner = self._mutations.get((function, parameter))
                        if not inner:
                            continue
                        own = self._program.parameter_index(ref, site.arguments[argument].value)
                        if own is None or (ref, own) == (function, parameter):
                            continue
                        known = self._mutations[ref, own]
                        for mutation in inner:
                            if mutation not in known:
                                known.append(mutation)
                                added = True
            if not added:
                return

    def _handed_over(
        self,
        ref: Ref,
        site: Site,
        function: Ref,
        parameter: int,
        place: str,
        mutations: Sequence[_Mutation],
    ) -> Effect:
        name = self._program.scope(function).parameters[parameter].name
        places = sorted({f"{mutation.path}:{mutation.span.line}" for mutation in mutations})
        return Effect(
            function=self._program.id(ref),
            span=site.span,
            kind=EffectKind.STATE_WRITE,
            operation=self._program.dotted(function),
            subject=place,
            keys=tuple(sorted({key for mutation in mutations for key in mutation.keys})),
            note=f"stores into its parameter `{name}` at {_listed(places)}",
            tier=Tier.FLOW,
            is_unreachable=site.is_unreachable,
        )

    def _at_callee(
        self, function: Ref, parameter: int, place: str, anchors: Sequence[str]
    ) -> Iterable[tuple[Ref, int, Effect]]:
        for mutation in self._mutations[function, parameter]:
            if mutation.ref != function:
                continue  # Told where it stands, if a place is handed that far.
            name = self._program.scope(function).parameters[parameter].name
            yield (
                function,
                mutation.guard,
                Effect(
                    function=self._program.id(function),
                    span=mutation.span,
                    kind=EffectKind.STATE_WRITE,
                    operation=mutation.operation.format(place),
                    subject=place,
                    keys=mutation.keys,
                    note=f"as parameter `{name}`, from {_listed(sorted(set(anchors)))}",
                    tier=Tier.FLOW,
                    is_unreachable=mutation.is_unreachable,
                ),
            )

    def _keyed_effects(
        self, ref: Ref, site: Site, function: Ref, is_bound: bool
    ) -> Iterable[Effect]:
        """`params.get('k')` reads `params.cfg['k']`, if that is what the function does."""
        for access in self.keyed.get(function, ()):
            key = self.constant_argument(site, function, is_bound, access.parameter)
            if key is None:
                continue
            yield Effect(
                function=self._program.id(ref),
                span=site.span,
                kind=access.kind,
                operation=self._program.dotted(function),
                subject=access.place,
                keys=(key,),
                tier=Tier.FLOW,
                is_unreachable=site.is_unreachable,
            )

    def constant_argument(
        self, site: Site, function: Ref, is_bound: bool, parameter: int
    ) -> str | None:
        """The constant string that a call passes for a parameter."""
        scope = self._program.scope(function)
        for index, argument in map_arguments(scope, site, is_bound):
            if index == parameter:
                keys = _key(site.arguments[argument].value)
                return keys[0] if keys else None
        return None


def _argument(site: Site, which: ArgumentRef | None) -> Argument | None:
    if which is None:
        return None
    position = 0
    for argument in site.arguments:
        if argument.name == "*":
            position = 1 << 20
        elif argument.name == "":
            if position == which.position:
                return argument
            position += 1
        elif which.keyword and argument.name == which.keyword:
            return argument
    return None


def _key(expr: Expr) -> tuple[str, ...]:
    if isinstance(expr, Constant) and isinstance(expr.value, str):
        return (quote(expr.value, _TEXT_LIMIT),)
    return ()


def _listed(texts: Sequence[str]) -> str:
    shown = ", ".join(texts[:_PASSERS_SHOWN])
    more = len(texts) - _PASSERS_SHOWN
    return f"{shown} and {more} more" if more > 0 else shown

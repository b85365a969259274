"""What an expression may be: definitions, imports, types and simple values, on demand.

Reading is flow-sensitive within a scope (the summary holds which bindings reach a name) and
insensitive to contexts. A function has one answer for all its callers, except that a parameter
which it returns as it is comes back as the argument of the call at hand.
"""

from __future__ import annotations

import builtins
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from tracer.model.graph import OpenReason
from tracer.model.source import Callee, ExternalId, FunctionKind
from tracer.static.hierarchy import linearise
from tracer.static.program import Program, map_arguments
from tracer.static.summary import (
    NOTHING,
    Attribute,
    Awaited,
    Binding,
    Called,
    Constant,
    Defined,
    Either,
    Element,
    Entered,
    Expr,
    Group,
    ImportedModule,
    ImportedName,
    Item,
    Literal,
    Name,
    Narrowed,
    Operation,
    ParameterKind,
    ParameterValue,
    Raised,
    Site,
    Unknown,
)
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
    Ref,
    SuperValue,
    Value,
    Values,
    one,
    union,
    unknown,
)
from tracer.tables.load import EffectTable, TypeTemplate

DEEPEST = 250
"""Steps from one value to the next; what lies deeper is open."""

_ROUNDS = 4
_NEVER = 1 << 30
_BUILTINS = frozenset(dir(builtins))
_BUILTIN_MEMBERS = {
    f"builtins.{kind.__name__}": frozenset(dir(kind))
    for kind in (str, bytes, int, float, bool, complex, dict, list, tuple, set, frozenset, slice)
}
_OBJECT_MEMBERS = frozenset(dir(object))
_MODULE_NAMES = frozenset(("__name__", "__file__", "__doc__", "__package__"))
_UNKNOWN_BASE = "?"
_FIRST_IS_CLASS = frozenset(("__new__", "__init_subclass__", "__class_getitem__"))
_WRAPPING_TYPES = frozenset(
    [
        "typing.Annotated",
        "typing.Final",
        "typing.ClassVar",
        "typing.Required",
        "typing.NotRequired",
        "typing.ReadOnly",
        "dataclasses.InitVar",
        "typing.Awaitable",
    ]
)
_SEQUENCES = frozenset(
    ["builtins.list", "builtins.set", "builtins.frozenset", "builtins.generator", "typing.Iterable"]
)
_CONTEXT = "contextlib._GeneratorContextManager"


@dataclass(slots=True)
class Facts:
    """What only the call sites and stores of the whole tree tell; gathered by a first pass."""

    arguments: dict[tuple[Ref, int], list[tuple[Ref, Expr]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    module_stores: dict[tuple[str, str], list[tuple[Ref, Expr]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    instance_stores: dict[tuple[Ref, str], list[tuple[Ref, Expr]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    container_items: dict[tuple[Ref, int], list[tuple[Expr, Ref, Expr]]] = field(
        default_factory=lambda: defaultdict(list)
    )


@dataclass(frozen=True, slots=True)
class Callees:
    """What a call site may run, and how it was found."""

    ids: tuple[Callee, ...]
    functions: tuple[tuple[Ref, bool], ...]  # of the tree; whether the first parameter is bound
    rank: Rank
    open: Open | None


class Evaluator:
    """Answers questions about expressions; the same question is solved once."""

    def __init__(self, program: Program, table: EffectTable, facts: Facts | None = None) -> None:
        self.program = program
        self.table = table
        self.facts = Facts() if facts is None else facts
        self._memo: dict[Hashable, Values] = {}
        self._active: dict[Hashable, int] = {}
        self._approximations: dict[Hashable, Values] = {}
        self._provisional: dict[Hashable, tuple[int, Values]] = {}
        self._floor = _NEVER
        self._orders: dict[Ref, tuple[Ref | str, ...]] = {}
        self._active_orders: set[Ref] = set()
        self._subclasses: dict[Ref, list[Ref]] | None = None
        self._roles: dict[Ref, frozenset[str]] = {}
        self._returned: dict[str, TypeTemplate | None] = {}
        self._attributes: dict[str, TypeTemplate | None] = {}

    # -- questions ---------------------------------------------------------------------------

    def value(self, ref: Ref, expr: Expr) -> Values:
        """What the expression of the scope may be."""
        return _READERS[type(expr)](self, ref, expr)

    def callees(self, ref: Ref, site: Site) -> Callees:
        """What the call site may run."""
        values = self.value(ref, site.callee)
        ids: dict[Callee, None] = {}
        functions: dict[tuple[Ref, bool], None] = {}
        reason = values.open
        rank = values.rank
        for item in values.items:
            found = self._called(item)
            ids.update(dict.fromkeys(found.ids))
            functions.update(dict.fromkeys(found.functions))
            reason = reason or found.open
            rank = max(rank, found.rank)
        if not ids and reason is None:
            reason = Open(OpenReason.UNKNOWN_VALUE, f"`{site.text}` holds no object that is known")
        return Callees(tuple(sorted(ids)), tuple(functions), rank, reason)

    def order(self, ref: Ref) -> tuple[Ref | str, ...]:
        """The method resolution order; external bases by dotted name, `?` for unknown ones."""
        known = self._orders.get(ref)
        if known is None:
            known = linearise(ref, self._bases)
            if not self._active_orders:
                self._orders[ref] = known
        return known

    def subclasses(self, ref: Ref) -> Sequence[Ref]:
        """All classes below, in canonical order."""
        if self._subclasses is None:
            found: dict[Ref, list[Ref]] = defaultdict(list)
            for cls in self.program.classes:
                for base in self.order(cls)[1:]:
                    if not isinstance(base, str):
                        found[base].append(cls)
            self._subclasses = found
        return self._subclasses.get(ref, ())

    def module_attribute(self, location: str, name: str) -> Values | None:
        """What a module's attribute may be; None where the module does not bind the name."""
        found = NONE
        file = self.program.modules.file_of(location)
        if file is not None:
            found = self._solve(
                ("module", file, name), lambda: self._module_name(file, name, location)
            )
            if found.items or (found.open is not None and found.open != _ABSENT):
                return found
            # `from . import name` in the package itself binds the submodule to its own name.
        submodule = self.program.modules.submodule(location, name)
        if submodule is not None:
            return one(ModuleValue(submodule))
        return None if file is None or found.open == _ABSENT else found

    def roles(self, ref: Ref) -> frozenset[str]:
        """`static`, `class`, `property`, `context`, `abstract`, `dataclass`: from decorators."""
        scope = self.program.scope(ref)
        if not scope.decorators:
            return frozenset()
        known = self._roles.get(ref)
        if known is None:
            known = frozenset(
                role
                for decorator in scope.decorators
                for role in self._role(self.program.parent(ref), decorator)
            )
            self._roles[ref] = known
        return known

    # -- solving -----------------------------------------------------------------------------

    def _solve(self, key: Hashable, compute: Callable[[], Values]) -> Values:
        """Answer a question once. Questions that need their own answer are asked in rounds.

        The first question of such a circle starts from "nothing" and is asked again until its
        answer stays the same; the others are kept for the round only.
        """
        known = self._memo.get(key)
        if known is not None:
            return known
        depth = self._active.get(key)
        if depth is not None:
            self._floor = min(self._floor, depth)
            return self._approximations.get(key, NONE)
        kept = self._provisional.get(key)
        if kept is not None:
            self._floor = min(self._floor, kept[0])
            return kept[1]
        depth = len(self._active)
        if depth > DEEPEST:
            self._floor = -1
            return unknown(OpenReason.TOO_MANY, f"more than {DEEPEST} steps away")
        outer_floor = self._floor
        self._active[key] = depth
        kept_before = len(self._provisional)
        for round_number in range(1, _ROUNDS + 1):
            self._floor = _NEVER
            values = compute()
            if self._floor != depth or values == self._approximations.get(key, NONE):
                break
            if round_number == _ROUNDS:
                reason = values.open or Open(OpenReason.TOO_MANY, "a value that needs itself")
                values = Values(values.items, values.rank, reason)
                break
            self._approximations[key] = values
            self._drop_provisional(kept_before)
        del self._active[key]
        self._approximations.pop(key, None)
        if self._floor >= depth:
            self._memo[key] = values
            for inner in list(self._provisional)[kept_before:]:
                self._memo[inner] = self._provisional.pop(inner)[1]
            self._floor = outer_floor
        else:
            self._provisional[key] = (self._floor, values)
            self._floor = min(outer_floor, self._floor)
        if not self._active:
            self._provisional.clear()
            self._floor = _NEVER
        return values

    def _drop_provisional(self, kept: int) -> None:
        for key in list(self._provisional)[kept:]:
            del self._provisional[key]

    # -- names -------------------------------------------------------------------------------

    def _read_name(self, ref: Ref, expr: Name) -> Values:
        bindings = self.program.reaching(ref, expr)
        if not bindings:
            return self._free_name(ref, expr.id)
        # Functions that declare the name `global` or `nonlocal` may have stored in between.
        is_module = self.program.scope(ref).kind is FunctionKind.MODULE
        program = self.program
        stores = program.global_stores if is_module else program.nonlocal_stores
        elsewhere = stores.get((ref[0], expr.id))
        if not elsewhere:
            return self._bound(ref, bindings)
        return union(
            [
                self._bound(ref, bindings),
                *(
                    self._assigned(self.value(owner, access.value))
                    for owner, access in elsewhere
                    if is_module or owner[0] == ref[0]
                ),
            ]
        )

    def _bound(self, ref: Ref, bindings: Iterable[int]) -> Values:
        return union([self._binding(ref, index) for index in bindings])

    def _free_name(self, ref: Ref, name: str) -> Values:
        """A name that nothing before this place in its own scope has bound."""
        scope = self.program.scope(ref)
        if name in scope.global_names:
            return self._global(ref[0], name)
        is_own = True
        while True:
            if scope.kind is FunctionKind.MODULE:
                return self._global(ref[0], name)
            if name not in scope.nonlocal_names:
                bindings: tuple[int, ...] = ()
                if scope.kind is not FunctionKind.CLASS_BODY:
                    bindings = self.program.bindings(ref, name)
                elif is_own:
                    bindings = self.program.exits(ref, name)
                if bindings:
                    values = self._bound(ref, bindings)
                    stores = self.program.nonlocal_stores.get((ref[0], name), ())
                    return union(
                        [
                            values,
                            *(
                                self._assigned(self.value(owner, access.value))
                                for owner, access in stores
                            ),
                        ]
                    )
            is_own = False
            ref = (ref[0], scope.parent)
            scope = self.program.scope(ref)

    def _global(self, file: int, name: str) -> Values:
        found = self._solve(("module", file, name), lambda: self._module_name(file, name, None))
        if found.items or found.open is None or found.open != _ABSENT:
            return found
        if name in _BUILTINS:
            return one(External(f"builtins.{name}"))
        if name in _MODULE_NAMES:
            return one(ExternalInstance("builtins.str"), Rank.TYPE)
        if name == "__class__":
            return unknown(OpenReason.UNKNOWN_NAME, "`__class__`")
        stars = [
            f"`{star.module}`"
            for star in self.program.scope((file, 0)).stars
            if self.program.modules.resolve_relative(file, star.level, star.module).location is None
        ]
        detail = f"`{name}` is bound nowhere"
        if stars:
            detail = f"`{name}` may come from `import *` of {', '.join(sorted(stars))}"
        return unknown(OpenReason.UNKNOWN_NAME, detail)

    def _module_name(self, file: int, name: str, location: str | None) -> Values:
        """A name at the end of a module: its bindings, and stores from elsewhere."""
        del location
        ref = (file, 0)
        if not self.program.summaries[file].scopes:
            problem = self.program.summaries[file].problem
            detail = f"`{self.program.paths[file]}` could not be read: {problem}"
            return unknown(OpenReason.UNKNOWN_MEMBER, detail)
        bindings = self.program.exits(ref, name) or self.program.bindings(ref, name)
        parts = [self._binding(ref, index) for index in bindings]
        parts.extend(
            self._assigned(self.value(owner, access.value))
            for owner, access in self.program.global_stores.get((file, name), ())
        )
        module = self._location_of(file)
        parts.extend(
            self._assigned(self.value(owner, expr))
            for owner, expr in self.facts.module_stores.get((module, name), ())
        )
        if parts:
            return union(parts)
        for star in reversed(self.program.scope(ref).stars):
            target = self.program.modules.resolve_relative(file, star.level, star.module)
            if target.location is None:
                continue
            source = self.program.modules.file_of(target.location)
            exported = None if source is None else self.program.summaries[source].exported
            if name.startswith("_") if exported is None else name not in exported:
                continue
            found = self.module_attribute(target.location, name)
            if found is not None:
                return found
        if self.program.exits(ref, "__getattr__") and name != "__getattr__":
            return unknown(OpenReason.DYNAMIC_ATTRIBUTE, "the module has a `__getattr__`")
        return Values((), Rank.DEFINITE, _ABSENT)

    def _location_of(self, file: int) -> str:
        path = self.program.paths[file].removesuffix(".py")
        return path[: -len("__init__")].rstrip("/") if path.endswith("__init__") else path

    def _binding(self, ref: Ref, index: int) -> Values:
        binding = self.program.scope(ref).bindings[index]
        if isinstance(binding.value, Defined) and not binding.value.decorator_sites:
            return self._read_defined(ref, binding.value)
        return self._solve(("binding", ref, index), lambda: self._binding_value(ref, binding))

    def _binding_value(self, ref: Ref, binding: Binding) -> Values:
        if binding.annotation is not None:
            annotated = self.annotated(ref, binding.annotation)
            if annotated.items:
                return annotated
        values = self.value(ref, binding.value)
        if isinstance(binding.value, _DEFINITIONS):
            return values
        return self._assigned(values)

    def _assigned(self, values: Values) -> Values:
        """What a variable holds: objects keep their type, functions were followed."""
        if not values.items:
            return values
        if all(isinstance(item, Instance | ExternalInstance) for item in values.items):
            return values.at_least(Rank.TYPE)
        return values.at_least(Rank.FLOW)

    def _read_parameter(self, ref: Ref, expr: ParameterValue) -> Values:
        return self._solve(("parameter", ref, expr.index), lambda: self._parameter(ref, expr.index))

    def _parameter(self, ref: Ref, index: int) -> Values:
        scope = self.program.scope(ref)
        parameter = scope.parameters[index]
        if index == 0 and scope.kind is FunctionKind.METHOD:
            roles = self.roles(ref)
            owner = self.program.parent(ref)
            if "class" in roles or scope.name in _FIRST_IS_CLASS:
                return one(ClassValue(owner, is_exact=False), Rank.TYPE)
            if "static" not in roles:
                return one(Instance(owner, is_exact=False), Rank.TYPE)
        if parameter.kind is ParameterKind.REST:
            return one(ExternalInstance("builtins.tuple"), Rank.TYPE)
        if parameter.kind is ParameterKind.KEYWORDS:
            return one(ExternalInstance("builtins.dict"), Rank.TYPE)
        outer = self.program.parent(ref)
        if parameter.annotation is not None:
            annotated = self.annotated(outer, parameter.annotation)
            if annotated.items:
                return annotated.at_least(Rank.TYPE)
        parts: list[Values] = []
        if parameter.default is not None and parameter.default != NOTHING:
            parts.append(self._assigned(self.value(outer, parameter.default)))
        passed = self.facts.arguments.get((ref, index), ())
        parts.extend(self.value(caller, argument) for caller, argument in passed)
        values = union(parts)
        if passed and (values.items or values.open):
            return values.at_least(Rank.FLOW)
        why = "has no annotation" if parameter.annotation is None else "has an annotation that"
        if parameter.annotation is not None:
            why += " names no class"
        detail = f"parameter `{parameter.name}` {why}"
        return Values(values.items, values.rank, Open(OpenReason.UNKNOWN_VALUE, detail))

    # -- simple expressions ------------------------------------------------------------------

    def _read_constant(self, ref: Ref, expr: Constant) -> Values:
        if expr.type_name == "NoneType":
            return NONE
        return one(ExternalInstance(f"builtins.{expr.type_name}"), Rank.TYPE)

    def _read_literal(self, ref: Ref, expr: Literal) -> Values:
        type_name = self.program.scope(ref).containers[expr.container].type_name
        container = (ref, expr.container)
        return one(ExternalInstance(f"builtins.{type_name}", container=container), Rank.TYPE)

    def _read_either(self, ref: Ref, expr: Either) -> Values:
        return union([self.value(ref, option) for option in expr.options])

    def _read_unknown(self, ref: Ref, expr: Unknown) -> Values:
        return unknown(OpenReason.UNKNOWN_VALUE, expr.why)

    def _read_group(self, ref: Ref, expr: Group) -> Values:
        return unknown(OpenReason.UNKNOWN_VALUE, "a group of types")

    def _read_raised(self, ref: Ref, expr: Raised) -> Values:
        return self._each(self.value(ref, expr.base), self._instance_or_elements)

    def _instance_or_elements(self, item: Value) -> Values:
        if isinstance(item, ExternalInstance) and item.container is not None:
            return self._each(self.element(item), self._instance_of)
        return self._instance_of(item)

    def _instance_of(self, item: Value) -> Values:
        match item:
            case ClassValue():
                return one(Instance(item.ref, is_exact=False), Rank.TYPE)
            case External():
                return one(ExternalInstance(item.dotted), Rank.TYPE)
        return unknown(OpenReason.UNKNOWN_VALUE, "an annotation that names no class")

    def _read_narrowed(self, ref: Ref, expr: Narrowed) -> Values:
        wanted = self.annotated(ref, expr.classes)
        if not wanted.items:
            return self.value(ref, expr.base)
        base = self.value(ref, expr.base)
        kept = tuple(item for item in base.items if self._is_among(item, wanted.items))
        if kept and base.open is None:
            return Values(kept, Rank.TYPE)
        return Values(wanted.items, Rank.TYPE, wanted.open)

    def _is_among(self, item: Value, wanted: tuple[Value, ...]) -> bool:
        for other in wanted:
            match item, other:
                case Instance(), Instance() if other.ref in self.order(item.ref):
                    return True
                case Instance(), ExternalInstance() if other.dotted in self.order(item.ref):
                    return True
                case ExternalInstance(), ExternalInstance() if item.dotted == other.dotted:
                    return True
        return False

    def _read_defined(self, ref: Ref, expr: Defined) -> Values:
        if not expr.decorator_sites:
            return self._plain_definition((ref[0], expr.scope))
        return self._solve(("defined", ref, expr), lambda: self._decorated(ref, expr))

    def _plain_definition(self, ref: Ref) -> Values:
        if self.program.scope(ref).kind is FunctionKind.CLASS_BODY:
            return one(ClassValue(ref))
        return one(FunctionValue(ref))

    def _decorated(self, ref: Ref, expr: Defined) -> Values:
        """What decorators of the tree make of a definition; those from outside leave it be."""
        values = self._plain_definition((ref[0], expr.scope))
        sites = self.program.scope(ref).sites
        for index in reversed(expr.decorator_sites):
            decorators = self.value(ref, sites[index].callee)
            results: list[Values] = []
            for decorator in decorators.items:
                match decorator:
                    case FunctionValue():
                        results.append(self._function_result(decorator, ref, sites[index], values))
                    case ClassValue():
                        results.append(one(Instance(decorator.ref, decorator.is_exact)))
                    case Instance():
                        results.append(self._result(decorator, ref, sites[index]))
            made = union(results)
            if made.items:
                values = made if made == values else made.at_least(Rank.FLOW)
        return values

    def _role(self, ref: Ref, decorator: Expr) -> Iterable[str]:
        if isinstance(decorator, Attribute) and decorator.name in ("setter", "deleter", "getter"):
            yield "property"
            return
        callee = decorator
        if isinstance(decorator, Called):
            callee = self.program.scope(ref).sites[decorator.site].callee
        for item in self.value(ref, callee).items:
            if not isinstance(item, External):
                continue
            match item.dotted:
                case "builtins.staticmethod":
                    yield "static"
                case "builtins.classmethod":
                    yield "class"
                case "abc.abstractmethod":
                    yield "abstract"
                case "dataclasses.dataclass":
                    yield "dataclass"
            spellings = self.table.spellings(item.dotted)
            if any(name in self.table.property_decorators for name in spellings):
                yield "property"
            if any(name in self.table.context_decorators for name in spellings):
                yield "context"

    # -- imports -----------------------------------------------------------------------------

    def _read_imported_module(self, ref: Ref, expr: ImportedModule) -> Values:
        dotted = expr.dotted if expr.is_whole else expr.dotted.partition(".")[0]
        target = self.program.modules.resolve(ref[0], expr.dotted)
        if target.location is None and target.is_missing and expr.is_whole:
            return unknown(OpenReason.MISSING_MODULE, f"`{expr.dotted}` is not below the root")
        if dotted != expr.dotted:
            target = self.program.modules.resolve(ref[0], dotted)
        if target.location is not None:
            return one(ModuleValue(target.location))
        return one(External(dotted))

    def _read_imported_name(self, ref: Ref, expr: ImportedName) -> Values:
        modules = self.program.modules
        target = modules.resolve_relative(ref[0], expr.level, expr.module)
        if target.location is None:
            if target.is_missing:
                return unknown(
                    OpenReason.MISSING_MODULE, f"`{target.dotted}` is not below the root"
                )
            return one(External(f"{target.dotted}.{expr.name}"))
        if not expr.name:
            return one(ModuleValue(target.location))
        found = self.module_attribute(target.location, expr.name)
        if found is not None:
            return found
        return self._absent_from_module(target.location, expr.name)

    def _absent_from_module(self, location: str, name: str) -> Values:
        dotted = self.program.modules.dotted(location)
        file = self.program.modules.file_of(location)
        if file is None:
            return unknown(OpenReason.MISSING_MODULE, f"`{dotted}.{name}` is not below the root")
        if name in _MODULE_NAMES:
            return one(ExternalInstance("builtins.str"), Rank.TYPE)
        return unknown(OpenReason.UNKNOWN_MEMBER, f"`{dotted}` binds no `{name}`")

    # -- attributes --------------------------------------------------------------------------

    def _read_attribute(self, ref: Ref, expr: Attribute) -> Values:
        base = self.value(ref, expr.base)
        if not base.items:
            if base.open is None:
                return unknown(OpenReason.UNKNOWN_RECEIVER, f"receiver of `.{expr.name}` is None")
            return Values((), base.rank, _as_receiver(base.open))
        # One of several possible types that has no such attribute is not what is meant.
        having = tuple(item for item in base.items if not _lacks(item, expr.name))
        meant = Values(having, base.rank, base.open) if having else base
        values = self._each(meant, lambda item: self.attribute(item, expr.name))
        if base.open is not None and values.open == base.open:
            return Values(values.items, values.rank, _as_receiver(base.open))
        return values

    def _each(self, values: Values, ask: Callable[[Value], Values]) -> Values:
        """The union of an answer for each item; what was open stays open."""
        answer = union([ask(item) for item in values.items])
        if values.open is not None and answer.open is None:
            answer = Values(answer.items, answer.rank, values.open)
        return answer.at_least(values.rank)

    def attribute(self, item: Value, name: str) -> Values:
        """What `item.name` may be."""
        match item:
            case External():
                return self._external_attribute(item, name)
            case ModuleValue():
                found = self.module_attribute(item.location, name)
                if found is not None:
                    return found
                return self._absent_from_module(item.location, name)
            case Instance():
                return self._solve(
                    ("attribute", item, name), lambda: self._instance_attribute(item, name)
                )
            case ClassValue():
                return self._solve(
                    ("attribute", item, name), lambda: self._class_attribute(item, name)
                )
            case ExternalInstance():
                known = self._attribute_type(f"{item.dotted}.{name}")
                if known is not None:
                    return self._from_template(known, item, None, None)
                if _lacks(item, name):
                    return unknown(OpenReason.UNKNOWN_MEMBER, f"`{item.dotted}` has no `{name}`")
                return one(ExternalMethod(item, name), Rank.TYPE)
            case ExternalMethod():
                detail = f"attribute `{name}` of `{item.dotted}`, whose type no table gives"
                return unknown(OpenReason.UNKNOWN_VALUE, detail)
            case SuperValue():
                return self._super_attribute(item, name)
            case FunctionValue():
                detail = f"attribute `{name}` of function `{self.program.dotted(item.ref)}`"
                return unknown(OpenReason.UNKNOWN_MEMBER, detail)

    def _external_attribute(self, item: External, name: str) -> Values:
        dotted = f"{item.dotted}.{name}"
        known = self._attribute_type(dotted)
        if known is not None:
            return self._from_template(known, None, None, None)
        return one(External(dotted))

    def _attribute_type(self, dotted: str) -> TypeTemplate | None:
        if dotted not in self._attributes:
            self._attributes[dotted] = self.table.attribute(dotted)
        return self._attributes[dotted]

    def _bases(self, ref: Ref | str) -> list[Ref | str]:
        if isinstance(ref, str):
            return []
        scope = self.program.scope(ref)
        found: list[Ref | str] = []
        if ref in self._active_orders:
            return []
        self._active_orders.add(ref)
        for base in scope.bases:
            while isinstance(base, Item):
                base = base.base
            values = self.value(self.program.parent(ref), base)
            for item in values.items:
                match item:
                    case ClassValue() if item.ref != ref:
                        found.append(item.ref)
                    case External() if item.dotted not in self.table.memberless_bases:
                        found.append(item.dotted)
                    case ExternalInstance() | ExternalMethod():
                        found.append(_UNKNOWN_BASE)
            if not values.items:
                found.append(_UNKNOWN_BASE)
        self._active_orders.discard(ref)
        return list(dict.fromkeys(found))

    def _own_member(self, ref: Ref, name: str) -> Values | None:
        """What a class body binds."""
        bindings = self.program.exits(ref, name)
        return self._bound(ref, bindings) if bindings else None

    def _stored_on(self, ref: Ref, name: str) -> list[Values]:
        """What methods of one class, and code that knows its type, store into an attribute."""
        parts: list[Values] = []
        for owner, access in self.program.own_stores.get((ref, name), ()):
            annotated = NONE
            if access.annotation is not None:
                annotated = self.annotated(owner, access.annotation)
            parts.append(
                annotated if annotated.items else self._assigned(self.value(owner, access.value))
            )
        parts.extend(
            self._assigned(self.value(owner, expr))
            for owner, expr in self.facts.instance_stores.get((ref, name), ())
        )
        return parts

    def _instance_attribute(self, item: Instance, name: str) -> Values:
        parts: list[Values] = []
        for cls in self.order(item.ref):
            if not isinstance(cls, str):
                parts.extend(self._stored_on(cls, name))
        is_stored = bool(parts)
        from_class = self._looked_up(item.ref, self.order(item.ref), name, item)
        # What objects store themselves hides what a base outside the sources may have.
        if from_class is not None and not (is_stored and _is_from_outside(from_class)):
            parts.append(from_class)
        if not item.is_exact:
            parts.extend(self._overrides(item.ref, name, item))
            parts = self._without_abstract(parts)
        if parts:
            return union(parts).at_least(Rank.TYPE)
        if name == "__class__":
            return one(ClassValue(item.ref, item.is_exact), Rank.TYPE)
        if name == "__dict__":
            return one(ExternalInstance("builtins.dict"), Rank.TYPE)
        if name in _OBJECT_MEMBERS:
            return one(External(f"builtins.object.{name}"), Rank.TYPE)
        return unknown(
            OpenReason.UNKNOWN_MEMBER, f"`{self.program.dotted(item.ref)}` binds no `{name}`"
        )

    def _class_attribute(self, item: ClassValue, name: str) -> Values:
        parts: list[Values] = []
        found = self._looked_up(item.ref, self.order(item.ref), name, item)
        if found is not None:
            parts.append(found)
        parts.extend(
            part
            for cls in self.order(item.ref)
            if not isinstance(cls, str)
            for part in self._stored_on_class(cls, name)
        )
        if not item.is_exact:
            parts.extend(self._overrides(item.ref, name, item))
            parts = self._without_abstract(parts)
        if parts:
            return union(parts)
        if name in ("__name__", "__qualname__", "__module__", "__doc__"):
            return one(ExternalInstance("builtins.str"), Rank.TYPE)
        if name in _OBJECT_MEMBERS:
            return one(External(f"builtins.object.{name}"), Rank.TYPE)
        return unknown(
            OpenReason.UNKNOWN_MEMBER, f"`{self.program.dotted(item.ref)}` binds no `{name}`"
        )

    def _stored_on_class(self, ref: Ref, name: str) -> list[Values]:
        """Stores through `cls` in class methods."""
        return [
            self._assigned(self.value(owner, access.value))
            for owner, access in self.program.own_stores.get((ref, name), ())
            if "class" in self.roles(owner)
        ]

    def _looked_up(
        self, start: Ref, order: Iterable[Ref | str], name: str, receiver: Value
    ) -> Values | None:
        """The first class of the order that binds the name, seen through the receiver."""
        del start
        external: str | None = None
        for cls in order:
            if isinstance(cls, str):
                if cls == _UNKNOWN_BASE:
                    return unknown(
                        OpenReason.UNKNOWN_MEMBER,
                        f"`{name}` may come from a base that is not known",
                    )
                if external is None:
                    external = cls
                    continue
                detail = f"`{name}` comes from one of `{external}`, `{cls}`"
                return unknown(OpenReason.UNKNOWN_MEMBER, detail)
            found = self._own_member(cls, name)
            if found is None:
                continue
            if external is not None:
                detail = f"`{name}` comes from `{external}` or `{self.program.dotted(cls)}`"
                reached = self._each(found, lambda item: self._through(item, receiver))
                return Values(
                    reached.items,
                    max(reached.rank, Rank.TYPE),
                    reached.open or Open(OpenReason.UNKNOWN_MEMBER, detail),
                )
            return self._each(found, lambda item: self._through(item, receiver))
        if external is None:
            return None
        if isinstance(receiver, Instance) or (
            isinstance(receiver, SuperValue) and isinstance(receiver.receiver, Instance)
        ):
            return self.attribute(ExternalInstance(external), name)
        return one(External(f"{external}.{name}"), Rank.TYPE)

    def _through(self, item: Value, receiver: Value) -> Values:
        """A class member as the receiver sees it: bound, or what a property returns."""
        if isinstance(item, ExternalInstance) and item.dotted == "builtins.staticmethod":
            return self._of_arguments(item.arguments)
        if not isinstance(item, FunctionValue) or item.receiver is not None:
            return one(item)
        if self.program.scope(item.ref).kind is not FunctionKind.METHOD:
            # A function from elsewhere under a class's name is a method too.
            is_bound = isinstance(receiver, Instance)
            return one(FunctionValue(item.ref, receiver)) if is_bound else one(item)
        roles = self.roles(item.ref)
        name = self.program.scope(item.ref).name
        if "static" in roles or (name == "__new__" and not isinstance(receiver, SuperValue)):
            return one(item)
        bound = receiver.receiver if isinstance(receiver, SuperValue) else receiver
        if "property" in roles:
            if isinstance(bound, Instance):
                return self.returned(item.ref)
            return one(ExternalInstance("builtins.property"), Rank.TYPE)
        if "class" in roles:
            return one(FunctionValue(item.ref, bound))
        return one(FunctionValue(item.ref, bound)) if isinstance(bound, Instance) else one(item)

    def _overrides(self, ref: Ref, name: str, receiver: Value) -> list[Values]:
        """The same member in subclasses that bind it themselves."""
        found: list[Values] = []
        for cls in self.subclasses(ref):
            own = self._own_member(cls, name)
            if own is not None:
                seen = (
                    Instance(cls, is_exact=False)
                    if isinstance(receiver, Instance)
                    else ClassValue(cls, is_exact=False)
                )
                found.append(self._each(own, partial(self._through, receiver=seen)))
        return found

    def _without_abstract(self, parts: list[Values]) -> list[Values]:
        """Abstract methods do not run where something overrides them."""
        if len(parts) < 2:
            return parts
        kept = [
            part
            for part in parts
            if not all(
                isinstance(item, FunctionValue) and "abstract" in self.roles(item.ref)
                for item in part.items
            )
            or not part.items
        ]
        return kept or parts

    def _super_attribute(self, item: SuperValue, name: str) -> Values:
        parts: list[Values] = []
        receiver = item.receiver
        owner = receiver.ref if isinstance(receiver, Instance | ClassValue) else item.after
        for cls in dict.fromkeys((item.after, owner, *self.subclasses(item.after))):
            order = self.order(cls)
            if item.after not in order:
                continue
            rest = order[order.index(item.after) + 1 :]
            found = self._looked_up(cls, rest, name, item)
            if found is not None:
                parts.append(found)
            elif name in _OBJECT_MEMBERS:
                parts.append(one(External(f"builtins.object.{name}"), Rank.TYPE))
        if parts:
            return union(parts).at_least(Rank.TYPE)
        return unknown(
            OpenReason.UNKNOWN_MEMBER,
            f"no base of `{self.program.dotted(item.after)}` binds `{name}`",
        )

    # -- calls -------------------------------------------------------------------------------

    def _called(self, item: Value) -> Callees:
        match item:
            case FunctionValue():
                bound = item.receiver is not None
                return _callees([self.program.id(item.ref)], [(item.ref, bound)])
            case ClassValue():
                return self._constructors(item)
            case Instance():
                return self._called_each(self.attribute(item, "__call__"), item)
            case External():
                return _callees([ExternalId(item.dotted)])
            case ExternalMethod():
                return _callees([ExternalId(item.dotted)], rank=Rank.TYPE)
            case ExternalInstance():
                return _callees([ExternalId(f"{item.dotted}.__call__")], rank=Rank.TYPE)
            case ModuleValue():
                dotted = self.program.modules.dotted(item.location)
                return Callees(
                    (),
                    (),
                    Rank.DEFINITE,
                    Open(OpenReason.UNKNOWN_VALUE, f"module `{dotted}` cannot be called"),
                )
            case SuperValue():
                return _callees([ExternalId("builtins.super.__call__")])

    def _called_each(self, values: Values, caller: Instance) -> Callees:
        ids: dict[Callee, None] = {}
        functions: dict[tuple[Ref, bool], None] = {}
        reason = values.open
        for item in values.items:
            if item == caller or isinstance(item, Instance | ExternalInstance):
                reason = reason or Open(OpenReason.UNKNOWN_VALUE, "an object that calls an object")
                continue
            found = self._called(item)
            ids.update(dict.fromkeys(found.ids))
            functions.update(dict.fromkeys(found.functions))
            reason = reason or found.open
        return Callees(tuple(ids), tuple(functions), max(values.rank, Rank.TYPE), reason)

    def _constructors(self, item: ClassValue) -> Callees:
        """What instantiation runs: `__new__` and `__init__`, own or inherited.

        A class without either in the sources, and without external bases, runs
        `builtins.object.__init__`; a dataclass runs its `__post_init__`.
        """
        ids: dict[Callee, None] = {}
        functions: dict[tuple[Ref, bool], None] = {}
        classes = [item.ref]
        if not item.is_exact:
            classes.extend(
                cls
                for cls in self.subclasses(item.ref)
                if self.program.exits(cls, "__init__") or self.program.exits(cls, "__new__")
            )
        reason: Open | None = None
        rank = Rank.DEFINITE
        for cls in classes:
            found_any = False
            for name in ("__new__", "__init__"):
                receiver = Instance(cls)
                for owner in self.order(cls):
                    if isinstance(owner, str):
                        if owner == _UNKNOWN_BASE:
                            detail = f"`{self.program.dotted(cls)}` has a base that is not known"
                            reason = Open(OpenReason.UNKNOWN_MEMBER, detail)
                            found_any = True
                        elif name == "__init__":
                            ids[ExternalId(f"{owner}.__init__")] = None
                            found_any = True
                        break
                    own = self._own_member(owner, name)
                    if own is None and name == "__init__" and "dataclass" in self.roles(owner):
                        own = self._looked_up(owner, self.order(owner), "__post_init__", receiver)
                        if own is None or not own.items:
                            break
                    if own is not None:
                        rank = max(rank, own.rank)
                        for member in own.items:
                            if isinstance(member, FunctionValue):
                                ids[self.program.id(member.ref)] = None
                                if "dataclass" not in self.roles(owner):
                                    functions[member.ref, True] = None
                                found_any = True
                        break
            if not found_any:
                ids[ExternalId("builtins.object.__init__")] = None
        return Callees(tuple(ids), tuple(functions), rank, reason)

    def _read_called(self, ref: Ref, expr: Called) -> Values:
        return self._solve(("called", ref, expr.site), lambda: self._call(ref, expr.site))

    def _call(self, ref: Ref, index: int) -> Values:
        site = self.program.scope(ref).sites[index]
        callee = self.value(ref, site.callee)
        parts = [self._result(item, ref, site) for item in callee.items]
        if callee.open is not None:
            detail = f"result of `{site.text}`, whose callee is not known"
            parts.append(unknown(OpenReason.UNKNOWN_VALUE, detail))
        values = union(parts)
        if callee.rank is Rank.FLOW:
            values = values.at_least(Rank.FLOW)
        return values

    def _result(self, item: Value, ref: Ref, site: Site) -> Values:
        match item:
            case FunctionValue():
                return self._function_result(item, ref, site)
            case ClassValue():
                return one(Instance(item.ref, item.is_exact), Rank.TYPE)
            case Instance():
                methods = self.attribute(item, "__call__")
                return union(
                    [
                        self._function_result(method, ref, site)
                        for method in methods.items
                        if isinstance(method, FunctionValue)
                    ]
                    + [Values((), Rank.TYPE, methods.open)]
                )
            case External():
                return self._external_result(item, ref, site)
            case ExternalMethod():
                known = self._returned_type(item.dotted)
                if known is not None:
                    return self._from_template(known, item.receiver, ref, site)
                return unknown(OpenReason.UNKNOWN_VALUE, _no_table(item.dotted))
            case ExternalInstance():
                return unknown(OpenReason.UNKNOWN_VALUE, _no_table(f"{item.dotted}.__call__"))
        return unknown(OpenReason.UNKNOWN_VALUE, f"result of `{site.text}`")

    def _function_result(
        self, item: FunctionValue, ref: Ref, site: Site, first: Values | None = None
    ) -> Values:
        """What a call of a function of the tree returns.

        Args:
            first: What the first argument is, where the caller knows better than the site.
        """
        scope = self.program.scope(item.ref)
        if scope.is_generator or scope.is_coroutine:
            return self.returned(item.ref)
        passed: dict[int, int] | None = None
        parts: list[Values] = []
        is_whole = True
        for expr in scope.returns:
            index = self.program.parameter_index(item.ref, expr)
            if index is None:
                is_whole = False
                continue
            if passed is None:
                passed = dict(map_arguments(scope, site, item.receiver is not None))
            if index == 0 and item.receiver is not None:
                parts.append(one(item.receiver, Rank.TYPE))
            elif index in passed and passed[index] == 0 and first is not None:
                parts.append(first)
            elif index in passed:
                parts.append(self._assigned(self.value(ref, site.arguments[passed[index]].value)))
            else:
                is_whole = False
        if not parts:
            return self.returned(item.ref)
        return union(parts) if is_whole else union([*parts, self._returned_otherwise(item.ref)])

    def _returned_otherwise(self, ref: Ref) -> Values:
        """What a function returns besides its own parameters."""
        return union(
            [
                self._assigned(self.value(ref, expr))
                for expr in self.program.scope(ref).returns
                if self.program.parameter_index(ref, expr) is None
            ]
        )

    def returned(self, ref: Ref) -> Values:
        """What a function returns, for any caller."""
        return self._solve(("returned", ref), lambda: self._returned_values(ref))

    def _returned_values(self, ref: Ref) -> Values:
        scope = self.program.scope(ref)
        if scope.is_generator:
            yields = union([self._assigned(self.value(ref, expr)) for expr in scope.yields])
            type_name = _CONTEXT if "context" in self.roles(ref) else "builtins.generator"
            return one(ExternalInstance(type_name, (yields.items,)), Rank.TYPE)
        values = union([self._assigned(self.value(ref, expr)) for expr in scope.returns])
        if scope.returns_annotation is not None and (values.open or not values.items):
            annotated = self.annotated(self.program.parent(ref), scope.returns_annotation)
            if annotated.items:
                values = annotated.at_least(Rank.TYPE)
        if scope.is_coroutine:
            return one(ExternalInstance("builtins.coroutine", (values.items,)), Rank.TYPE)
        return values

    def _external_result(self, item: External, ref: Ref, site: Site) -> Values:
        positional = [argument.value for argument in site.arguments if not argument.name]
        match item.dotted:
            case "builtins.super":
                return self._super(ref, positional)
            case "builtins.getattr" if len(positional) >= 2:
                return self._getattr(ref, positional)
            case "builtins.type" if len(positional) == 1:
                values = self.value(ref, positional[0])
                return self._each(values, lambda value: self._class_of(value))
            case "builtins.staticmethod" if len(positional) == 1:
                items = self.value(ref, positional[0]).items
                return one(ExternalInstance("builtins.staticmethod", (items,)), Rank.TYPE)
            case "importlib.import_module" if len(positional) == 1:
                chosen = positional[0]
                if isinstance(chosen, Constant) and isinstance(chosen.value, str):
                    found = self.value(ref, ImportedModule(chosen.value, True))
                    return found.at_least(Rank.FLOW)
            case "typing.cast" if len(positional) == 2:
                return self.annotated(ref, positional[0])
        known = self._returned_type(item.dotted)
        if known is not None:
            return self._from_template(known, None, ref, site)
        name = item.dotted.rpartition(".")[2]
        if name[:1].isupper() and item.dotted not in self.table.capitalised_functions:
            return one(ExternalInstance(self._type_name(item.dotted)), Rank.TYPE)
        return unknown(OpenReason.UNKNOWN_VALUE, _no_table(item.dotted))

    def _type_name(self, dotted: str) -> str:
        """Canonical for containers and files, as written for all else."""
        canonical = self.table.canonical(dotted)
        return canonical if canonical.startswith(("builtins.", "typing.")) else dotted

    def _returned_type(self, dotted: str) -> TypeTemplate | None:
        if dotted not in self._returned:
            self._returned[dotted] = self.table.returned(dotted)
        return self._returned[dotted]

    def _super(self, ref: Ref, arguments: Sequence[Expr]) -> Values:
        method = self.program.method_around(ref)
        if method is None:
            return unknown(OpenReason.UNKNOWN_RECEIVER, "`super()` outside a method")
        owner = self.program.parent(method)
        receiver = self._read_parameter(method, ParameterValue(0))
        if arguments:
            classes = self.value(ref, arguments[0]).items
            if len(classes) == 1 and isinstance(classes[0], ClassValue):
                owner = classes[0].ref
        if not receiver.items:
            return unknown(OpenReason.UNKNOWN_RECEIVER, "`super()` without a receiver")
        return one(SuperValue(owner, receiver.items[0]), Rank.TYPE)

    def _getattr(self, ref: Ref, arguments: Sequence[Expr]) -> Values:
        name = arguments[1]
        if not (isinstance(name, Constant) and isinstance(name.value, str)):
            return unknown(OpenReason.DYNAMIC_ATTRIBUTE, "`getattr` with a computed name")
        found = self._read_attribute(ref, Attribute(arguments[0], name.value))
        if len(arguments) > 2:
            found = union([found, self.value(ref, arguments[2])])
        return found.at_least(Rank.FLOW)

    def _class_of(self, item: Value) -> Values:
        match item:
            case Instance():
                return one(ClassValue(item.ref, item.is_exact), Rank.TYPE)
            case ExternalInstance():
                return one(External(item.dotted), Rank.TYPE)
        return unknown(OpenReason.UNKNOWN_VALUE, "the type of a value that is not known")

    # -- items, iteration, contexts ----------------------------------------------------------

    def _read_item(self, ref: Ref, expr: Item) -> Values:
        return self._each(self.value(ref, expr.base), lambda item: self.item(item, expr.key))

    def item(self, item: Value, key: Expr) -> Values:
        """What `item[key]` may be."""
        match item:
            case ExternalInstance():
                if isinstance(key, Constant) and key.type_name == "slice":
                    return one(item, Rank.TYPE)
                return self._container_item(item, key)
            case ClassValue():
                return one(item)
            case Instance():
                return self._method_result(item, "__getitem__")
            case External():
                known = self._returned_type(f"{item.dotted}.__getitem__")
                if known is not None:
                    return self._from_template(known, None, None, None)
                return unknown(OpenReason.UNKNOWN_VALUE, f"an item of `{item.dotted}`")
        return unknown(OpenReason.UNKNOWN_VALUE, "an item")

    def _container_item(self, item: ExternalInstance, key: Expr) -> Values:
        constant = key.value if isinstance(key, Constant) else None
        if item.container is not None:
            return self._display_item(item.container, constant)
        match item.dotted, item.arguments:
            case "builtins.tuple", arguments if arguments:
                if isinstance(constant, int) and constant < len(arguments):
                    return Values(arguments[constant], Rank.TYPE)
                return self._of_arguments(arguments)
            case "builtins.dict", (_, values):
                return self._of_arguments((values,))
            case name, (values, *_) if name in _SEQUENCES:
                return self._of_arguments((values,))
        known = self._returned_type(f"{item.dotted}.__getitem__")
        if known is not None:
            return self._from_template(known, item, None, None)
        return unknown(OpenReason.UNKNOWN_VALUE, f"an item of `{item.dotted}`")

    def _display_item(self, container: tuple[Ref, int], constant: str | int | None) -> Values:
        return self._solve(
            ("item", container, constant), lambda: self._item_of_display(container, constant)
        )

    def _item_of_display(self, container: tuple[Ref, int], constant: str | int | None) -> Values:
        ref, index = container
        display = self.program.scope(ref).containers[index]
        parts: list[Values] = []
        is_found = False
        for position, element in enumerate(display.elements):
            where: str | int | None = position
            if display.type_name == "dict":
                key = display.keys[position]
                where = key.value if isinstance(key, Constant) else None
            if display.is_repeated or constant is None or where is None or where == constant:
                is_found = True
                parts.append(self._assigned(self.value(ref, element)))
        for key, owner, expr in self.facts.container_items.get(container, ()):
            where = key.value if isinstance(key, Constant) else None
            if constant is None or where is None or where == constant:
                is_found = True
                parts.append(self._assigned(self.value(owner, expr)))
        if not is_found or display.is_open:
            parts.append(unknown(OpenReason.UNKNOWN_VALUE, "an item stored elsewhere"))
        return union(parts)

    def _of_arguments(self, arguments: Iterable[tuple[Value, ...]]) -> Values:
        items = tuple(dict.fromkeys(item for values in arguments for item in values))
        if not items:
            return unknown(OpenReason.UNKNOWN_VALUE, "an item of a container of unknown content")
        return Values(items, Rank.TYPE)

    def _read_element(self, ref: Ref, expr: Element) -> Values:
        return self._each(self.value(ref, expr.base), self.element)

    def element(self, item: Value) -> Values:
        """What iteration over `item` gives."""
        match item:
            case ExternalInstance(container=container) if container is not None:
                return self._solve(
                    ("element", container), lambda: self._element_of_display(container)
                )
            case ExternalInstance(dotted="builtins.tuple"):
                return self._of_arguments(item.arguments)
            case ExternalInstance(dotted=name, arguments=(first, *_)) if (
                name in _SEQUENCES or name == "builtins.dict"
            ):
                return self._of_arguments((first,))
            case ExternalInstance():
                known = self._returned_type(f"{item.dotted}.__iter__")
                if known is not None:
                    return self._from_template(known, item, None, None)
                return unknown(OpenReason.UNKNOWN_VALUE, f"an item of `{item.dotted}`")
            case Instance():
                made = self._method_result(item, "__iter__")
                parts = []
                for iterator in made.items:
                    if isinstance(iterator, Instance):
                        parts.append(self._method_result(iterator, "__next__"))
                    else:
                        parts.append(self.element(iterator))
                if made.open is not None or not parts:
                    parts.append(unknown(OpenReason.UNKNOWN_VALUE, "an item of an iterator"))
                return union(parts)
        return unknown(OpenReason.UNKNOWN_VALUE, "an item of an iterator")

    def _element_of_display(self, container: tuple[Ref, int]) -> Values:
        ref, index = container
        display = self.program.scope(ref).containers[index]
        is_dict = display.type_name == "dict"
        elements = display.keys if is_dict else display.elements
        parts = [self._assigned(self.value(ref, element)) for element in elements]
        for key, owner, expr in self.facts.container_items.get(container, ()):
            parts.append(self._assigned(self.value(owner, key if is_dict else expr)))
        if display.is_open or not parts:
            parts.append(unknown(OpenReason.UNKNOWN_VALUE, "an item stored elsewhere"))
        return union(parts)

    def _all_values(self, item: ExternalInstance) -> Values:
        """The values of a dict."""
        if item.container is not None:
            return self._display_item(item.container, None)
        if len(item.arguments) == 2:
            return self._of_arguments((item.arguments[1],))
        return unknown(OpenReason.UNKNOWN_VALUE, "a value of a dict of unknown content")

    def _method_result(self, item: Instance, name: str) -> Values:
        methods = self.attribute(item, name)
        parts = [
            self.returned(method.ref)
            for method in methods.items
            if isinstance(method, FunctionValue)
        ]
        if len(parts) < len(methods.items) or methods.open is not None:
            detail = f"result of `{name}` of `{self.program.dotted(item.ref)}`"
            parts.append(unknown(OpenReason.UNKNOWN_VALUE, detail))
        return union(parts).at_least(Rank.TYPE)

    def _read_entered(self, ref: Ref, expr: Entered) -> Values:
        return self._each(self.value(ref, expr.base), self._entered)

    def _entered(self, item: Value) -> Values:
        match item:
            case Instance():
                entered = self._method_result(item, "__enter__")
                if entered.items:
                    return entered
                awaited = self._method_result(item, "__aenter__")
                return self._each(awaited, self._awaited) if awaited.items else entered
            case ExternalInstance(dotted=name, arguments=(yielded, *_)) if name == _CONTEXT:
                return self._of_arguments((yielded,))
            case ExternalInstance():
                known = self._returned_type(f"{item.dotted}.__enter__")
                if known is not None:
                    return self._from_template(known, item, None, None)
                return one(item, Rank.TYPE)
        return unknown(OpenReason.UNKNOWN_VALUE, "what a context manager gives")

    def _read_awaited(self, ref: Ref, expr: Awaited) -> Values:
        return self._each(self.value(ref, expr.base), self._awaited)

    def _awaited(self, item: Value) -> Values:
        match item:
            case ExternalInstance(dotted="builtins.coroutine", arguments=(first, *_)) if first:
                return Values(first, Rank.TYPE)
        return unknown(OpenReason.UNKNOWN_VALUE, "what an await gives")

    def _read_operation(self, ref: Ref, expr: Operation) -> Values:
        left = self.value(ref, expr.left)
        parts: list[Values] = []
        for item in left.items:
            match item:
                case ExternalInstance():
                    known = self._returned_type(f"{item.dotted}.{expr.method}")
                    if known is not None:
                        parts.append(self._from_template(known, item, None, None))
                    elif item.dotted in ("builtins.int", "builtins.float", "builtins.bool"):
                        parts.append(self._number(ref, item, expr))
                    else:
                        detail = f"result of `{item.dotted}.{expr.method}`"
                        parts.append(unknown(OpenReason.UNKNOWN_VALUE, detail))
                case Instance():
                    parts.append(self._method_result(item, expr.method))
                case _:
                    parts.append(unknown(OpenReason.UNKNOWN_VALUE, "result of an operator"))
        if left.open is not None or not parts:
            parts.append(unknown(OpenReason.UNKNOWN_VALUE, "result of an operator"))
        return union(parts)

    def _number(self, ref: Ref, item: ExternalInstance, expr: Operation) -> Values:
        right = self.value(ref, expr.right)
        if right.open is None and all(
            isinstance(other, ExternalInstance)
            and other.dotted in ("builtins.int", "builtins.float", "builtins.bool")
            for other in right.items
        ):
            return one(item, Rank.TYPE)
        return unknown(OpenReason.UNKNOWN_VALUE, "result of an operator")

    # -- types -------------------------------------------------------------------------------

    def annotated(self, ref: Ref, expr: Expr) -> Values:
        """The objects that an annotation allows; nothing where it names no class."""
        return self._solve(("annotated", ref, expr), lambda: self._annotated(ref, expr))

    def _annotated(self, ref: Ref, expr: Expr) -> Values:
        match expr:
            case Constant(type_name="NoneType"):
                return NONE
            case Operation(method="__or__"):
                return union([self.annotated(ref, expr.left), self.annotated(ref, expr.right)])
            case Item():
                return self._subscripted(ref, expr)
            case Group():
                return union([self.annotated(ref, item) for item in expr.items])
            case Literal():
                # A type expression that was read as a value: the tuple of `isinstance`.
                elements = self.program.scope(ref).containers[expr.container].elements
                return union([self.annotated(ref, element) for element in elements])
            case Name() | Attribute():
                alias = self._type_alias(ref, expr)
                if alias is not None:
                    return self.annotated(*alias)
                return self._each(self.value(ref, expr), self._annotated_item)
        return unknown(OpenReason.UNKNOWN_VALUE, "an annotation that is computed")

    def _type_alias(self, ref: Ref, expr: Expr) -> tuple[Ref, Expr] | None:
        """The type expression that a module-level name of the same file stands for."""
        if not isinstance(expr, Name) or self.program.reaching(ref, expr):
            return None
        module = (ref[0], 0)
        bindings = self.program.exits(module, expr.id)
        if len(bindings) != 1:
            return None
        value = self.program.scope(module).bindings[bindings[0]].value
        return (module, value) if isinstance(value, Item | Operation) else None

    def _annotated_item(self, item: Value) -> Values:
        match item:
            case ClassValue():
                return one(Instance(item.ref, is_exact=False), Rank.TYPE)
            case External():
                dotted = self._type_name(item.dotted)
                if dotted.startswith("typing.") and dotted not in (
                    "typing.IO",
                    "typing.Iterable",
                    "typing.NamedTuple",
                ):
                    return unknown(OpenReason.UNKNOWN_VALUE, f"an annotation with `{dotted}`")
                if dotted in ("builtins.object", "builtins.type", "builtins.callable"):
                    return unknown(OpenReason.UNKNOWN_VALUE, f"an annotation with `{dotted}`")
                return one(ExternalInstance(dotted), Rank.TYPE)
        return unknown(OpenReason.UNKNOWN_VALUE, "an annotation that names no class")

    def _subscripted(self, ref: Ref, expr: Item) -> Values:
        match expr.key:
            case Group(items=items):
                arguments: tuple[Expr, ...] = items
            case Literal(container=index):
                arguments = self.program.scope(ref).containers[index].elements
            case key:
                arguments = (key,)
        parts: list[Values] = []
        base = self.value(ref, expr.base)
        for item in base.items:
            match item:
                case ClassValue():
                    parts.append(one(Instance(item.ref, is_exact=False), Rank.TYPE))
                case External():
                    parts.append(self._generic(ref, self._type_name(item.dotted), arguments))
                case _:
                    parts.append(unknown(OpenReason.UNKNOWN_VALUE, "a computed annotation"))
        if base.open is not None:
            parts.append(Values((), Rank.DEFINITE, base.open))
        return union(parts)

    def _generic(self, ref: Ref, dotted: str, arguments: tuple[Expr, ...]) -> Values:
        if dotted in ("typing.Optional", "typing.Union"):
            return union([self.annotated(ref, argument) for argument in arguments])
        if dotted in _WRAPPING_TYPES:
            return self.annotated(ref, arguments[0]) if arguments else NONE
        if dotted == "builtins.type":
            values = self.annotated(ref, arguments[0]) if arguments else NONE
            return self._each(values, self._class_of)
        if dotted in ("typing.Callable", "typing.Literal", "typing.Any"):
            return unknown(OpenReason.UNKNOWN_VALUE, f"an annotation with `{dotted}`")
        types = tuple(
            self.annotated(ref, argument).items
            for argument in arguments
            if not (isinstance(argument, Constant) and argument.type_name == "ellipsis")
        )
        return one(ExternalInstance(dotted, types), Rank.TYPE)

    def _from_template(
        self,
        template: TypeTemplate,
        receiver: ExternalInstance | None,
        ref: Ref | None,
        site: Site | None,
    ) -> Values:
        """What a table's type means for one call."""
        name = template.name
        if name == "None":
            return NONE
        if name == "?":
            return unknown(OpenReason.UNKNOWN_VALUE, "a type that no table gives")
        if name == "{self}":
            return NONE if receiver is None else one(receiver, Rank.TYPE)
        arguments: list[Expr] = []
        if site is not None:
            arguments = [argument.value for argument in site.arguments if not argument.name]
        if name == "{item}":
            if receiver is None:
                return unknown(OpenReason.UNKNOWN_VALUE, "an item")
            key = arguments[0] if arguments else Unknown("any")
            found = self._container_item(receiver, key)
            if ref is not None and len(arguments) > 1:
                found = union([found, self.value(ref, arguments[1])])
            return found
        if name == "{0}":
            return NONE if receiver is None else self.element(receiver)
        if name == "{1}":
            return NONE if receiver is None else self._all_values(receiver)
        if name == "=0" or name.startswith("{element"):
            index = 0 if name == "=0" else int(name[-2])
            if ref is None or index >= len(arguments):
                return unknown(OpenReason.UNKNOWN_VALUE, "an argument that is not there")
            values = self.value(ref, arguments[index])
            return values if name == "=0" else self._each(values, self.element)
        types = tuple(
            self._from_template(argument, receiver, ref, site).items
            for argument in template.arguments
        )
        return one(ExternalInstance(name, types), Rank.TYPE)


_ABSENT = Open(OpenReason.UNKNOWN_NAME, "not bound")
_DEFINITIONS = (Defined, ImportedModule, ImportedName, ParameterValue, Narrowed)


def _callees(
    ids: Sequence[Callee],
    functions: Sequence[tuple[Ref, bool]] = (),
    rank: Rank = Rank.DEFINITE,
) -> Callees:
    return Callees(tuple(ids), tuple(functions), rank, None)


def _lacks(item: Value, name: str) -> bool:
    """Whether an object of a builtin type has no such attribute."""
    return isinstance(item, ExternalInstance) and name not in _BUILTIN_MEMBERS.get(
        item.dotted, (name,)
    )


def _is_from_outside(values: Values) -> bool:
    return values.open is not None or any(
        isinstance(item, External | ExternalMethod) for item in values.items
    )


def _as_receiver(reason: Open) -> Open:
    if reason.reason is OpenReason.UNKNOWN_VALUE:
        return Open(OpenReason.UNKNOWN_RECEIVER, f"receiver: {reason.detail}")
    return reason


def _no_table(dotted: str) -> str:
    return f"result of `{dotted}`, whose type no table gives"


_READERS: dict[type[Any], Callable[[Evaluator, Ref, Any], Values]] = {
    Name: Evaluator._read_name,
    Attribute: Evaluator._read_attribute,
    Called: Evaluator._read_called,
    Constant: Evaluator._read_constant,
    Literal: Evaluator._read_literal,
    Group: Evaluator._read_group,
    Item: Evaluator._read_item,
    Element: Evaluator._read_element,
    Entered: Evaluator._read_entered,
    Awaited: Evaluator._read_awaited,
    Raised: Evaluator._read_raised,
    Narrowed: Evaluator._read_narrowed,
    Either: Evaluator._read_either,
    Operation: Evaluator._read_operation,
    Defined: Evaluator._read_defined,
    ParameterValue: Evaluator._read_parameter,
    ImportedModule: Evaluator._read_imported_module,
    ImportedName: Evaluator._read_imported_name,
    Unknown: Evaluator._read_unknown,
}

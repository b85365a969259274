"""The state of a solution while it is made: codes, variables of names and fields, edges found.

The readers of expressions, members and calls stand in modules above this one; they reach each other
through `apply` and `read`, which are told from above.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any, cast

from tracer.model.source import FunctionKind
from tracer.static.flat import ATTR, DEFINED, NAME, FlatAccess, FlatScope
from tracer.static.program import Program
from tracer.static.solving.apart import (
    LARGEST_KEPT_APART,
    LARGEST_MAKER,
    LARGEST_METHOD,
    hands_on,
    is_made_of,
    uses_key,
)
from tracer.static.solving.bound import NAMED_WORK, OWN_WORK, WorkBound
from tracer.static.solving.code import Code, Template, make_template
from tracer.static.solving.definitions import Definitions
from tracer.static.solving.objects import Kind, Objects, Ref
from tracer.static.solving.store import Store
from tracer.static.solving.terms import FIELDS, SITE, Box, Edge, Origin, Target
from tracer.tables.effects import EffectTable, TypeTemplate


class Solver:
    """Everything that is known so far."""

    def __init__(
        self,
        program: Program,
        table: EffectTable,
        library: Any,
        bound: WorkBound | None = None,
    ) -> None:
        self.program = program
        self.table = table
        self.library = library
        self.objects = Objects()
        self.all = self.objects.all
        self.store = Store(bound)
        self.bound = self.store.bound
        self.definitions = Definitions(program, self.objects, table)
        self.phase = 0
        self.entries: frozenset[int] = frozenset()  # files whose functions and classes are used
        self.edges: dict[Origin, dict[Target, Edge]] = {}
        self.codes: list[Code] = []
        self.boxes: list[Box] = [Box(0, "")]
        self.waiting: deque[Code] = deque()  # codes that are not linked yet
        self.born: dict[int, None] = {}  # callable objects that are kept apart, in order
        self.weak: list[tuple[int, Callable[[], object]]] = []  # what to do if a variable is empty
        self.instantiated: set[Ref] = set()
        self.received: dict[Ref, set[Ref]] = {}  # per method, exact classes of its objects
        self.made: frozenset[Ref] = frozenset()  # those that the tree itself instantiates
        self.on_instantiated: dict[Ref, list[Callable[[], None]]] = {}
        self.memo: dict[object, int] = {}
        self.field_names: set[str] = set()  # of fields that something stores
        self._field_readers: dict[str, list[tuple[str, Ref, int]]] = {}  # of all other names
        self.models: dict[str, object] = {}
        self.returned: dict[str, TypeTemplate | None] = {}
        self.attributes: dict[str, TypeTemplate | None] = {}
        self.views: dict[object, Any] = {}
        self.patched: set[tuple[Ref, str]] = set()  # names that are stored on classes
        self.cached: set[int] = set()  # variables of getters that run once an object
        self.stored_fields: set[tuple[Ref, str]] = set()
        self.stored_names: frozenset[str] = frozenset()
        self.generated: dict[Origin, str] = {}  # instantiations, and what runs that has no source
        self.stored_on_modules: set[tuple[int, str]] = set()  # files, names
        # Stores and deletions of `module.name`, by location and name, as far as definitions tell.
        self.module_accesses: dict[tuple[str, str], list[tuple[Ref, FlatAccess]]] = {}
        # Told from above, since calls, iteration and members lead to one another.
        self.apply: Callable[..., None] = _missing
        self.iterate: Callable[..., None] = _missing
        self.awaited: Callable[..., None] = _missing
        self.protocol: Callable[..., bool] = _missing
        self.dunder: Callable[..., bool] = _missing
        self.constant_text: Callable[[Code, int], str | None] = _missing
        self._templates: dict[Ref, Template] = {}
        self._shared: dict[Ref, Code] = {}
        self._kept_apart: dict[tuple[Ref, int, tuple[int, ...]], Code] = {}
        self._inner: dict[tuple[Ref, int], Code] = {}
        self._wrappers: dict[Ref, bool] = {}
        self._kept_count: dict[Ref, int] = {}
        self._holders: dict[Ref, bool] = {}
        self._makes_own: dict[Ref, bool] = {}
        self._fills: dict[Ref, bool] = {}
        self._keyed: dict[Ref, bool] = {}
        self.uncalled: dict[int, list[Callable[[], None]]] = {}  # by code: what waits for a call
        self.wraps: dict[int, list[int]] = {}  # what a decorator gave, and what it was given
        self._origins: dict[Origin, int] = {}
        self._forebears: dict[int, frozenset[int]] = {}  # of objects: where they were born

    # -- codes ------------------------------------------------------------------------------

    def flat(self, ref: Ref) -> FlatScope:
        """The scope."""
        return self.program.summaries[ref[0]].scopes[ref[1]]

    def shared(self, ref: Ref) -> Code:
        """The code of a scope that stands for all callers."""
        known = self._shared.get(ref)
        if known is None:
            scope = self.flat(ref)
            parent = self.shared((ref[0], scope.parent)) if scope.parent >= 0 else None
            known = self._shared[ref] = self._new_code(ref, parent, ())
        return known

    def inner(self, ref: Ref, parent: Code) -> Code:
        """The code of a scope inside one code of the scope around it."""
        if self._shared.get(parent.ref) is parent:
            return self.shared(ref)
        key = (ref, parent.number)
        known = self._inner.get(key)
        if known is None:
            known = self._inner[key] = self._new_code(ref, parent, parent.context)
        return known

    def code_for(
        self,
        ref: Ref,
        parent: Code,
        origin: Origin,
        caller: Code | None,
        birth: int = 0,
        is_decorator: bool = False,
    ) -> Code:
        """The code that a call runs: one of its own where that pays, else the common one.

        Args:
            birth: The place of birth of the receiver, where it is kept apart from others.
            is_decorator: The call makes something of a definition.
        """
        if birth and len(self.flat(ref).nodes) <= LARGEST_METHOD:
            context = (-birth, self.origin_number(origin)) if is_decorator else (-birth,)
            most = _MOST_KEPT_APART if birth < BY_NAME else _MOST_IMPLICIT
            return self._apart(ref, parent, context, most) or self.inner(ref, parent)
        is_kept = (
            self._is_wrapper(ref)
            or (
                (is_decorator or self._is_maker(ref)) and len(self.flat(ref).nodes) <= LARGEST_MAKER
            )
            or (origin[1] == SITE and self._gives_key(ref, origin, caller))
        )
        if is_kept and caller is not None:
            site = self.origin_number(origin)
            if site not in caller.context:
                most = _MOST_CALLS if origin[1] == SITE else _MOST_IMPLICIT
                if is_decorator or self._is_maker(ref):
                    most = _MOST_KEPT_APART
                found = self._apart(ref, parent, (site, *caller.context[:1]), most)
                if found is not None:
                    return found
        return self.inner(ref, parent)

    def _apart(self, ref: Ref, parent: Code, context: tuple[int, ...], most: int) -> Code | None:
        key = (ref, parent.number, context)
        known = self._kept_apart.get(key)
        count = self._kept_count.get(ref, 0)
        if known is None and count >= _MOST_CHAINS and len(context) > 1 and context[0] > 0:
            context = context[:1]
            key = (ref, parent.number, context)
            known = self._kept_apart.get(key)
        if known is None:
            if count >= most or self.bound.is_narrow:
                return None
            self._kept_count[ref] = count + 1
            known = self._kept_apart[key] = self._new_code(ref, parent, context)
        return known

    def has_codes_apart(self, ref: Ref) -> bool:
        """Whether some call of a function has a code of its own."""
        return ref in self._kept_count

    def _gives_key(self, ref: Ref, origin: Origin, caller: Code | None) -> bool:
        """Whether a call gives a constant string for what the function uses as a key."""
        known = self._keyed.get(ref)
        if known is None:
            known = self._keyed[ref] = uses_key(self.flat(ref), self.template(ref).alias)
        if not known or caller is None or caller.ref != origin[0]:
            return False
        return any(
            name not in ("*", "**") and self.constant_text(caller, node) is not None
            for name, node, _ in caller.scope.sites[origin[2]][4]
        )

    def _is_maker(self, ref: Ref) -> bool:
        """Whether a method makes objects that are kept apart by their place of birth."""
        scope = self.flat(ref)
        return (
            scope.name in ("__new__", "__init__")
            and scope.parent >= 0
            and (self.holds_callables((ref[0], scope.parent)))
        )

    def makes_own(self, ref: Ref) -> bool:
        """Whether a method calls its first parameter: `cls(…)`."""
        known = self._makes_own.get(ref)
        if known is None:
            scope = self.flat(ref)
            first = scope.parameters[0][0] if scope.parameters else ""
            known = self._makes_own[ref] = scope.kind == FunctionKind.METHOD.value and any(
                site[0] == "call" and scope.nodes[site[2]][:2] == (NAME, first)
                for site in scope.sites
            )
        return known

    def fills(self, ref: Ref) -> bool:
        """Whether a small `__init__` stores what it is given."""
        known = self._fills.get(ref)
        if known is None:
            scope = self.flat(ref)
            names = {parameter[0] for parameter in scope.parameters[1:]}
            known = self._fills[ref] = (
                scope.name == "__init__"
                and len(scope.nodes) <= LARGEST_KEPT_APART
                and any(
                    access[0] == "set attribute"
                    and access[4] >= 0
                    and scope.nodes[access[4]][0] == NAME
                    and scope.nodes[access[4]][1] in names
                    for access in scope.accesses
                )
            )
        return known

    def holds_callables(self, cls: Ref) -> bool:
        """Whether objects of a class can be called, and keep what they are made with.

        Such objects stand for functions, so each is kept apart by its place of birth.
        """
        known = self._holders.get(cls)
        if known is None:
            known = self._holders[cls] = self._holds_callables(cls)
        return known

    def _holds_callables(self, cls: Ref) -> bool:
        scope = self.flat(cls)
        if scope.kind != FunctionKind.CLASS_BODY.value:
            return False
        members = self.definitions.members(cls)
        if "__call__" not in members:
            return False
        for name in ("__init__", "__new__"):
            for binding in members.get(name, ()):
                parts = scope.nodes[scope.bindings[binding][1]]
                if parts[0] != DEFINED:
                    continue
                maker = self.flat((cls[0], cast(int, parts[1])))
                names = {parameter[0] for parameter in maker.parameters[1:]}
                for access in maker.accesses:
                    if (
                        access[0] == "set attribute"
                        and access[4] >= 0
                        and is_made_of(maker, access[4], names)
                        and self._is_called(cls, access[2])
                    ):
                        return True
        return False

    def _is_called(self, cls: Ref, name: str) -> bool:
        """Whether methods of a class call what its objects keep under a name."""
        scopes = self.program.summaries[cls[0]].scopes
        return any(
            scope.parent == cls[1]
            and any(
                scope.nodes[site[2]][0] == ATTR and scope.nodes[site[2]][2] == name
                for site in scope.sites
            )
            for scope in scopes
        )

    def is_shared(self, code: Code) -> bool:
        """Whether the code stands for all callers."""
        return self._shared.get(code.ref) is code

    def template(self, ref: Ref) -> Template:
        """What all codes of a scope have in common."""
        known = self._templates.get(ref)
        if known is None:
            program = self.program
            is_module = self.flat(ref).parent < 0
            stores = program.global_stores if is_module else program.nonlocal_stores
            file = ref[0]
            known = make_template(self.flat(ref), lambda name: (file, name) in stores)
            self._templates[ref] = known
        return known

    def number_of(self, birth: int, code: Code) -> int:
        """The number of a place of birth in one code.

        An object whose method makes another one like it would have descendants without an end:
        those that are born where one of their forebears was have the place alone.
        """
        forebears: frozenset[int] = frozenset().union(
            *(self._forebears.get(abs(context), ()) for context in code.context)
        )
        if birth in forebears:
            return birth
        number = self.origin_number(((0, 0), f"born in {code.number}", birth))
        self._forebears[number] = forebears | {birth}
        return number

    def _new_code(self, ref: Ref, parent: Code | None, context: tuple[int, ...]) -> Code:
        template = self.template(ref)
        size = (template.apart if context else template.whole).size
        if context:
            self.bound.done += OWN_WORK * size
        code = Code(
            ref,
            self.flat(ref),
            template,
            parent,
            self.store.variables(size),
            len(self.codes) + 1,
            context,
        )
        self.codes.append(code)
        self.waiting.append(code)
        return code

    def _is_wrapper(self, ref: Ref) -> bool:
        """Whether a function calls or returns what it is given, and is small."""
        known = self._wrappers.get(ref)
        if known is None:
            known = self._wrappers[ref] = hands_on(self.program, ref)
        return known

    def origin_number(self, origin: Origin) -> int:
        number = self._origins.get(origin)
        if number is None:
            number = self._origins[origin] = len(self._origins) + 1
        return number

    # -- edges ------------------------------------------------------------------------------

    def record(
        self,
        origin: Origin,
        target: Target,
        through: str = "",
        is_bound: bool = False,
        is_once: bool = False,
    ) -> None:
        """Note that a place may call somebody."""
        found = self.edges.get(origin)
        if found is None:
            self.edges[origin] = {target: Edge(self.phase, through, is_bound, is_once)}
        elif target not in found:
            found[target] = Edge(self.phase, through, is_bound, is_once)

    def instantiate(self, ref: Ref) -> None:
        """Note that objects of the class exist."""
        if ref in self.instantiated:
            return
        self.instantiated.add(ref)
        for tell in self.on_instantiated.pop(ref, ()):
            tell()

    # -- variables --------------------------------------------------------------------------

    def named(self, *key: object) -> int:
        """The variable of a key, made when it is first asked for."""
        known = self.memo.get(key)
        if known is None:
            self.bound.done += NAMED_WORK
            known = self.memo[key] = self.store.variable()
            if key[0] in FIELDS and key[2] not in self.field_names:
                self._tell_of_field(cast(str, key[2]))
        return known

    def read_field(self, kind: str, cls: Ref, name: str, target: int) -> None:
        """Let a variable hold what is stored in fields of a name.

        Most names that are read are those of methods, which nobody stores: for them there are no
        variables, one for each class that may have the name.

        Args:
            kind: One of `FIELDS`.
        """
        if name in self.field_names:
            self.store.copy(self.named(kind, cls, name), target)
        else:
            self._field_readers.setdefault(name, []).append((kind, cls, target))

    def _tell_of_field(self, name: str) -> None:
        self.field_names.add(name)
        for kind, cls, target in self._field_readers.pop(name, ()):
            self.store.copy(self.named(kind, cls, name), target)

    def box(self, type_name: str, *key: object) -> Box:
        """The container of a key, made when it is first asked for."""
        number = self.memo.get(("box", type_name, *key))
        if number is not None:
            return self.boxes[number]
        made = Box(len(self.boxes), type_name, loose=self.store.variable())
        self.boxes.append(made)
        self.memo[("box", type_name, *key)] = made.number
        return made

    def argument_of(self, box: Box, index: int) -> int:
        """The variable of a type parameter of a container: elements, keys, values."""
        known = box.arguments.get(index)
        if known is None:
            known = box.arguments[index] = self.store.variable()
            if index == _held_by(box.type_name):
                self.store.copy(box.loose, known)
                for item in box.items.values():
                    self.store.copy(item, known)
        return known

    def content_of(self, box: Box, index: int) -> int:
        """The variable to fill with what a type parameter of a container stands for."""
        return box.loose if index == _held_by(box.type_name) else self.argument_of(box, index)

    def item_of(self, box: Box, key: str | int) -> int:
        """The variable of what stands under a constant key."""
        known = box.items.get(key)
        if known is None:
            known = box.items[key] = self.store.variable()
            held = box.arguments.get(_held_by(box.type_name))
            if held is not None:
                self.store.copy(known, held)
            for tell in tuple(box.on_item):
                tell(key, known)
        return known

    def elements_of(self, box: Box) -> int:
        """The variable of everything that a container holds: elements, or the values of a dict."""
        return self.argument_of(box, _held_by(box.type_name))

    def foreign(self, dotted: str, box: Box | None = None) -> int:
        """An object of a class outside the sources."""
        name = self.definitions.one_name(dotted)
        return self.objects.number(Kind.FOREIGN, name, 0 if box is None else box.number)

    def external(self, dotted: str) -> int:
        """A module, class, function or value outside the sources."""
        return self.definitions.external(dotted)

    def instance(self, ref: Ref, is_exact: bool = True, birth: int = 0) -> int:
        """An object of a class of the tree."""
        number = self.objects.number(Kind.INSTANCE, ref, is_exact, birth)
        if birth:
            self.born[number] = None
        return number

    def function(self, ref: Ref, parent: Code) -> int:
        """A function of the tree, as one code of the scope around it defines it."""
        return self.objects.number(Kind.FUNCTION, ref, parent.number)

    def parent_of(self, function: int) -> Code:
        """The code around a function."""
        return self.codes[cast(int, self.all[function].b) - 1]

    def returned_type(self, dotted: str) -> TypeTemplate | None:
        """What the tables say that a call of this name gives."""
        if dotted not in self.returned:
            self.returned[dotted] = self.table.returned(dotted)
        return self.returned[dotted]

    def attribute_type(self, dotted: str) -> TypeTemplate | None:
        """What the tables say of an attribute."""
        if dotted not in self.attributes:
            self.attributes[dotted] = self.table.attribute(dotted)
        return self.attributes[dotted]

    def if_empty(self, variable: int, act: Callable[[], object]) -> None:
        """Do something if nothing better was found for a variable."""
        self.weak.append((variable, act))


_MOST_KEPT_APART = 5000
_MOST_CALLS = 3000  # of one function, that are kept apart, besides decorators
_MOST_CHAINS = 100  # beyond these a call alone counts, whoever called its caller
_MOST_IMPLICIT = 300  # the same, of calls that nobody writes: `__getattr__`, a property's getter
BY_NAME = 1 << 42  # from here on a birth is the name that `__getattr__` is asked for
DICTS = frozenset(
    ("builtins.dict", "collections.defaultdict", "collections.OrderedDict", "typing.Mapping")
)


def _held_by(type_name: str) -> int:
    return 1 if type_name in DICTS else 0


def _missing(*arguments: object) -> Any:
    raise AssertionError("the solver is not put together")

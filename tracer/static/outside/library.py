"""What the standard library offers, by dotted name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from tracer.static.outside.cache import TableCache
from tracer.static.outside.hierarchy import merged
from tracer.static.outside.tables import Entry, RawMember, RawSignature, Table
from tracer.static.outside.terms import (
    RECEIVER,
    UNKNOWN,
    Type,
    instance,
    substitute,
    variables,
)
from tracer.static.outside.values import Member, Parameter, Signature, Symbol

if TYPE_CHECKING:
    from tracer.static.outside.lowering import Lowering

_OBJECT = "builtins.object"
_MODULES = "+modules"  # No module has such a name.


class Library:
    """Symbols and classes of the standard library, from its stubs.

    A name of a stub module is lowered when it is first asked for; `save` keeps what was lowered in
    the cache folder. An answer that was given once is a dict access from then on.
    """

    def __init__(self, cache: Path | None = None) -> None:
        self._cache = TableCache(cache)
        self._lowering: Lowering | None = None
        self._modules: frozenset[str] | None = None
        self._tables: dict[str, Table] = {}  # what is known of each module so far
        self._lowered: set[str] = set()  # modules of which more is known than is kept
        self._entries: dict[str, Entry | None] = {}
        self._symbols: dict[str, Symbol | None] = {}
        self._members: dict[tuple[str, str], Member | None] = {}
        self._orders: dict[str, tuple[str, ...]] = {}
        self._bindings: dict[str, dict[str, dict[str, Type]]] = {}
        self._names: dict[str, frozenset[str]] = {}
        self._elements: dict[str, Type | None] = {}

    @property
    def modules(self) -> frozenset[str]:
        """The names of all modules that have a stub, private ones included."""
        if self._modules is None:
            stored = self._cache.read(_MODULES)
            if not isinstance(stored, tuple):
                stored = tuple(sorted(self._lower().modules))
                self._cache.write(_MODULES, stored)
            self._modules = frozenset(stored)
        return self._modules

    def save(self) -> None:
        """Keep what was lowered for the next run."""
        for module in sorted(self._lowered):
            self._cache.write(module, self._tables[module])
        self._lowered.clear()

    def symbol(self, dotted: str) -> Symbol | None:
        """What a dotted name stands for; None when the stubs do not say."""
        if dotted not in self._symbols:
            self._symbols[dotted] = self._symbol(dotted)
        return self._symbols[dotted]

    def member(self, class_dotted: str, name: str) -> Member | None:
        """What an attribute of a class is, found along its bases."""
        key = (class_dotted, name)
        if key not in self._members:
            self._members[key] = self._member(class_dotted, name, ())
        return self._members[key]

    def members(self, class_dotted: str) -> frozenset[str]:
        """The names of all attributes, those of the bases and of `object` included."""
        if class_dotted not in self._names:
            classes = map(self._class, self.mro(class_dotted))
            self._names[class_dotted] = frozenset(n for one in classes if one for n in one[4][2])
        return self._names[class_dotted]

    def binds(self, class_dotted: str, name: str) -> bool:
        """Whether a class or a base of it binds a name; that `object` does is no answer."""
        classes = (self._class(one) for one in self.mro(class_dotted) if one != _OBJECT)
        return any(name in one[4][2] for one in classes if one)

    def mro(self, class_dotted: str) -> tuple[str, ...]:
        """The class and its bases in the order of asking; empty for what is not a class.

        `typing.Generic` and `typing.Protocol`, which are no classes in the stubs, are left out.
        """
        if class_dotted not in self._orders:
            self._orders[class_dotted] = ()  # A class that is its own base would not end.
            self._orders[class_dotted] = self._order(class_dotted)
        return self._orders[class_dotted]

    def type_parameters(self, class_dotted: str) -> tuple[str, ...]:
        """The names of a class's type variables, in order."""
        entry = self._class(class_dotted)
        return tuple(name for name, _ in entry[2]) if entry else ()

    def element(self, class_dotted: str) -> Type | None:
        """What iterating over an object gives; None when it cannot be iterated over."""
        if class_dotted not in self._elements:
            self._elements[class_dotted] = self._element(class_dotted)
        return self._elements[class_dotted]

    def _symbol(self, dotted: str) -> Symbol | None:
        entry = self._entry(dotted)
        match entry:
            case ("module", name):
                return Symbol("module", name)
            case ("class", name, *_):
                return Symbol("class", name)
            case ("function", name, raw):
                return Symbol("function", name, _signatures(raw, {}))
            case ("value", name, term):
                return Symbol("value", name, type=term)
            case ("bound", name, owner, attr):
                return self._bound(name, owner, attr)
            case _:
                return None

    def _bound(self, dotted: str, owner: str, name: str) -> Symbol:
        member = self.member(owner, name)
        if member is None:
            return Symbol("value", dotted, type=UNKNOWN)
        if member.signatures:
            given = {"Self": instance(owner)}
            bound = tuple(_bound_signature(one, given) for one in member.signatures)
            return Symbol("function", dotted, bound)
        return Symbol("value", dotted, type=member.type)

    def _entry(self, dotted: str) -> Entry | None:
        if dotted not in self._entries:
            self._entries[dotted] = self._find(dotted)
        return self._entries[dotted]

    def _find(self, dotted: str) -> Entry | None:
        if dotted in self.modules:
            return ("module", dotted)
        module = dotted
        path: tuple[str, ...] = ()
        while module and module not in self.modules:
            module, _, name = module.rpartition(".")
            path = (name, *path)
        return self._walk(module, path) if module else None

    def _walk(self, module: str, path: tuple[str, ...]) -> Entry | None:
        entry = self._named(module, path[0])
        for name in path[1:]:
            entry = self._settled(entry)
            if entry is None:
                return None
            if entry[0] == "module":
                entry = self._entry(f"{entry[1]}.{name}")
            else:
                entry = entry[5].get(name) if entry[0] == "class" else None
        return self._settled(entry)

    def _settled(self, entry: Entry | None) -> Entry | None:
        return self._walk(entry[1], entry[2]) if entry and entry[0] == "elsewhere" else entry

    def _named(self, module: str, name: str) -> Entry | None:
        """The entry of a name of a module; that it has none is kept as well."""
        table = self._table(module)
        if name not in table:
            # Not the whole module: of 3 300 names in 59 modules, a package asks for 300.
            table[name] = self._lower().entry(module, name)
            self._lowered.add(module)
        return table[name]

    def _raw(self, entry: Entry, name: str) -> RawMember:
        module, path, _ = entry[4]
        table, key = self._table(module), ".".join((*path, name))
        raw = table.get(key)
        if raw is None:
            raw = table[key] = self._lower().member(module, path, name)
            self._lowered.add(module)
        return raw

    def _table(self, module: str) -> Table:
        if module not in self._tables:
            stored = self._cache.read(module)
            self._tables[module] = stored if isinstance(stored, dict) else {}
        return self._tables[module]

    def _lower(self) -> Lowering:
        if self._lowering is None:
            # Only when the cache does not know: the parser takes longer to load than a table.
            from tracer.static.outside.lowering import Lowering

            self._lowering = Lowering()
        return self._lowering

    def _class(self, dotted: str) -> Entry | None:
        entry = self._entry(dotted)
        return entry if entry and entry[0] == "class" else None

    def _order(self, dotted: str) -> tuple[str, ...]:
        entry = self._class(dotted)
        if entry is None:
            return ()
        name = entry[1]
        if name == _OBJECT:
            return (_OBJECT,)
        bases = tuple(dict.fromkeys(base[1] for base in entry[3] if self.mro(base[1]))) or (
            _OBJECT,
        )
        return merged(name, [self.mro(base) for base in bases], bases)

    def _binding(self, dotted: str) -> Mapping[str, Mapping[str, Type]]:
        """For each class of the order, what its type variables are in terms of this class's."""
        if dotted not in self._bindings:
            found: dict[str, dict[str, Type]] = {}
            entry = self._class(dotted)
            if entry is not None:
                found[entry[1]] = {name: ("V", name) for name, _ in entry[2]}
                for base in entry[3]:
                    given = self._given(base)
                    for ancestor, inner in self._binding(base[1]).items():
                        outer = {name: substitute(term, given) for name, term in inner.items()}
                        found.setdefault(ancestor, outer)
            self._bindings[dotted] = found
        return self._bindings[dotted]

    def _given(self, term: Type) -> dict[str, Type]:
        """The type arguments of an object's type by name; the default, or unknown, for the rest."""
        entry = self._class(term[1])
        given: dict[str, Type] = {}
        for place, (name, default) in enumerate(entry[2] if entry else ()):
            if place < len(term[2]):
                given[name] = term[2][place]
            else:
                given[name] = UNKNOWN if default is None else substitute(default, given)
        return given

    def _member(self, dotted: str, name: str, seen: tuple[str, ...]) -> Member | None:
        for owner in self.mro(dotted):
            entry = self._class(owner)
            if entry is None or name not in entry[4][2]:
                continue
            raw = self._raw(entry, name)
            if raw[0] != "same":
                kind, signatures, term = raw
                given = self._binding(dotted).get(owner, {})
                declared = None if term is None else substitute(term, given)
                return Member(kind, owner, _signatures(signatures, given), declared)
            same = None if raw[1] in seen else self._member(dotted, raw[1], (*seen, name))
            return same or Member("value", owner, type=UNKNOWN)
        return None

    def _element(self, dotted: str) -> Type | None:
        iterator = self._returned(dotted, "__iter__")
        if iterator is None or iterator == RECEIVER:
            return iterator and self._returned(dotted, "__next__")
        if iterator[0] != "C":
            return UNKNOWN
        item = self._returned(iterator[1], "__next__")
        return UNKNOWN if item is None else substitute(item, self._given(iterator))

    def _returned(self, dotted: str, method: str) -> Type | None:
        member = self.member(dotted, method)
        return member.signatures[0].returns if member and member.signatures else None


def _bound_signature(signature: Signature, given: Mapping[str, Type]) -> Signature:
    parameters = tuple(
        replace(one, type=substitute(one.type, given)) for one in signature.parameters
    )
    return Signature(parameters, substitute(signature.returns, given))


def _signatures(raw: Iterable[RawSignature], given: Mapping[str, Type]) -> tuple[Signature, ...]:
    """Signatures with the class's variables replaced, those of a method kept apart."""
    return tuple(_signature(one, given) for one in raw)


def _signature(raw: RawSignature, given: Mapping[str, Type]) -> Signature:
    parameters, returns, receiver = raw
    if given:
        taken = {name for term in given.values() for name in variables(term)}
        own = {name for one in _types(raw) for name in variables(one)} - given.keys()
        given = {**given, **{name: ("V", f"{name}'") for name in own & taken}}
    return Signature(
        tuple(
            Parameter(name, kind, substitute(term, given), has_default)
            for name, kind, term, has_default in parameters
        ),
        substitute(returns, given),
        None if receiver is None else substitute(receiver, given),
    )


def _types(raw: RawSignature) -> Iterable[Type]:
    parameters, returns, receiver = raw
    return [*(one[2] for one in parameters), returns, *([receiver] if receiver else [])]

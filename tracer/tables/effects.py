"""What the table of effects says of code outside the sources."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from tracer.model.graph import EffectKind


@dataclass(frozen=True, slots=True)
class ArgumentRef:
    """Which argument of a call: by position, by keyword, or by either."""

    position: int | None = None
    keyword: str = ""
    is_receiver: bool = False
    text: str | None = None  # fixed words instead of an argument
    is_all_keywords: bool = False


@dataclass(frozen=True, slots=True)
class EffectRule:
    """What calls of one name do."""

    read: EffectKind  # equal to `write` where no mode decides
    write: EffectKind
    subject: ArgumentRef | None = None
    payload: ArgumentRef | None = None
    keys: ArgumentRef | None = None
    mode: ArgumentRef | None = None
    default_mode: str = "r"
    note: str = ""
    is_auxiliary: bool = False
    needs: ArgumentRef | None = None
    part: str = ""  # what a key names inside the file: `attribute`
    opens: bool = False  # the result is the open file
    is_keyed: bool = False  # an effect only where its key is known
    unless: ArgumentRef | None = None  # no effect where this argument is given
    is_file_payload: bool = False  # the payload is the path of a file or folder


@dataclass(frozen=True, slots=True)
class TypeTemplate:
    """A type of a table: `builtins.list[{0}]`."""

    name: str  # dotted; `{self}`, `{item}`, `{0}`, `{element 0}` or `=0` stand for what a call has
    arguments: tuple[TypeTemplate, ...] = ()


@dataclass(frozen=True, slots=True)
class Hook:
    """A method of the tree that something outside runs on an object."""

    method: str  # its name, or the beginning of it
    is_beginning: bool = False
    hands_on: bool = False  # it is given what the call passes, and gives what the call gives
    argument: ArgumentRef | None = None  # where the object is passed; else it is the receiver


@dataclass(frozen=True, slots=True)
class EffectTable:
    """What is known of code outside the sources. Ask it by any spelling of a name."""

    effects: Mapping[str, EffectRule] = field(default_factory=dict)
    returns: Mapping[str, TypeTemplate] = field(default_factory=dict)
    attributes: Mapping[str, TypeTemplate] = field(default_factory=dict)
    bases: Mapping[str, str] = field(default_factory=dict)
    aliases: Mapping[str, str] = field(default_factory=dict)
    alike: Mapping[str, str] = field(default_factory=dict)
    hidden_inputs: frozenset[str] = frozenset()
    state_writers: frozenset[str] = frozenset()
    state_readers: frozenset[str] = frozenset()
    memberless_bases: frozenset[str] = frozenset()
    capitalised_functions: frozenset[str] = frozenset()
    property_decorators: frozenset[str] = frozenset()
    context_decorators: frozenset[str] = frozenset()
    dataclass_decorators: frozenset[str] = frozenset()
    field_makers: frozenset[str] = frozenset()
    uncalled: tuple[str, ...] = ()  # names, or beginnings of names, that end in a dot
    protocols: Mapping[str, str] = field(default_factory=dict)
    hooks: Mapping[str, tuple[Hook, ...]] = field(default_factory=dict)
    kept: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    keepers: frozenset[str] = frozenset()  # classes whose own methods call what objects keep
    bags: frozenset[str] = frozenset()  # classes whose objects hold any attributes
    given: Mapping[str, str] = field(default_factory=dict)  # methods that fill a bag: its class
    named_by: Mapping[str, str] = field(default_factory=dict)  # class: the field with a file's name
    part_of: Mapping[str, str] = field(default_factory=dict)  # class of parts of an open file

    def hooks_of(self, dotted: str) -> tuple[Hook, ...]:
        """What a function or method outside runs of the objects it is called on or with."""
        return tuple(hook for name in self.spellings(dotted) for hook in self.hooks.get(name, ()))

    def kept_by(self, dotted: str) -> tuple[str, ...] | None:
        """The methods of its object that call what a function is given; None: it does so itself."""
        known = _found(self.kept, self.spellings(dotted))
        if known is None:
            beginnings = [name for name in self.kept if name.endswith(".")]
            known = next((self.kept[one] for one in beginnings if dotted.startswith(one)), None)
        return known

    def name(self, dotted: str) -> str:
        """The one name of a thing: `tensorflow.compat.v2.Variable` is `tensorflow.Variable`."""
        for _ in range(_LONGEST_WAY):
            known = _respelled(self.aliases, dotted)
            if known is None:
                break
            dotted = known
        return dotted

    def canonical(self, dotted: str) -> str:
        """The name under which the table tells of a thing: `io.TextIOWrapper` is `typing.IO`."""
        for _ in range(_LONGEST_WAY):
            known = _respelled(self.aliases, dotted) or _respelled(self.alike, dotted)
            if known is None:
                break
            dotted = known
        return dotted

    @property
    def acting_attributes(self) -> frozenset[str]:
        """Attributes whose reading does something."""
        return frozenset(self.effects.keys() & self.attributes.keys())

    def effect(self, dotted: str) -> EffectRule | None:
        """What a call of this name does, if the table says."""
        return _found(self.effects, self.spellings(dotted))

    def returned(self, dotted: str) -> TypeTemplate | None:
        """What a call of this name returns."""
        return _found(self.returns, self.spellings(dotted))

    def attribute(self, dotted: str) -> TypeTemplate | None:
        """The type of an attribute."""
        return _found(self.attributes, self.spellings(dotted))

    def is_hidden_input(self, dotted: str) -> bool:
        """Whether a guard that reads this depends on something outside the arguments."""
        return any(name in self.hidden_inputs for name in self.spellings(dotted))

    def ancestry(self, dotted: str) -> tuple[str, ...]:
        """A class and all its bases, where the table knows each; else nothing."""
        found = [self.name(dotted)]
        while (base := self.bases.get(found[-1])) is not None and base not in found:
            found.append(base)
        return tuple(found) if found[-1] == "builtins.object" else ()

    def spellings(self, dotted: str) -> list[str]:
        """The name as the table may spell it: as given, canonical, and on each base class."""
        canonical = self.canonical(dotted)
        names = [dotted] if canonical == dotted else [dotted, canonical]
        owner, _, member = canonical.rpartition(".")
        while (base := self.bases.get(owner)) is not None and f"{base}.{member}" not in names:
            owner = base
            names.append(f"{base}.{member}")
        return names


_V = TypeVar("_V")
_LONGEST_WAY = 4  # from one spelling to the next


def _found(table: Mapping[str, _V], names: Sequence[str]) -> _V | None:
    for name in names:
        if name in table:
            return table[name]
    return None


def _respelled(spellings: Mapping[str, str], dotted: str) -> str | None:
    """A name by the spelling of its longest known beginning; None where none is known."""
    parts = dotted.split(".")
    for length in range(len(parts), 0, -1):
        head, rest = ".".join(parts[:length]), ".".join(parts[length:])
        known = spellings.get(head)
        if known is None and rest and f"{head}." in spellings:
            known = spellings[f"{head}."].removesuffix(".")
        if known is not None:
            return f"{known}.{rest}" if rest else known
    return None

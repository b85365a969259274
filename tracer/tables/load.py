"""The effect table: the one that comes with the tool, then those of the user."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Any, TypeVar

from tracer.errors import TableError
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


def load_effect_table(extra: Sequence[Path] = ()) -> EffectTable:
    """Read the table of the tool, then each of the user's; later entries replace earlier ones.

    Raises:
        TableError: A user's table cannot be read or has another form: names file, entry, and
            what was expected.
    """
    draft = _Draft()
    own = resources.files("tracer.tables").joinpath("effects.toml")
    draft.add(own.read_text(encoding="utf-8"), "effects.toml")
    for path in extra:
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise TableError(f"{path}: expected a table in TOML, found: {error}") from error
        draft.add(text, str(path))
    return draft.finished()


def parse_type(text: str) -> TypeTemplate:
    """Read `builtins.dict[builtins.str, {0}]`.

    Raises:
        ValueError: The text is no type.
    """
    template, rest = _parse_type(text.strip())
    if rest:
        raise ValueError(f"expected the end, found {rest!r}")
    return template


_V = TypeVar("_V")
_LONGEST_WAY = 4  # from one spelling to the next
_TYPE_NAME = re.compile(r"=0|\?|\{(?:self|item|\d|element \d)\}|[A-Za-z_][\w.]*")
_ARGUMENT = re.compile(r"(?P<position>\d+)?(?:(?:^|:)(?P<keyword>[A-Za-z_]\w*))?$")
_HOOK = re.compile(
    r"(?:(?P<argument>[\w:]+)\.)?(?P<method>[A-Za-z_]\w*)(?P<star>\*)?(?P<given>\(\*\))?$"
)
_SECTIONS = [
    "effect",
    "returns",
    "attributes",
    "bases",
    "aliases",
    "alike",
    "hidden",
    "state",
    "classes",
    "decorators",
    "protocols",
    "kept",
    "given",
    "hooks",
    "named_by",
    "part_of",
]
_EFFECT_KEYS = frozenset(
    [
        "calls",
        "kind",
        "subject",
        "payload",
        "from_file",
        "needs",
        "keys",
        "part",
        "opens",
        "unless",
        "keyed",
        "mode",
        "default",
        "read",
        "write",
        "note",
        "auxiliary",
    ]
)
_KINDS = ", ".join(kind.value for kind in EffectKind)


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


def _parse_type(text: str) -> tuple[TypeTemplate, str]:
    match = _TYPE_NAME.match(text)
    if match is None:
        raise ValueError(f"expected a dotted name, found {text!r}")
    name, rest = match[0], text[match.end() :].lstrip()
    arguments: list[TypeTemplate] = []
    if rest.startswith("["):
        rest = rest[1:]
        while True:
            argument, rest = _parse_type(rest.lstrip())
            arguments.append(argument)
            if not rest or rest[0] not in ",]":
                raise ValueError(f"expected ',' or ']', found {rest[:10]!r}")
            is_last, rest = rest[0] == "]", rest[1:].lstrip()
            if is_last:
                break
    return TypeTemplate(name, tuple(arguments)), rest


class _Draft:
    """A table while files are read into it."""

    def __init__(self) -> None:
        self._effects: dict[str, EffectRule] = {}
        self._types: dict[str, dict[str, TypeTemplate]] = {"returns": {}, "attributes": {}}
        self._names: dict[str, dict[str, str]] = {
            name: {}
            for name in ("bases", "aliases", "alike", "protocols", "given", "named_by", "part_of")
        }
        self._kept: dict[str, tuple[str, ...]] = {}
        self._hooks: dict[str, tuple[Hook, ...]] = {}
        self._lists: dict[tuple[str, str], set[str]] = {
            ("hidden", "calls"): set(),
            ("state", "write"): set(),
            ("state", "read"): set(),
            ("classes", "memberless"): set(),
            ("classes", "functions"): set(),
            ("decorators", "property"): set(),
            ("decorators", "context"): set(),
            ("decorators", "dataclass"): set(),
            ("classes", "fields"): set(),
            ("classes", "uncalled"): set(),
            ("classes", "bags"): set(),
        }

    def add(self, text: str, source: str) -> None:
        try:
            data = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise TableError(f"{source}: expected TOML: {error}") from error
        for section in data:
            if section not in _SECTIONS:
                raise TableError(
                    f"{source}: section {section!r}: expected one of {', '.join(_SECTIONS)}"
                )
        entries = data.get("effect", [])
        if not isinstance(entries, list):
            raise TableError(f"{source}: effect: expected [[effect]] entries, found a table")
        for number, entry in enumerate(entries, start=1):
            self._add_effect(entry, f"{source}: [[effect]] number {number}")
        for section, types in self._types.items():
            for name, value in _pairs(data, section, source):
                try:
                    types[name] = parse_type(value)
                except ValueError as error:
                    where = f"{source}: [{section}] {name!r}"
                    raise TableError(f"{where}: expected a type: {error}") from error
        for section, names in self._names.items():
            names.update(_pairs(data, section, source))
        for name, methods in _table(data, "kept", source).items():
            where = f"{source}: [kept] {name!r}"
            self._kept[name] = tuple(_strings(methods, where)) if methods != [] else ()
        for name, hooks in _table(data, "hooks", source).items():
            where = f"{source}: [hooks] {name!r}"
            self._hooks[name] = tuple(_hook(one, where) for one in _strings(hooks, where))
        for section in ("hidden", "state", "classes", "decorators"):
            where = f"{source}: [{section}]"
            for key, value in _table(data, section, source).items():
                known = self._lists.get((section, key))
                if known is None:
                    keys = [name for owner, name in self._lists if owner == section]
                    raise TableError(f"{where} {key!r}: expected one of {', '.join(keys)}")
                known.update(_strings(value, f"{where} {key}"))

    def _add_effect(self, entry: object, where: str) -> None:
        if not isinstance(entry, dict):
            raise TableError(f"{where}: expected a table, found {entry!r}")
        for key in entry:
            if key not in _EFFECT_KEYS:
                expected = ", ".join(sorted(_EFFECT_KEYS))
                raise TableError(f"{where}: key {key!r}: expected one of {expected}")
        calls = _strings(entry.get("calls"), f"{where}: calls")
        mode = _argument(entry, "mode", where)
        if mode is None:
            read = write = _kind(entry, "kind", where)
        elif "kind" in entry:
            raise TableError(f"{where}: kind: expected none beside `mode`: give `read`, `write`")
        else:
            read, write = _kind(entry, "read", where), _kind(entry, "write", where)
        rule = EffectRule(
            read,
            write,
            _argument(entry, "subject", where),
            _argument(entry, "payload", where),
            _argument(entry, "keys", where),
            mode,
            _string(entry.get("default", "r"), f"{where}: default"),
            _string(entry.get("note", ""), f"{where}: note"),
            _boolean(entry.get("auxiliary", False), f"{where}: auxiliary"),
            _argument(entry, "needs", where),
            _string(entry.get("part", ""), f"{where}: part"),
            _boolean(entry.get("opens", mode is not None), f"{where}: opens"),
            _boolean(entry.get("keyed", False), f"{where}: keyed"),
            _argument(entry, "unless", where),
            _boolean(entry.get("from_file", False), f"{where}: from_file"),
        )
        self._effects.update((call, rule) for call in calls)

    def finished(self) -> EffectTable:
        def lists(section: str, key: str) -> frozenset[str]:
            return frozenset(self._lists[section, key])

        return EffectTable(
            effects=self._effects,
            returns=self._types["returns"],
            attributes=self._types["attributes"],
            bases=self._names["bases"],
            aliases=self._names["aliases"],
            alike=self._names["alike"],
            hidden_inputs=lists("hidden", "calls"),
            state_writers=lists("state", "write"),
            state_readers=lists("state", "read"),
            memberless_bases=lists("classes", "memberless"),
            capitalised_functions=lists("classes", "functions"),
            property_decorators=lists("decorators", "property"),
            context_decorators=lists("decorators", "context"),
            dataclass_decorators=lists("decorators", "dataclass"),
            field_makers=lists("classes", "fields"),
            uncalled=tuple(sorted(lists("classes", "uncalled"))),
            protocols=self._names["protocols"],
            hooks=self._hooks,
            bags=lists("classes", "bags"),
            given=self._names["given"],
            named_by=self._names["named_by"],
            part_of=self._names["part_of"],
            kept=self._kept,
            keepers=frozenset(
                one
                for name, methods in self._kept.items()
                if methods
                for one in (name, name.rpartition(".")[0])
            ),
        )


def _pairs(data: Mapping[str, Any], section: str, source: str) -> list[tuple[str, str]]:
    return [
        (name, _string(value, f"{source}: [{section}] {name!r}"))
        for name, value in _table(data, section, source).items()
    ]


def _table(data: Mapping[str, Any], section: str, source: str) -> Mapping[str, Any]:
    table = data.get(section, {})
    if not isinstance(table, dict):
        raise TableError(f"{source}: [{section}]: expected a table, found {table!r}")
    return table


def _hook(text: str, where: str) -> Hook:
    match = _HOOK.match(text)
    if match is None:
        raise TableError(
            f"{where}: expected `call`, `call(*)`, `visit_*` or `0:obj.default`, found {text!r}"
        )
    argument = None
    if match["argument"] is not None:
        argument = _argument({"": match["argument"]}, "", where)
    return Hook(match["method"], bool(match["star"]), bool(match["given"]), argument)


def _kind(entry: Mapping[str, object], key: str, where: str) -> EffectKind:
    value = entry.get(key)
    try:
        return EffectKind(str(value))
    except ValueError as error:
        raise TableError(f"{where}: {key}: expected one of {_KINDS}, found {value!r}") from error


def _argument(entry: Mapping[str, object], key: str, where: str) -> ArgumentRef | None:
    value = entry.get(key)
    if value is None:
        return None
    text = _string(value, f"{where}: {key}")
    if text == "receiver":
        return ArgumentRef(is_receiver=True)
    if text == "**":
        return ArgumentRef(is_all_keywords=True)
    if text.startswith("="):
        return ArgumentRef(text=text[1:])
    match = _ARGUMENT.match(text)
    if match is None or not text:
        raise TableError(
            f"{where}: {key}: expected `0:file`, `file`, `receiver`, `**` or `=words`,"
            f" found {text!r}"
        )
    position = match["position"]
    return ArgumentRef(None if position is None else int(position), match["keyword"] or "")


def _string(value: object, where: str) -> str:
    if not isinstance(value, str):
        raise TableError(f"{where}: expected a string, found {value!r}")
    return value


def _strings(value: object, where: str) -> list[str]:
    if not isinstance(value, list) or not value:
        raise TableError(f"{where}: expected a list of dotted names, found {value!r}")
    return [_string(item, where) for item in value]


def _boolean(value: object, where: str) -> bool:
    if not isinstance(value, bool):
        raise TableError(f"{where}: expected true or false, found {value!r}")
    return value

"""The effect table: the one that comes with the tool, then those of the user."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from importlib import resources
from pathlib import Path
from typing import Any

from tracer.errors import TableError
from tracer.model.graph import EffectKind
from tracer.tables.effects import ArgumentRef, EffectRule, EffectTable, Hook, TypeTemplate


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

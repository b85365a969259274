"""Keys of JSON, YAML and TOML files; nothing that a tag in them names is made."""

from __future__ import annotations

import json
import tomllib
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import BinaryIO

import yaml

from tracer.artifacts.limits import Budget
from tracer.artifacts.texts import printable
from tracer.model.artifact import ArtifactMember, HeldValue

_YAML_NAMES = (".yaml", ".yml", "/mlmodel")
_YAML_TAGS = "tag:yaml.org,2002:"
_YAML_DEPTH = 100
_EVENTS = 50_000  # of a YAML file

_Reader = Callable[[BinaryIO, ArtifactMember, Budget], ArtifactMember]


class _Outline:
    """Keys as they come, to a bounded depth and number."""

    def __init__(self, budget: Budget) -> None:
        self._limits = budget.limits
        self.held: list[HeldValue] = []
        self.gaps: dict[str, None] = {}

    def add(self, path: tuple[str, ...], what: str) -> None:
        if len(path) > self._limits.held_depth:
            self.gaps[f"what lies deeper than {self._limits.held_depth} keys"] = None
        elif len(self.held) >= self._limits.held:
            self.gaps[f"more than {self._limits.held} keys: the rest is not listed"] = None
        else:
            self.held.append(HeldValue(path, what))

    @property
    def keys(self) -> tuple[str, ...]:
        found = (each.path[0] for each in self.held if len(each.path) == 1)
        return tuple(found)[: self._limits.keys]


def reader_of(head: bytes, path: str) -> _Reader | None:
    """Who reads a file of this (lower-case) path and beginning; None: it is no configuration."""
    if path.endswith(_YAML_NAMES) or path == "mlmodel":
        return _yaml
    if path.endswith(".toml"):
        return _toml
    return _json if path.endswith(".json") or head.lstrip()[:1] in (b"{", b"[") else None


def _json(stream: BinaryIO, plain: ArtifactMember, budget: Budget) -> ArtifactMember:
    if plain.size > budget.limits.text_bytes:
        gap = f"JSON of more than {budget.limits.text_bytes} bytes"
        return replace(plain, kind="json", not_inspected=(gap,))
    twice: set[str] = set()

    def pairs(found: list[tuple[str, object]]) -> dict[str, object]:
        made = dict(found)
        if len(made) < len(found):
            twice.update(
                key for key, count in Counter(key for key, _ in found).items() if count > 1
            )
        return made

    try:
        value = json.loads(_bytes(stream), object_pairs_hook=pairs)
    except (ValueError, RecursionError) as error:
        is_named = plain.path.lower().endswith(".json")
        why = printable(str(error)) if not isinstance(error, RecursionError) else "nested too deep"
        gap = f"no JSON: {why}" if is_named else "no format that is known"
        return replace(plain, not_inspected=(gap,))
    found = _outlined(plain, "json", value, budget)
    if twice:
        shown = ", ".join(sorted(printable(key) for key in twice)[:12])
        found = replace(found, notes=(*found.notes, f"keys that stand twice: {shown}"))
    return found


def _toml(stream: BinaryIO, plain: ArtifactMember, budget: Budget) -> ArtifactMember:
    if plain.size > budget.limits.slow_text_bytes:
        gap = f"TOML of more than {budget.limits.slow_text_bytes} bytes"
        return replace(plain, kind="toml", not_inspected=(gap,))
    try:
        value = tomllib.loads(_bytes(stream).decode("utf-8"))
    except (ValueError, RecursionError) as error:
        why = printable(str(error)) if not isinstance(error, RecursionError) else "nested too deep"
        return replace(plain, not_inspected=(f"no TOML: {why}",))
    return _outlined(plain, "toml", value, budget)


def _outlined(plain: ArtifactMember, kind: str, value: object, budget: Budget) -> ArtifactMember:
    outline = _Outline(budget)
    _walk(value, (), outline, budget.limits.held_depth)
    classes = sorted(_class_names(value))
    shown = ", ".join(classes[: budget.limits.keys])
    notes = [f"classes: {shown}"] if classes else []
    codes = sorted({name.rpartition(".")[2] for name in classes} & budget.table.holds_code)
    notes += [f"a {name} layer: loading runs code that stands in the file" for name in codes]
    return replace(
        plain,
        kind=kind,
        top=_kind(value),
        keys=outline.keys,
        held=tuple(outline.held),
        notes=tuple(notes),
        not_inspected=tuple(outline.gaps),
    )


def _walk(value: object, path: tuple[str, ...], outline: _Outline, left: int) -> None:
    if left < 0:
        return
    pairs: Iterable[tuple[str, object]] = ()
    if isinstance(value, dict):
        pairs = ((str(key), each) for key, each in value.items())
    elif isinstance(value, list):
        pairs = ((str(at), each) for at, each in enumerate(value) if isinstance(each, dict | list))
    for key, each in pairs:
        here = (*path, printable(key))
        outline.add(here, _kind(each, with_length=True))
        _walk(each, here, outline, left - 1)


_KINDS = {str: "text", type(None): "null", bool: "bool", int: "int", float: "float"}


def _kind(value: object, *, with_length: bool = False) -> str:
    name = _KINDS.get(type(value), type(value).__name__)
    is_container = with_length and isinstance(value, dict | list)
    return f"{name} of {len(value)}" if is_container else name  # type: ignore[arg-type]


def _class_names(value: object) -> set[str]:
    """`module.class_name` wherever a configuration names a class."""
    names: set[str] = set()
    waiting: list[object] = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, dict):
            name, module = item.get("class_name"), item.get("module")
            if isinstance(name, str):
                names.add(printable(f"{module}.{name}" if isinstance(module, str) else name))
            waiting.extend(item.values())
        elif isinstance(item, list):
            waiting.extend(item)
    return names


def _yaml(stream: BinaryIO, plain: ArtifactMember, budget: Budget) -> ArtifactMember:
    """Keys from the events of the parser: nothing is built, so that aliases cannot multiply."""
    if plain.size > budget.limits.slow_text_bytes:
        gap = f"YAML of more than {budget.limits.slow_text_bytes} bytes"
        return replace(plain, kind="yaml", not_inspected=(gap,))
    reading = _Events(_Outline(budget))
    gaps: list[str] = []
    try:
        for number, event in enumerate(yaml.parse(_bytes(stream), Loader=yaml.SafeLoader)):
            if number >= _EVENTS:
                gaps.append(f"more than {_EVENTS} values: the rest was not read")
                break
            if not reading.take(event):
                gaps.append(f"nested more than {_YAML_DEPTH} deep: the rest was not read")
                break
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        first = " ".join(str(error).split())
        gaps.append(f"no YAML from there on: {printable(first)}")
    notes = []
    if reading.tags:
        shown = ", ".join(sorted(reading.tags)[:12])
        notes.append(f"tags: {shown}: a loader that is not a safe one makes what they name")
    if reading.aliases:
        notes.append(f"{reading.aliases} aliases: not followed")
    return replace(
        plain,
        kind="yaml",
        top=reading.top,
        keys=reading.outline.keys,
        held=tuple(reading.outline.held),
        notes=tuple(notes),
        not_inspected=(*reading.outline.gaps, *gaps),
    )


class _Events:
    """Follows the events of a YAML file and keeps the keys."""

    def __init__(self, outline: _Outline) -> None:
        self.outline = outline
        self.top = ""
        self.tags: set[str] = set()
        self.aliases = 0
        # Of each open mapping or sequence: whether it is a mapping, the key that waits for its
        # value, and how many values came.
        self._open: list[tuple[bool, str | None, int]] = []

    def take(self, event: yaml.Event) -> bool:
        """Whether reading may go on: the parser takes quadratic time for deep nesting."""
        if isinstance(event, yaml.AliasEvent):
            self.aliases += 1
            self._value("alias", None)
        elif isinstance(event, yaml.ScalarEvent):
            self._note_tag(event.tag)
            self._value("text", event.value)
        elif isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
            self._note_tag(event.tag)
            is_mapping = isinstance(event, yaml.MappingStartEvent)
            self._value("dict" if is_mapping else "list", None)
            self._open.append((is_mapping, None, 0))
            return len(self._open) <= _YAML_DEPTH
        elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            self._open.pop()
            self._end()
        return True

    def _value(self, what: str, text: str | None) -> None:
        if not self._open:
            self.top = self.top or what
            return
        is_mapping, key, count = self._open[-1]
        if is_mapping and key is None:
            self._open[-1] = (True, printable(text or f"<{what}>"), count)
            return
        if not is_mapping:
            self._open[-1] = (False, str(count), count + 1)
            if what not in ("dict", "list"):
                return
        path = tuple(str(key) for _, key, _ in self._open)
        self.outline.add(path, what)
        if what not in ("dict", "list"):
            self._end()

    def _end(self) -> None:
        """The value of a key has come whole."""
        if self._open and self._open[-1][0]:
            is_mapping, _, count = self._open[-1]
            self._open[-1] = (is_mapping, None, count + 1)

    def _note_tag(self, tag: str | None) -> None:
        """Keep the tags that are none of YAML's own types."""
        if tag is None or len(self.tags) >= 100:
            return
        if not tag.startswith(_YAML_TAGS) or tag.startswith(f"{_YAML_TAGS}python"):
            self.tags.add(printable(tag))


def _bytes(stream: BinaryIO) -> bytes:
    stream.seek(0)
    return stream.read()

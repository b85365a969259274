"""What becomes of values on their way, read from a table that a user can extend."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tracer.errors import TableError
from tracer.model.flow import HopKind
from tracer.tables.toml import read_toml
from tracer.tables.words import any_word_matches

_OWN_TABLE = Path(__file__).with_name("flow.toml")
_PARTS = ("topic", "change", "within", "compare", "asks", "keeps")


@dataclass(frozen=True, slots=True)
class FlowTopic:
    """What a question may ask of a value."""

    name: str
    words: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    calls: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    ends: tuple[HopKind, ...] = ()


@dataclass(frozen=True, slots=True)
class FlowChange:
    """What a call or attribute does to the value that it is given, or read of."""

    what: str
    calls: tuple[str, ...] = ()
    attributes: tuple[str, ...] = ()
    loses: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()
    arrives: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FlowContext:
    """What a context manager does to values that are made while it is entered."""

    what: str
    calls: tuple[str, ...]
    loses: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()
    keeps: tuple[str, ...] = ()

    @property
    def topics(self) -> frozenset[str]:
        """Those that it decides about, whatever stands around it."""
        return frozenset((*self.loses, *self.changes, *self.keeps))


@dataclass(frozen=True, slots=True)
class FlowTable:
    """The whole table."""

    topics: tuple[FlowTopic, ...] = ()
    changes: tuple[FlowChange, ...] = ()
    contexts: tuple[FlowContext, ...] = ()
    compares: frozenset[str] = frozenset()
    asking_calls: frozenset[str] = frozenset()
    asking_attributes: frozenset[str] = frozenset()
    keeps: frozenset[str] = frozenset()

    def topics_of(self, question: str) -> tuple[FlowTopic, ...]:
        """What the question asks of values, in the order of the table."""
        return tuple(topic for topic in self.topics if any_word_matches(topic.words, question))

    def change_by_call(
        self, callees: Collection[str], method: str, keywords: Collection[str] = ()
    ) -> FlowChange | None:
        """What is known of a call.

        Args:
            callees: Dotted names of what it may run.
            method: Its last part as written, where nothing is known of it but that; else empty.
            keywords: Those that it gives.
        """
        for change in self.changes:
            if change.keywords and not set(change.keywords) & set(keywords):
                continue
            if any(name in change.calls for name in callees):
                return change
            if method and _bears(method, change.calls):
                return change
        return None

    def change_by_attribute(self, name: str) -> FlowChange | None:
        """What is known of reading an attribute."""
        return next((change for change in self.changes if name in change.attributes), None)

    def context(self, callees: Collection[str], topics: Collection[str]) -> FlowContext | None:
        """What a context manager that is made by one of these decides about the topics."""
        return next(
            (
                context
                for context in self.contexts
                if context.topics & {*topics} and any(name in context.calls for name in callees)
            ),
            None,
        )

    def is_asking(self, callees: Collection[str], method: str = "") -> bool:
        """Whether a call asks something of a value, and does not hand it on."""
        return _is_any(self.asking_calls, callees, method)

    def is_comparing(self, callees: Collection[str], method: str = "") -> bool:
        """Whether a call compares what it is given."""
        return _is_any(self.compares, callees, method)

    def is_keeping(self, callees: Collection[str], method: str = "") -> bool:
        """Whether a call puts what it is given into its receiver."""
        return _is_any(self.keeps, callees, method)


def load_flow_table(extra: Sequence[Path] = ()) -> FlowTable:
    """Read our table and the user's, which come first.

    Raises:
        TableError: A file cannot be read, or does not have the table's form.
    """
    topics: list[FlowTopic] = []
    changes: list[FlowChange] = []
    contexts: list[FlowContext] = []
    lists: dict[str, set[str]] = {
        "compare": set(),
        "asks": set(),
        "attributes": set(),
        "keeps": set(),
    }
    for path in (*reversed(extra), _OWN_TABLE):
        read = read_toml(path, "flows")
        try:
            if unknown := [name for name in read if name not in _PARTS]:
                raise ValueError(f"unknown table {unknown[0]}")
            topics += [_topic(entry) for entry in read.get("topic", [])]
            changes += [FlowChange(**_given(entry)) for entry in read.get("change", [])]
            contexts += [FlowContext(**_given(entry)) for entry in read.get("within", [])]
            for name in ("compare", "asks", "keeps"):
                lists[name].update(_strings(read.get(name, {}).get("calls", [])))
            lists["attributes"].update(_strings(read.get("asks", {}).get("attributes", [])))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise TableError(f"{path}: expected the form of flow.toml, found: {error}") from error
    return FlowTable(
        tuple(topics),
        tuple(changes),
        tuple(contexts),
        frozenset(lists["compare"]),
        frozenset(lists["asks"]),
        frozenset(lists["attributes"]),
        frozenset(lists["keeps"]),
    )


def _is_any(names: frozenset[str], callees: Collection[str], method: str) -> bool:
    return any(name in names for name in callees) or bool(method and _bears(method, names))


def _bears(method: str, names: Collection[str]) -> bool:
    """Whether a method of that name stands among the names; a plain function is no method."""
    return any(name.rpartition(".")[2] == method and name.count(".") >= 2 for name in names)


def _topic(entry: Mapping[str, Any]) -> FlowTopic:
    given = _given(entry)
    return FlowTopic(**{**given, "ends": tuple(map(HopKind, given.get("ends", ())))})


def _given(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: _strings(value) if isinstance(value, list) else _text(value)
        for name, value in entry.items()
    }


def _strings(values: Any) -> tuple[str, ...]:
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise ValueError(f"{values!r} is not a list of strings")
    return tuple(values)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{value!r} is not a string")
    return value


def split_tables(paths: Sequence[Path]) -> tuple[tuple[Path, ...], tuple[Path, ...]]:
    """A user's tables of effects, and those of flows: a file is one or the other.

    Raises:
        TableError: A file cannot be read.
    """
    flows = tuple(path for path in paths if read_toml(path, "flows").keys() & set(_PARTS))
    return tuple(path for path in paths if path not in flows), flows

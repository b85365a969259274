"""Values of a pickle as far as its opcodes tell: kinds, keys and shapes, never the values."""

from __future__ import annotations

from collections.abc import Iterable

from tracer.artifacts.texts import printable, shape_text
from tracer.model.artifact import HeldValue
from tracer.tables.formats import FormatsTable, Made

_NO_MADE = Made(kind="?")


class Item:
    """A value on the abstract stack."""

    __slots__ = ("args", "entries", "kind", "length", "made", "state", "text")

    def __init__(
        self,
        kind: str,  # `dict`, `text`, `int`, `global`, or the dotted name of what made it
        text: str | None = None,  # of texts, scalars and globals, as a key shows them
        length: int = 0,  # entries of a container
        entries: list[tuple[str, Item]] | None = None,  # the first of a container
        args: tuple[Item, ...] = (),
        made: Made | None = None,
    ) -> None:
        self.kind = kind
        self.text = text
        self.length = length
        self.entries = entries
        self.args = args
        self.made = made
        self.state: Item | None = None

    def named(self) -> Iterable[tuple[str, Item]]:
        """What the value holds by name."""
        if self.kind == "dict" or (self.entries and self.kind not in ORDERED):
            return self.entries or ()
        if self.state is None:
            return ()
        if self.state.kind == "tuple":  # (what `__dict__` holds, what slots hold)
            return [pair for _, each in self.state.entries or () for pair in each.named()]
        return self.state.named()

    def at(self, path: str) -> Item | None:
        """The value at a path of the table: `args.0.1`, `state.shape`."""
        first, *rest = path.split(".")
        current: Item | None = None
        if first == "args" and rest and int(rest[0]) < len(self.args):
            current, rest = self.args[int(rest[0])], rest[1:]
        elif first == "state":
            current = self.state
        for step in rest:
            if current is None:
                return None
            current = next((item for key, item in current.entries or () if key == step), None)
        return current

    def shape(self) -> tuple[int, ...] | None:
        """As many integers as a tuple holds, all of them known."""
        if self.kind != "tuple" or self.length != len(self.entries or ()):
            return None
        texts = [item.text or "" for _, item in self.entries or ()]
        is_known = all(text.isascii() and text.isdigit() and len(text) < 19 for text in texts)
        return tuple(map(int, texts)) if is_known else None


ORDERED = frozenset({"list", "tuple", "set", "frozenset", "persistent object"})


def dtype_of(item: Item | None, table: FormatsTable) -> str:
    """The name of an array's type; empty where it is not known."""
    if item is None:
        return ""
    text = item.text
    if item.made is not None and item.made.text_at:
        named = item.at(item.made.text_at)
        text = None if named is None else named.text
    return "" if text is None else table.dtypes.get(text, text)


def describe(item: Item, table: FormatsTable) -> str:
    """What a value is, in a few words."""
    made = item.made or _NO_MADE
    if made.shape or made.dtype:
        shape = item.at(made.shape) if made.shape else None
        sizes = None if shape is None else shape.shape()
        shown = [made.kind, "" if sizes is None else shape_text(sizes)]
        shown.append(dtype_of(item.at(made.dtype), table) if made.dtype else "")
        return printable(" ".join(filter(None, shown)))
    if item.kind == "global":
        return f"the global {printable(item.text or '?')}"
    if item.kind in ("dict", *ORDERED) and item.kind != "persistent object":
        return f"{item.kind} of {item.length}"
    if item.length:
        return f"{printable(item.kind)} of {item.length}"
    return printable(item.kind)


def held_below(
    top: Item, table: FormatsTable, depth: int, most: int
) -> tuple[list[HeldValue], bool]:
    """What a value holds by name, in order; and whether there is more than was listed.

    Items of lists and tuples are named by position, where they hold something themselves.
    """
    found: list[HeldValue] = []

    def walk(item: Item, path: tuple[str, ...], left: int) -> bool:
        is_whole = True
        named = list(item.named())
        if not named and item.kind in ("list", "tuple"):
            named = [pair for pair in item.entries or () if pair[1].entries or pair[1].state]
        if named and left == 0:
            return False
        for key, value in named:
            if len(found) >= most:
                return False
            here = (*path, printable(key))
            found.append(HeldValue(here, describe(value, table)))
            is_array = value.made is not None and bool(value.made.shape or value.made.dtype)
            if not is_array and not walk(value, here, left - 1):
                is_whole = False
        return is_whole

    is_whole = walk(top, (), depth)
    return found, is_whole

"""An abstract stack machine over `pickletools.genops`.

It knows texts, containers and the names of globals, and treats everything else as opaque. It
imports nothing and calls nothing.
"""

from __future__ import annotations

import pickletools
import re
from collections import Counter
from typing import BinaryIO

from tracer.artifacts.limits import InspectionLimits
from tracer.artifacts.pickle_values import Item, dtype_of
from tracer.artifacts.texts import printable
from tracer.tables.formats import FormatsTable

_LONGEST_TEXT = 200  # characters that a key or the name of a global is cut to
_TEXT_BYTES = 32 * 1024 * 1024  # of texts that are kept of one file
_LONGEST_CUT = "…"
_NESTED_RUNS = 3  # pickles that stand inside the data of another one
_ITEMS = 64  # of a list, tuple or set that are kept
_TEXTS = frozenset(
    {"UNICODE", "BINUNICODE", "SHORT_BINUNICODE", "BINUNICODE8"}
    | {"STRING", "BINSTRING", "SHORT_BINSTRING"}
)
_MARKED_CONTAINERS = {"DICT": "dict", "LIST": "list", "TUPLE": "tuple", "FROZENSET": "frozenset"}
_EMPTY_CONTAINERS = {
    "EMPTY_DICT": "dict",
    "EMPTY_LIST": "list",
    "EMPTY_TUPLE": "tuple",
    "EMPTY_SET": "set",
}
_TUPLES = {"TUPLE1": 1, "TUPLE2": 2, "TUPLE3": 3}
_GETS = frozenset({"GET", "BINGET", "LONG_BINGET"})
_PUTS = frozenset({"PUT", "BINPUT", "LONG_BINPUT"})
_EXTENSIONS = frozenset({"EXT1", "EXT2", "EXT4"})
_CONSTANTS = {"NONE": "None", "NEWTRUE": "True", "NEWFALSE": "False"}
_SCALARS = {  # what pushes one value of its own
    opcode.name: opcode.stack_after[0].name
    for opcode in pickletools.opcodes
    if not opcode.stack_before
    and len(opcode.stack_after) == 1
    and opcode.name not in _TEXTS | _EMPTY_CONTAINERS.keys() | _GETS | _EXTENSIONS
    and opcode.name not in ("MARK", "GLOBAL", "PERSID", "NEXT_BUFFER")
}
_ITEM_BYTES = re.compile(r"[<>|=]?([a-zA-Z])(\d{1,9})")
_MARK = Item("mark")


class MalformedPickleError(Exception):
    """The opcodes do not fit the stack."""


class PickleMachine:
    """Runs opcodes on kinds instead of values."""

    def __init__(self, limits: InspectionLimits, table: FormatsTable, opcodes: int) -> None:
        self._limits = limits
        self._table = table
        self._stack: list[Item] = []
        self._memo: dict[int, Item] = {}
        self._text_left = _TEXT_BYTES
        self._runs = 0  # that are under way
        self.opcodes_left = opcodes
        self.opcodes: Counter[str] = Counter()
        self.globals: set[str] = set()
        self.gaps: dict[str, None] = {}
        self.outermost: Item | None = None  # of a pickle that did not come to its end

    def run(self, stream: BinaryIO) -> Item | None:
        """Run to the next STOP; None where the pickle breaks off, with a gap noted."""
        self._stack, self._memo = [], {}
        self._runs += 1
        position = stream.tell()
        try:
            for opcode, argument, where in pickletools.genops(stream):
                position = where or 0
                self.opcodes[opcode.name] += 1
                self.opcodes_left -= 1
                if self.opcodes_left < 0:
                    self.note_gap("more opcodes than are read: the rest was not")
                    break
                if len(self._stack) > self._limits.pickle_depth:
                    limit = self._limits.pickle_depth
                    self.note_gap(f"more than {limit} values on the stack: not read further")
                    break
                if opcode.name == "STOP":
                    return self._pop()
                self._step(opcode, argument, position, stream)
        except MalformedPickleError as error:
            self.note_gap(f"byte {position}: {error}")
        except (ValueError, UnicodeDecodeError, OverflowError, MemoryError) as error:
            # What genops raises for truncated and unknown opcodes.
            self.note_gap(f"byte {position}: {printable(str(error) or type(error).__name__)}")
        finally:
            self._runs -= 1
        self.outermost = self._unfinished()
        return None

    def _unfinished(self) -> Item | None:
        """The outermost value of a pickle that breaks off, with the keys that came."""
        if not self._stack:
            return None
        first = self._stack[0]
        if first.kind == "dict" and len(self._stack) > 1 and self._stack[1] is _MARK:
            pending = self._stack[2:]
            end = next((at for at, item in enumerate(pending) if item is _MARK), len(pending))
            self._add_keys(first, pending[: end - end % 2])
        return first

    def note_gap(self, text: str) -> None:
        """Something that was not looked at; each is told once."""
        if len(self.gaps) < self._limits.keys:
            self.gaps[text] = None

    def _step(
        self, opcode: pickletools.OpcodeInfo, argument: object, position: int, stream: BinaryIO
    ) -> None:
        name = opcode.name
        if name == "MEMOIZE":  # the frequent ones first
            self._memo[len(self._memo)] = self._top()
        elif name in _TEXTS:
            self._stack.append(Item("text", self._kept(str(argument))))
        elif name in _SCALARS:
            text = _CONSTANTS.get(name)
            if text is None and _is_short_scalar(argument):
                text = repr(argument)
            self._stack.append(Item(_SCALARS[name], text))
        elif name == "POP":
            self._pop_any()
        elif name == "MARK":
            self._stack.append(_MARK)
        elif name in _EMPTY_CONTAINERS:
            self._stack.append(Item(_EMPTY_CONTAINERS[name]))
        elif name in _MARKED_CONTAINERS:
            self._collect(_MARKED_CONTAINERS[name])
        elif name in _TUPLES:
            items = [self._pop() for _ in range(_TUPLES[name])]
            self._stack.append(_tuple(items[::-1]))
        elif name in ("SETITEM", "SETITEMS", "APPEND", "APPENDS", "ADDITEMS"):
            self._fill(name)
        elif name in _GETS:
            self._stack.append(self._memo.get(_index(argument)) or Item("unknown memo entry"))
        elif name in _PUTS:
            self._memo[_index(argument)] = self._top()
        elif name in ("GLOBAL", "INST"):
            self._global(str(argument).replace(" ", ".", 1), is_instance=name == "INST")
        elif name == "STACK_GLOBAL":
            self._stack_global(position)
        elif name in ("REDUCE", "NEWOBJ", "NEWOBJ_EX"):
            named = self._pop() if name == "NEWOBJ_EX" else None
            args = self._pop()
            self._made(self._pop(), [item for _, item in args.entries or ()], named)
        elif name == "OBJ":
            items = self._pop_to_mark()
            self._made(items[0] if items else Item("object"), items[1:])
        elif name == "BUILD":
            self._build(stream)
        elif name == "POP_MARK":
            self._pop_to_mark()
        elif name == "DUP":
            self._stack.append(self._top())
        elif name in ("PERSID", "BINPERSID"):
            key = self._pop() if name == "BINPERSID" else None
            entries = None if key is None else key.entries
            self._stack.append(Item("persistent object", entries=entries))
        elif name in _EXTENSIONS:
            self.note_gap(f"byte {position}: a global by extension code {argument}")
            self._stack.append(Item("global by extension code"))
        elif name not in ("PROTO", "FRAME"):
            self._generic(opcode)

    def _generic(self, opcode: pickletools.OpcodeInfo) -> None:
        """Opcodes that take and give values whose kind alone matters."""
        for _ in opcode.stack_before:
            self._pop()
        self._stack += [Item(each.name) for each in opcode.stack_after]

    def _kept(self, text: str) -> str:
        kept = text[:_LONGEST_TEXT] if self._text_left > 0 else ""
        self._text_left -= len(kept)
        return kept if len(kept) == len(text) else kept + _LONGEST_CUT

    def _global(self, dotted: str, *, is_instance: bool) -> None:
        dotted = self._kept(dotted)
        shown = printable(dotted)
        if len(self.globals) < self._limits.globals:
            self.globals.add(shown)
        elif shown not in self.globals:
            self.note_gap(f"more than {self._limits.globals} globals: the rest is not listed")
        found = Item("global", dotted)
        if is_instance:
            self._made(found, self._pop_to_mark())
        else:
            self._stack.append(found)

    def _stack_global(self, position: int) -> None:
        name, module = self._pop(), self._pop()
        if name.kind == module.kind == "text":
            self._global(f"{module.text}.{name.text}", is_instance=False)
            return
        self.note_gap(f"byte {position}: a global whose name is computed while loading")
        self._stack.append(Item("computed global"))

    def _made(self, maker: Item, args: list[Item], named: Item | None = None) -> None:
        """What calling something gives: known by name alone, or as the table says."""
        if named is not None:
            args = [*args, named]
        if maker.kind != "global" or maker.text is None:
            self._stack.append(Item(f"what {maker.kind} gives"))
            return
        made = self._table.made.get(maker.text)
        result = Item(maker.text, args=tuple(args[:8]), made=made)
        if made is not None and made.same_as:
            result = result.at(made.same_as) or result
        elif made is not None and made.class_at:
            found = result.at(made.class_at)
            if found is not None and found.kind == "global" and found.text:
                result = Item(found.text)
        self._stack.append(result)

    def _build(self, stream: BinaryIO) -> None:
        state = self._pop()
        item = self._top()
        if item.state is None:
            item.state = state
        made = item.made
        if made is not None and made.data_follows:
            self._skip_data(item, stream)

    def _skip_data(self, item: Item, stream: BinaryIO) -> None:
        """Pass the raw bytes of an array that stand in the stream behind its description."""
        assert item.made is not None
        shape = item.at(item.made.shape)
        sizes = None if shape is None else shape.shape()
        dtype = item.at(item.made.dtype)
        found = _ITEM_BYTES.fullmatch(_raw_dtype(dtype))
        if sizes is None or found is None:
            type_name = dtype_of(dtype, self._table) or "not known"
            raise MalformedPickleError(f"raw data of an array of type {printable(type_name)}")
        if found[1] == "O":
            self._nested(stream)
            return
        alignment = item.at(item.made.data_follows)
        if alignment is not None and alignment.text not in (None, "None"):
            stream.seek(sum(stream.read(1)), 1)
        count = 1
        for size in sizes:
            count = min(count * size, 2**62)
        wanted = min(count * int(found[2]) * (4 if found[1] == "U" else 1), 2**62)
        start = stream.tell()
        end = stream.seek(0, 2)
        stream.seek(min(start + wanted, end))
        if start + wanted > end:
            raise MalformedPickleError(f"raw data of {wanted} bytes breaks off")

    def _nested(self, stream: BinaryIO) -> None:
        if self._runs > _NESTED_RUNS:
            raise MalformedPickleError("pickles within the data of pickles, nested too deep")
        stack, memo = self._stack, self._memo
        top = self.run(stream)
        self._stack, self._memo = stack, memo
        if top is None:
            raise MalformedPickleError("a pickle inside the data breaks off")

    def _fill(self, name: str) -> None:
        if name == "SETITEM":
            value, key = self._pop(), self._pop()
            filled = [key, value]
        elif name == "APPEND":
            filled = [self._pop()]
        else:
            filled = self._pop_to_mark()
        container = self._top()
        if name.startswith("SETITEM"):
            self._add_keys(container, filled)
            container.length += len(filled) // 2
        else:
            _add_items(container, filled)

    def _collect(self, kind: str) -> None:
        found = self._pop_to_mark()
        if kind == "tuple":
            self._stack.append(_tuple(found))
            return
        container = Item(kind)
        if kind == "dict":
            container.length = len(found) // 2
            self._add_keys(container, found)
        else:
            _add_items(container, found)
        self._stack.append(container)

    def _add_keys(self, container: Item, filled: list[Item]) -> None:
        if container.entries is None:
            container.entries = []
        for position in range(0, len(filled) - 1, 2):
            if len(container.entries) >= self._limits.keys:
                self.note_gap(f"more than {self._limits.keys} keys: the rest is not listed")
                return
            key = filled[position]
            text = key.text if key.text is not None else f"<{key.kind}>"
            container.entries.append((text, filled[position + 1]))

    def _top(self) -> Item:
        if not self._stack or self._stack[-1] is _MARK:
            raise MalformedPickleError("an opcode needs a value, the stack has none")
        return self._stack[-1]

    def _pop(self) -> Item:
        item = self._top()
        self._stack.pop()
        return item

    def _pop_any(self) -> None:
        if not self._stack:
            raise MalformedPickleError("an opcode needs a value, the stack has none")
        self._stack.pop()

    def _pop_to_mark(self) -> list[Item]:
        items: list[Item] = []
        while self._stack:
            item = self._stack.pop()
            if item is _MARK:
                return items[::-1]
            items.append(item)
        raise MalformedPickleError("an opcode needs a mark, the stack has none")


def _tuple(items: list[Item]) -> Item:
    """A tuple; as a key it shows its texts."""
    texts = [item.text for item in items[:9]]
    known = [text for text in texts if text is not None]
    shown = f"({', '.join(known)})" if len(known) == len(items) <= 8 else None
    made = Item("tuple", None if shown is None else shown[:_LONGEST_TEXT])
    _add_items(made, items)
    return made


def _add_items(container: Item, items: list[Item]) -> None:
    if container.entries is None:
        container.entries = []
    room = _ITEMS - len(container.entries)
    for number, item in enumerate(items[: max(room, 0)], start=container.length):
        container.entries.append((str(number), item))
    container.length += len(items)


def _raw_dtype(item: Item | None) -> str:
    """`f8`, as the pickle writes it."""
    if item is None:
        return ""
    if item.made is not None and item.made.text_at:
        item = item.at(item.made.text_at)
    return "" if item is None else item.text or ""


def _is_short_scalar(argument: object) -> bool:
    # The text of a long integer takes quadratic time, and has no use as a key.
    return isinstance(argument, float) or (isinstance(argument, int) and abs(argument) < 10**50)


def _index(argument: object) -> int:
    return argument if isinstance(argument, int) else -1

"""What a pickle holds, from its opcodes alone.

An abstract stack machine over `pickletools.genops`: it knows texts, containers and the names of
globals, and treats everything else as opaque. It imports nothing and calls nothing.
"""

from __future__ import annotations

import io
import pickletools
from collections import Counter
from dataclasses import dataclass, field

from tracer.artifacts.report import InspectionLimits, printable


@dataclass(frozen=True, slots=True)
class PickleContents:
    """The outline of one or several pickles that stand one after another."""

    top: str
    keys: tuple[str, ...]
    globals: tuple[str, ...]
    opcodes: tuple[tuple[str, int], ...]
    pickles: int  # that were read to their end
    notes: tuple[str, ...]
    not_inspected: tuple[str, ...]


def read_pickle(data: bytes, limits: InspectionLimits) -> PickleContents:
    """Outline the pickles in the bytes; trouble with them is part of the answer."""
    machine = _Machine(limits)
    stream = io.BytesIO(data)
    tops: list[_Item] = []
    while stream.tell() < len(data):
        start = stream.tell()
        if len(tops) >= limits.pickles:
            machine.gaps.append(f"more than {limits.pickles} pickles: the rest was not read")
            break
        top = machine.run(stream)
        if top is None:
            if tops and stream.tell() > start:
                machine.notes.append(f"{len(data) - start} bytes after the last pickle")
            elif machine.outermost is not None:
                tops.append(machine.outermost)
            break
        tops.append(top)
    first = tops[0] if tops else _Item("nothing")
    finished = machine.opcodes["STOP"]
    if finished > 1:
        machine.notes.append(f"{finished} pickles one after another; keys are those of the first")
    if finished and first.length:
        machine.notes.append(f"{first.length} items")
    calls = sum(machine.opcodes[name] for name in _CALLS)
    if calls:
        machine.notes.append(f"loading makes {calls} calls")
    return PickleContents(
        top=printable(first.kind),
        keys=tuple(first.keys),
        globals=tuple(sorted(machine.globals)),
        opcodes=tuple(sorted(machine.opcodes.items())),
        pickles=finished,
        notes=tuple(machine.notes),
        not_inspected=tuple(dict.fromkeys(machine.gaps)),
    )


_LONGEST_TEXT = 1_000  # characters that a key or the name of a global is cut to
_CALLS = ("REDUCE", "NEWOBJ", "NEWOBJ_EX", "INST", "OBJ", "BUILD")
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


@dataclass(slots=True, eq=False)
class _Item:
    """A value on the abstract stack."""

    kind: str  # `dict`, `text`, `int`, or the dotted name of what made it
    text: str | None = None  # of texts and scalars, as a key shows them
    keys: list[str] = field(default_factory=list)
    length: int = 0  # entries of a container


class _Mark(_Item):
    __slots__ = ()


class _MalformedError(Exception):
    """The opcodes do not fit the stack."""


class _Machine:
    """Runs opcodes on kinds instead of values."""

    def __init__(self, limits: InspectionLimits) -> None:
        self._limits = limits
        self._stack: list[_Item] = []
        self._memo: dict[int, _Item] = {}
        self.opcodes: Counter[str] = Counter()
        self.globals: set[str] = set()
        self.notes: list[str] = []
        self.gaps: list[str] = []
        self.outermost: _Item | None = None  # of a pickle that did not come to its end

    def run(self, stream: io.BytesIO) -> _Item | None:
        """Run to the next STOP; None where the pickle breaks off, with a gap noted."""
        self._stack, self._memo = [], {}
        position = stream.tell()
        try:
            for opcode, argument, where in pickletools.genops(stream):
                position = where or 0
                self.opcodes[opcode.name] += 1
                if self.opcodes.total() > self._limits.pickle_opcodes:
                    limit = self._limits.pickle_opcodes
                    self.gaps.append(f"more than {limit} opcodes: the rest was not read")
                    break
                if len(self._stack) > self._limits.pickle_depth:
                    limit = self._limits.pickle_depth
                    self.gaps.append(f"more than {limit} values on the stack: not read further")
                    break
                if opcode.name == "STOP":
                    return self._pop()
                self._step(opcode, argument, position)
        except _MalformedError as error:
            self.gaps.append(f"byte {position}: {error}")
        except (ValueError, UnicodeDecodeError, OverflowError, MemoryError) as error:
            # What genops raises for truncated and unknown opcodes.
            self.gaps.append(f"byte {position}: {printable(str(error))}")
        self.outermost = self._stack[0] if self._stack else None
        return None

    def _step(self, opcode: pickletools.OpcodeInfo, argument: object, position: int) -> None:
        name = opcode.name
        if name in _TEXTS:
            self._stack.append(_Item("text", str(argument)[:_LONGEST_TEXT]))
        elif name == "MARK":
            self._stack.append(_Mark("mark"))
        elif name in _EMPTY_CONTAINERS:
            self._stack.append(_Item(_EMPTY_CONTAINERS[name]))
        elif name in _MARKED_CONTAINERS:
            self._collect(_MARKED_CONTAINERS[name])
        elif name in _TUPLES:
            items = [self._pop() for _ in range(_TUPLES[name])]
            self._stack.append(_tuple(items[::-1]))
        elif name in ("SETITEM", "SETITEMS", "APPEND", "APPENDS", "ADDITEMS"):
            self._fill(name)
        elif name in _GETS:
            self._stack.append(self._memo.get(_index(argument), _Item("unknown memo entry")))
        elif name in _PUTS:
            self._memo[_index(argument)] = self._top()
        elif name == "MEMOIZE":
            self._memo[len(self._memo)] = self._top()
        elif name in ("GLOBAL", "INST"):
            self._global(str(argument).replace(" ", ".", 1), is_instance=name == "INST")
        elif name == "STACK_GLOBAL":
            self._stack_global(position)
        elif name in ("REDUCE", "NEWOBJ", "NEWOBJ_EX"):
            for _ in range(2 if name == "NEWOBJ_EX" else 1):
                self._pop()
            self._stack.append(_Item(self._pop().kind))
        elif name == "OBJ":
            items = self._pop_to_mark()
            self._stack.append(_Item(items[0].kind if items else "object"))
        elif name == "BUILD":
            self._build()
        elif name == "POP":
            self._pop_any()
        elif name == "POP_MARK":
            self._pop_to_mark()
        elif name == "DUP":
            self._stack.append(self._top())
        elif name in ("PERSID", "BINPERSID"):
            if name == "BINPERSID":
                self._pop()
            self._stack.append(_Item("persistent object"))
        elif name in _EXTENSIONS:
            self._note_gap(f"byte {position}: a global by extension code {argument}")
            self._stack.append(_Item("global by extension code"))
        elif name not in ("PROTO", "FRAME"):
            self._generic(opcode, argument)

    def _generic(self, opcode: pickletools.OpcodeInfo, argument: object) -> None:
        """Opcodes that take and give values whose kind alone matters."""
        for _ in opcode.stack_before:
            self._pop()
        for each in opcode.stack_after:
            kind = each.name
            text = repr(argument) if _is_short_scalar(argument) else None
            if opcode.name in ("NONE", "NEWTRUE", "NEWFALSE"):
                text = {"NONE": "None", "NEWTRUE": "True", "NEWFALSE": "False"}[opcode.name]
            self._stack.append(_Item(kind, text))

    def _global(self, dotted: str, *, is_instance: bool) -> None:
        if len(self.globals) < self._limits.globals:
            self.globals.add(printable(dotted))
        elif printable(dotted) not in self.globals:
            self._note_gap(f"more than {self._limits.globals} globals: the rest is not listed")
        if is_instance:
            self._pop_to_mark()
        self._stack.append(_Item(dotted))

    def _stack_global(self, position: int) -> None:
        name, module = self._pop(), self._pop()
        if name.kind == module.kind == "text":
            self._global(f"{module.text}.{name.text}", is_instance=False)
            return
        self._note_gap(f"byte {position}: a global whose name is computed while loading")
        self._stack.append(_Item("computed global"))

    def _build(self) -> None:
        state = self._pop()
        item = self._top()
        if not item.keys:
            item.keys.extend(state.keys[: self._limits.keys])

    def _fill(self, name: str) -> None:
        if name == "SETITEM":
            value, key = self._pop(), self._pop()
            entries = [key, value]
        elif name == "APPEND":
            entries = [self._pop()]
        else:
            entries = self._pop_to_mark()
        container = self._top()
        if name.startswith("SETITEM"):
            self._add_keys(container, entries[::2])
            container.length += len(entries) // 2
        else:
            container.length += len(entries)

    def _collect(self, kind: str) -> None:
        entries = self._pop_to_mark()
        container = _tuple(entries) if kind == "tuple" else _Item(kind, length=len(entries))
        if kind == "dict":
            container.length //= 2
            self._add_keys(container, entries[::2])
        self._stack.append(container)

    def _add_keys(self, container: _Item, keys: list[_Item]) -> None:
        for key in keys:
            if len(container.keys) >= self._limits.keys:
                self._note_gap(f"more than {self._limits.keys} keys: the rest is not listed")
                return
            container.keys.append(printable(key.text if key.text is not None else f"<{key.kind}>"))

    def _note_gap(self, text: str) -> None:
        if text not in self.gaps and len(self.gaps) < self._limits.keys:
            self.gaps.append(text)

    def _top(self) -> _Item:
        if not self._stack or isinstance(self._stack[-1], _Mark):
            raise _MalformedError("an opcode needs a value, the stack has none")
        return self._stack[-1]

    def _pop(self) -> _Item:
        item = self._top()
        self._stack.pop()
        return item

    def _pop_any(self) -> None:
        if not self._stack:
            raise _MalformedError("an opcode needs a value, the stack has none")
        self._stack.pop()

    def _pop_to_mark(self) -> list[_Item]:
        items: list[_Item] = []
        while self._stack:
            item = self._stack.pop()
            if isinstance(item, _Mark):
                return items[::-1]
            items.append(item)
        raise _MalformedError("an opcode needs a mark, the stack has none")


def _tuple(items: list[_Item]) -> _Item:
    """A tuple; as a key it shows its texts."""
    texts = [item.text for item in items]
    known = [text for text in texts if text is not None]
    shown = f"({', '.join(known)})" if len(known) == len(texts) <= 8 else None
    return _Item("tuple", shown if shown is None else shown[:200], length=len(items))


def _is_short_scalar(argument: object) -> bool:
    # The text of a long integer takes quadratic time, and has no use as a key.
    return isinstance(argument, float) or (isinstance(argument, int) and abs(argument) < 10**50)


def _index(argument: object) -> int:
    return argument if isinstance(argument, int) else -1

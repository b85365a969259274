"""What the numbers in the log stand for: each is written down where it is met first."""

from __future__ import annotations

from collections.abc import Sequence
from types import CodeType
from typing import Any

from .codes import HAS_QUALNAME, Codes, identity
from .generated import Origin
from .job import quote, to_json
from .log import Log

Place = tuple[int | None, int | None, int | None, int | None]

CALL, RESUME, EXTERNAL, ROOT, ROOT_RESUME, RAISED, SITE, INVENTED = range(8)
"""What a counted key is about; it stands first in the key.

A plain call has a key of three: the ids of callee and caller, and the offset.
"""

_HOW = {RESUME: "resume", ROOT_RESUME: "resume", EXTERNAL: "external", SITE: "site"}
_MOST_CHAINS = 10_000
_MOST_PLACED = 16  # code objects, each with a tuple for each of its instructions
_THREADS = ("threading", "_tracer_probe.guard")  # modules whose frames stand below a thread's


class Definitions:
    """Code objects, offsets in them, counted keys and chains of callers, in words of the log."""

    def __init__(self, log: Log, codes: Codes) -> None:
        self.numbers: dict[int, int] = {}  # identity of a code object -> number in the log
        self._codes = codes
        self._log = log
        self.positions: set[tuple[int, int]] = set()
        self.chains: dict[tuple[tuple[int, int], ...], str] = {}  # in words, of those met
        self._places: dict[int, list[Place]] = {}  # by code; one is mostly asked for several

    def begin_anew(self, log: Log) -> None:
        """Another log, in which nothing is written down yet."""
        self._log = log
        self.numbers.clear()
        self.positions.clear()
        self.chains.clear()

    def define(self, number: int, key: tuple[Any, ...]) -> None:
        """Say what a number in the counts is about."""
        record: dict[str, Any]
        if len(key) == 3:  # the frequent kind: a plain call
            callee, caller, offset = key
            key = (CALL, caller, offset, callee, 0)
        about = key[0]
        if about == RAISED:
            _, code, line, name = key
            self._log.add(
                {"t": "raised", "n": number, "code": self.code(code), "line": line, "type": name}
            )
            return
        if about == INVENTED:
            _, name, operation, code, offset = key
            caller = self.code(code)
            self.position(code, offset)
            record = {"t": "invented", "n": number, "name": name, "by": operation}
            self._log.add({**record, "code": caller, "at": offset})
            return
        _, caller, offset, callee, through = key
        if about in (ROOT, ROOT_RESUME):
            is_program = not through and self._is_program(callee)
            why = "program" if is_program else self._why_root(through, offset)
            text = f'{{"t":"edge","n":{number},"why":{quote(why)}'
        else:
            text = f'{{"t":"edge","n":{number},"caller":{self.code(caller)},"at":{offset}'
            self.position(caller, offset)
            if through:
                text += f',"through":{self.code(through)}'
        text += f',"callee":{self.code(callee)}'
        how = _HOW.get(about)
        self._log.add_text(f'{text},"how":"{how}"}}' if how else text + "}")

    def _is_program(self, code_id: int) -> bool:
        """Whether it is the body of the script, which the interpreter itself runs in a child."""
        entry = self._codes.inside.get(code_id)
        return entry is not None and (entry.code.co_name, entry.module) == ("<module>", "__main__")

    def _why_root(self, nearest: int, outermost: int) -> str:
        if not nearest:
            return "called by the interpreter: atexit, finalizer, signal or thread"
        code, module = self._codes.described[nearest]
        if module in _THREADS:
            return "thread"
        if module == "runpy" or module.startswith("_tracer_probe"):
            return "program"
        name = f"{module}.{self.qualname(code)}"
        outer = self._codes.described.get(outermost)
        is_thread = outer is not None and outer[1] in _THREADS
        return f"thread, through {name}" if is_thread else f"through {name}"

    def code(self, code_id: int) -> int:
        """The number of a code object, which is written down when it is met first."""
        if not code_id:
            return 0
        number = self.numbers.get(code_id)
        if number is not None:
            return number
        entry = self._codes.inside.get(code_id)
        if entry is not None:
            code, module = entry.code, entry.module
        elif code_id in self._codes.holding:
            code, module = self._codes.holding[code_id]
        elif code_id in self._codes.described:
            code, module = self._codes.described[code_id]
        else:
            return 0
        holder = self._codes.holders.get(code_id)
        holder_number = 0
        if holder is not None:
            self._codes.holding.setdefault(identity(holder), (holder, module))
            holder_number = self.code(identity(holder))
        number = self.numbers[code_id] = len(self.numbers) + 1
        self._log.add(
            {
                "t": "code",
                "id": number,
                "path": code.co_filename,
                "module": module,
                "qualname": self.qualname(code),
                "first_line": code.co_firstlineno,
                "holder": holder_number,
                "inside": entry is not None,
            }
        )
        origin = self._codes.generated.origins.get(code_id)
        if origin is not None:
            self._tell_origin(number, origin, module)
        return number

    def _tell_origin(self, number: int, origin: Origin, module: str) -> None:
        source = origin.code
        self._codes.holding.setdefault(identity(source), (source, module))
        self._log.add(
            {
                "t": "origin",
                "code": number,
                "of": self.code(identity(source)),
                "folded": origin.is_folded,
                "runtime": origin.runtime,
                "lines": sorted(origin.lines.items()),
            }
        )

    def qualname(self, code: CodeType) -> str:
        """As Python 3.11 and later give it; hidden methods have a name of their own."""
        name = self._codes.generated.names.get(identity(code))
        if name is not None:
            return name
        if HAS_QUALNAME:
            return str(code.co_qualname)  # type: ignore[attr-defined, unused-ignore]
        return self._codes.qualnames.get(identity(code), code.co_name)

    def position(self, code_id: int, offset: int) -> None:
        """Write down where an offset lies: line, end line, columns in UTF-8 bytes."""
        if not code_id or (code_id, offset) in self.positions:
            return
        self.positions.add((code_id, offset))
        entry = self._codes.inside.get(code_id)
        if entry is None:
            return
        place = to_json(self._place(code_id, entry.code, offset))
        self._log.add_text(f'{{"t":"pos","code":{self.code(code_id)},"at":{offset},"is":{place}}}')

    def _place(self, code_id: int, code: CodeType, offset: int) -> Place:
        """Line, end line, column, end column; the last three None before Python 3.11."""
        places = self._places.get(code_id)
        if places is None:
            if len(self._places) >= _MOST_PLACED:
                self._places.clear()
            positions = getattr(code, "co_positions", tuple)
            places = self._places[code_id] = list(positions())
        at = offset // 2
        if 0 <= at < len(places) and places[at][0] is not None:
            return places[at]
        return _place_by_line(code, offset)

    def chain(self, chain: Sequence[tuple[int, int]]) -> str:
        """Who called, as JSON."""
        return self.chains.get(tuple(chain)) or self._chain_in_words(chain)

    def _chain_in_words(self, chain: Sequence[tuple[int, int]]) -> str:
        for code_id, offset in chain:
            self.position(code_id, offset)
        text = to_json([[self.code(code_id), offset] for code_id, offset in chain])
        if len(self.chains) < _MOST_CHAINS:
            self.chains[tuple(chain)] = text
        return text


def _place_by_line(code: CodeType, offset: int) -> Place:
    for start, end, line in code.co_lines():
        if start <= offset < end and line:
            return line, None, None, None
    return code.co_firstlineno, None, None, None

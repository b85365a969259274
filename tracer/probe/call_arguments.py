"""The last arguments of a call that is about to be made, where they are plain names or constants.

A function in C has no frame to read its arguments from. Right before the call they lie on a stack
that nobody can look at; but the instructions that put them there stand before the call.
"""

from __future__ import annotations

import opcode
import sys
from collections.abc import Iterator
from opcode import opmap
from types import CodeType, FrameType
from typing import Any

from .statics import MISSING

_CALL = opmap.get("CALL", -1)
_CONSTANT = opmap.get("LOAD_CONST", -1)
_SMALL_INT = opmap.get("LOAD_SMALL_INT", -1)
_NAME = opmap.get("LOAD_NAME", -1)
_EXTENDED = opmap["EXTENDED_ARG"]
_CACHES: Any = getattr(opcode, "_inline_cache_entries", {})  # by name; in 3.12 by number
_JUMPS = {  # opcode: bytes of cache between it and the instruction that it counts from
    opmap[name]: 2 * (_CACHES.get(name, 0) if type(_CACHES) is dict else _CACHES[opmap[name]])
    for name in opmap
    if opmap[name] in opcode.hasjrel and opmap[name] < 256  # those above are the compiler's
}
_LOCALS = frozenset(
    opmap[name]
    for name in ("LOAD_FAST", "LOAD_FAST_CHECK", "LOAD_FAST_BORROW", "LOAD_DEREF")
    if name in opmap
)
_TWO_LOCALS = frozenset(
    opmap[name]
    for name in ("LOAD_FAST_LOAD_FAST", "LOAD_FAST_BORROW_LOAD_FAST_BORROW")
    if name in opmap
)
_MOST_SITES = 100_000
# Before, to look at the locals of a function keeps what they hold alive until it returns.
_HAS_LIVE_LOCALS = sys.version_info >= (3, 13)


Source = tuple[int, bool, Any]
"""Where one argument is found: its position, whether by name, and the name, or the constant."""


class CallArguments:
    """What is known of the arguments at each call site, worked out once from its instructions."""

    def __init__(self) -> None:
        self._sources: dict[tuple[int, int], tuple[Source, ...]] = {}

    def of(self, frame: FrameType, code_id: int, offset: int) -> dict[int, Any]:
        """By position, as many as are known, from the last one on.

        Args:
            frame: Of the caller.
            code_id: The identity of its code, which stays alive.
            offset: Of the call in its code.
        """
        sources = self._sources.get((code_id, offset))
        if sources is None:
            if len(self._sources) > _MOST_SITES:
                self._sources.clear()
            sources = self._sources[code_id, offset] = tuple(_last_sources(frame.f_code, offset))
        if not sources:
            return {}
        local = frame.f_locals if any(is_name for _, is_name, _ in sources) else {}
        return {
            position: local.get(what, MISSING) if is_name else what
            for position, is_name, what in sources
        }


def _last_sources(code: CodeType, offset: int) -> Iterator[Source]:
    text = code.co_code
    if offset < 0 or offset >= len(text) or text[offset] != _CALL:
        return  # with keywords or stars
    position = text[offset + 1]
    is_module = code.co_name == "<module>"
    names = (
        code.co_varnames
        + tuple(name for name in code.co_cellvars if name not in code.co_varnames)
        + code.co_freevars
    )
    call = offset
    while position > 0 and offset >= 4 and text[offset - 4] != _EXTENDED:
        offset -= 2
        operation, argument = text[offset], text[offset + 1]
        if _is_jumped_to(text, offset + 2, call):
            return  # `f(a if b else c)`: what stands there is one of two
        found: tuple[tuple[bool, Any], ...]
        if operation == _CONSTANT:
            found = ((False, code.co_consts[argument]),)
        elif operation == _SMALL_INT:
            found = ((False, argument),)
        elif operation == _NAME and is_module:
            found = ((True, code.co_names[argument]),)
        elif operation in _LOCALS and _HAS_LIVE_LOCALS:
            found = ((True, names[argument]),)
        elif operation in _TWO_LOCALS and _HAS_LIVE_LOCALS:
            found = ((True, names[argument & 15]), (True, names[argument >> 4]))
        else:
            return
        for is_name, what in found[:position]:
            position -= 1
            yield position, is_name, what


def _is_jumped_to(text: bytes, offset: int, call: int) -> bool:
    """Whether a jump ahead may lead to this instruction, which does not begin the arguments."""
    if offset > call:
        return False
    high = 0
    for at in range(0, offset, 2):
        operation, argument = text[at], text[at + 1] | high
        high = argument << 8 if operation == _EXTENDED else 0
        if operation in _JUMPS and at + 2 + _JUMPS[operation] + 2 * argument == offset:
            return True
    return False

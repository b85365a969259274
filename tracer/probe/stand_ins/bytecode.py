"""What a frame is about to do with what it gets: the instruction that it stands at."""

from __future__ import annotations

import builtins
import dis
from collections.abc import Iterator
from opcode import EXTENDED_ARG, HAVE_ARGUMENT, opmap
from types import CodeType, FrameType
from typing import Any

_UNPACK = opmap["UNPACK_SEQUENCE"]
_UNPACK_EX = opmap["UNPACK_EX"]
_LOAD_NAME = opmap["LOAD_NAME"]
_LOAD_GLOBAL = opmap["LOAD_GLOBAL"]
_SHIFT = 1 if "RESUME" in opmap else 0  # 3.11: the lowest bit of LOAD_GLOBAL is a flag


def unpacked_length(frame: FrameType) -> int | None:
    """How many items `a, b = …` wants at this moment; None where nothing is unpacked."""
    code, at = frame.f_code.co_code, frame.f_lasti
    after = 0
    while 0 <= at < len(code) and code[at] == EXTENDED_ARG:
        after, at = code[at + 1], at + 2
    if not 0 <= at < len(code):
        return None
    if code[at] == _UNPACK:
        return code[at + 1]
    if code[at] == _UNPACK_EX:  # how many before the starred name; after it, in an extension
        if at >= 2 and code[at - 2] == EXTENDED_ARG:
            after = code[at - 1]
        return code[at + 1] + after + 1
    return None


def answer_that_goes_on(frame: FrameType) -> bool | None:
    """The answer by which the test that a frame stands at does not lead straight to a `raise`.

    Returns:
        None where neither answer does, or both, or where no test stands there.
    """
    code = frame.f_code
    known = _instructions_of.get(id(code))
    if known is None:
        listed = [each for each in dis.get_instructions(code) if each.opname != "CACHE"]
        at = {each.offset: place for place, each in enumerate(listed)}
        known = _instructions_of[id(code)] = (code, listed, at)
    _, listed, at = known
    place = at.get(frame.f_lasti)
    if place is None:
        return None
    if listed[place].opname == "PRECALL":  # 3.11 does some calls there, where nothing traces
        place += 1
    if not _is_test(listed[place]):  # what a test was made of; the test itself comes next
        place += 1
        while place < len(listed) and listed[place].opname in ("TO_BOOL", "COPY", "NOT_TAKEN"):
            place += 1
    if place >= len(listed) or not _is_test(listed[place]):
        return None
    target = at.get(listed[place].argval)
    if target is None:
        return None
    jumps_if: bool = listed[place].opname.endswith("TRUE")
    raises_here, raises_there = _raises(listed, place + 1), _raises(listed, target)
    if raises_here == raises_there:
        return None
    return jumps_if if raises_here else not jumps_if


_instructions_of: dict[int, tuple[CodeType, list[Any], dict[int, int]]] = {}


def _is_test(instruction: Any) -> bool:
    name: str = instruction.opname
    return name.startswith("POP_JUMP") and name.endswith(("_IF_TRUE", "_IF_FALSE"))


def _raises(listed: list[Any], place: int) -> bool:
    """Whether the straight line from here ends in a `raise`."""
    for instruction in listed[place:]:
        name = instruction.opname
        if name == "RAISE_VARARGS":
            return True
        if "JUMP" in name or name.startswith("RETURN") or name in ("FOR_ITER", "SEND", "RERAISE"):
            return False
    return False


def global_names(code: CodeType) -> list[str]:
    """Names that a module's code, with all functions in it, looks up as globals; sorted."""
    found: set[str] = set()
    pending = [code]
    while pending:
        one = pending.pop()
        pending.extend(each for each in one.co_consts if type(each) is CodeType)
        for operation, argument in _instructions(one.co_code):
            if operation == _LOAD_NAME:
                found.add(one.co_names[argument])
            elif operation == _LOAD_GLOBAL:
                found.add(one.co_names[argument >> _SHIFT])
    return sorted(found - set(builtins.__dict__))


def names_metaclass(code: CodeType) -> bool:
    """Whether a class statement in this code says `metaclass=`."""
    return any(type(each) is tuple and "metaclass" in each for each in code.co_consts)


def _instructions(text: bytes) -> Iterator[tuple[int, int]]:
    extension = 0
    for at in range(0, len(text), 2):
        operation = text[at]
        argument = text[at + 1] | extension
        if operation == EXTENDED_ARG:
            extension = argument << 8
            continue
        extension = 0
        if operation >= HAVE_ARGUMENT or operation in (_LOAD_NAME, _LOAD_GLOBAL):
            yield operation, argument

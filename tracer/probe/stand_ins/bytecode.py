"""What a frame is about to do with what it gets: the instruction that it stands at."""

from __future__ import annotations

import builtins
from collections.abc import Iterator
from opcode import EXTENDED_ARG, HAVE_ARGUMENT, opmap
from types import CodeType, FrameType

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

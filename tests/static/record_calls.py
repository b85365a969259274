"""Runs `main.py` of a folder and prints which function each line called, as JSON.

A line stands for all that runs because of it: what its call expressions call, and what properties,
operators, loops and builtins run on the way. A frame outside of the folder is skipped, so that a
callback runs at the line that is still waiting for the library. A generator or coroutine belongs to
the line that creates it, provided that its body starts; who resumes it does not matter.
"""

from __future__ import annotations

import gc
import json
import os
import re
import runpy
import sys
import tracemalloc
from opcode import opmap
from types import AsyncGeneratorType, CodeType, CoroutineType, FrameType, GeneratorType
from typing import Any

OPTIMIZED = 0x1  # absent from the code of modules and class bodies
SUSPENDED = 0x20 | 0x80 | 0x200  # generator, coroutine, asynchronous generator
COMPREHENSIONS = ("<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>")
WITHIN = re.compile(rf"(?:{'|'.join(COMPREHENSIONS)})\.")  # in qualnames; not in Python 3.12
DEEPEST_CREATION = 100  # frames


def main() -> None:
    root = os.path.realpath(sys.argv[1]) + os.sep
    sys.dont_write_bytecode = True
    sys.argv = ["main.py"]
    sys.path.insert(0, root.rstrip(os.sep))
    calls: set[tuple[str, int, str]] = set()

    def profile(frame: FrameType, event: str, argument: Any) -> None:
        code = frame.f_code
        if event != "call" or not code.co_flags & OPTIMIZED:
            return
        if not code.co_filename.startswith(root) or code.co_name in COMPREHENSIONS:
            return
        if code.co_flags & SUSPENDED:
            caller = creation(frame, root) if frame.f_lasti <= first_resume(code) else None
        else:
            caller = waiting(frame, root)
        if caller is not None:
            path, line = caller
            callee = WITHIN.sub("", code.co_qualname)
            calls.add((os.path.relpath(path, root).replace(os.sep, "/"), line, callee))

    tracemalloc.start(DEEPEST_CREATION)
    sys.setprofile(profile)
    try:
        runpy.run_path(os.path.join(root, "main.py"), run_name="__main__")
    finally:
        sys.setprofile(None)
    print()  # what the program printed may end without a newline
    print(json.dumps(sorted(calls)), flush=True)
    # Threads that have been joined may still free memory while the interpreter ends, which the
    # tracing of allocations does not survive every time.
    os._exit(0)


def waiting(frame: FrameType, root: str) -> tuple[str, int] | None:
    """The line of the folder that waits for a frame."""
    caller = frame.f_back
    while caller is not None and not caller.f_code.co_filename.startswith(root):
        caller = caller.f_back
    return None if caller is None else (caller.f_code.co_filename, caller.f_lineno)


def creation(frame: FrameType, root: str) -> tuple[str, int] | None:
    """The line of the folder at which the generator of a frame was made.

    No hook tells of it. But the allocation is traced, and the frame of the generator itself is
    not yet complete then, so that the trace begins at the caller.
    """
    for thing in gc.get_objects():
        if frame_of(thing) is frame:
            for place in reversed(tracemalloc.get_object_traceback(thing) or ()):
                if place.filename.startswith(root):
                    return place.filename, place.lineno
    return None


def frame_of(thing: object) -> FrameType | None:
    if isinstance(thing, GeneratorType):
        return thing.gi_frame
    if isinstance(thing, CoroutineType):
        return thing.cr_frame
    if isinstance(thing, AsyncGeneratorType):
        return thing.ag_frame
    return None


def first_resume(code: CodeType) -> int:
    """The offset at which the body of a generator starts; what lies beyond is a resumption."""
    return code.co_code[::2].index(opmap["RESUME"]) * 2


if __name__ == "__main__":
    main()

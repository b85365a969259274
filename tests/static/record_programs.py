"""Runs programs, one after the other, and prints which function each call site called, as JSON.

Each line of the standard input is a folder with a `main.py`; each line of the output, a list of
edges `[path, line, column, end line, end column, operation, callee]`, where the callee is its
path, first line, name and parameters. The place is the instruction at which the program waits for
the callee; columns are -1 where the callee is a generator, which belongs to the line that makes
it. A program that runs on for too long is stopped; what it did until then is told.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import sys
import tracemalloc
from opcode import opmap, opname
from types import CodeType, FrameType, GeneratorType
from typing import NoReturn

OPTIMIZED = 0x1  # absent from the code of modules and class bodies
GENERATOR = 0x20
STAR, DOUBLE_STAR = 0x4, 0x8
COMPREHENSIONS = ("<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>")
MOST_CALLS = 1_000
MOST_CPU_SECONDS = 1  # of the processor: a busy machine ends no program that would end
MOST_SECONDS = 30

Place = tuple[str, int, int, int, int, str]
Edge = tuple[str, int, int, int, int, str, tuple[str, int, str, str]]


def main() -> None:
    sys.dont_write_bytecode = True
    sys.path.insert(0, "")
    gc.disable()
    gc.freeze()  # so that only what a program makes is looked through
    for line in sys.stdin:
        root = os.path.realpath(line.strip()) + os.sep
        sys.stdout.flush()
        if not (child := os.fork()):
            signal.setitimer(signal.ITIMER_PROF, MOST_CPU_SECONDS)
            signal.alarm(MOST_SECONDS)
            run(root)
        _, status = os.waitpid(child, 0)
        if status:
            print(json.dumps({"edges": [], "calls": 0, "problem": f"status {status}"}), flush=True)


def run(root: str) -> NoReturn:
    """Run one program in this process, and end it."""
    edges: set[Edge] = set()
    calls = 0

    def end(problem: str) -> NoReturn:
        sys.setprofile(None)
        told = {"edges": sorted(edges), "calls": calls, "problem": problem}
        print(json.dumps(told), flush=True)
        os._exit(0)

    def profile(frame: FrameType, event: str, argument: object) -> None:
        nonlocal calls
        if event != "call":
            return
        code = frame.f_code
        if not code.co_filename.startswith(root):
            return
        calls += 1
        if calls > MOST_CALLS:
            end("stopped")  # an exception could be caught, or unwind for long
        if not code.co_flags & OPTIMIZED or code.co_name in COMPREHENSIONS:
            return
        stars = bool(code.co_flags & STAR) + bool(code.co_flags & DOUBLE_STAR)
        parameters = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount + stars]
        path = os.path.relpath(code.co_filename, root)
        callee = (path, code.co_firstlineno, code.co_name, ",".join(sorted(parameters)))
        if code.co_flags & GENERATOR:
            if frame.f_lasti > first_resume(code):
                return
            made = creation(frame, root)
            if made is not None:
                edges.add((*made, callee))
            return
        caller = frame.f_back
        while caller is not None and not caller.f_code.co_filename.startswith(root):
            caller = caller.f_back
        if caller is not None:
            edges.add((*place(caller, root), callee))

    with open(os.path.join(root, "main.py"), encoding="utf-8") as file:
        program = compile(file.read(), os.path.join(root, "main.py"), "exec")
    sys.path[0] = root.rstrip(os.sep)
    tracemalloc.start(1)
    sys.setprofile(profile)
    try:
        exec(program, {"__name__": "__main__"})
    except BaseException as error:
        end(f"{type(error).__name__}: {error}")
    end("")


def place(frame: FrameType, root: str) -> Place:
    """The instruction at which a frame is."""
    code = frame.f_code
    at = frame.f_lasti
    while code.co_code[at] == opmap.get("CACHE", 0):
        at -= 2
    line, end_line, column, end_column = list(code.co_positions())[at // 2]
    path = os.path.relpath(code.co_filename, root)
    operation = opname[code.co_code[at]]
    return path, line or 0, column or 0, end_line or 0, end_column or 0, operation


def creation(frame: FrameType, root: str) -> Place | None:
    """The line at which the generator of a frame was made."""
    for thing in gc.get_objects():
        if isinstance(thing, GeneratorType) and thing.gi_frame is frame:
            for at in gc_trace(thing):
                if at[0].startswith(root):
                    return os.path.relpath(at[0], root), at[1], -1, at[1], -1, "generator"
    return None


def gc_trace(thing: object) -> list[tuple[str, int]]:
    trace = tracemalloc.get_object_traceback(thing)
    return [(at.filename, at.lineno) for at in trace or ()]


def first_resume(code: CodeType) -> int:
    """The offset at which the body of a generator starts; what lies beyond is a resumption."""
    return code.co_code[::2].index(opmap["RESUME"]) * 2


if __name__ == "__main__":
    main()

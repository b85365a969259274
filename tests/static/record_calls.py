"""Runs `main.py` of a folder and prints which function each line called, as JSON."""

from __future__ import annotations

import json
import os
import runpy
import sys
from types import FrameType
from typing import Any

OPTIMIZED = 0x1  # absent from the code of modules and class bodies
COMPREHENSIONS = ("<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>")


def main() -> None:
    root = os.path.realpath(sys.argv[1])
    sys.dont_write_bytecode = True
    sys.argv = ["main.py"]
    sys.path.insert(0, root)
    calls: set[tuple[str, int, str]] = set()

    def profile(frame: FrameType, event: str, argument: Any) -> None:
        caller = frame.f_back
        code = frame.f_code
        if event != "call" or caller is None or not code.co_flags & OPTIMIZED:
            return
        if code.co_name in COMPREHENSIONS or code.co_name.startswith("__dataclass"):
            return
        while caller is not None and not caller.f_code.co_filename.startswith(root):
            caller = caller.f_back
        if caller is None or not code.co_filename.startswith(root):
            return
        path = os.path.relpath(caller.f_code.co_filename, root).replace(os.sep, "/")
        calls.add((path, caller.f_lineno, code.co_qualname))

    sys.setprofile(profile)
    try:
        runpy.run_path(os.path.join(root, "main.py"), run_name="__main__")
    finally:
        sys.setprofile(None)
    print(json.dumps(sorted(calls)))


if __name__ == "__main__":
    main()

"""One call of a tool, in a process of its own: a request as JSON on stdin, an answer on stdout.

So a call that is cancelled ends with all that it started, a crash ends one call, two calls at once
cannot disturb each other, and nothing that a library prints can get into the protocol.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import tempfile
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from types import FrameType
from typing import Any

from tracer.errors import TracerError
from tracer.server.answers import bounded, text_of
from tracer.server.places import Places


def serve(request: Mapping[str, Any]) -> dict[str, Any]:
    """Answer one request.

    Raises:
        TracerError: Anything that the agent can mend.
    """
    places = Places(Path(request["root"]), Path(request["out"]))
    given = request["arguments"]
    tool = import_module(f"tracer.server.tools.{request['tool']}")  # one of `requests.TOOLS`
    if request["tool"] == "run_brief":
        python = Path(request["python"])
        made: dict[str, Any] = tool.serve(places, given, python, may_run=request["may_run"])
    else:
        made = tool.serve(places, given)
    if request["tool"] == "query":  # which has fitted it itself
        return made
    shown = bounded(made, given["max_tokens"])
    if hasattr(tool, "continued"):
        shown["next"] = tool.continued(shown)
    return shown


def main() -> int:
    """Read, answer, write; status 0 also where the answer is that something is to be mended."""
    wire = os.dup(1)
    os.dup2(2, 1)
    signal.signal(signal.SIGTERM, _end)
    tempfile.tempdir = os.getcwd()  # removed with the server, whatever happens to this process
    request = json.load(sys.stdin)
    try:
        reply: dict[str, Any] = {"answer": serve(request)}
    except TracerError as error:
        reply = {"error": " ".join(str(error).split())}
    with os.fdopen(wire, "w", encoding="utf-8", errors="backslashreplace") as stdout:
        stdout.write(text_of(reply))
    return 0


def _end(number: int, frame: FrameType | None) -> None:
    """Unwind, so that scratch folders are removed and a program that runs is ended."""
    del frame
    sys.exit(128 + number)

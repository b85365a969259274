"""Whether a request may have what it names; decided at once, before anything is read."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from typing import Any

from tracer.errors import RequestError
from tracer.server.places import Places

_ENTRY_POINTS = re.compile(r"[\w<>.,:/ -]+")
_COMMIT = re.compile(r"\w[\w./~^@-]*")
_FILES = ("path", "file", "document", "brief")
_BUNDLES = ("bundle", "with_bundle")


def check_leave(arguments: Mapping[str, Any], places: Places, *, may_run: bool) -> None:
    """Refuse a path, a bundle, a side, a commit or a workload that the agent may not have.

    Raises:
        RequestError: In one line: which, and what was expected.
    """
    for field in _FILES:
        if arguments.get(field):
            places.file(arguments[field])
    for field in _BUNDLES:
        if arguments.get(field):
            places.bundle(arguments[field])
    if arguments.get("name"):
        places.new_bundle(arguments["name"])
    for field in ("a", "b"):
        if field in arguments:
            side(places, arguments[field])
    since = arguments.get("since")
    if since and not _COMMIT.fullmatch(since):  # else it could be an option of git
        raise RequestError(f"since: expected a commit or a branch, found {since!r}")
    _check_workloads(arguments.get("workloads") or (), places, may_run)


def side(places: Places, name: str) -> str:
    """One side of a contrast, as `tracer contrast` takes it. Raises as `check_leave`."""
    kind, colon, rest = name.partition(":")
    if colon and not rest.startswith(":"):
        if kind == "brief":
            return str(places.file(rest))
        if kind == "bundle":
            return str(places.bundle(rest))
    if name.startswith("/") or ".." in name or not _ENTRY_POINTS.fullmatch(name):
        raise RequestError(
            f"{name[:80]!r}: expected entry points (`path.py::function` or dotted, separated by "
            "commas), `brief:PATH` or `bundle:NAME`"
        )
    return name


def _check_workloads(workloads: list[str] | tuple[str, ...], places: Places, may_run: bool) -> None:
    """A script must lie below the root; a module is whatever the interpreter finds."""
    if workloads and not may_run:
        raise RequestError(
            "workloads: this server may not run the program (it was started without --allow-run); "
            "leave workloads empty for an answer from reading alone"
        )
    for workload in workloads:
        try:
            first = next(iter(shlex.split(workload)), "")
        except ValueError as error:
            raise RequestError(f"{workload!r}: {error}") from error
        if first in ("auto", "-m"):
            continue
        if not first or first.startswith("-"):
            raise RequestError(f"{workload!r}: expected auto, `SCRIPT ARGS` or `-m MODULE ARGS`")
        places.file(first)

"""Which files that could not be read a name stands for, or stands in."""

from __future__ import annotations

import re

from tracer.query.index import FileProblem, GraphIndex
from tracer.query.subjects import is_tail

_LINES = re.compile(r":\d+(-\d+)?$")


def problems_of(index: GraphIndex, text: str) -> list[FileProblem]:
    """The file of that name that could not be read, or all that end so.

    Args:
        text: As `names.resolve` takes it: a path or an id names its file, a dotted name each module
            that it may begin with.
    """
    path = _LINES.sub("", text.partition("::")[0]).rstrip("/")
    if path.endswith(".py") or "/" in path:
        found = [problem for problem in index.problems if is_tail(path, problem.path, "/")]
        return [problem for problem in found if problem.path == path] or found
    parts = text.removesuffix("()").split(".")
    starts = {".".join(parts[:count]) for count in range(1, len(parts) + 1)}
    return [
        problem
        for problem in index.problems
        if any(is_tail(start, problem.module, ".") for start in starts)
    ]

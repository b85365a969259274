"""Which of the files that functions write are read by functions of the answer.

Names alone prove little: `{folder}/{name}.json` is everybody's. A reader of a file spells its
name as the writer does, and both have to do with each other.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tracer.model.source import FunctionId, path_of
from tracer.static.archives.context import LayoutReading
from tracer.static.texts.patterns import Pattern, split_path

_LEAST_LITERAL = 3  # letters and digits of a name that says something by itself


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """A plain file that a function writes, as it spells the path."""

    function: FunctionId
    path: Pattern


def is_read_back(
    reading: LayoutReading, path: Pattern, function: FunctionId, written: Sequence[WrittenFile]
) -> bool:
    """Whether a path that the function reads is one of the written files, by reading.

    Both stand in one file, or one function calls both, or one calls the other.
    """
    return any(
        _same_name(path, each.path) and _are_close(reading, function, each.function)
        for each in written
    )


def _same_name(one: Pattern, other: Pattern) -> bool:
    """Equal as spelled, holes included; or one last component without holes in unknown folders."""
    if one.render() == other.render():
        return True
    (folder, name), (other_folder, other_name) = split_path(one), split_path(other)
    if name.text is None or name.text != other_name.text:
        return False
    says_enough = len(re.findall(r"[^\W_]", name.text)) >= _LEAST_LITERAL
    folders = (folder, other_folder)
    return says_enough and any(each is not None and bool(each.holes) for each in folders)


def _are_close(reading: LayoutReading, one: FunctionId, other: FunctionId) -> bool:
    if path_of(one) == path_of(other):
        return True
    callers, others = (
        {link.caller for link in reading.scopes.callers(function)} for function in (one, other)
    )
    return bool(callers & others) or one in others or other in callers

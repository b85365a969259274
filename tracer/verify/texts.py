"""Functions as they read: a digest of each, by which a change of the answer's code shows.

An anchor holds as long as its line does; what a function gained on other lines, no anchor tells.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from tracer.model.memory import FunctionText
from tracer.model.source import FunctionId, FunctionKind, path_of
from tracer.verify.reading import Reading
from tracer.verify.syntax import Definition, FileReading


def function_texts(functions: Iterable[FunctionId], reading: Reading) -> tuple[FunctionText, ...]:
    """The digests of the functions that the verifier's own reading finds, sorted by id."""
    found = []
    for function in sorted(functions):
        file = reading.file(path_of(function))
        definition = reading.definition(function)
        if file is not None and definition is not None and not file.problem:
            text = "\n".join(_own_lines(definition, file))
            digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
            found.append(FunctionText(function, digest))
    return tuple(found)


def _own_lines(definition: Definition, file: FileReading) -> list[str]:
    """Its lines without those of what is defined within, and without blank ones."""
    is_module = definition.kind is FunctionKind.MODULE
    first = 1 if is_module else definition.first_line
    last = len(file.lines) if is_module else definition.end_line
    own = set(range(first, last + 1))
    for other in file.definitions:
        is_within = other.scope != definition.scope and definition.covers(
            other.first_line, other.end_line
        )
        if other.kind is not FunctionKind.LAMBDA and (is_within or (is_module and other.scope)):
            own.difference_update(range(other.first_line, other.end_line + 1))
    lines = (file.lines[number - 1].rstrip() for number in sorted(own))
    return [line for line in lines if line]

"""What stands in the sources: places, functions, classes and files.

Paths are POSIX and relative to the analysed root. Lines are 1-indexed, columns are 0-indexed
UTF-8 bytes, as in `ast` and `co_positions`. Ends of spans are exclusive in columns.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NewType, TypeGuard

MODULE_QUALNAME = "<module>"

FunctionId = NewType("FunctionId", str)
"""`path::qualname`, with `#2` for the second definition of that qualname in its file, and so on.

The qualname is that of PEP 3155, `<locals>` kept; module-level code is `path::<module>`. No line
number, so that the name of a function survives an edit above it.
"""

ExternalId = NewType("ExternalId", str)
"""The dotted import path of a callee outside the sources: `zipfile.ZipFile.extractall`."""

Callee = FunctionId | ExternalId


def function_id(path: str, qualname: str, ordinal: int = 1) -> FunctionId:
    """Name a function; `ordinal` counts definitions of one qualname in one file, from 1."""
    return FunctionId(f"{path}::{qualname}" + (f"#{ordinal}" if ordinal > 1 else ""))


def is_function(callee: Callee) -> TypeGuard[FunctionId]:
    """Whether the callee is defined in the sources."""
    return "::" in callee


def path_of(function: FunctionId) -> str:
    """The file that defines the function."""
    return function.partition("::")[0]


def qualname_of(function: FunctionId) -> str:
    """The qualname without the ordinal."""
    return function.partition("::")[2].partition("#")[0]


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of one file."""

    line: int
    column: int
    end_line: int
    end_column: int


class AnchorKind(StrEnum):
    """What an anchor points at."""

    DEFINITION = "def"
    CALL = "call"
    STATEMENT = "stmt"
    DOCUMENT = "doc"


@dataclass(frozen=True, slots=True, order=True)
class Anchor:
    """A place that a reader can open, and what must stand there."""

    path: str
    line: int
    end_line: int | None = None  # None: the one line
    symbol: str = ""  # the function that owns the place, or the name that stands there
    kind: AnchorKind = AnchorKind.STATEMENT
    quote: str = ""  # the first line as it stands, stripped; secrets redacted

    def __str__(self) -> str:
        tail = f"-{self.end_line}" if self.end_line and self.end_line != self.line else ""
        return f"{self.path}:{self.line}{tail}"


class FunctionKind(StrEnum):
    """What kind of code runs under a function's name."""

    MODULE = "module"
    CLASS_BODY = "class body"
    FUNCTION = "function"
    METHOD = "method"
    LAMBDA = "lambda"


@dataclass(frozen=True, slots=True)
class Function:
    """Anything that has a frame of its own; comprehensions belong to their holder."""

    id: FunctionId
    module: str  # dotted name of the module, relative to its import root
    kind: FunctionKind
    first_line: int  # of the first decorator: what `co_firstlineno` says
    def_line: int  # of the `def`, `class` or `lambda`: what a reader wants; 1 for a module
    end_line: int
    parameters: tuple[str, ...] = ()
    is_generator: bool = False  # or coroutine: its body runs when somebody resumes it
    summary: str = ""  # first line of the docstring

    @property
    def path(self) -> str:
        return path_of(self.id)

    @property
    def qualname(self) -> str:
        return qualname_of(self.id)

    @property
    def is_holder(self) -> bool:
        """Whether it is the code of a module or a class body, which no count of functions has."""
        return self.kind in (FunctionKind.MODULE, FunctionKind.CLASS_BODY)

    @property
    def name(self) -> str:
        """The last part of the qualname: what `co_name` says."""
        return self.qualname.rpartition(".")[2]

    @property
    def dotted(self) -> str:
        """Module and qualname in one dotted name, without `<locals>`."""
        if self.kind is FunctionKind.MODULE:
            return self.module
        return f"{self.module}.{self.qualname}".replace(".<locals>", "")

    @property
    def anchor(self) -> Anchor:
        return Anchor(self.path, self.def_line, symbol=self.qualname, kind=AnchorKind.DEFINITION)


@dataclass(frozen=True, slots=True)
class ClassDefinition:
    """A class statement."""

    path: str
    qualname: str
    module: str
    line: int  # of the `class`
    end_line: int
    bases: tuple[str, ...] = ()  # dotted names where the imports bind them, else as written
    methods: tuple[FunctionId, ...] = ()  # in source order

    @property
    def dotted(self) -> str:
        return f"{self.module}.{self.qualname}".replace(".<locals>", "")


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file that was read, or the reason why not."""

    path: str
    module: str
    lines: int
    sha256: str
    problem: str = ""  # why nothing of it stands in the graph: `line 3: invalid syntax`

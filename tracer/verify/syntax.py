"""One file as the verifier reads it: definitions, bindings, calls, with the lines of each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from tracer.model.graph import SiteKind
from tracer.model.source import FunctionKind


@dataclass(frozen=True, slots=True)
class Definition:
    """A module, class, function or lambda."""

    path: str
    qualname: str  # PEP 3155, `<locals>` kept
    kind: FunctionKind
    first_line: int  # of the first decorator
    def_line: int
    end_line: int
    scope: int  # index of its scope in the file
    owner_class: int | None = None  # scope of the class that holds it directly
    first_parameter: str = ""  # of a method that is bound: `self`, `cls`
    is_wrapped: bool = False  # by a decorator that may put another function in its place
    bases: tuple[str, ...] = ()  # of a class, dotted as written; `` where it is an expression
    docstring: tuple[int, int] | None = None  # its lines
    decorators: tuple[str, ...] = ()  # dotted as written, without arguments
    is_conditional: bool = False  # stands under `if`, `try` or the like of its scope

    @property
    def name(self) -> str:
        return self.qualname.rpartition(".")[2]

    @property
    def id(self) -> str:
        """As a `FunctionId`, ordinal left out."""
        return f"{self.path}::{self.qualname}"

    @property
    def dotted(self) -> str:
        """Path from the root and qualname, as one dotted name without `<locals>`."""
        module = module_name(self.path)
        if self.kind is FunctionKind.MODULE:
            return module
        return f"{module}.{self.qualname}".replace(".<locals>", "")

    @property
    def is_function(self) -> bool:
        return self.kind in (FunctionKind.FUNCTION, FunctionKind.METHOD)

    @property
    def is_overload(self) -> bool:
        """Whether it is a stub of `typing.overload`, which never runs."""
        return any(d.rpartition(".")[2] == "overload" for d in self.decorators)

    def is_in_docstring(self, line: int) -> bool:
        """Whether a line is text about the function, and none of its code."""
        return self.docstring is not None and self.docstring[0] <= line <= self.docstring[1]

    def covers(self, first: int, last: int) -> bool:
        """Whether the lines lie between the first decorator and the end."""
        return self.first_line <= first and last <= self.end_line


@dataclass(frozen=True, slots=True)
class ImportBinding:
    """A name that an import statement binds."""

    module: str
    attribute: str | None  # None: the module itself
    level: int = 0  # dots in front


@dataclass(frozen=True, slots=True)
class OtherBinding:
    """A name bound by assignment, parameter, loop and the like: imports do not settle it."""

    is_none: bool = False  # `name = None`, which nobody can call


Binding = ImportBinding | OtherBinding | Definition


@dataclass(slots=True)
class Scope:
    """What one definition binds."""

    definition: Definition
    parent: int | None
    bindings: dict[str, list[Binding]] = field(default_factory=dict)
    stars: list[ImportBinding] = field(default_factory=list)
    instance_attributes: set[str] = field(default_factory=set)  # of a class: `self.x = …`


@dataclass(frozen=True, slots=True)
class CallExpression:
    """A place where the syntax says that something is called."""

    scope: int  # the definition whose code it is
    text: str  # the callee as written, dotted where it is a plain chain
    name: str  # the last name of the callee: `dump`; empty where it has none
    line: int
    column: int
    end_line: int
    end_column: int
    statement: tuple[int, int]  # lines of the statement, or of its header
    with_lines: tuple[int, int] | None = None  # header of the `with` that holds it directly
    kind: SiteKind = SiteKind.CALL

    def touches(self, first: int, last: int) -> bool:
        """Whether a reader sent to these lines sees this call.

        The lines of its statement, or the header of the `with` block directly around it.
        """
        spans = [self.statement] + ([self.with_lines] if self.with_lines else [])
        return any(start <= last and first <= end for start, end in spans)


@dataclass(frozen=True, slots=True)
class ValueUse:
    """A name that is read and not called on the spot: what it is bound to is handed on."""

    text: str  # dotted where it is a plain chain
    name: str  # the last name
    scope: int


@dataclass(frozen=True, slots=True)
class Store:
    """An attribute that is put in place: `core.plain = other`, `setattr(core, "plain", other)`."""

    receiver: str  # dotted where it is a plain chain, else empty
    name: str
    value: str  # likewise
    scope: int


@dataclass(frozen=True, slots=True)
class FileReading:
    """What stands in one file."""

    path: str
    lines: tuple[str, ...]
    scopes: tuple[Scope, ...] = ()  # the module's first
    calls: tuple[CallExpression, ...] = ()
    values: tuple[ValueUse, ...] = ()
    statements: tuple[tuple[int, int], ...] = ()  # lines of each statement, or of its header
    stores: tuple[Store, ...] = ()
    problem: str = ""  # why nothing was read

    @property
    def definitions(self) -> Iterator[Definition]:
        return (scope.definition for scope in self.scopes)

    def named(self, name: str) -> list[Definition]:
        """Definitions whose qualname ends in the dotted name, in source order."""
        parts = name.split(".")
        return [
            definition
            for definition in self.definitions
            if definition.qualname.replace(".<locals>", "").split(".")[-len(parts) :] == parts
        ]

    def innermost(self, line: int) -> Definition | None:
        """The function, class or module whose lines hold this one most closely."""
        holding = [d for d in self.definitions if d.covers(line, line)]
        return min(holding, key=lambda d: d.end_line - d.first_line, default=None)

    def calls_in(self, definition: Definition) -> list[CallExpression]:
        """Calls in the definition's own code and in functions defined within it."""
        inside = self._scopes_within(definition.scope)
        return [call for call in self.calls if call.scope in inside]

    def _scopes_within(self, scope: int) -> set[int]:
        inside = {scope}
        if scope == 0:
            return inside  # a module's code is its own statements, not its functions
        for index in range(scope + 1, len(self.scopes)):
            if self.scopes[index].parent in inside:
                inside.add(index)
        return inside

    def quote(self, first: int, last: int) -> str:
        """The first line that is not blank, stripped and cut."""
        for line in self.lines[first - 1 : last]:
            if stripped := line.strip():
                return stripped if len(stripped) <= 60 else f"{stripped[:59]}…"
        return ""

    def whole_statements(self, first: int, last: int) -> tuple[int, int]:
        """The lines, widened to the statements that they cut, and to the one below a comment."""
        while first == last < len(self.lines) and self.lines[last - 1].lstrip().startswith("#"):
            first = last = last + 1
        touched = [s for s in self.statements if s[0] <= last and first <= s[1]]
        return (
            min([first, *(start for start, _ in touched)]),
            max([last, *(end for _, end in touched)]),
        )

    def comment_start(self, line: int) -> int:
        """The first line of the comment block directly above the line, else the line."""
        while line > 1 and self.lines[line - 2].lstrip().startswith("#"):
            line -= 1
        return line


def module_name(path: str) -> str:
    """The dotted name of a file, counted from the root."""
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")

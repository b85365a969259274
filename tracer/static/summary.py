"""What one scope says, as readers of effects and layouts ask for it: sites, stores, expressions.

Made from a flat scope when it is asked for (`views`). Expressions are read relative to the scope
that holds them; what is not modelled is `Unknown`, never left out in silence.
"""

from __future__ import annotations

from dataclasses import dataclass

from tracer.model.graph import GuardKind, SiteKind
from tracer.model.source import FunctionKind, Span
from tracer.static.kinds import AccessKind, ParameterKind


@dataclass(frozen=True, slots=True)
class Name:
    """A name, with what may have bound it at this place."""

    id: str
    # Indices of bindings of this scope that may reach here; `~k` stands for all bindings of the
    # name in loop k. Empty: bound in an enclosing scope, or nobody knows when.
    bindings: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Attribute:
    """`base.name`."""

    base: Expr
    name: str


@dataclass(frozen=True, slots=True)
class Called:
    """The result of a call site of the same scope."""

    site: int


@dataclass(frozen=True, slots=True)
class Constant:
    """A constant, or anything whose type is as plain as a constant's: an f-string, a comparison."""

    type_name: str  # of builtins; `NoneType`
    value: str | int | None = None  # of strings and integers only


@dataclass(frozen=True, slots=True)
class Literal:
    """A display or comprehension of the same scope."""

    container: int


@dataclass(frozen=True, slots=True)
class Group:
    """The comma-separated arguments of a subscript in an annotation."""

    items: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Item:
    """`base[key]`, or one target of an unpacking."""

    base: Expr
    key: Expr


@dataclass(frozen=True, slots=True)
class Element:
    """What iteration over `base` gives."""

    base: Expr


@dataclass(frozen=True, slots=True)
class Entered:
    """What `with base as` binds."""

    base: Expr


@dataclass(frozen=True, slots=True)
class Awaited:
    """`await base`."""

    base: Expr


@dataclass(frozen=True, slots=True)
class Raised:
    """An instance of the exception class, or of one in the tuple."""

    base: Expr


@dataclass(frozen=True, slots=True)
class Narrowed:
    """`base` where `isinstance(base, classes)` holds."""

    base: Expr
    classes: Expr


@dataclass(frozen=True, slots=True)
class Either:
    """One of several: a conditional expression, `and`, `or`."""

    options: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Operation:
    """`left + right`; of a chain only the first operation is kept, the rest has its type."""

    method: str  # `__add__`
    left: Expr
    right: Expr


@dataclass(frozen=True, slots=True)
class Defined:
    """The function, class or lambda of a scope of the same file, with its decorators applied."""

    scope: int


@dataclass(frozen=True, slots=True)
class ParameterValue:
    """What a caller passed."""

    index: int


@dataclass(frozen=True, slots=True)
class ImportedModule:
    """What `import a.b.c` binds: `a`, or with `as` the whole."""

    dotted: str
    is_whole: bool


@dataclass(frozen=True, slots=True)
class ImportedName:
    """What `from ..module import name` binds."""

    level: int
    module: str
    name: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """An expression that is not modelled."""

    why: str


Expr = (
    Name
    | Attribute
    | Called
    | Constant
    | Literal
    | Group
    | Item
    | Element
    | Entered
    | Awaited
    | Raised
    | Narrowed
    | Either
    | Operation
    | Defined
    | ParameterValue
    | ImportedModule
    | ImportedName
    | Unknown
)

NOTHING = Constant("NoneType")


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter; its annotation and default are read in the scope that defines the function."""

    name: str
    kind: ParameterKind
    annotation: Expr | None = None
    default: Expr | None = None


@dataclass(frozen=True, slots=True)
class Binding:
    """One place that binds a name in its scope."""

    name: str
    value: Expr
    annotation: Expr | None = None
    line: int = 0


@dataclass(frozen=True, slots=True)
class Container:
    """A list, tuple, set or dict display, a comprehension or a generator expression."""

    type_name: str  # of builtins
    elements: tuple[Expr, ...]
    keys: tuple[Expr, ...] = ()  # of a dict, one for each element
    is_open: bool = False  # a `*` or `**` adds elements that are not listed
    is_repeated: bool = False  # a comprehension: the one element stands for all


@dataclass(frozen=True, slots=True)
class Argument:
    """An argument of a call."""

    name: str  # keyword, `*`, `**`; empty for a positional one
    value: Expr
    span: Span


@dataclass(frozen=True, slots=True)
class Site:
    """A place where another function may run."""

    kind: SiteKind
    span: Span
    callee: Expr
    text: str
    arguments: tuple[Argument, ...] = ()
    guard: int = -1
    is_conditional: bool = False
    is_unreachable: bool = False


@dataclass(frozen=True, slots=True)
class Access:
    """A store into, or a read of, an item or attribute; or a store into a `global` name."""

    kind: AccessKind
    base: Expr  # unused for names
    name: str  # of the attribute or the name
    key: Expr  # of the item
    value: Expr
    value_span: Span | None
    span: Span
    guard: int = -1
    is_unreachable: bool = False
    annotation: Expr | None = None  # of `self.x: T = value`


@dataclass(frozen=True, slots=True)
class GuardSummary:
    """A condition, within the one that `parent` names."""

    parent: int
    kind: GuardKind
    text: str
    line: int
    sites: tuple[int, int] = (0, 0)  # the range of sites that its expression holds
    accesses: tuple[int, int] = (0, 0)
    names: tuple[Expr, ...] = ()  # names and dotted names in the condition
    joined: tuple[int, ...] = ()  # of an early exit: the guards under which control has left
    branch_line: int = 0


@dataclass(frozen=True, slots=True)
class StarImport:
    """`from module import *`."""

    level: int
    module: str


@dataclass(frozen=True, slots=True)
class Scope:
    """A module, class body, function or lambda."""

    kind: FunctionKind
    name: str
    qualname: str
    ordinal: int
    parent: int  # -1 for the module
    first_line: int
    def_line: int
    end_line: int
    parameters: tuple[Parameter, ...] = ()
    returns_annotation: Expr | None = None  # read in the parent scope
    bases: tuple[Expr, ...] = ()  # read in the parent scope
    decorators: tuple[Expr, ...] = ()  # read in the parent scope
    is_generator: bool = False
    is_coroutine: bool = False
    docstring_line: str = ""
    bindings: tuple[Binding, ...] = ()
    exits: tuple[tuple[str, tuple[int, ...]], ...] = ()  # what is bound at the end of the scope
    loops: tuple[tuple[int, int], ...] = ()  # ranges of bindings
    sites: tuple[Site, ...] = ()
    accesses: tuple[Access, ...] = ()
    containers: tuple[Container, ...] = ()
    returns: tuple[Expr, ...] = ()
    yields: tuple[Expr, ...] = ()
    guards: tuple[GuardSummary, ...] = ()
    stars: tuple[StarImport, ...] = ()
    global_names: tuple[str, ...] = ()
    nonlocal_names: tuple[str, ...] = ()

"""The static call graph: call sites, what they may call, and what that does to the world."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from tracer.model.source import (
    Anchor,
    AnchorKind,
    Callee,
    ClassDefinition,
    Function,
    FunctionId,
    SourceFile,
    Span,
    path_of,
    qualname_of,
)


class SiteKind(StrEnum):
    """Why a function runs at a place: most are calls, but not all look like one."""

    CALL = "call"
    DECORATOR = "decorator"
    IMPORT = "import"
    CLASS_BODY = "class body"
    PROPERTY = "property"
    OPERATOR = "operator"
    ITEM = "item"
    ITERATION = "iteration"
    WITH = "with"
    BUILTIN_PROTOCOL = "protocol"  # str(), len(), bool(), format() and the like
    RAISE = "raise"  # `raise Error` makes an instance


class Tier(StrEnum):
    """How the callee was found, strongest first."""

    DEFINITE = "definite"  # imports and definitions alone bind the name
    TYPE = "type"  # the receiver's class is known
    FLOW = "flow"  # a value was followed
    DUCK = "duck"  # the only classes that have such methods
    NAME = "name"  # by name alone


class Sure(StrEnum):
    """How sure a callee is, surest first."""

    EXACT = "exact"  # nothing else can be called there, as far as was read
    DECLARED = "declared"  # nothing else, if its object is of the class that is declared for it
    MAY = "may"  # one of several, or something is open


def how_sure(*, is_exact: bool, is_declared: bool) -> Sure:
    """How sure a callee of a call site is."""
    if not is_exact:
        return Sure.MAY
    return Sure.DECLARED if is_declared else Sure.EXACT


def weakest(words: Iterable[str]) -> Sure:
    """How sure a way is whose calls are so sure; what is no such word counts as `may`."""
    order = list(Sure)
    known = frozenset(order)
    least = (Sure(word) if word in known else Sure.MAY for word in words)
    return max(least, key=order.index, default=Sure.EXACT)


class OpenReason(StrEnum):
    """Why a call site has no callee, or may have more than are listed."""

    UNKNOWN_RECEIVER = "unknown receiver"
    UNKNOWN_NAME = "unknown name"
    UNKNOWN_VALUE = "unknown value"  # a parameter, an item, the result of an open call
    DYNAMIC_ATTRIBUTE = "dynamic attribute"  # getattr with a computed name
    UNKNOWN_MEMBER = "unknown member"  # the class or module is known, the attribute is not
    MISSING_MODULE = "missing module"  # an import of a module that the tree should have
    CODE_FROM_TEXT = "code from text"  # eval, exec
    TOO_MANY = "too many"
    GENERATED = "generated code"  # nothing is unknown: what runs stands in no source file


class GuardKind(StrEnum):
    """The statement or expression that decides whether a call site runs."""

    IF = "if"
    ELSE = "else"  # the condition was false
    WHILE = "while"
    FOR = "for"
    EXCEPT = "except"
    CASE = "case"
    UNLESS = "unless"  # where the condition held, an earlier exit has left the block
    ASSERT = "assert"  # an earlier assertion
    AFTER = "after"  # where the condition held, a loop was left that nothing else leaves alive


@dataclass(frozen=True, slots=True)
class Guard:
    """A condition under which a place runs."""

    kind: GuardKind
    text: str  # the condition as written, on one line, at most 120 characters
    line: int
    hidden_inputs: tuple[str, ...] = ()  # `os.path.exists(...)`, `os.environ`: as dotted names
    # Exits of the same block before this one, which is the nearest; they read no hidden input.
    earlier: int = 0
    # First line of the branch that runs where the guard holds; of an early exit, of the branch that
    # leaves. 0: it has none of its own, or its condition stands on that line, too.
    branch_line: int = 0

    @property
    def is_early_exit(self) -> bool:
        """Whether the place stands after the condition, not inside its statement."""
        return self.kind in (GuardKind.UNLESS, GuardKind.ASSERT, GuardKind.AFTER)


@dataclass(frozen=True, slots=True)
class CallSite:
    """An expression in a caller at which another function may run."""

    caller: FunctionId
    span: Span  # of the whole call, so that its end is unique
    kind: SiteKind
    text: str  # the callee as written, on one line, at most 80 characters: `dill.dump`
    guards: tuple[Guard, ...] = ()  # outermost first
    is_conditional: bool = False  # within its statement: behind and/or, in a comprehension, …
    is_unreachable: bool = False  # behind a return, raise or constant condition of its own function

    @property
    def path(self) -> str:
        return path_of(self.caller)

    @property
    def anchor(self) -> Anchor:
        return Anchor(
            self.path,
            self.span.line,
            self.span.end_line,
            symbol=qualname_of(self.caller),
            kind=AnchorKind.CALL,
        )


@dataclass(frozen=True, slots=True)
class Resolution:
    """The callees of a call site, and what is still open about it."""

    site: CallSite
    callees: tuple[Callee, ...] = ()  # sorted
    tier: Tier | None = None
    open_reason: OpenReason | None = None  # why there are none, or why there may be more
    open_detail: str = ""  # `receiver `model` is a parameter without annotation`
    # Callees that a function outside calls, with that function: callbacks of `sorted`, `Thread`.
    through: tuple[tuple[Callee, str], ...] = ()
    # What class the object is of is only declared: by an annotation, a base, `cls`.
    is_declared: bool = False

    def __post_init__(self) -> None:
        if not self.callees and self.open_reason is None:
            raise ValueError(f"{self.site.anchor}: give callees, or the reason why there are none")
        if self.callees and self.tier is None:
            raise ValueError(f"{self.site.anchor}: say how the callees were found")

    @property
    def is_open(self) -> bool:
        """Whether something of the tree may run here that nobody knows."""
        return self.open_reason not in (None, OpenReason.GENERATED)

    @property
    def is_exact(self) -> bool:
        """Whether there is one possible callee and nothing open."""
        return len(self.callees) == 1 and self.open_reason is None

    @property
    def sure(self) -> Sure:
        """How sure each callee is."""
        return how_sure(is_exact=self.is_exact, is_declared=self.is_declared)


class EffectKind(StrEnum):
    """What a call or a store does to the world."""

    FILE_READ = "file.read"
    FILE_WRITE = "file.write"
    ARCHIVE_READ = "archive.read"
    ARCHIVE_WRITE = "archive.write"
    SERIALIZE = "serialize"
    DESERIALIZE = "deserialize"
    STATE_READ = "state.read"
    STATE_WRITE = "state.write"
    ENVIRONMENT = "env"
    PROCESS = "process"
    NETWORK = "network"
    RANDOM = "random"
    MODEL_BUILD = "model.build"


@dataclass(frozen=True, slots=True)
class Effect:
    """One thing that one place does to the world."""

    function: FunctionId
    span: Span
    kind: EffectKind
    operation: str  # dotted: `dill.dump`, `ptycho.params.cfg.update`, `ptycho.params.cfg[...] =`
    subject: str = ""  # what is touched: `ptycho.params.cfg`, or the path argument as written
    payload: str = ""  # what goes in or comes out, as written: `custom_objects`
    keys: tuple[str, ...] = ()  # constant keys or member names, sorted
    note: str = ""  # of the effect table: what the operation is known to do besides
    tier: Tier = Tier.DEFINITE
    guards: tuple[Guard, ...] = ()
    is_unreachable: bool = False
    is_auxiliary: bool = False  # makes room for what matters: a folder, a temporary file
    part: str = ""  # what the keys name inside the file that is touched: `attribute`

    @property
    def anchor(self) -> Anchor:
        return _anchor_in(self.function, self.span, AnchorKind.CALL)


@dataclass(frozen=True, slots=True)
class Raise:
    """A `raise` statement."""

    function: FunctionId
    span: Span
    type_name: str  # as written; where a handler raises again what it caught: what it catches
    is_again: bool = False  # what a handler caught
    guards: tuple[Guard, ...] = ()
    is_unreachable: bool = False

    @property
    def anchor(self) -> Anchor:
        return _anchor_in(self.function, self.span, AnchorKind.STATEMENT)


@dataclass(frozen=True, slots=True)
class CallGraph:
    """Everything that was read, sorted, so that equal trees give equal graphs."""

    files: tuple[SourceFile, ...]
    functions: tuple[Function, ...]
    classes: tuple[ClassDefinition, ...]
    resolutions: tuple[Resolution, ...]
    effects: tuple[Effect, ...]
    unread: tuple[str, ...] = ()  # kinds of source that were not read, with counts: `30 notebooks`
    limits: tuple[str, ...] = ()  # bounds that were hit, so that callees may be missing
    raises: tuple[Raise, ...] = ()  # read with the effects

    def function_index(self) -> Mapping[FunctionId, Function]:
        """All functions by id; made anew at each call, so keep it."""
        return {function.id: function for function in self.functions}


def _anchor_in(function: FunctionId, span: Span, kind: AnchorKind) -> Anchor:
    symbol = qualname_of(function)
    return Anchor(path_of(function), span.line, span.end_line, symbol=symbol, kind=kind)

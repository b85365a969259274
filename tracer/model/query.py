"""Questions about a call graph, and answers that say how far they may be trusted."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

QUERY_SCHEMA = "tracer/query/1"

QueryCommand = Literal[
    "callers", "callees", "path", "effects", "find", "unresolved", "explain", "impact"
]
Detail = Literal["brief", "full"]


@dataclass(frozen=True, slots=True)
class Query:
    """One question."""

    command: QueryCommand
    names: tuple[str, ...] = ()  # as people write them: `save`, `Model.save`, `a.py:12`
    depth: int | None = 1  # hops of `callers`, `callees`, `effects`; None: as far as it goes
    detail: Detail = "brief"
    max_tokens: int | None = None  # of the whole answer, estimated; None: no bound
    since: str = ""  # of `impact`: a commit


@dataclass(frozen=True, slots=True)
class QueryAnchor:
    """A place that the answer rests on, and its line as it stands, as a quotation."""

    at: str  # `path:line`
    quote: str = ""  # empty: nothing stands there, or the file has changed since it was read


@dataclass(frozen=True, slots=True)
class QueryFunction:
    """A function, a class or the code of a module."""

    id: str
    kind: str
    at: str = ""  # of the `def` or `class`; empty for what lies outside the sources
    hops: int = 0  # from what was asked about
    role: str = ""  # why it is listed: `entry point`, `test`, `changed`, `inherited by Group`
    callers: int = 0  # functions that call it, as far as was read
    callees: int = 0
    parameters: tuple[str, ...] = ()
    summary: str = ""  # first line of its docstring


@dataclass(frozen=True, slots=True)
class QueryEdge:
    """A caller and a callee: one item for all places where the one calls the other."""

    caller: str
    callee: str
    at: str  # the first place, `path:line`
    text: str  # the callee as written there
    tier: str = ""  # how reading found it; empty: only a run told
    # `exact`: nothing else can be called there; `declared`: the same, if what is declared is right;
    # `may`: one of several.
    sure: str = ""
    hops: int = 0  # from what was asked about; 1 is a direct call
    kind: str = "call"
    more_lines: tuple[int, ...] = ()
    through: str = ""  # the outside function that calls it
    guards: tuple[str, ...] = ()  # conditions under which the place runs, outermost first
    note: str = ""
    verdict: str = ""  # of a bundle; where one item stands for several places, the strongest
    calls: int = 0  # that its runs counted, at all lines together
    # Those of each line, sorted; empty where `at` is the only place, and where the runs do not
    # tell: then `calls` is the sum of all lines.
    calls_by_line: tuple[tuple[int, int], ...] = ()
    # That of each line of which the bundle tells, sorted; empty where all have `verdict`.
    verdicts_by_line: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class QueryChain:
    """A way from one function to another."""

    hops: tuple[QueryEdge, ...]
    sure: str  # as the least sure of its hops
    note: str = ""


@dataclass(frozen=True, slots=True)
class QueryEffect:
    """What one place does to the world."""

    function: str
    at: str
    kind: str
    operation: str
    subject: str = ""
    payload: str = ""
    keys: tuple[str, ...] = ()
    hops: int = 0  # calls from the function asked about to the one that does it
    via: tuple[str, ...] = ()  # the functions on the way, both ends included
    sure: str = ""  # as the least sure call on the way
    guards: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class QueryOpenSite:
    """A call site of which reading cannot tell, or not fully, what it calls."""

    caller: str
    at: str
    text: str
    reason: str
    detail: str = ""
    known: int = 0  # callees that are known beside
    more: int = 0  # other places that read the same, for the same reason
    also: tuple[str, ...] = ()  # their callers and places, in order; unless full, the first ones
    hops: int = 0
    guards: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class QueryData:
    """What was asked and what was found; lists that a command does not fill are empty."""

    command: QueryCommand
    names: tuple[str, ...]
    answer: str  # one sentence, with the reason where nothing was found
    subjects: tuple[QueryFunction, ...] = ()  # what the names stand for; never left out
    chains: tuple[QueryChain, ...] = ()
    edges: tuple[QueryEdge, ...] = ()
    functions: tuple[QueryFunction, ...] = ()
    effects: tuple[QueryEffect, ...] = ()
    open_sites: tuple[QueryOpenSite, ...] = ()  # where the answer may be incomplete
    candidates: tuple[QueryFunction, ...] = ()  # what a name may stand for, where it is not clear


@dataclass(frozen=True, slots=True)
class QueryUnknown:
    """What the answer leaves open."""

    what: str
    reason: str
    next: str = ""


@dataclass(frozen=True, slots=True)
class Staleness:
    """Which sources the answer is about, and whether they are still those on the disk."""

    tree: str  # SHA-256 over the sorted pairs of path and digest of all files read
    commit: str | None = None  # where the root is the top of a git work tree
    dirty: bool | None = None
    changed_files: tuple[str, ...] = ()  # since they were read; empty: the answer is current
    bundle: str = ""  # `current`, or how its sources differ; empty: none was given


@dataclass(frozen=True, slots=True)
class QueryAnswer:
    """The answer, whole: nothing is left out without `truncated` saying so."""

    ok: bool  # whether the question could be answered; `no` and `none` are answers
    data: QueryData
    anchors: tuple[QueryAnchor, ...]
    total: int  # items found, of the kind that the command asks for
    returned: int  # of them in this answer
    truncated: tuple[str, ...]
    unknown: tuple[QueryUnknown, ...]
    staleness: Staleness
    next: tuple[str, ...]  # commands that would tell more
    schema: str = field(default=QUERY_SCHEMA)

"""What a bundle knows: the answer's part of the graph, joined with what ran."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from tracer.model.artifact import JoinedArtifact
from tracer.model.brief import Brief, BriefAnchor
from tracer.model.flow import ValueFlow
from tracer.model.graph import (
    Effect,
    EffectKind,
    Guard,
    OpenReason,
    Raise,
    SiteKind,
    Sure,
    Tier,
    how_sure,
)
from tracer.model.ledger import Ledger
from tracer.model.memory import FunctionText, LedgerCheck, Memory
from tracer.model.parting import Contrasted
from tracer.model.plan import Tap, Workload
from tracer.model.recording import InventedUse, OpenedFile, RaisedException, WatchedObject
from tracer.model.schemas import EVIDENCE_SCHEMA as EVIDENCE_SCHEMA
from tracer.model.source import Anchor, Callee, Function, FunctionId, Span


class EdgeVerdict(StrEnum):
    """How reading and running agree on an edge."""

    CONFIRMED = "confirmed"  # static and seen
    STAND_INS = "seen under stand-ins"  # seen, but only where modules were fabricated
    # By coverage data: its line ran, and the callee's body did; that one called the other was not
    # seen, so this is no `confirmed`.
    EXECUTED = "executed"
    NOT_TAKEN = "not taken"  # static; the caller ran, this site did not or went elsewhere
    NOT_REACHED = "not reached"  # static; the caller never ran
    DYNAMIC_ONLY = "dynamic only"  # seen; static missed it
    NOT_RUN = "not run"  # there is no recording at all
    UNDECIDED = "undecided"  # the caller ran, and the probe cannot see this callee


WEAKEST_FIRST = (
    EdgeVerdict.NOT_RUN,
    EdgeVerdict.NOT_REACHED,
    EdgeVerdict.NOT_TAKEN,
    EdgeVerdict.UNDECIDED,
    EdgeVerdict.STAND_INS,
    EdgeVerdict.EXECUTED,
    EdgeVerdict.DYNAMIC_ONLY,
    EdgeVerdict.CONFIRMED,
)
"""What a verdict promises: of several calls on a way, the first in this order speaks for all."""


class SeenBy(StrEnum):
    """What a confirmation rests on, strongest first."""

    CALL = "call"  # the callee's frame was seen at this site
    LINE = "line"  # the callee is in C; its statement ran and did not raise


class DynamicOrigin(StrEnum):
    """Whence a call came that was seen and not read."""

    IMPORT = "import time"
    CLASS_BODY = "class body"
    RESUME = "resumed generator"
    DECORATOR = "decorator"
    CALLBACK = "callback"  # through a function outside the namespace
    C_CALLER = "C caller"  # through a callee in C, which has no frame
    GENERATED = "generated code"
    IMPLICIT = "implicit call"  # syntax that is no call expression
    DISPATCH = "dispatch"  # another class's method of that name
    MONKEY_PATCHED = "monkey-patched"
    OPEN_SITE = "open site"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class ReconciledEdge:
    """A call site and one callee, with the verdict."""

    caller: FunctionId
    callee: Callee
    line: int
    span: Span | None  # None: seen only, without columns
    text: str  # the callee as written
    kind: SiteKind
    verdict: EdgeVerdict
    tier: Tier | None = None  # None: dynamic only
    is_exact: bool = False
    is_declared: bool = False  # what class its object is of is only declared
    guards: tuple[Guard, ...] = ()
    is_unreachable: bool = False
    cause: str = ""  # of a verdict that needs one: `line 204 did not run`
    seen_by: SeenBy | None = None
    calls: int = 0
    is_at_least: bool = False  # a run stopped counting: `calls` is a lower bound
    order: int | None = None  # first seen, over the bundle's runs in order
    workloads: tuple[str, ...] = ()
    through: str | None = None
    why: str = ""  # the comment above the site, else the first docstring line of the callee
    # Of a `not taken` edge: the condition that stood in the way, where recorded lines decide it.
    barred_by: Guard | None = None
    origin: DynamicOrigin | None = None  # of what was seen and not read: whence it came
    # Tests, or other contexts, that exercised it, with their calls (0: only lines are known), most
    # calls first; `tests_total` counts those that are not listed, too.
    tests: tuple[tuple[str, int], ...] = ()
    tests_total: int = 0

    @property
    def sure(self) -> Sure:
        """How sure reading is of the callee."""
        return how_sure(is_exact=self.is_exact, is_declared=self.is_declared)

    @property
    def was_read(self) -> bool:
        """Whether the sources alone tell of it."""
        return self.verdict is not EdgeVerdict.DYNAMIC_ONLY and not (
            self.verdict is EdgeVerdict.STAND_INS and self.tier is None
        )


@dataclass(frozen=True, slots=True)
class OpenSite:
    """A call site of the answer whose callee is not known, or not all of them."""

    caller: FunctionId
    line: int
    text: str
    reason: OpenReason
    detail: str = ""


NAME_SHARES = "its name shares "  # of a signal: the words that a name has of the question


@dataclass(frozen=True, slots=True)
class Signal:
    """One reason why a function may be where the answer starts."""

    name: str  # `named in the question`, `string 'wts.h5.zip'`, `reaches 12 sinks`
    weight: float


@dataclass(frozen=True, slots=True)
class Candidate:
    """A function that may be an entry point of the answer."""

    function: FunctionId
    score: float
    signals: tuple[Signal, ...]
    is_selected: bool = False
    role: str = ""  # why it was selected: `names the producer`, `drives the chain`


@dataclass(frozen=True, slots=True)
class ChainHop:
    """One step of a chain."""

    caller: FunctionId
    callee: Callee
    line: int


@dataclass(frozen=True, slots=True)
class Chain:
    """A path of edges from an entry point to a sink."""

    hops: tuple[ChainHop, ...]
    effect: EffectKind | None = None  # of the sink
    verdict: EdgeVerdict = EdgeVerdict.NOT_RUN  # the weakest of its edges


@dataclass(frozen=True, slots=True)
class PathAnswer:
    """Whether one function leads to another."""

    source: FunctionId
    target: Callee
    is_path: bool
    hops: tuple[ChainHop, ...] = ()  # the shortest one, first in order
    siblings: tuple[Anchor, ...] = ()  # where one function calls both sides, when there is no path
    sibling_callers: tuple[FunctionId, ...] = ()
    open_sites: int = 0  # unresolved sites among all that the source reaches
    fitting: tuple[Anchor, ...] = ()  # those of them that call something of the target's name


@dataclass(frozen=True, slots=True)
class LayoutKey:
    """A key of the dict that a member holds, as the code names it."""

    name: str
    anchor: Anchor
    condition: str = ""  # what decides whether that line runs: `if` at line 12
    is_tested: bool = False  # a reader asks whether it is there, and goes on where it is not


@dataclass(frozen=True, slots=True)
class LayoutMember:
    """A member of an archive or folder, as the code names it."""

    path: str  # `{model_name}/params.dill`: holes in braces; alternatives expanded where constant
    anchors: tuple[Anchor, ...]  # who writes or reads it
    content: str = ""  # what goes in, as written: `params_dict`
    is_expanded: bool = False  # a hole was replaced by constants found in a caller
    tested: tuple[Anchor, ...] = ()  # of the anchors those that only ask whether it is there
    condition: str = ""  # what decides whether any of the lines runs; empty: one always does
    keys: tuple[LayoutKey, ...] = ()
    keys_open: tuple[str, ...] = ()  # why there may be other keys, or why none were found


@dataclass(frozen=True, slots=True)
class LayoutArgument:
    """What a caller looks up and passes for a part of an artefact's name."""

    name: str  # of the parameter: `cache_dir`
    text: str  # as the caller writes it: `settings['cache_dir']`
    anchor: Anchor  # the call


@dataclass(frozen=True, slots=True)
class ArtifactLayout:
    """What one side of the code puts into, or expects of, an artefact."""

    artifact: str  # `{base_path}.zip`
    direction: EffectKind  # ARCHIVE_WRITE, ARCHIVE_READ, FILE_WRITE or FILE_READ
    function: FunctionId
    anchor: Anchor
    members: tuple[LayoutMember, ...]
    unknown: tuple[str, ...] = ()  # what could not be followed, with reason
    names: tuple[str, ...] = ()  # the artefact's name as callers and defaults make it
    hidden_inputs: tuple[str, ...] = ()  # what the names depend on, one sentence each
    named_at: tuple[Anchor, ...] = ()  # the call sites under which the names hold
    given: tuple[LayoutArgument, ...] = ()  # for the parameters in the name of a folder


class AnchorVerdict(StrEnum):
    """What became of a cited place."""

    VERIFIED = "verified"
    MOVED = "moved"
    CHANGED = "changed"
    MISSING = "missing"
    UNVERIFIABLE = "unverifiable"


@dataclass(frozen=True, slots=True)
class CheckedAnchor:
    """A place that the brief names, and what stands there."""

    anchor: BriefAnchor
    verdict: AnchorVerdict
    found: str = ""  # what stands there: `functions run_cdi_example, train_cdi_model`, a heading
    detail: str = ""  # why not verified, or where it is now


@dataclass(frozen=True, slots=True)
class TapResult:
    """A tap, proposed or read."""

    tap: Tap
    outcome: str  # `as expected`, `differs`, `read` (nothing was claimed), `not reached`, `not run`
    observed: tuple[str, ...] = ()
    hits: int = 0
    workload: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class ChangedKey:
    """What one line did to one key of a watched object."""

    key: str  # empty: the object itself, or what its name stands for
    change: str  # of the first time: `added`, `modified`, `deleted`, `cleared`, `rebound` …
    old: str  # before the first time
    new: str  # after the last time
    times: int


@dataclass(frozen=True, slots=True)
class StateChange:
    """A line that changed a watched object in a run."""

    subject: str  # dotted, as in effects: `package.module.NAME`
    anchor: Anchor | None  # None: no line of the namespace did it
    callers: tuple[Anchor, ...]  # the lines that called, each once, in order
    keys: tuple[ChangedKey, ...]  # in order of their first change
    times: int
    order: int  # of the first one among the changes of the run
    how: str  # `exact`: the interpreter told; `by diff`: found by comparing after that line
    verdict: EdgeVerdict  # confirmed: reading has a write there; else dynamic only
    workload: str
    writer: str = ""  # the function outside the namespace that did it
    until: int = 0  # by diff: it may have been a later line, before this one


@dataclass(frozen=True, slots=True)
class SeenEffect:
    """What a function of the answer was seen to do to the world, and what reading says of it."""

    workload: str
    number: int  # of the effect in its recording
    function: FunctionId
    line: int
    kind: str
    operation: str  # as the table spells it; or the audit event: `open`, `os.mkdir`
    subject: str = ""
    payload: str = ""
    keys: tuple[str, ...] = ()
    part: str = ""
    through: str = ""  # the outside function that led to it
    times: int = 1
    read_as: int | None = None  # position among the evidence's effects; None: static missed it
    cause: str = ""  # why it was missed


@dataclass(frozen=True, slots=True)
class StandInSummary:
    """What stood in for missing modules during a run, in the figures that a report needs."""

    asked_for: tuple[str, ...]
    modules: tuple[str, ...]
    invented: int = 0  # uses of things that no recipe backs
    names: int = 0  # distinct dotted names among them
    by_recipe: int = 0  # uses of things that a recipe gave
    first: InventedUse | None = None  # of the invented ones
    most_used: tuple[tuple[str, int], ...] = ()  # dotted name and uses, most first


@dataclass(frozen=True, slots=True)
class ExecutedSummary:
    """Of a run that coverage data tell of: what they are, in the figures that a report needs."""

    tool: str  # `coverage.py 7.6.1`
    source: str
    has_arcs: bool
    files: int  # measured, and joined with the tree
    left_out: tuple[tuple[str, str], ...] = ()  # measured, and why it is not joined
    contexts: int = 0
    first_contexts: tuple[str, ...] = ()  # the first by name


@dataclass(frozen=True, slots=True)
class Run:
    """One recording, in the figures that a report needs; the whole of it lies in `trace/`."""

    workload: Workload
    is_complete: bool
    why_incomplete: str
    exit_status: int | None
    python: str
    backend: str
    calls: int
    edges: int
    functions: int
    exceptions: tuple[RaisedException, ...]
    opened: tuple[OpenedFile, ...]
    cannot_see: tuple[str, ...]
    stderr_tail: str = ""
    watched: tuple[WatchedObject, ...] = ()
    ledger: Ledger = field(default_factory=Ledger)  # what it did to files and archives
    stand_ins: StandInSummary | None = None  # None: the run is the program's own
    executed: ExecutedSummary | None = None  # not None: lines alone are known
    tests: int = 0  # told apart, whose calls are counted each for itself
    stdout_tail: str = ""  # of a run that failed, as `stderr_tail`; secrets redacted


class FindingKind(StrEnum):
    """What surprised."""

    HIDDEN_INPUT = "hidden input"
    STATE_CHANGE = "state change"
    UNREACHABLE = "unreachable code"
    DYNAMIC_ONLY = "seen but not read"
    CONTRADICTION = "contradiction"
    SOURCE_PROBLEM = "source problem"
    TREE_CHANGED = "the run changed the tree"
    IMPORT_EFFECT = "side effect of an import"
    NO_PATH = "no path"
    PREMISE = "premise not supported"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a reader would not expect, with its place."""

    kind: FindingKind
    text: str
    anchors: tuple[Anchor, ...] = ()


@dataclass(frozen=True, slots=True)
class Unknown:
    """What is not known, why, and what would decide it at the least cost."""

    text: str
    reason: str
    next_step: str = ""


@dataclass(frozen=True, slots=True)
class TreeState:
    """The analysed tree, before and after."""

    name: str  # the root folder's own name
    digest: str  # SHA-256 over the sorted (path, content digest) pairs of every file read
    digest_after: str
    changed: tuple[str, ...] = ()  # files that differ after the run
    commit: str = ""  # only where the root is the top of a git work tree
    is_dirty: bool | None = None
    sources: str = ""  # SHA-256 over the sorted (path, content digest) pairs of what was analysed


@dataclass(frozen=True, slots=True)
class Totals:
    """Both denominators: the whole tree, and the part shown."""

    files: int
    lines: int
    functions: int
    call_sites: int
    open_sites: int
    effects: int
    shown_functions: int
    shown_edges: int
    limits: tuple[str, ...] = ()  # `200 of 1 906 edges shown, by …`


@dataclass(frozen=True, slots=True)
class Evidence:
    """The whole answer. Reports are a pure function of this and of its verification."""

    schema: str
    tool_version: str
    brief: Brief
    tree: TreeState
    totals: Totals
    brief_anchors: tuple[CheckedAnchor, ...]
    candidates: tuple[Candidate, ...]  # best first
    entry_points: tuple[FunctionId, ...]
    functions: tuple[Function, ...]  # of the answer, sorted by id
    edges: tuple[ReconciledEdge, ...]  # of the answer, sorted by caller, line, callee
    open_sites: tuple[OpenSite, ...]
    effects: tuple[Effect, ...]
    chains: tuple[Chain, ...]
    paths: tuple[PathAnswer, ...]
    layouts: tuple[ArtifactLayout, ...]
    taps: tuple[TapResult, ...]
    runs: tuple[Run, ...]
    findings: tuple[Finding, ...]
    unknowns: tuple[Unknown, ...]
    workload_candidates: tuple[Workload, ...] = ()  # ranked; what `--workload auto` chose among
    why_no_run: str = ""  # where there is no recording
    effect_verdicts: tuple[EdgeVerdict, ...] = ()  # one for each of `effects`, by its line
    raises: tuple[Raise, ...] = ()  # of the answer's functions
    state_changes: tuple[StateChange, ...] = ()  # by run, in order of the first change
    seen_effects: tuple[SeenEffect, ...] = ()  # by run, in its order
    texts: tuple[FunctionText, ...] = ()  # of the answer's own functions, sorted by id
    ledgers: tuple[LedgerCheck, ...] = ()  # that the brief names, in its order
    memory: Memory | None = None  # None: no earlier bundle was at hand
    flows: tuple[ValueFlow, ...] = ()  # of the values that the question is about
    contrasted: Contrasted | None = None  # the two sides of a divergence; None: none was asked
    artifacts: tuple[JoinedArtifact, ...] = ()  # what runs left, by run, sorted by path

"""What one run left, in the words of the model.

Paths below the root are relative to it; all others are normalised (`<python>/…`, `<scratch>/…`),
so that the same run on another machine reads the same.
"""

from __future__ import annotations

from dataclasses import dataclass

from tracer.model.plan import Workload
from tracer.model.source import Span


@dataclass(frozen=True, slots=True, order=True)
class Frame:
    """A function as the interpreter names it: what a code object and its globals tell."""

    path: str
    module: str
    qualname: str  # comprehensions folded into their holder; `co_name` where there is no qualname
    first_line: int  # `co_firstlineno`: the first decorator


@dataclass(frozen=True, slots=True)
class Place:
    """A line of a function that was running."""

    frame: Frame
    line: int
    span: Span | None = None  # of the expression, where the interpreter knows columns


@dataclass(frozen=True, slots=True)
class ObservedCall:
    """Calls from one line of one function to another, both in the namespace."""

    caller: Frame | None  # None: a root, with the reason in `through`
    callee: Frame
    line: int  # in the caller; 0 where there is no caller, and where nobody looked
    span: Span | None  # of the call expression, where the interpreter knows columns
    calls: int  # exact for the pair as a whole; where several lines call, one without a line too
    order: int  # of the first such call in the run, from 1
    how: str = "call"  # or `resume`
    through: str | None = None  # the outside function between the two, or why a root is one
    processes: tuple[str, ...] = ()  # that made it; empty where one alone was recorded
    by_test: tuple[tuple[int, int], ...] = ()  # of `calls`: number into `Recording.tests`, calls
    started_by: tuple[Place, ...] = ()  # who handed the callee over to be run later; all who did


@dataclass(frozen=True, slots=True)
class ObservedExternal:
    """Calls from the namespace to a Python function outside it; callees in C have no frame."""

    caller: Frame
    line: int
    span: Span | None
    callee: str  # dotted: module and qualname as they run, `dill._dill.dump`
    calls: int
    order: int


@dataclass(frozen=True, slots=True)
class ObservedLines:
    """The lines of a function that ran at least once."""

    frame: Frame
    calls: int  # how often its body was entered
    lines: tuple[int, ...]  # sorted


@dataclass(frozen=True, slots=True)
class RaisedException:
    """An exception that passed through a function of the namespace."""

    frame: Frame
    line: int
    type_name: str  # dotted; the message is not kept, it may quote data
    times: int
    order: int


@dataclass(frozen=True, slots=True)
class OpenedFile:
    """A file that was opened, by audit event; C libraries that open files are not seen."""

    path: str
    mode: str  # `r`, `w`, … or the flags in words
    caller: Frame | None  # the nearest function of the namespace
    line: int
    times: int
    order: int


@dataclass(frozen=True, slots=True)
class ObservedEffect:
    """One thing that a run did to the world: a call that the effect table knows, or an event."""

    number: int  # in the order of the run; some are missing
    kind: str  # an EffectKind
    operation: str  # dotted, as the table spells it; or the audit event: `open`, `os.mkdir`
    subject: str = ""  # what is touched: a path, an address, words
    file: int = 0  # which path of the run the subject is: two may read the same; 0: it is none
    payload: str = ""  # what goes in or comes out: a summary; or the path of a file
    keys: tuple[str, ...] = ()  # names of members, datasets, variables
    part: str = ""  # what the keys name, where it is no member: `attribute`
    mode: str = ""
    chain: tuple[Place, ...] = ()  # who caused it: frames of the namespace, the nearest first
    through: str = ""  # the outside function that the nearest of these called
    within: int = 0  # the effect in the course of which it happened
    made_by: int = 0  # the effect that wrote the file which is read here, or goes in
    origin: str = ""  # the member that the file which is read was extracted from: `a.zip!b.txt`
    times: int = 1
    heard_by: str = "call"  # or `audit`; or `site`: a call in C, some of its arguments known


@dataclass(frozen=True, slots=True)
class TapReading:
    """What a tap read, summarised by exact type and bounded in size."""

    key: str
    hits: int
    values: tuple[str, ...]  # the first distinct summaries in order: `int 18`, `dict len 18 keys …`
    error: str = ""  # why nothing could be read, although the place was reached
    counts: tuple[int, ...] = ()  # how often each of `values` was read
    others: int = 0  # readings of values beyond those
    others_between: tuple[str, str] | None = None  # the least and the largest; all are numbers
    last: str = ""
    runs: tuple[tuple[str, int], ...] = ()  # what was read first, in order: value, times in a row
    failures: int = 0  # hits where nothing could be read
    code_runs: int = 0  # how often code of the target was run to read it


@dataclass(frozen=True, slots=True)
class WatchedObject:
    """A named object whose changes were to be told, and what came of it."""

    name: str  # `package.module:NAME`
    how: str  # `exact`, `by diff`; empty: there was nothing to watch
    why: str = ""  # why there was nothing


@dataclass(frozen=True, slots=True)
class StateWrite:
    """A change of a watched object, or what it held when it was found."""

    object: str  # as watched: `package.module:NAME`
    key: str  # of a dict, or the attribute; `['a']['b']` of a dict in it; empty: the object itself
    # `initial`; `bound`, `rebound`, `unbound`: the name itself; `added`, `modified`, `deleted`,
    # `cleared`: what it holds; `same`: an equal number or text, which only `exact` tells.
    change: str
    old: str  # summaries by exact type, as of taps; empty: nothing; `?`: not known
    new: str
    chain: tuple[Place, ...]  # the line that did it, in the namespace, and its callers
    # `exact`: the interpreter told; `by diff`: found by comparing, after that line; `read`: what
    # was there.
    how: str
    order: int  # in the run, from 1
    times: int = 1  # of this change at this line, where they were told one by one no more
    writer: str = ""  # the function outside the namespace that did it, called from that line
    until: int = 0  # by diff: it may have been a later line of the function, before this one


@dataclass(frozen=True, slots=True)
class TreeCall:
    """A node of the call tree; the list is in call order, so a parent comes before its children."""

    parent: int  # index into the list, -1 for a root
    frame: Frame
    line: int  # the line in the parent's function that made the call; 0 for a root
    through: str | None = None
    exception: str = ""  # type name, where the call ended by raising
    repeats: int = 1  # equal neighbours folded into this one
    process: str = ""  # of a root: the name of the process, where it is not the first


@dataclass(frozen=True, slots=True)
class Process:
    """A process that the program started."""

    name: str  # `1`: the first that the first one started; `1.2`: the second that `1` did
    how: str = ""  # `spawn`, `fork`, `exec`, `system`; empty: not known
    program: str = ""  # `train.py`, `-m pkg`, `-c`; of what is no recorded Python its file's name
    python: str = ""
    started_at: Place | None = None  # in the parent: the nearest place of the namespace
    is_recorded: bool = True  # False: no Python, an isolated one, or gone before it began
    why_incomplete: str = ""


@dataclass(frozen=True, slots=True, order=True)
class HiddenFunction:
    """A function that a library made at run time, and that was not recorded."""

    library: str
    module: str  # in whose namespace it ran
    name: str
    made_of: str = ""  # the bare name of the function that it was made of, where its name tells


@dataclass(frozen=True, slots=True)
class InventedUse:
    """What a program did with something that stood in for a missing module."""

    name: str  # dotted: `tensorflow.keras.Model`, `tensorflow.random.normal()`
    operation: str  # `attribute`, `call`, `truth` …; `recipe`: a recipe gave the thing
    caller: Frame | None  # the nearest function of the namespace
    line: int
    times: int
    order: int


@dataclass(frozen=True, slots=True)
class StandIns:
    """The stand-ins of a run, without which it would have ended."""

    asked_for: tuple[str, ...]  # as given: `auto`, or names
    modules: tuple[str, ...]  # top-level, as they were imported
    uses: tuple[InventedUse, ...] = ()  # as they were first seen

    @property
    def invented(self) -> tuple[InventedUse, ...]:
        """Those that no recipe backs."""
        return tuple(use for use in self.uses if use.operation != "recipe")


@dataclass(frozen=True, slots=True)
class ContextLines:
    """Lines of a function that ran under the same contexts."""

    frame: Frame
    lines: tuple[int, ...]  # sorted
    contexts: tuple[int, ...]  # numbers into `Executed.contexts`, sorted; -1: without one, too


@dataclass(frozen=True, slots=True)
class Executed:
    """That somebody else's tool recorded lines, and no calls: what it can tell, and of what.

    A file that it did not measure is not one whose functions never ran.
    """

    tool: str  # `coverage.py 7.6.1`
    source: str  # the data file's name
    has_arcs: bool  # it knows which line followed which
    files: tuple[str, ...]  # measured, and as the tree has them; sorted
    left_out: tuple[tuple[str, str], ...] = ()  # measured, and why it is not joined
    contexts: tuple[str, ...] = ()  # names of tests or other contexts, sorted; without the empty
    by_context: tuple[ContextLines, ...] = ()  # of lines that ran under a context; sorted
    # Lines that ran, in this function or in the one that holds it: nobody can say.
    untold: tuple[ObservedLines, ...] = ()


@dataclass(frozen=True, slots=True)
class Recording:
    """One run."""

    workload: Workload
    is_complete: bool
    why_incomplete: str = ""  # `time budget of 2 s reached`, `the target was killed by signal 9`
    exit_status: int | None = None  # as a shell says it, 128 + n for signal n; None: not known
    python: str = ""  # `3.11.7`
    implementation: str = ""  # `CPython`
    backend: str = ""
    accelerator: str = ""  # `in C`, or `none, because …`; empty: the log does not say
    cannot_see: tuple[str, ...] = ()  # one sentence each
    calls: tuple[ObservedCall, ...] = ()
    externals: tuple[ObservedExternal, ...] = ()
    lines: tuple[ObservedLines, ...] = ()
    exceptions: tuple[RaisedException, ...] = ()
    opened: tuple[OpenedFile, ...] = ()
    taps: tuple[TapReading, ...] = ()
    asked_taps: tuple[tuple[str, str], ...] | None = None  # key, `EXPR@place`; None: not said
    tree: tuple[TreeCall, ...] = ()
    tree_cut: int = 0  # calls that the tree does not hold
    dropped: int = 0  # events that the probe could not record
    changed_sources: tuple[str, ...] = ()  # files whose digest was not the planned one
    stderr_tail: str = ""  # the last lines of a target that failed, paths normalised
    effects: tuple[ObservedEffect, ...] = ()  # in order; equal ones of one place are counted
    effects_cut: int = 0  # happenings beyond the bound, which were not kept
    namespaces: tuple[str, ...] = ()  # as planned; empty: every file below the root
    watched: tuple[WatchedObject, ...] = ()
    state_writes: tuple[StateWrite, ...] = ()  # in order
    presets: tuple[str, ...] = ()
    environment: tuple[tuple[str, str], ...] = ()  # set for this run; secrets redacted
    processes: tuple[Process, ...] = ()  # besides the first, where children were followed
    stand_ins: StandIns | None = None  # None: the run is the program's own
    converted: tuple[Frame, ...] = ()  # ran as code that a library made of them, at known lines
    hidden: tuple[HiddenFunction, ...] = ()  # each once; calls through them are edges all the same
    tests: tuple[str, ...] = ()  # ids of tests that were told apart, as they began
    executed: Executed | None = None  # not None: lines alone are known, from this tool
    stdout_tail: str = ""  # as `stderr_tail`

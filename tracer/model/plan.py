"""The one value that the probe ever learns."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from tracer.model.effect_plan import EffectPlan

BACKENDS = ("auto", "settrace", "monitoring")
"""How the probe hears of calls; `auto`: monitoring from Python 3.12 on, else settrace."""

ACCELERATORS = ("auto", "off")
"""Whether the hooks that are called most may be in C, where they can be compiled."""


class TapMoment(StrEnum):
    """When a tap's expression is read."""

    AFTER = "after"  # after the statement at the line: LINE events fire before it
    BEFORE = "before"
    ENTRY = "entry"
    RETURN = "return"


@dataclass(frozen=True, slots=True)
class Tap:
    """An expression to be read in a live frame."""

    key: str  # stable: supervisors use it as a name across runs
    expression: str  # names, attributes, constant items, `len(…)`, `stats(…)`; `return` at RETURN
    path: str
    line: int  # 1-indexed: of the statement, or of the `def` for ENTRY and RETURN
    moment: TapMoment = TapMoment.AFTER
    function: str = ""  # qualname that owns the line
    statement_lines: tuple[int, int] | None = None  # first and last line, where static knows them
    purpose: str = ""
    expected: str = ""  # `== 18`, `> 20`, `in {...}`; empty: nothing was claimed
    unit: str = ""
    may_call: bool = False  # let reading it run code of the target where nothing else can read it


@dataclass(frozen=True, slots=True)
class Workload:
    """One run of the target."""

    name: str  # `w1`, `w2` … within a bundle
    argv: tuple[str, ...]  # after the interpreter: `("train.py", "--fast")`, `("-m", "pkg")`
    cwd: str | None = None  # None: a scratch folder
    reason: str = ""  # why this one


@dataclass(frozen=True, slots=True)
class TracePlan:
    """What to record, and within which limits."""

    root: str  # absolute path of the tree on the machine that records
    namespaces: tuple[str, ...]  # packages; `__main__` is always in; empty: every file below root
    workload: Workload
    taps: tuple[Tap, ...] = ()
    mode: str = "tree"  # `edges` keeps no tree
    backend: str = "auto"  # one of BACKENDS
    accelerator: str = "auto"  # one of ACCELERATORS
    time_budget_s: float | None = None
    tree_calls: int = 200_000  # calls kept in the tree; edges go on being counted
    calls_looked_at: int = 256  # of a function; later ones are counted by pair, without their line
    follows_children: bool = False  # record the processes that it starts, too
    presets: tuple[str, ...] = ()  # names, for the reader: their variables stand below
    environment: tuple[tuple[str, str], ...] = ()  # variables that are set for the target, sorted
    memory_limit: int | None = None  # bytes resident, of all its processes: beyond it, it is ended
    log_limit: int | None = None  # bytes of each log: beyond it, recording ends
    digests: tuple[tuple[str, str], ...] = ()  # (path, sha256) of the sources, sorted
    # `package.module:NAME`, `package.module:Class.attribute`; with `=` at the end the name alone,
    # not what the object holds.
    watched: tuple[str, ...] = ()
    effects: EffectPlan = field(
        default_factory=EffectPlan
    )  # calls outside the namespace told one by one
    stand_ins: tuple[str, ...] = ()  # top-level modules to fabricate where missing, or `auto`
    recipes: tuple[str, ...] = ()  # folders of the user's recipes for them

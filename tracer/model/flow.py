"""The way of a value: where it is bound, passed, renamed, stored, changed and dropped."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from tracer.model.source import Callee, FunctionId


class HopKind(StrEnum):
    """What happens to a value at a place."""

    START = "starts"
    BOUND = "bound"  # a name stands for it, or for what was made of it
    RENAMED = "renamed"  # another name for the very same value
    PASSED = "passed"  # argument -> parameter
    CAPTURED = "captured"  # an inner function reads the name
    RETURNED = "returned"  # to the call that gave it
    STORED = "stored"  # attribute, item, global
    READ_BACK = "read back"  # out of where it was stored
    TRANSFORMED = "transformed"  # a call outside the sources makes another value of it
    COMPARED = "compared"
    ARRIVES = "arrives"  # a table says that what the question asks about is made use of here
    LOST = "lost"  # a table says that what the question asks about ends here
    CHANGED = "changed"  # a table says that what the question asks about changes here
    OVERWRITTEN = "overwritten"  # bound again before anything read it
    DROPPED = "dropped"  # nothing reads it from here on
    SHADOWED = "shadowed"  # an inner function binds a name of its own instead
    LEAVES = "leaves"  # the callee is not known: what becomes of it is not either


class Sureness(StrEnum):
    """How sure a hop is, surest first."""

    SURE = "sure"  # names, definitions and classes alone
    MAY = "may"  # one of several bindings, callees or branches
    BY_NAME = "by name"  # a method or attribute of that name; the class of its object is not known
    UNKNOWN = "unknown"  # through code that was not read, or a callee that is not known


@dataclass(frozen=True, slots=True)
class FlowHop:
    """One place on the way of a value; the hops of a flow are a tree by `follows`."""

    kind: HopKind
    function: FunctionId
    line: int
    holder: str  # what stands for the value from here on: `a`, `self.cell_a`; empty: nothing does
    sureness: Sureness = Sureness.SURE
    follows: int = -1  # position of the hop before it; -1: the value starts here
    callee: Callee | None = None  # of a call
    detail: str = ""  # the call as written, or what a table says
    quote: str = ""  # the line as it stands
    tap: str = ""  # key of the tap that reads the value here


@dataclass(frozen=True, slots=True)
class ValueFlow:
    """A value that the question asks about, and its way."""

    name: str
    why: str  # why this one: `named by the question`, `made with requires_grad`
    topic: str = ""  # of the table of flows: `gradient`, `dtype`
    has_aim: bool = False  # the table knows places that make use of what the topic asks for
    asked_ends: tuple[HopKind, ...] = ()  # that the topic asks for before all others
    hops: tuple[FlowHop, ...] = ()  # a hop comes before what follows from it
    limits: tuple[str, ...] = ()  # what was not followed, with counts
    # Functions that the question names, `to` say: neither they nor what they call touch this value.
    untouched_in: tuple[FunctionId, ...] = ()

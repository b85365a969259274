"""The way of a value so far: hops, what carries it, and where to look next."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from tracer.model.flow import FlowHop, HopKind, Sureness
from tracer.model.source import Callee, FunctionId
from tracer.static.flows.index import FlowIndex
from tracer.static.values import Ref
from tracer.tables.flow import FlowTable

MOST_HOPS = 300
_SURENESS = list(Sureness)


@dataclass(frozen=True, slots=True)
class Carrier:
    """That a node holds the value, or something made of it."""

    hop: int
    sureness: Sureness = Sureness.SURE


def weaker(one: Sureness, other: Sureness) -> Sureness:
    """The one that promises less."""
    return max(one, other, key=_SURENESS.index)


class Trail:
    """The way of one value, while it is followed."""

    def __init__(
        self,
        index: FlowIndex,
        table: FlowTable,
        topics: Collection[str],
        is_wanted: Callable[[FunctionId], bool],
    ) -> None:
        self.index = index
        self.program = index.program
        self.table = table
        self.topics = set(topics)
        self.is_wanted = is_wanted
        self.hops: list[FlowHop] = []
        self.carriers: dict[tuple[Ref, int], Carrier] = {}  # by node
        self.held: dict[tuple[Ref, int], Carrier] = {}  # by binding
        self.queue: deque[Ref] = deque()
        self.entered: dict[Ref, list[tuple[Ref, int]]] = {}  # functions, through which sites
        self.returned: set[Ref] = set()
        self.told: dict[tuple[object, ...], int] = {}
        self.unfollowed: dict[str, int] = {}
        # Where attributes of the very object may be read: what the start leads to; None: anywhere.
        self.led_to: set[FunctionId] | None = set()
        self.roots: set[Ref] = set()  # where the value starts, and whom nothing else leads to

    def hop(
        self,
        kind: HopKind,
        ref: Ref,
        line: int,
        holder: str,
        carrier: Carrier | None = None,
        detail: str = "",
        callee: Callee | None = None,
    ) -> int:
        """Add a hop, once; the answer is its number."""
        follows = -1 if carrier is None else carrier.hop
        key = ("hop", kind, ref, line, holder, follows, detail)
        if key in self.told:
            return self.told[key]
        self.hops.append(
            FlowHop(
                kind,
                self.program.id(ref),
                line,
                holder,
                Sureness.SURE if carrier is None else carrier.sureness,
                follows,
                callee,
                detail,
                self.index.line(ref, line),
            )
        )
        self.told[key] = len(self.hops) - 1
        return len(self.hops) - 1

    def start_in(self, ref: Ref) -> None:
        """The value starts in a function; attributes may also be read in what that leads to."""
        self.roots.add(ref)
        if self.led_to is not None:
            self.led_to |= self.index.led_to(self.program.id(ref))

    def carry(self, ref: Ref, node: int, carrier: Carrier) -> None:
        """Let a node carry the value."""
        if (ref, node) not in self.carriers:
            self.carriers[ref, node] = carrier
            self.queue_up(ref)

    def hold(self, ref: Ref, binding: int, carrier: Carrier) -> None:
        """Let a binding hold the value."""
        if (ref, binding) not in self.held:
            self.held[ref, binding] = carrier
            self.queue_up(ref)

    def queue_up(self, ref: Ref) -> None:
        """Look at a scope, later."""
        if ref not in self.queue:
            self.queue.append(ref)

    def miss(self, what: str, count: int) -> None:
        """Count what is not followed."""
        self.unfollowed[what] = self.unfollowed.get(what, 0) + count

    def any_of(self, ref: Ref, nodes: Iterable[int]) -> Carrier | None:
        """The first carrier among nodes."""
        for node in nodes:
            if (carrier := self.carriers.get((ref, node))) is not None:
                return carrier
        return None

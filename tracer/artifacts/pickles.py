"""What a pickle holds, from its opcodes alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import BinaryIO

from tracer.artifacts.limits import Budget
from tracer.artifacts.pickle_machine import PickleMachine
from tracer.artifacts.pickle_values import Item, describe, held_below
from tracer.artifacts.texts import printable
from tracer.model.artifact import HeldValue
from tracer.tables.formats import Parts

_CALLS = ("REDUCE", "NEWOBJ", "NEWOBJ_EX", "INST", "OBJ", "BUILD")


@dataclass(frozen=True, slots=True)
class PickleContents:
    """The outline of one or several pickles that stand one after another."""

    top: str
    keys: tuple[str, ...]
    held: tuple[HeldValue, ...]
    globals: tuple[str, ...]
    opcodes: tuple[tuple[str, int], ...]
    pickles: int  # that were read to their end
    notes: tuple[str, ...]
    not_inspected: tuple[str, ...]


def read_pickle(stream: BinaryIO, size: int, budget: Budget) -> PickleContents:
    """Outline the pickles from here on; trouble with them is part of the answer.

    Args:
        stream: At the beginning of the first pickle.
        size: Where the bytes end, in positions of the stream.
    """
    limits = budget.limits
    most = min(limits.pickle_opcodes, budget.opcodes_left)
    machine = PickleMachine(limits, budget.table, most)
    notes: list[str] = []
    tops: list[Item] = []
    form: Parts | None = None
    finished = 0
    while (start := stream.tell()) < size:
        if form is not None and len(tops) >= form.pickles:
            notes.append(f"{size - start} bytes of data after the last pickle")
            break
        if len(tops) >= limits.pickles:
            machine.note_gap(f"more than {limits.pickles} pickles: the rest was not read")
            break
        before = dict(machine.gaps)
        top = machine.run(stream)
        if top is None:
            if tops and finished:
                # Whatever follows a whole pickle may be no pickle at all.
                machine.gaps = before
                machine.note_gap(f"{size - start} bytes after the last pickle: no pickle")
            elif machine.outermost is not None:
                tops.append(machine.outermost)
            break
        finished += 1
        tops.append(top)
        if len(tops) == 1:
            form = next((each for each in budget.table.parts if str(each.magic) == top.text), None)
    budget.opcodes_left -= most - max(machine.opcodes_left, 0)
    main = form.value if form is not None and form.value < len(tops) else 0
    chosen = tops[main] if tops else Item("nothing")
    if form is not None:
        notes.insert(0, f"{form.name}: pickle {form.value + 1} of {form.pickles} is what was saved")
    elif finished > 1:
        notes.append(f"{finished} pickles one after another; keys are those of the first")
    if finished and chosen.length:
        notes.append(f"{chosen.length} items" if chosen.length > 1 else "1 item")
    if calls := sum(machine.opcodes[name] for name in _CALLS):
        notes.append(f"loading makes {calls} calls")
    held, is_whole = held_below(chosen, budget.table, limits.held_depth, limits.held)
    if not is_whole:
        is_cut = len(held) >= limits.held
        deep = f"what lies deeper than {limits.held_depth} keys"
        machine.note_gap(f"{deep}, or after {limits.held} values" if is_cut else deep)
    has_shape = chosen.made is not None and chosen.made.shape
    return PickleContents(
        top=describe(chosen, budget.table) if has_shape else printable(_named(chosen)),
        keys=tuple(printable(key) for key, _ in chosen.named()),
        held=tuple(held),
        globals=tuple(sorted(machine.globals)),
        opcodes=tuple(sorted(machine.opcodes.items())),
        pickles=finished,
        notes=tuple(notes),
        not_inspected=tuple(machine.gaps),
    )


def _named(item: Item) -> str:
    return f"the global {item.text}" if item.kind == "global" else item.kind

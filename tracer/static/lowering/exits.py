"""Early ways out of a block, and what the rest of the block depends on because of them."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Sequence
from enum import Enum

from tracer.model.graph import GuardKind
from tracer.static.flat import FlatGuard
from tracer.static.quoting import quote

_TEXT_LIMIT = 120
_EARLY = (GuardKind.UNLESS.value, GuardKind.ASSERT.value, GuardKind.AFTER.value)
# They end the program, as a statement; not told from the type checker's `NoReturn`, which needs
# types. What follows stays alive: a test may replace them.
_ENDINGS = frozenset(["sys.exit", "os._exit", "os.abort", "exit", "quit"])


class ExitKind(Enum):
    """How a block is left; each ends at another place."""

    RETURN = "return"
    RAISE = "raise"
    BREAK = "break"
    CONTINUE = "continue"


Exit = tuple[ExitKind, int]
"""How, and the number of the innermost guard there."""


def is_ending(node: ast.expr) -> bool:
    """Whether an expression statement ends the program."""
    return isinstance(node, ast.Call) and ast.unparse(node.func) in _ENDINGS


def caught_at(guards: Sequence[FlatGuard], guard: int) -> str:
    """What the innermost handler around a place catches, as written; empty for a bare one."""
    while guard >= 0 and guards[guard][1] != GuardKind.EXCEPT.value:
        guard = guards[guard][0]
    return guards[guard][2] if guard >= 0 else ""


def conditions_of_exits(
    exits: Sequence[Exit], guards: Sequence[FlatGuard], base: int
) -> list[tuple[str, int, tuple[int, ...]]]:
    """The conditions under which control has left, each once, in source order.

    What an exception decides is left out: any call may raise. So is the other branch of a
    condition that leaves, which the rest of the block needs no second time, and what is decided in
    a branch that leaves in any case.

    Args:
        exits: Since the statement began that the block goes on after.
        base: The guard that holds around that statement.

    Returns:
        Text, line, and the guards that the text joins.
    """
    paths = [path for _, guard in exits if (path := _path(guards, guard, base))]
    # Under each path: the conditions, as text and line, under which that leaves.
    leaving: defaultdict[tuple[int, ...], set[tuple[str, int]]] = defaultdict(set)
    for path in paths:
        if guards[path[-1]][1] == GuardKind.IF.value:
            leaving[tuple(path[:-1])].add((guards[path[-1]][2], guards[path[-1]][3]))
    whole = {tuple(path) for path in paths}
    found: dict[tuple[str, int], tuple[int, ...]] = {}
    for path in paths:
        is_part = any(tuple(path[:length]) in whole for length in range(1, len(path)))
        if is_part or guards[path[-1]][1] == GuardKind.EXCEPT.value:
            continue
        kept = [
            number
            for place, number in enumerate(path)
            if place == len(path) - 1
            or guards[number][1] != GuardKind.ELSE.value
            or (guards[number][2], guards[number][3]) not in leaving[tuple(path[:place])]
        ]
        text = quote(" · ".join(_said(guards[number]) for number in kept), _TEXT_LIMIT)
        if len(kept) == 1 and guards[kept[0]][1] == GuardKind.IF.value:
            text = guards[kept[0]][2]
        found.setdefault((text, guards[kept[0]][3]), tuple(kept))
    return [(text, line, numbers) for (text, line), numbers in found.items()]


def _path(guards: Sequence[FlatGuard], guard: int, base: int) -> list[int]:
    """The guards from the base on, outermost first; earlier exits within are told by themselves."""
    path: list[int] = []
    while guard not in (base, -1):
        if guards[guard][1] not in _EARLY:
            path.append(guard)
        guard = guards[guard][0]
    return path[::-1]


def _said(guard: FlatGuard) -> str:
    kind, text = guard[1], guard[2]
    return f"not ({text})" if kind == GuardKind.ELSE.value else f"{kind} {text}".strip()

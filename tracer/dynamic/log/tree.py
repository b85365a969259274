"""The call tree of a run, as the log has it."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from tracer.dynamic.folding import folded
from tracer.dynamic.log.functions import Functions
from tracer.dynamic.tree_log import TreeLog
from tracer.model.recording import Frame, ObservedCall, TreeCall

_UNKNOWN, _IN_CALLER = -1, -2  # calls that the tree does not show, instead of a kind


def read_tree(
    tree_log: TreeLog, functions: Functions, observed: tuple[ObservedCall, ...]
) -> tuple[tuple[TreeCall, ...], int]:
    """The call tree, equal neighbours folded, and how many counted calls it stands for."""
    lines: dict[tuple[Frame, Frame, str], set[int]] = defaultdict(set)
    for call in observed:
        if call.caller is not None and call.line and call.through is None:
            lines[call.caller, call.callee, call.how].add(call.line)
    met: dict[tuple[Any, ...], tuple[int, int]] = {}
    kinds: dict[TreeCall, int] = {}
    kind_of, parents, hangs = array("i"), array("i"), array("i")  # `hangs`: where children go
    counted = 0
    for position, code_id in enumerate(tree_log.codes):
        parent = tree_log.parents[position]
        above = hangs[parent] if parent >= 0 else -1
        parent_code = tree_log.codes[parent] if parent >= 0 else 0
        through, raised = tree_log.throughs[position], tree_log.raised.get(position, "")
        how = "resume" if position in tree_log.resumed else "call"
        key = (code_id, parent_code, tree_log.offsets[position], through, raised, how)
        known = met.get(key)
        if known is None:
            known = met[key] = _kind(functions, key, kinds, lines)
        kind, is_counted = known
        counted += is_counted
        kind_of.append(kind)
        parents.append(above)
        hangs.append(position if kind >= 0 else above if kind == _IN_CALLER else -1)
    calls = list(kinds)
    return (
        tuple(
            replace(calls[kind], parent=parent, repeats=repeats)
            for kind, parent, repeats in folded(kind_of, parents)
        ),
        counted,
    )


def _kind(
    functions: Functions,
    key: tuple[int, int, int, int, str, str],
    kinds: dict[TreeCall, int],
    lines: Mapping[tuple[Frame, Frame, str], set[int]],
) -> tuple[int, int]:
    """The number of a kind of call in the tree, and 1 where such calls are counted as edges."""
    code_id, parent_code, offset, through, raised, how = key
    if code_id not in functions.codes:
        return _UNKNOWN, 0
    if functions.is_in_caller(code_id, parent_code):
        return _IN_CALLER, 0
    frame, line = functions.frame(code_id), 0
    if parent_code in functions.codes and offset >= 0:
        line, _ = functions.place(parent_code, offset)
    elif parent_code in functions.codes:  # nobody looked: where only one line calls, it was that
        known = lines.get((functions.frame(parent_code), frame, how), set())
        line = min(known) if len(known) == 1 else 0
    call = TreeCall(
        parent=-1,
        frame=frame,
        line=line,
        through=functions.dotted(through) if through else None,
        exception=raised,
    )
    return kinds.setdefault(call, len(kinds)), int(not functions.is_folded(code_id))

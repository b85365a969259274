"""The calls of a run, within the namespace and out of it."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from tracer.dynamic.log.functions import Functions
from tracer.dynamic.log.records import Log
from tracer.dynamic.log.sums import Sums, add_sighting
from tracer.model.recording import Frame, ObservedCall, ObservedExternal, Place

_NOT_OUTSIDE = ("importlib._bootstrap", "_tracer_probe.")  # the import system, and our own hooks


def read_calls(
    log: Log, functions: Functions
) -> tuple[tuple[ObservedCall, ...], tuple[ObservedExternal, ...], dict[Frame, int]]:
    """Calls of functions within, calls of functions outside, and how often each one began.

    Calls are counted for each place and way of calling; sorted by place.
    """
    calls: Sums = {}
    externals: Sums = {}
    entered: dict[Frame, int] = defaultdict(int)
    numbers: dict[tuple[Any, ...], list[int]] = defaultdict(list)
    givers = _givers(log, functions)
    for record in log.defined("edge"):
        count, order = log.counts[record["n"]], record["n"]
        if not count or record["callee"] not in functions.codes:
            continue
        how = record.get("how", "call")
        caller_id, callee_id = record.get("caller", 0), record["callee"]
        line, span = functions.place(caller_id, record.get("at", 0)) if caller_id else (0, None)
        caller = functions.frame(caller_id) if caller_id else None
        if how == "site":
            add_sighting(
                calls, (caller, functions.frame(callee_id), line, span, "call", None), 0, order
            )
            continue
        if how == "external":
            dotted = functions.dotted(callee_id)
            runtime = functions.origins.get(caller_id, {}).get("runtime", ())
            if not dotted.startswith((*_NOT_OUTSIDE, *runtime)):
                add_sighting(externals, (caller, line, span, dotted), count, order)
            continue
        if functions.is_folded(callee_id):
            continue
        callee = functions.frame(callee_id)
        if how == "call":
            entered[callee] += count
        through = record.get("why")
        if record.get("through"):
            through = functions.dotted(record["through"])
        add_sighting(calls, (caller, callee, line, span, how, through), count, order)
        numbers[caller, callee, line, span, how, through].append(order)
    _add_stream(log, functions, calls, entered)
    for record in log.defined("invented"):
        if record["by"] == "call" and record["code"]:
            line, span = functions.place(record["code"], record["at"])
            key = (functions.frame(record["code"]), line, span, record["name"].rstrip("()"))
            add_sighting(externals, key, log.counts[record["n"]], record["n"])
    return (
        tuple(
            sorted(
                (
                    ObservedCall(
                        caller,
                        callee,
                        line,
                        span,
                        calls,
                        order,
                        how,
                        through,
                        by_test=log.tests.of(numbers[caller, callee, line, span, how, through]),
                        started_by=() if caller and not through else givers.get(callee, ()),
                    )
                    for (caller, callee, line, span, how, through), (
                        calls,
                        order,
                    ) in calls.items()
                ),
                key=lambda call: (
                    call.caller is not None,
                    call.caller or call.callee,
                    call.line,
                    call.order,
                ),
            )
        ),
        tuple(
            sorted(
                (
                    ObservedExternal(caller, line, span, callee, calls, order)
                    for (caller, line, span, callee), (calls, order) in externals.items()
                ),
                key=lambda call: (call.caller, call.line, call.order),
            )
        ),
        entered,
    )


def _add_stream(log: Log, functions: Functions, calls: Sums, entered: dict[Frame, int]) -> None:
    """Add the calls at which nobody looked; to the line that calls, where there is but one."""
    lines: dict[tuple[Any, ...], list[tuple[Any, ...]]] = defaultdict(list)
    for key in calls:
        caller, callee, _, _, how, through = key
        if caller is not None and through is None:
            lines[caller, callee, how].append(key)
    order = max((record["n"] for record in log.by_kind["edge"]), default=0)
    pairs = [(caller, *callee, count) for (caller, callee), count in log.stream.pairs.items()]
    roots = [(0, *callee, count) for callee, count in log.stream.roots.items()]
    for caller_id, callee_id, is_resumed, count in (*pairs, *roots):
        if functions.is_folded(callee_id):
            continue
        caller = functions.frame(caller_id) if caller_id else None
        callee = functions.frame(callee_id)
        how = "resume" if is_resumed else "call"
        if not is_resumed:
            entered[callee] += count
        known = lines[caller, callee, how]
        if len(known) == 1:
            add_sighting(calls, known[0], count, calls[known[0]][1])
            continue
        order += 1
        why = None if caller_id else "called too often to look"
        lines_known = {key[2] for key in known}
        line = lines_known.pop() if len(lines_known) == 1 else 0
        add_sighting(calls, (caller, callee, line, None, how, why), count, order)
    for key in [key for key, (count, _) in calls.items() if not count]:  # named, and not seen
        del calls[key]


def _givers(log: Log, functions: Functions) -> dict[Frame, tuple[Place, ...]]:
    """By function: who handed it over to be run later."""
    found: dict[Frame, set[Place]] = defaultdict(set)
    for record in log.by_kind["later"]:
        by = record["by"]
        place = Place(functions.frame(by), *functions.place(by, record["at"]))
        found[functions.frame(record["code"])].add(place)
    return {
        frame: tuple(sorted(places, key=lambda place: (place.frame, place.line)))
        for frame, places in found.items()
    }

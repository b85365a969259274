"""What stood in for modules that are not installed, and where the program used it."""

from __future__ import annotations

from tracer.dynamic.log.functions import Functions
from tracer.dynamic.log.records import Log
from tracer.dynamic.log.sums import Sums, add_sighting
from tracer.model.recording import InventedUse, StandIns


def stand_ins_of(log: Log, functions: Functions) -> StandIns | None:
    modules = tuple(dict.fromkeys(record["name"] for record in log.by_kind["stand_in"]))
    if not modules:
        return None
    found: Sums = {}
    for record in log.defined("invented"):
        code_id = record["code"]
        line, _ = functions.place(code_id, record["at"]) if code_id else (0, None)
        caller = functions.frame(code_id) if code_id else None
        key = (record["name"], record["by"], caller, line)
        add_sighting(found, key, log.counts[record["n"]], record["n"])
    uses = [
        InventedUse(name, operation, caller, line, times, order)
        for (name, operation, caller, line), (times, order) in found.items()
    ]
    asked_for = tuple(log.header.get("stand_ins", ()))
    return StandIns(asked_for, modules, tuple(sorted(uses, key=lambda use: use.order)))

"""JSON for an agent: without what says nothing, and short where the whole would cost tokens."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tracer.model.graph import how_sure

# Runners-up, and columns: an answer needs neither.
_LEFT_OUT = frozenset({"span", "candidates", "branch_line"})


def pruned(value: Any) -> Any:
    """Without fields that are empty, false or 0; a span becomes its line, a guard one text."""
    if isinstance(value, list):
        return [pruned(item) for item in value]
    if not isinstance(value, dict):
        return value
    found = {
        name: [_guard(guard) for guard in item] if name == "guards" else pruned(item)
        for name, item in value.items()
        if name not in _LEFT_OUT and item not in ("", None, [], {}, False, 0)
    }
    span = value.get("span")
    if isinstance(span, dict) and "line" not in found:
        found["line"] = span["line"]
    if value.get("tier") and "is_exact" in value:
        found.pop("is_exact", None)
        found.pop("is_declared", None)
        found["sure"] = how_sure(
            is_exact=bool(value["is_exact"]), is_declared=bool(value.get("is_declared"))
        )
    return found


def _guard(guard: Mapping[str, Any]) -> str:
    """`if name in cache (line 12; reads os.environ)`."""
    inputs = ", ".join(guard.get("hidden_inputs", ()))
    reads = f"; reads {inputs}" if inputs else ""
    return f"{guard['kind']} {guard['text']} (line {guard['line']}{reads})"

"""JSON without what says nothing."""

from __future__ import annotations

from typing import Any

_LEFT_OUT = frozenset({"span", "candidates"})  # columns and runners-up, of no use in an answer


def pruned(value: Any) -> Any:
    """Without fields that say nothing, which would only take tokens."""
    if isinstance(value, dict):
        return {
            name: pruned(item)
            for name, item in value.items()
            if name not in _LEFT_OUT and item not in ("", None, [], {})
        }
    if isinstance(value, list):
        return [pruned(item) for item in value]
    return value

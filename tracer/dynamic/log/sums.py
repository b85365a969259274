"""Sums of equal sightings."""

from __future__ import annotations

from typing import Any

Sums = dict[tuple[Any, ...], tuple[int, int]]
"""By what was seen: how often, and the number of the first sighting."""


def add_sighting(found: Sums, key: tuple[Any, ...], count: int, order: int) -> None:
    """Add to a sum, and keep the first sighting."""
    before, first = found.get(key, (0, order))
    found[key] = before + count, min(first, order)

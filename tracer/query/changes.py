"""What has changed in a tree, as somebody else has found out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Changes:
    """Lines that are new, and functions that lost some."""

    added: Mapping[str, tuple[tuple[int, int], ...]] = field(default_factory=dict)  # by path
    touched: tuple[tuple[str, str], ...] = ()  # (path, qualname) as they were before

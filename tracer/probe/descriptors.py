"""Descriptors of ours in a process whose program counts on low numbers, and may close them all."""

from __future__ import annotations

import os

try:
    import fcntl
except ImportError:
    fcntl = None  # type: ignore[assignment]

# Bound now: the target may replace them.
_close, _fstat = os.close, os.fstat
_HIGH = 400


def moved_up(descriptor: int) -> int:
    """The same file by a high number that no child inherits; as it was where none is free."""
    if fcntl is None:
        return descriptor
    try:
        high = fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, _HIGH)
    except OSError:
        return descriptor
    _close(descriptor)
    return high


def identify(descriptor: int) -> tuple[int, int] | None:
    """Device and inode; None where nothing is open by that number."""
    try:
        found = _fstat(descriptor)
    except OSError:
        return None
    return found.st_dev, found.st_ino

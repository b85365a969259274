"""Paths as the code names them, with holes, beside the paths that are there."""

from __future__ import annotations

import functools
import re

_PIECES = re.compile(r"\{\{|\}\}|\{[^{}]*\}|[^{}]+|[{}]")


def fits(pattern: str, path: str) -> bool:
    """Whether a path may be what the code writes: a hole in braces is any text."""
    return expression(pattern).fullmatch(path) is not None


def has_hole(pattern: str) -> bool:
    """Whether part of the path is not known."""
    return any(_is_hole(piece) for piece in _PIECES.findall(pattern))


def is_named(pattern: str) -> bool:
    """Whether the last component says anything but an ending: `{out}/wts.zip`, not `{path}.zip`."""
    name = pattern.rpartition("/")[2]
    known = "".join(piece for piece in _PIECES.findall(name) if not _is_hole(piece))
    return re.search(r"\w", known.rpartition(".")[0] if "." in known else known) is not None


@functools.lru_cache(maxsize=4096)
def expression(pattern: str) -> re.Pattern[str]:
    """A rendered pattern as a regular expression."""
    pieces = []
    for piece in _PIECES.findall(pattern):
        if piece in ("{{", "}}"):
            pieces.append(re.escape(piece[0]))
        else:
            pieces.append(".+" if _is_hole(piece) else re.escape(piece))
    return re.compile("".join(pieces), re.DOTALL)


def _is_hole(piece: str) -> bool:
    return piece.startswith("{") and piece.endswith("}") and piece not in ("{{", "}}")

"""Pairs of programs with what is to come out beside the line that it is about."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tracer.model.contrast import Contrast
from tracer.pipeline.contrast import ContrastRequest, contrast_two

PROGRAMS = Path(__file__).with_name("programs")
PAIRS = tuple(sorted(folder.name for folder in PROGRAMS.iterdir() if folder.is_dir()))
_ENTRIES = re.compile(r"^# contrast: (?P<names>\S+)$", re.MULTILINE)
_EXPECTED = re.compile(
    r"(?P<touchpoint>[a-z][a-z, ]+): (?P<verdict>same|differs|only A|only B|unknown)"
)


@dataclass(frozen=True, order=True)
class Expected:
    """A row that has its main place of a side at a line."""

    path: str
    line: int
    touchpoint: str
    verdict: str


def entries(pair: str, side: str) -> str:
    """The entry points that a program names in its first line."""
    found = _ENTRIES.search((PROGRAMS / pair / f"{side}.py").read_text())
    assert found is not None
    return found["names"]


@cache
def compared(pair: str, a: str = "a", b: str = "b") -> Contrast:
    """The two programs of a pair, or one of them with itself; each once."""
    return compared_anew(pair, a, b)


def compared_anew(pair: str, a: str = "a", b: str = "b") -> Contrast:
    """The two programs of a pair, or one of them with itself."""
    root = PROGRAMS / pair
    return contrast_two(ContrastRequest(entries(pair, a), entries(pair, b), root))


def expected(pair: str) -> Iterator[Expected]:
    """What the comments of both programs ask for."""
    for side in ("a", "b"):
        path = f"{side}.py"
        for number, line in enumerate((PROGRAMS / pair / path).read_text().splitlines(), 1):
            code, _, comment = line.partition("  # ")
            if code.startswith("#"):
                continue
            for found in _EXPECTED.finditer(comment):
                yield Expected(path, number, found["touchpoint"], found["verdict"])


def came_out(contrast: Contrast) -> Iterator[Expected]:
    """The main places of all rows."""
    for row in contrast.rows:
        for fact in (*row.a, *row.b):
            anchor = fact.anchors[0]
            yield Expected(anchor.path, anchor.line, row.touchpoint, row.verdict.value)

"""Console blocks of a page: commands behind `$`, and the lines that they are said to print."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

CUT = "…"
_STATUS = re.compile(r"\s+# exit status (\d)$")


@dataclass(frozen=True, slots=True)
class Quoted:
    """A command, the status it is said to end with, and what is quoted of its output."""

    line: int
    command: str
    status: int
    output: tuple[str, ...]


def quoted_commands(page: Path) -> list[Quoted]:
    """All commands of the page's ```console blocks, in order."""
    found: list[Quoted] = []
    is_console = False
    for number, line in enumerate(page.read_text("utf-8").splitlines(), start=1):
        if line.startswith("```"):
            is_console = line == "```console"
        elif is_console and line.startswith("$ "):
            match = _STATUS.search(line)
            command = line[2 : match.start()] if match else line[2:]
            found.append(Quoted(number, command, int(match[1]) if match else 0, ()))
        elif is_console:
            last = found[-1]
            found[-1] = Quoted(last.line, last.command, last.status, (*last.output, line))
    return found


def missing(quoted: tuple[str, ...], printed: list[str]) -> str:
    """Where the output departs from what is quoted; an empty text where it does not.

    A line `…` stands for any number of lines; within a line it stands for any text.
    """
    at, may_skip = 0, False
    for line in quoted:
        if line == CUT:
            may_skip = True
            continue
        pattern = re.compile(".*".join(re.escape(part) for part in line.split(CUT)))
        window = range(at, len(printed)) if may_skip else range(at, min(at + 1, len(printed)))
        hit = next((n for n in window if pattern.fullmatch(printed[n])), None)
        if hit is None:
            seen = printed[at] if at < len(printed) else "the end"
            return f"expected {line!r}, found {seen!r}"
        at, may_skip = hit + 1, False
    if not may_skip and at != len(printed):
        return f"expected the end, found {printed[at]!r}"
    return ""

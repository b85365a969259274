"""Documents made of statements, and what the verifier says of each statement."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from benchmarks.planting.statements import Statement
from tracer.model.verification import Claim, Verification

_SECTIONS = {
    "prose": ("## What happens", ""),
    "calls": ("## Calls", "| From | To | Why | Anchors |\n|---|---|---|---|"),
    "places": ("## Where it stands", "| Function | Place |\n|---|---|"),
    "lines": ("## Line by line", "| Function | File | Line |\n|---|---|---|"),
    "plan": ("## Next steps", ""),
}


@dataclass(slots=True)
class Paper:
    """One document, and the lines that each of its statements has in it."""

    text: str
    spans: list[tuple[Statement, range]] = field(default_factory=list)


def write(title: str, statements: Iterable[Statement]) -> Paper:
    """Put statements into the sections where they belong."""
    statements = list(statements)
    lines = [f"# {title}", ""]
    spans: list[tuple[Statement, range]] = []
    for section, (heading, head) in _SECTIONS.items():
        here = [statement for statement in statements if statement.section == section]
        if not here:
            continue
        lines += [heading, "", *head.splitlines()]
        for statement in here:
            own = statement.text.splitlines()
            spans.append((statement, range(len(lines) + 1, len(lines) + len(own) + 1)))
            lines += own if head else [*own, ""]
        lines += [""]
    return Paper("\n".join(lines) + "\n", spans)


def claims_of(paper: Paper, verification: Verification) -> list[tuple[Statement, list[Claim]]]:
    """The claims on the lines of each statement."""
    return [
        (statement, [claim for claim in verification.claims if claim.line in span])
        for statement, span in paper.spans
    ]

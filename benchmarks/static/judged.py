"""Table 6b: the macro truths, corrected by what a reading of the sources found.

`macro_judged.json` has a verdict on edges of whole programs: all that our graph has beyond the
truth, all of the truth that it has not, and those that some peer has beyond the truth and that are
no plain mistake. `right`: the call can happen at run time, from that function; `wrong`: it cannot,
or nothing has that name; `disputed`: it depends on what counts as a call, or on a user who does
what the program does not. The verdicts hold for all tools alike, and an edge that nobody judged
counts as false. What our graph and the truth agree on was not read again.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from benchmarks.static.definitions import Definitions, Edge, Graph, canonical, edges_of
from benchmarks.static.metrics import only_internal
from benchmarks.static.tables import Table, percent

_HEAD = (
    "tool", "program", "P %, disputed wrong", "P %, disputed left out", "R %", "right",
    "judged wrong", "not judged", "disputed", "missing",
)  # fmt: skip
_INTRO = (
    "The internal edges of table 6, class bodies being their module's and lambdas unnumbered, "
    "against the written truth without the edges that `macro_judged.json` calls wrong, and with "
    "those that it calls right. An edge beyond the truth that nobody judged is false, for every "
    "tool; all that tracer has beyond it was judged, and of the peers' what is no plain mistake. "
    "Disputed edges are neither expected nor missing."
)


class Verdict(StrEnum):
    """What a reading of the sources says of an edge."""

    RIGHT = "right"
    WRONG = "wrong"
    DISPUTED = "disputed"


class Judgement(NamedTuple):
    """A verdict, and the place that it rests on: `path:line: why`."""

    verdict: Verdict
    reason: str


Judged = Mapping[Edge, Judgement]


@dataclass(frozen=True, slots=True)
class CorrectedScore:
    """Counts of edges against a corrected truth; scores of several programs add up."""

    right: int = 0
    judged_wrong: int = 0
    not_judged: int = 0
    disputed: int = 0
    missing: int = 0

    def __add__(self, other: CorrectedScore) -> CorrectedScore:
        return CorrectedScore(
            *(getattr(self, f.name) + getattr(other, f.name) for f in fields(CorrectedScore))
        )

    @property
    def false(self) -> int:
        """What counts against precision whatever becomes of the disputed edges."""
        return self.judged_wrong + self.not_judged

    def precision(self, with_disputed: bool) -> float:
        """Percent.

        Args:
            with_disputed: Whether the disputed edges count, as wrong ones.
        """
        printed = self.right + self.false + (self.disputed if with_disputed else 0)
        return 100 * self.right / max(1, printed)

    @property
    def recall(self) -> float:
        """Percent."""
        return 100 * self.right / max(1, self.right + self.missing)


def score_corrected(
    printed: Collection[Edge], truth: Collection[Edge], judged: Judged
) -> CorrectedScore:
    """Score edges against a truth that is corrected by verdicts."""
    by_verdict = {
        verdict: {edge for edge, one in judged.items() if one.verdict is verdict}
        for verdict in Verdict
    }
    wrong, disputed = by_verdict[Verdict.WRONG], by_verdict[Verdict.DISPUTED]
    wanted = (set(truth) - wrong - disputed) | by_verdict[Verdict.RIGHT]
    given = set(printed)
    beyond = given - wanted
    return CorrectedScore(
        right=len(given & wanted),
        judged_wrong=len(beyond & wrong),
        not_judged=len(beyond - wrong - disputed),
        disputed=len(beyond & disputed),
        missing=len(wanted - given),
    )


def judged_edges(graph: Graph, modules: Collection[str], definitions: Definitions) -> set[Edge]:
    """The internal edges of a graph, as verdicts name them."""
    return {
        (definitions.caller_of(caller), canonical(callee))
        for caller, callee in edges_of(only_internal(graph, modules))
    }


def read_judged() -> dict[str, dict[Edge, Judgement]]:
    """By program: the verdicts."""
    data = json.loads(Path(__file__).with_name("macro_judged.json").read_text("utf-8"))
    return {
        program: {
            (one["caller"], one["callee"]): Judgement(Verdict(one["verdict"]), one["reason"])
            for one in edges
        }
        for program, edges in data.items()
    }


def judged_table(scores: Mapping[str, Sequence[tuple[str, CorrectedScore]]]) -> Table:
    """A row for each tool and program, and one over all edges.

    Args:
        scores: By tool: programs that were judged, with their scores.
    """
    table = Table("6b The macro truths, corrected by reading", _HEAD, intro=_INTRO)
    for tool, by_program in scores.items():
        for program, score in by_program:
            table.add(tool, program, *_cells(score))
        table.add(tool, "ALL EDGES", *_cells(total(by_program)))
    if not table.rows:
        table.notes.append("absent: no program that was judged")
    return table


def total(by_program: Sequence[tuple[str, CorrectedScore]]) -> CorrectedScore:
    """The sum over programs."""
    return sum((score for _, score in by_program), CorrectedScore())


def _cells(score: CorrectedScore) -> list[object]:
    return [
        percent(score.right, score.right + score.false + score.disputed),
        percent(score.right, score.right + score.false),
        percent(score.right, score.right + score.missing),
        score.right,
        score.judged_wrong,
        score.not_judged,
        score.disputed,
        score.missing,
    ]

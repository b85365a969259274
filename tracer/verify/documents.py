"""Claims of a Markdown document, written by anybody, judged one by one.

Closed forms only: cited places and sections, quoted code, rows of a From/To table, arrows between
code spans, callers, numbers of what stands at a place, members of an archive. What has no such form
is counted, not judged, and nothing is refused that may be right.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

from tracer.model.evidence import ArtifactLayout
from tracer.model.graph import CallGraph
from tracer.model.recording import Recording
from tracer.model.verification import (
    VERIFICATION_SCHEMA,
    Claim,
    SilentText,
    Verification,
)
from tracer.static.sources import SourceTree
from tracer.verify.callee_counts import judge_callee_counts
from tracer.verify.callers import CallerJudge
from tracer.verify.cited import judge_citation
from tracer.verify.counts import judge_counts
from tracer.verify.docstrings import off_docstrings
from tracer.verify.exceptions import ExceptionJudge
from tracer.verify.fences import judge_fence
from tracer.verify.file_places import FilePlaceJudge
from tracer.verify.flows import FlowJudge, flow_columns
from tracer.verify.hops import HopJudge
from tracer.verify.key_places import judge_key_places
from tracer.verify.keys import judge_keys
from tracer.verify.markdown import Unit, UnitKind, read_units
from tracer.verify.marks import Mark, marks_of
from tracer.verify.named import judge_names
from tracer.verify.outlook import Outlook
from tracer.verify.reader_counts import ReaderCountJudge
from tracer.verify.reading import Reading
from tracer.verify.run_claims import RunJudge
from tracer.verify.sections import Sections
from tracer.verify.silent import silent_in_row, silent_texts
from tracer.verify.table_rows import function_of_row, says_where, with_line_cells
from tracer.verify.tap_claims import TapJudge
from tracer.verify.uncalled import judge_uncalled


def verify_document(
    name: str,
    text: str,
    tree: SourceTree,
    graph: CallGraph | None,
    recordings: Sequence[Recording] = (),
    layouts: Sequence[ArtifactLayout] = (),
) -> Verification:
    """Judge every closed form of a document against a tree.

    Args:
        name: The document's name, for the result.
        text: Markdown.
        graph: The call graph of the same tree; without it, a hop that is no direct call cannot be
            judged.
        recordings: Runs of the same tree.
        layouts: What the code writes into archives; without them, a listing of an archive is judged
            member by member, and what it leaves out is not missed.

    Returns:
        Claims in the order of the document; `silent` has the sentences without any closed form,
        and `not_judged` counts them. In a table's row a cell of one sentence is one with the row.
    """
    tells_apart = "dynamic only" in text.lower()
    judge = _DocumentJudge(tree, graph, recordings, layouts, tells_apart=tells_apart)
    claims, silent = judge.judge(text)
    notes = tuple(_notes(tree, graph))
    return Verification(VERIFICATION_SCHEMA, name, tuple(claims), len(silent), notes, tuple(silent))


def _notes(tree: SourceTree, graph: CallGraph | None) -> list[str]:
    notes: list[str] = []
    if graph is None:
        notes.append("No call graph was given: paths of more than one call were not judged.")
    else:
        digests = {source.path: source.sha256 for source in tree.files}
        stale = [file.path for file in graph.files if digests.get(file.path) != file.sha256]
        if stale or len(digests) != len(graph.files):
            notes.append("The call graph was read from other sources than these.")
    problems = [source for source in tree.files if source.problem]
    if problems:
        notes.append(f"{len(problems)} files could not be decoded, the first {problems[0].path}.")
    if tree.unread:
        notes.append(f"Not read: {', '.join(tree.unread)}.")
    return notes


class _DocumentJudge:
    """Goes through a document once, with the sections at hand."""

    def __init__(
        self,
        tree: SourceTree,
        graph: CallGraph | None,
        recordings: Sequence[Recording],
        layouts: Sequence[ArtifactLayout],
        *,
        tells_apart: bool,
    ) -> None:
        self._reading = Reading(tree)
        self._hops = HopJudge(self._reading, graph, recordings)
        self._flows = FlowJudge(self._reading, self._hops)
        self._callers = CallerJudge(self._reading, self._hops, self._flows)
        self._runs = RunJudge(self._reading, self._hops, tells_apart=tells_apart)
        self._exceptions = ExceptionJudge(self._reading, self._hops.ran)
        self._taps = TapJudge(self._reading, recordings)
        self._readers = ReaderCountJudge(self._reading, recordings)
        self._files = FilePlaceJudge(self._reading, recordings)
        self._layouts = tuple(layouts)

    def judge(self, text: str) -> tuple[list[Claim], list[SilentText]]:
        sections = Sections(self._reading)
        outlook = Outlook()
        claims: list[Claim] = []
        silent: list[SilentText] = []
        before: Unit | None = None
        for row, group in groupby(read_units(text), key=lambda unit: unit.row):
            units = list(group)
            if row is None:
                for unit in units:
                    outlook.enter(unit)
                    found = outlook.see(self._unit(unit, before, sections))
                    claims += found
                    silent += silent_texts(unit, found)
                    before = unit
            else:
                outlook.enter(replace(units[0], pieces=tuple(p for u in units for p in u.pieces)))
                found = outlook.see(self._row(units, sections))
                claims += found
                silent += silent_in_row(units, found)
                before = None
        return claims, silent

    def _unit(self, unit: Unit, before: Unit | None, sections: Sections) -> list[Claim]:
        if unit.kind is UnitKind.FENCE:
            return judge_fence(self._reading, sections, unit, before, self._layouts)
        sections.enter(unit)
        self._flows.enter()
        marks = marks_of(unit.pieces)
        places = self._places(marks, sections)
        flows = self._flows.chains(marks, sections.named())
        flows += self._callers.sentences(marks, sections.named())
        placed = [(at, self._flows.at_calls(found, marks, at)) for at, found in places]
        claims = self._off_docstrings(placed, marks, unit.text) + flows
        claims += self._runs.sentences(marks, self._flows.pairs, sections.named())
        claims += self._exceptions.sentences(sections, marks)
        claims += self._taps.sentences(sections, marks)
        claims += self._readers.sentences(sections, marks)
        claims += self._files.sentences(sections, marks)
        claims += judge_names(self._reading, marks)
        claims += judge_keys(self._reading, sections, marks)
        claims += judge_key_places(self._reading, sections, marks)
        claims += judge_callee_counts(self._reading, marks, sections.named())
        claims += judge_uncalled(self._reading, self._hops, marks, sections.named())
        return claims + judge_counts(self._reading, sections, marks)

    def _row(self, units: Sequence[Unit], sections: Sections) -> list[Claim]:
        """A table row is one unit: its cells speak of one thing."""
        sections.enter(units[0])
        self._flows.enter()
        cells = with_line_cells([marks_of(unit.pieces) for unit in units], units)
        names = [unit.column for unit in units]
        columns = flow_columns(names)
        if columns is not None:
            source, target = cells[columns[0]], cells[columns[1]]
            others = [cell for number, cell in enumerate(cells) if number not in columns]
            flows = self._flows.row(source, target, others, sections)
            return flows + self._runs.row(others, self._flows.pairs)
        said = function_of_row(names, cells)
        beside = [mark for cell in cells for mark in cell if mark.is_code and not mark.citation]
        claims: list[Claim] = []
        placed: list[tuple[Sequence[Mark], tuple[int, Sequence[Claim]]]] = []
        for number, cell in enumerate(cells):
            behind = [mark for later in cells[number + 1 :] for mark in later]
            # In a sentence of the row a place may be that of anything it speaks of.
            bound = said if number and says_where(cell) else ""
            here = self._places(cell, sections, beside, behind, bound)
            placed += [(cell, each) for each in here]
        for cell in cells:
            claims += self._flows.chains(cell, sections.named())
            claims += self._callers.sentences(cell, sections.named())
            claims += judge_callee_counts(self._reading, cell, sections.named())
            claims += judge_uncalled(self._reading, self._hops, cell, sections.named())
            claims += self._exceptions.sentences(sections, cell)
            claims += self._taps.sentences(sections, cell)
            claims += self._readers.sentences(sections, cell)
            claims += self._files.sentences(sections, cell)
            claims += judge_key_places(self._reading, sections, cell)
            claims += judge_names(self._reading, cell)
        claims += self._callers.row(names, cells, sections.named())
        text = " ".join(unit.text for unit in units)
        anchors = [c for cell, each in placed for c in self._off_docstrings([each], cell, text)]
        claims = anchors + claims
        claims += self._runs.row(cells, self._flows.pairs, sections.named())
        whole = [mark for cell in cells for mark in (*cell, Mark(" ", units[0].line))]
        claims += judge_keys(self._reading, sections, whole)
        return claims + judge_counts(self._reading, sections, whole)

    def _off_docstrings(
        self, placed: Sequence[tuple[int, Sequence[Claim]]], marks: Sequence[Mark], text: str
    ) -> list[Claim]:
        """The claims of places, with those beside a call in the caller's docstring refused."""
        found: list[Claim] = []
        for at, claims in placed:
            citation = marks[at].citation
            assert citation is not None
            pairs = self._flows.pairs
            found += off_docstrings(self._reading, claims, citation, pairs, text)
        return found

    def _places(
        self,
        marks: Sequence[Mark],
        sections: Sections,
        beside: Sequence[Mark] = (),
        behind: Sequence[Mark] = (),
        said: str = "",
    ) -> list[tuple[int, list[Claim]]]:
        """The claims of each place, with the number of its mark."""
        return [
            (at, judge_citation(self._reading, sections, marks, at, beside, behind, said))
            for at, mark in enumerate(marks)
            if mark.citation is not None
        ]

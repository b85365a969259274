"""What was answered before: the bundles of a reports folder, held against a tree."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from tracer import __version__
from tracer.brief.identity import question_match
from tracer.bundle.index import Index, KeptBundle, read_index
from tracer.compare.contradictions import Side, contradictions
from tracer.errors import BundleError, TracerError
from tracer.model.brief import Brief
from tracer.model.evidence import Evidence, Run
from tracer.model.memory import EarlierAnswer, Match, Memory, Standing, Validity
from tracer.model.reports import Reports, ReportsRow
from tracer.pipeline.progress import StageClock
from tracer.pipeline.recorded_sources import SOURCES_NAME
from tracer.pipeline.recorded_sources import read_sources as read_recorded
from tracer.report.memory import earlier_line
from tracer.report.quoting import PLAIN
from tracer.static.sources import SourceTree, read_tree
from tracer.tables.words import load_words
from tracer.verify.ledgers import is_gate
from tracer.verify.standing import check_standing

_STANDINGS = tuple(Standing)
_SAID = 3  # earlier answers on stderr


@dataclass(frozen=True, slots=True)
class Recalled:
    """The bundles that were found, and what they answer of one question."""

    index: Index
    earlier: tuple[EarlierAnswer, ...]

    def bundle(self, name: str) -> KeptBundle:
        """The bundle of that name."""
        return next(each for each in self.index.bundles if each.name == name)

    def memory(self, evidence: Evidence) -> Memory | None:
        """The same for a new bundle, with what contradicts it; None where there is nothing."""
        if not self.index.bundles and not self.index.broken:
            return None
        found = [
            each
            for kept in self.index.bundles
            for each in contradictions(Side("", evidence), Side(kept.name, kept.evidence))
        ]
        broken = tuple(f"{each.name}: {each.problem}" for each in self.index.broken)
        return Memory(len(self.index.bundles), broken, self.earlier, tuple(found))


def recall(
    brief: Brief, reports: Path, tree: SourceTree, *, without: Path | None = None
) -> Recalled:
    """The answers that bundles below a folder give to a question or one near it.

    Args:
        reports: The folder; where there is none, nothing was answered before.
        tree: The sources as they stand now, which decide whether an answer holds.
        without: A folder that does not count: it is about to be replaced.
    """
    index = read_index(reports, without=without)
    words = load_words()
    found = []
    for kept in index.bundles:
        related = question_match(brief, kept.evidence.brief, words)
        if related is not None:
            evidence = kept.evidence
            found.append(
                EarlierAnswer(
                    kept.name,
                    evidence.brief.initiative_id,
                    evidence.brief.question,
                    evidence.tree.commit,
                    evidence.tree.digest,
                    related,
                    _validity(kept, tree),
                    _scope_of(evidence),
                    _runs_of(evidence),
                )
            )
    found.sort(key=lambda each: each.bundle, reverse=True)  # folders are named by time
    found.sort(key=_importance)
    return Recalled(index, tuple(found))


def say_recalled(recalled: Recalled, clock: StageClock) -> None:
    """Tell the earlier answers, one line each; what cannot be read is a warning."""
    for broken in recalled.index.broken:
        clock.warn(f"memory: {broken.name} is no whole bundle: {broken.problem}")
    for answer in recalled.earlier[:_SAID]:
        clock.say(f"answered before: {earlier_line(answer, PLAIN)}")
    if len(recalled.earlier) > _SAID:
        clock.say(f"{len(recalled.earlier) - _SAID} more earlier answers: `tracer reports`")


def reports_of(folder: Path, root: Path) -> Reports:
    """Every bundle below a folder, with its standing on a tree, and what they contradict.

    Where no Python file stands below the root, nothing is checked against it.

    Raises:
        BundleError: There is no such folder.
        SourceError: The root cannot be read.
    """
    if not folder.is_dir():
        raise BundleError(f"{folder}: expected a folder with bundles, found none of that name")
    index = read_index(folder)
    tree = read_tree(root)
    found = [
        each
        for a, b in combinations(index.bundles, 2)
        for each in contradictions(Side(a.name, a.evidence), Side(b.name, b.evidence))
    ]
    return Reports(
        tuple(_row(kept, tree) for kept in index.bundles),
        tuple((each.name, each.problem) for each in index.broken),
        tuple(found),
    )


def _row(kept: KeptBundle, tree: SourceTree) -> ReportsRow:
    claims = kept.verification.claims if kept.verification else None
    ledgers, referenced = _references(kept, tree)
    return ReportsRow(
        kept.name,
        kept.evidence,
        None if claims is None else sum(claim.verdict.is_bad for claim in claims),
        _validity(kept, tree) if tree.files else None,
        (*_scope_of(kept.evidence), *_runs_of(kept.evidence)),
        ledgers,
        referenced,
    )


def _scope_of(evidence: Evidence) -> tuple[str, ...]:
    brief = evidence.brief
    told = []
    if brief.namespaces:
        told.append(f"namespaces {', '.join(brief.namespaces)}")
    if brief.scope_hints:
        told.append(f"hints {', '.join(brief.scope_hints)}")
    if evidence.tool_version != __version__:
        told.append(f"made by tracer {evidence.tool_version}, this is {__version__}")
    return tuple(told)


def _runs_of(evidence: Evidence) -> tuple[str, ...]:
    if not evidence.runs:
        return (f"no run: {evidence.why_no_run}" if evidence.why_no_run else "no run",)
    return tuple(map(_run_told, evidence.runs))


def _run_told(run: Run) -> str:
    told = f"run {' '.join(run.workload.argv)}"
    if not run.is_complete:
        return f"{told}, cut: {run.why_incomplete}"
    if run.stand_ins is not None:
        told += f", under stand-ins for {', '.join(run.stand_ins.modules)}"
    return told if run.exit_status is None else f"{told}, exit {run.exit_status}"


def _importance(answer: EarlierAnswer) -> tuple[bool, int, int]:
    return (
        answer.related.match is not Match.SAME,
        _STANDINGS.index(answer.validity.standing),
        len(answer.related.differs),
    )


def _validity(kept: KeptBundle, tree: SourceTree) -> Validity:
    return check_standing(
        kept.evidence, kept.verification, tree, ran=_ran(kept), problems=kept.problems
    )


def _ran(kept: KeptBundle) -> Mapping[str, str] | None:
    """Digests of all files that its runs executed; None where a run does not tell."""
    found: dict[str, str] = {}
    for run in kept.evidence.runs:
        try:
            found.update(read_recorded(kept.folder / "trace" / run.workload.name / SOURCES_NAME))
        except (OSError, TracerError):
            return None
    return found


def _references(kept: KeptBundle, tree: SourceTree) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The ledgers that must name it and could be read, and lines of any that name this folder."""
    read, lines = [], []
    brief = kept.evidence.brief
    for ledger in brief.ledgers:
        text = _text(tree.root / ledger)
        if text is None:
            continue
        if is_gate(brief, ledger):
            read.append(ledger)
        for number, line in enumerate(text.splitlines(), start=1):
            if any(name in line for name in _called(kept)):
                lines.append(f"{ledger}:{number}")
    return tuple(read), tuple(lines)


def _called(kept: KeptBundle) -> Iterable[str]:
    """How a ledger may write the folder: by its last three parts, so that no other is meant."""
    parts = kept.folder.resolve().parts
    return ("/".join(parts[-3:]),)


def _text(path: Path) -> str | None:
    try:
        return path.read_text("utf-8", errors="replace")
    except OSError:
        return None

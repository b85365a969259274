"""Plants the errors that writers make in true documents, and says how many `verify` calls out.

    python benchmarks/planted_documents.py [--each N] [--seed N] [--tree NAME]... [--out FILE]
                                           [--document FILE --root DIR]... [--show]

True documents are made of facts of several trees (the embedded target, packages of the standard
library, our own), in the words of several writers, some of which hold no form that can be judged.
With `--document` errors are planted in hand-written ones, too: in what `verify` finds right there.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # run as a file, from anywhere

from benchmarks.planting.facts import facts_of
from benchmarks.planting.hand_written import plant_in
from benchmarks.planting.papers import claims_of, write
from benchmarks.planting.statements import Kind, Statement, Writer
from benchmarks.planting.trees import Tree, read, trees
from tracer.model.verification import Claim, ClaimKind, ClaimVerdict, Verification
from tracer.verify.documents import verify_document

_OPEN = frozenset({ClaimVerdict.NOT_FOUND, ClaimVerdict.UNVERIFIABLE})
_GOAL_CAUGHT, _GOAL_FALSE = 0.9, 200


@dataclass(slots=True)
class Tally:
    """What became of statements of one kind."""

    planted: int = 0
    caught: int = 0
    left_open: int = 0  # said to be open, or unverifiable
    silent: int = 0  # no claim of a closed form
    missed: int = 0  # found right

    @property
    def judgeable(self) -> int:
        return self.caught + self.missed


@dataclass(slots=True)
class Score:
    """Over all documents."""

    wrong: dict[Kind, Tally] = field(default_factory=lambda: {kind: Tally() for kind in Kind})
    trees: dict[str, Tally] = field(default_factory=dict)
    true: int = 0
    true_judged: int = 0
    claims: int = 0  # judged, of true statements
    alarms: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)
    documents: int = 0

    def add(self, tree: str, statement: Statement, claims: Sequence[Claim]) -> None:
        """One statement with the claims found in it."""
        judged = [c for c in claims if c.verdict is not ClaimVerdict.NOT_JUDGED]
        bad = [claim for claim in judged if claim.verdict.is_bad]
        if statement.wrong is None:
            self.true += 1
            self.true_judged += bool(judged)
            self.claims += len(judged)
            self.alarms += [f"{tree}: {c.verdict}: {c.text}: {c.detail}" for c in bad]
            return
        is_of_call = any(claim.kind in _ASPECTS.get(statement.wrong, ClaimKind) for claim in judged)
        for tally in (self.wrong[statement.wrong], self.trees.setdefault(tree, Tally())):
            tally.planted += 1
            if bad:
                tally.caught += 1
            elif any(claim.verdict in _OPEN for claim in judged):
                tally.left_open += 1
            elif not judged or not is_of_call:
                tally.silent += 1
            else:
                tally.missed += 1
        if not bad and judged and is_of_call and not any(c.verdict in _OPEN for c in judged):
            told = "; ".join(f"{c.kind} {c.verdict} {c.detail}" for c in judged)
            self.missed.append(f"{tree}: {statement.wrong}: {statement.text!r}: {told}")


_CALLS = frozenset({ClaimKind.EDGE, ClaimKind.CHAIN, ClaimKind.CALLER})
# What a claim must be about, for it to take a stand on the error.
_ASPECTS = {
    **dict.fromkeys((Kind.SIBLING, Kind.SWAPPED, Kind.CALLER, Kind.OVERRIDE), _CALLS),
    **dict.fromkeys((Kind.LINE, Kind.FILE), frozenset({ClaimKind.ANCHOR})),
    Kind.COUNT: frozenset({ClaimKind.COUNT}),
    Kind.QUOTE: frozenset({ClaimKind.QUOTE}),
    Kind.MEMBER: frozenset({ClaimKind.MEMBER}),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit status 0 where both goals are met."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--each", type=int, default=12, help="errors of each kind and tree")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--tree", action="append", default=[], help="these trees alone")
    parser.add_argument("--document", type=Path, action="append", default=[])
    parser.add_argument("--root", type=Path, action="append", default=[])
    parser.add_argument("--out", type=Path)
    parser.add_argument("--show", action="store_true", help="print what was missed")
    given = parser.parse_args(arguments)
    score = Score()
    with trees(tuple(given.tree)) as every:
        for tree in every:
            _made(tree, given.each, Random(given.seed), score)
    for document, root in zip(given.document, given.root, strict=True):
        _hand_written(document, root, given.each, Random(given.seed), score)
    text = render(score)
    print(text)
    if given.show:
        print("\n".join(["missed:", *score.missed, "", "false alarms:", *score.alarms]))
    if given.out:
        given.out.write_text(text, "utf-8")
    total = _total(list(score.wrong.values()))
    is_good = total.caught >= _GOAL_CAUGHT * total.judgeable
    return 0 if is_good and len(score.alarms) * _GOAL_FALSE <= score.claims else 1


def _made(tree: Tree, each: int, random: Random, score: Score) -> None:
    """Two documents of a tree: one true in every word, one with errors among what is true."""
    writer = Writer(facts_of(tree), tree.layouts, random)
    papers = [
        write("Right", writer.true(4 * each)),
        write("Right and wrong", [*writer.true(2 * each), *writer.wrong(each)]),
    ]
    for paper in papers:
        found = _verify(tree, paper.text)
        score.documents += 1
        for statement, claims in claims_of(paper, found):
            score.add(tree.name, statement, claims)


def _hand_written(document: Path, root: Path, each: int, random: Random, score: Score) -> None:
    tree = read(document.name, root)
    text = document.read_text("utf-8")
    right = _verify(tree, text)
    for paper in plant_in(text, right, each, random):
        found = _verify(tree, paper.text)
        score.documents += 1
        for statement, claims in claims_of(paper, found):
            score.add(tree.name, statement, claims)


def _verify(tree: Tree, text: str) -> Verification:
    return verify_document("d.md", text, tree.sources, tree.graph, (), tree.layouts)


def render(score: Score) -> str:
    """The tables as Markdown."""
    total = _total(list(score.wrong.values()))
    share = total.caught / total.judgeable if total.judgeable else 0.0
    rate = f"1 in {score.claims // len(score.alarms)}" if score.alarms else "none"
    lines = [
        "# Planted errors in documents",
        "",
        f"{total.planted} errors and {score.true} true statements in {score.documents} documents.",
        "",
        f"- **Caught:** {total.caught} of {total.judgeable} that are judgeable ({share:.1%}; goal "
        f"90 %). Of all planted: {total.caught / max(total.planted, 1):.1%}.",
        f"- **False alarms:** {len(score.alarms)} among {score.claims} judged claims of true "
        f"statements ({rate}; goal at most 1 in {_GOAL_FALSE}).",
        f"- **Judged:** {score.true_judged} of {score.true} true statements "
        f"({score.true_judged / max(score.true, 1):.0%}) hold a claim that is judged.",
        "",
        "An error is *judgeable* where the verifier takes a stand on what was changed. *Open*: it "
        "says that call sites are open, or why it cannot know. *Silent*: no closed form.",
        "",
        "| error | planted | caught | missed | open | silent | caught of judgeable |",
        "|---|--:|--:|--:|--:|--:|--:|",
        *(_row(kind, tally) for kind, tally in score.wrong.items() if tally.planted),
        _row("all", total),
        "",
        "| tree | planted | caught | missed | open | silent | caught of judgeable |",
        "|---|--:|--:|--:|--:|--:|--:|",
        *(_row(name, tally) for name, tally in score.trees.items()),
    ]
    if score.alarms:
        kinds = Counter(alarm.split(": ")[1] for alarm in score.alarms)
        told = ", ".join(f"{count} {kind}" for kind, count in kinds.most_common())
        lines += ["", f"False alarms by verdict: {told}."]
    return "\n".join(lines) + "\n"


def _row(name: str, tally: Tally) -> str:
    share = f"{tally.caught / tally.judgeable:.0%}" if tally.judgeable else "-"
    figures = [tally.planted, tally.caught, tally.missed, tally.left_open, tally.silent, share]
    return f"| {name} | " + " | ".join(str(figure) for figure in figures) + " |"


def _total(tallies: Sequence[Tally]) -> Tally:
    return Tally(
        *(
            sum(getattr(tally, name) for tally in tallies)
            for name in ("planted", "caught", "left_open", "silent", "missed")
        )
    )


if __name__ == "__main__":
    sys.exit(main())

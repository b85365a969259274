"""Plants errors of a solver in call graphs, and says what the verifier catches without trusting it.

    python benchmarks/planted.py [--each N] [--seed N] [--rounds N] [--tree NAME]... [--out FILE]

Edges are added, redirected and dropped before a bundle's edges are made; then they are joined with
a recording of a program of the tree, and verified. `run` and `syntax` catch what they reach. What
rests on the solver's word alone is told as *derived*, which is no error of the verifier; *verified,
though wrong* is one. An edge that was dropped leaves no claim: only a run can show it.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # run as a file, from anywhere

from benchmarks.planting.graph_bugs import Bug, Outcome, outcomes, plant
from benchmarks.planting.programs import PROGRAMS, record
from benchmarks.planting.trees import trees

_CAUGHT = (Outcome.SYNTAX, Outcome.TEXT, Outcome.RUN)


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit status 0 where no false edge is called verified."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--each", type=int, default=10, help="bugs of each kind, tree and round")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--tree", action="append", default=[], help="these trees alone")
    parser.add_argument("--out", type=Path)
    given = parser.parse_args(arguments)
    counts: Counter[tuple[Bug, Outcome]] = Counter()
    ran: Counter[tuple[Bug, bool]] = Counter()
    names: list[str] = []
    random = Random(given.seed)
    with trees(tuple(given.tree) or tuple(PROGRAMS)) as every, TemporaryDirectory() as folder:
        for number, tree in enumerate(every):
            out = Path(folder) / str(number)
            recordings = record(tree.name, tree.sources.root, out)
            names.append(tree.name)
            for _ in range(given.rounds):
                graph, planted = plant(tree.graph, given.each, random)
                called = {(c.caller.path, c.line) for r in recordings for c in r.calls if c.caller}
                for one, outcome in outcomes(tree.sources, graph, planted, recordings):
                    counts[one.bug, outcome] += 1
                    ran[one.bug, (one.right.site.path, one.right.site.span.line) in called] += 1
    text = render(counts, ran, names)
    print(text)
    if given.out:
        given.out.write_text(text, "utf-8")
    return 1 if sum(counts[bug, Outcome.BELIEVED] for bug in Bug) else 0


def render(
    counts: Counter[tuple[Bug, Outcome]], ran: Counter[tuple[Bug, bool]], names: Sequence[str]
) -> str:
    """The table as Markdown."""
    total = sum(counts.values())
    caught = sum(counts[bug, outcome] for bug in Bug for outcome in _CAUGHT)
    derived = sum(counts[bug, Outcome.DERIVED] for bug in Bug)
    unseen = sum(counts[bug, Outcome.UNSEEN] for bug in Bug)
    believed = sum(counts[bug, Outcome.BELIEVED] for bug in Bug)
    head = ["bug", "planted", "site ran", *(outcome.value for outcome in Outcome), "caught"]
    lines = [
        "# Planted errors of a solver",
        "",
        f"{total} bugs in the call graphs of {len(names)} trees ({'; '.join(names)}), each with a "
        "recording of one program.",
        "",
        f"- **Caught** by syntax, text or run: {caught} of {total} ({caught / max(total, 1):.0%}).",
        f"- **Derived**, never verified: {derived} ({derived / max(total, 1):.0%}). Nothing but "
        "the solver says them, and the card counts them apart.",
        f"- **Cannot be caught**: {unseen} ({unseen / max(total, 1):.0%}), edges that are missing "
        "where nothing ran. An edge that is not there makes no claim.",
        f"- **Verified, though wrong**: {believed}.",
        "",
        f"| {' | '.join(head)} |",
        "|---|" + "--:|" * (len(head) - 1),
    ]
    for bug in Bug:
        row = [counts[bug, outcome] for outcome in Outcome]
        planted = sum(row)
        share = sum(counts[bug, outcome] for outcome in _CAUGHT) / max(planted, 1)
        figures = [planted, ran[bug, True], *row, f"{share:.0%}"]
        lines.append(f"| {bug} | " + " | ".join(map(str, figures)) + " |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())

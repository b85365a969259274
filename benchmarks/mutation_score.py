"""Changes code in one small thing at a time, and counts the changes that the tests notice.

    nice -n 5 .venv/bin/python benchmarks/mutation_score.py --kept FILE [--sample N] [--seed N]

Every mutant is tried in a fork of one process that has collected the tests; only those tests run
that reach the changed line, until one fails. What was measured and tried is kept in FILE, so that a
later call goes on there; a change of sources or tests begins anew.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # run as a file, from anywhere

from benchmarks.mutation.children import in_child
from benchmarks.mutation.judged import read_equivalent
from benchmarks.mutation.kept import Kept, digest_of
from benchmarks.mutation.mutants import Mutant, mutants_of, sample
from benchmarks.mutation.running import Outcome, measure, try_file, try_functions
from benchmarks.mutation.score import statuses, survivors, table

_ROOT = Path(__file__).resolve().parents[1]
_PACKAGES = ("tracer/reconcile", "tracer/verify")
_TESTS = (
    "tests/reconcile",
    "tests/verify",
    "tests/pipeline",
    "tests/questions",
    "tests/report/test_nothing_invented.py",
    "tests/report/test_own_words.py",
    "tests/benchmarks/test_planting.py",
)
_DAY_S = 86_400.0


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit status 0: what the score is, is for the reader to judge."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--root", type=Path, default=_ROOT, help="of another project")
    parser.add_argument("--package", action="append", default=[], help="reconcile and verify")
    parser.add_argument("--tests", action="append", default=[], help="these files or folders")
    parser.add_argument("--sample", type=int, default=400)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--mutant", action="append", default=[], help="these ids alone")
    parser.add_argument("--kept", type=Path, required=True)
    given = parser.parse_args(arguments)
    tests = given.tests or list(_TESTS)
    root = given.root.resolve()
    packages = given.package or _PACKAGES
    files = [file for package in packages for file in sorted((root / package).rglob("*.py"))]
    population = mutants_of(root, files)
    chosen = sample(population, given.sample, given.seed)
    if given.mutant:
        chosen = [each for each in population if each.id in given.mutant]
    kept = Kept(
        given.kept,
        digest_of(sorted({root / each.split("/")[0] for each in (*packages, *tests)}), tests),
    )
    _try(root, chosen, files, tests, kept)
    equivalent = read_equivalent()
    print(f"{len(chosen)} of {len(population)} mutants, seed {given.seed}: ", end="")
    print(statuses([kept.outcomes[each.id] for each in chosen if each.id in kept.outcomes]))
    print("\n".join(table(chosen, kept.outcomes, equivalent)), end="\n\n")
    print("\n".join(survivors(chosen, kept.outcomes, equivalent)))
    return 0


def _try(
    root: Path, chosen: Sequence[Mutant], files: Sequence[Path], tests: Sequence[str], kept: Kept
) -> None:
    """Nothing of ours may be imported here: each deed has a process of its own."""
    by_id = {each.id: each for each in chosen}

    def keep(outcome: Outcome) -> None:
        kept.add(outcome)
        mutant = by_id[outcome.mutant]
        told = f"{outcome.status:12} {mutant.path}:{mutant.line} {mutant.text}"
        os.write(progress, f"{len(kept.outcomes)} {told[:150]}\n".encode())

    progress = os.dup(2)  # a child's own standard error leads nowhere
    if not kept.reached:
        in_child(lambda: measure(root, tests, files, kept.add), _DAY_S, _DAY_S)
        kept.read()
    for mutant in chosen:
        if not mutant.owner and mutant.id not in kept.outcomes:
            keep(try_file(root, tests, mutant, kept.reached))
    inside = [each for each in chosen if each.owner and each.id not in kept.outcomes]
    if inside:
        in_child(lambda: try_functions(root, tests, inside, kept.reached, keep), _DAY_S, _DAY_S)
        kept.read()


if __name__ == "__main__":
    sys.exit(main())

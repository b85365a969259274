"""The use cases as functions, for programs: plain arguments in, frozen values of the model out.

Nothing here prints, and nothing but `run_brief` writes or runs anything. Whatever the user can
mend is a `TracerError` that says on one line what is wrong, where, and what was expected.
"""

from __future__ import annotations

from collections.abc import Sequence
from os import PathLike
from pathlib import Path
from typing import NamedTuple

from tracer.brief.read import read_brief
from tracer.bundle.store import find_bundle, read_evidence, read_verification
from tracer.errors import DocumentError
from tracer.model.artifact import JoinedArtifact
from tracer.model.brief import Brief
from tracer.model.contrast import Contrast
from tracer.model.evidence import Evidence
from tracer.model.graph import CallGraph, Tier
from tracer.model.query import Detail, Query, QueryAnswer, QueryCommand
from tracer.model.verification import Verification, VerificationSet
from tracer.pipeline.ask import Asked, Question
from tracer.pipeline.ask import ask as _ask
from tracer.pipeline.contrast import ContrastRequest, contrast_two
from tracer.pipeline.inspect import InspectRequest
from tracer.pipeline.inspect import inspect as _inspect
from tracer.pipeline.launching import Launch
from tracer.pipeline.progress import Progress, Silent, StageClock
from tracer.pipeline.query import query as _query
from tracer.pipeline.reading import read_sources
from tracer.pipeline.run import BundleRequest, BundleResult, make_bundle
from tracer.pipeline.verify import VerifyRequest
from tracer.pipeline.verify import verify as _verify
from tracer.pipeline.workloads import RunRequest
from tracer.static.solver import DEFAULT_TIERS

__all__ = [
    "Asked",
    "Bundle",
    "BundleResult",
    "Launch",
    "Progress",
    "QueryAnswer",
    "RunRequest",
    "analyze",
    "ask",
    "contrast",
    "inspect",
    "query",
    "read_bundle",
    "run_brief",
    "verify",
]

AnyPath = str | PathLike[str]


class Bundle(NamedTuple):
    """What a bundle holds for programs, and where it is."""

    folder: Path
    evidence: Evidence
    verification: Verification  # what the verifier said when it was made; `verify` says it of today


def analyze(
    root: AnyPath = ".",
    *,
    tiers: frozenset[Tier] = DEFAULT_TIERS,
    with_effects: bool = True,
    tables: Sequence[AnyPath] = (),
    progress: Progress | None = None,
) -> CallGraph:
    """Read a tree and build its call graph; nothing of it is imported or run.

    Args:
        root: A folder with Python files.
        tiers: How callees may be found; `Tier.DUCK` and `Tier.NAME` are guesses, marked as such.
        with_effects: Whether to read effects and guards, too; without them it is faster.
        tables: TOML files with effects of your own, beside the built-in ones.
        progress: Hears of the stages, and of what was cut.

    Returns:
        Functions, classes, call sites with their callees or the reason why there are none, effects.
        `limits` says what was cut, if anything was. Lines are 1-indexed, columns UTF-8 bytes.

    Raises:
        TracerError: The root cannot be listed or holds no Python file, or a table has another form.
    """
    clock = StageClock(progress or Silent())
    return read_sources(Path(root), _paths(tables), clock, tiers, with_effects).graph


def ask(
    question: str,
    root: AnyPath = ".",
    *,
    hints: Sequence[str] = (),
    namespaces: Sequence[str] = (),
    reports: AnyPath | None = None,
    tables: Sequence[AnyPath] = (),
    progress: Progress | None = None,
) -> Asked:
    """Answer a question from the sources alone; nothing is run and nothing is written.

    Args:
        question: A sentence; names in backticks or that look like code are looked up.
        root: The tree that it is about.
        hints: Words that the answer has to do with.
        namespaces: Packages that the answer is in; none: all of the root.
        reports: A folder of earlier bundles that is looked through for an answer.
        tables: As for `analyze`.

    Raises:
        TracerError: The question is empty, or the tree cannot be read.
    """
    asked = Question(
        question,
        Path(root),
        tuple(hints),
        tuple(namespaces),
        _paths(tables),
        _path(reports),
    )
    return _ask(asked, progress)


def query(
    command: QueryCommand,
    *names: str,
    root: AnyPath = ".",
    depth: int | None = 1,
    detail: Detail = "brief",
    max_tokens: int | None = None,
    since: str = "",
    bundle: AnyPath | None = None,
    stale_ok: bool = False,
    tables: Sequence[AnyPath] = (),
    progress: Progress | None = None,
) -> QueryAnswer:
    """Ask the call graph of a tree one question.

    The first question reads the tree; what was read is kept in the user's cache, and made again
    when files have changed.

    Args:
        command: What is asked: `callers`, `callees`, `path`, `effects`, `find`, `unresolved`,
            `explain` or `impact`.
        names: As people write them: `save`, `Model.save`, `pkg.mod.save`, `mod.py:12`. One that may
            stand for several things is answered with the candidates, and `ok` is false.
        root: The tree.
        depth: Hops of `callers`, `callees` and `effects`; None: as far as it goes.
        detail: `full` quotes lines and conditions.
        max_tokens: Size of the answer, estimated; what is left out is told in `truncated`.
        since: Of `impact`: a commit, instead of names of files.
        bundle: A bundle whose verdicts and counts stand beside the edges.
        stale_ok: Answer from what was read last, even if files have changed since.
        tables: As for `analyze`.

    Raises:
        TracerError: The question takes another number of names, or the tree cannot be read.
    """
    return _query(
        Query(command, names, depth, detail, max_tokens, since),
        Path(root),
        bundle=_path(bundle),
        tables=_paths(tables),
        stale_ok=stale_ok,
        progress=progress,
    )


def run_brief(
    brief: AnyPath | Brief,
    root: AnyPath = ".",
    out: AnyPath | None = None,
    *,
    runs: RunRequest | None = None,
    force: bool = False,
    dry_run: bool = False,
    flat: bool = False,
    reports: AnyPath | None = None,
    unless_answered: bool = False,
    tables: Sequence[AnyPath] = (),
    progress: Progress | None = None,
) -> BundleResult:
    """Answer a brief with a bundle of checked evidence.

    Args:
        brief: A file, Markdown or YAML, or a brief that was read.
        root: The tree that it is about.
        out: Where the bundle goes; None: `reports/<initiative>/<UTC timestamp>`.
        runs: What to run of the target, and how; None: the best workload that can be run
            unattended, by this interpreter. `RunRequest(is_off=True)` runs nothing.
        force: Replace the bundles in a non-empty `out` as a whole.
        dry_run: Run and write nothing; `plans` says what would be run.
        flat: Write to `out` itself, whatever folder the brief names.
        reports: A folder of earlier bundles that is looked through for an answer.
        unless_answered: Make nothing where one of them answers, and holds.
        tables: As for `analyze`.

    Raises:
        TracerError: Anything that the user can mend; nothing is written then.
    """
    request = BundleRequest(
        root=Path(root),
        out=_path(out),
        force=force,
        tables=_paths(tables),
        runs=runs or RunRequest(),
        dry_run=dry_run,
        is_flat=flat,
        reports=_path(reports),
        unless_answered=unless_answered,
    )
    read = brief if isinstance(brief, Brief) else read_brief(Path(brief))
    return make_bundle(read, request, progress)


def verify(
    *subjects: AnyPath,
    root: AnyPath | None = ".",
    bundle: AnyPath | None = None,
    baseline: AnyPath | None = None,
    tables: Sequence[AnyPath] = (),
    progress: Progress | None = None,
) -> VerificationSet:
    """Judge every claim of bundles (folders) and Markdown documents (files).

    Args:
        subjects: What to verify; a verification is returned for each, in this order.
        root: The tree that they speak of. None, for bundles only: their files alone.
        bundle: A bundle whose recordings may confirm what a document claims.
        baseline: JSON of an earlier verification; then `is_good` asks only what is new.
        tables: As for `analyze`.

    Raises:
        TracerError: A subject, the tree or the baseline cannot be read, or there is no subject.
    """
    if not subjects:
        raise DocumentError("verify: expected a bundle or a document, found none")
    request = VerifyRequest(
        _paths(subjects), _path(root), _path(bundle), _paths(tables), _path(baseline)
    )
    return _verify(request, progress)


def contrast(
    a: str,
    b: str,
    root: AnyPath | None = None,
    root_b: AnyPath | None = None,
    *,
    hints: Sequence[str] = (),
    touchpoints: Sequence[AnyPath] = (),
    tables: Sequence[AnyPath] = (),
    progress: Progress | None = None,
) -> Contrast:
    """Compare two implementations touchpoint by touchpoint; nothing is run or written.

    Args:
        a: Entry points (`path::function` or dotted, separated by commas), the file of a brief, or
            the folder of a bundle.
        b: The other side, likewise.
        root: The tree of both; None: the current folder, and for bundles no sources.
        root_b: The tree of B, where it is another.
        hints: Words of the path, where several functions bear a name.
        touchpoints: TOML files with touchpoints of your own.
        tables: As for `analyze`.

    Raises:
        TracerError: A name that means nothing or several things, or a tree that cannot be read.
    """
    request = ContrastRequest(
        a, b, _path(root), _path(root_b), tuple(hints), _paths(tables), _paths(touchpoints)
    )
    return contrast_two(request, progress)


def inspect(
    file: AnyPath,
    root: AnyPath | None = None,
    *,
    brief: AnyPath | None = None,
    bundle: AnyPath | None = None,
    formats: Sequence[AnyPath] = (),
    tables: Sequence[AnyPath] = (),
    progress: Progress | None = None,
) -> JoinedArtifact:
    """Say what a zip, pickle, HDF5 or the like holds, and which lines put it there.

    Nothing in the file is imported or executed.

    Args:
        file: The artefact.
        root: A tree whose code writes or reads such files; None: the file alone.
        brief: A brief: only the functions of its answer are asked.
        bundle: A bundle whose layouts and recordings are asked instead of the sources.
        formats: TOML files with formats of your own.
        tables: As for `analyze`.

    Raises:
        TracerError: One of these cannot be read.
    """
    request = InspectRequest(
        Path(file), _path(root), _path(brief), _path(bundle), _paths(formats), _paths(tables)
    )
    return _inspect(request, progress)


def read_bundle(folder: AnyPath) -> Bundle:
    """Read a bundle back.

    Args:
        folder: The bundle, or a folder that holds one.

    Raises:
        TracerError: There is none, there are several, or it has another form.
    """
    found = find_bundle(Path(folder))
    return Bundle(found, read_evidence(found), read_verification(found))


def _path(path: AnyPath | None) -> Path | None:
    return None if path is None else Path(path)


def _paths(paths: Sequence[AnyPath]) -> tuple[Path, ...]:
    return tuple(map(Path, paths))

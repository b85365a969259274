"""`tracer run`: a brief in, a checked bundle out."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from tracer.brief.read import read_brief
from tracer.bundle.store import check_output_folder, free_folder, write_bundle
from tracer.dynamic.interpreter import describe_environment
from tracer.errors import BundleError
from tracer.model.brief import Brief
from tracer.model.evidence import Evidence, TreeState
from tracer.model.plan import TracePlan
from tracer.model.recording import Recording
from tracer.model.verification import Verification
from tracer.pipeline.answer import answer_brief, assemble, follows_values
from tracer.pipeline.git import Commit, read_commit
from tracer.pipeline.memory import Recalled, recall, say_recalled
from tracer.pipeline.progress import Progress, Silent, StageClock
from tracer.pipeline.reading import Reading, read_sources
from tracer.pipeline.render import bundle_files
from tracer.pipeline.workloads import RunRequest, choose_workloads, plan_run, record_all
from tracer.report.counted import plural
from tracer.report.doubts import doubts_of
from tracer.static.sources import TreeDigest, digest_tree, read_tree
from tracer.verify.evidence import verify_evidence

_REPORTS = Path("reports")
_STAMP = "%Y-%m-%dT%H%M%SZ"


@dataclass(frozen=True, slots=True)
class BundleRequest:
    """What `tracer run` was asked for."""

    root: Path
    out: Path | None = None  # None: reports/<initiative>/<UTC timestamp>
    force: bool = False
    tables: tuple[Path, ...] = ()
    runs: RunRequest = field(default_factory=RunRequest)
    dry_run: bool = False
    is_flat: bool = False  # write to `out` itself, whatever folder the brief names
    reports: Path | None = None  # earlier bundles; None: `reports`, where the bundle goes there
    unless_answered: bool = False  # make nothing where an earlier bundle answers, and holds


@dataclass(frozen=True, slots=True)
class BundleResult:
    """What came of it."""

    evidence: Evidence
    verification: Verification
    folder: Path | None  # None: a dry run
    was_stopped: bool = False  # by the time budget or a signal; what was gathered is kept
    plans: tuple[TracePlan, ...] = ()  # of a dry run: the runs that would be made
    was_answered: bool = False  # before, by the bundle that is told here; nothing was made


def run_brief(path: Path, request: BundleRequest, progress: Progress | None = None) -> BundleResult:
    """Answer the brief in this file with a bundle.

    Raises:
        TracerError: Anything that the user can mend; nothing is written then.
    """
    return make_bundle(read_brief(path), request, progress)


def make_bundle(
    brief: Brief, request: BundleRequest, progress: Progress | None = None
) -> BundleResult:
    """Answer a brief with a bundle. Raises as `run_brief`."""
    clock = StageClock(progress or Silent())
    out, folder = _place(brief, request)
    if not request.dry_run:
        check_output_folder(out, force=request.force)
    request.runs.check(request.root)
    recalled = _recall(brief, request, out, clock)
    if recalled is not None and request.unless_answered:
        answer_before = _answer_before(recalled, request, clock)
        if answer_before is not None:
            return answer_before
    reading = read_sources(
        request.root, request.tables, clock, keeps_solution=follows_values(brief)
    )
    commit = read_commit(reading.tree.root)
    before = digest_tree(reading.tree.root)
    with clock.stage("scope") as result:
        answer = answer_brief(brief, reading)
        result.append(f"{len(answer.scope.entry_points)} entry points")
        known = reading.graph.function_index()
        own = [known[each] for each in answer.scope.functions]
        result.append(f"{sum(not each.is_holder for each in own)} functions of the answer")
        result.append(f"{len(answer.taps)} taps")
    chosen = choose_workloads(request.runs, answer.workloads)
    if request.dry_run:
        evidence = assemble(answer, reading, _tree(reading, before, before, commit), (), chosen.why)
        verification = verify_evidence(evidence, reading.tree, ())
        plans = tuple(
            plan_run(workload, request.runs, answer, reading) for workload in chosen.workloads
        )
        return BundleResult(evidence, verification, None, plans=plans)
    with tempfile.TemporaryDirectory(prefix="tracer-") as scratch:
        recorded = record_all(chosen.workloads, request.runs, answer, reading, Path(scratch), clock)
    recordings = recorded.recordings
    after = digest_tree(reading.tree.root) if chosen.workloads else before
    with clock.stage("reconcile") as result:
        evidence = assemble(
            answer,
            reading,
            _tree(reading, before, after, commit),
            recordings,
            chosen.why,
            recorded.left,
            recorded.own_taps,
        )
        if recalled is not None:
            evidence = replace(evidence, memory=recalled.memory(evidence))
        result.append(f"{len(evidence.edges)} edges")
    for doubt in doubts_of(evidence):
        clock.warn(f"reconcile: {doubt}")
    with clock.stage("verify") as result:
        verification = verify_evidence(evidence, reading.tree, recordings)
        bad = sum(claim.verdict.is_bad for claim in verification.claims)
        result.append(f"{len(verification.claims)} claims")
        result.append(f"{bad} refused")
    with clock.stage("report") as result:
        made_here = {workload.name for workload in chosen.workloads}
        environment = _environment(request.runs, reading, commit, recordings, made_here)
        files = bundle_files(
            evidence,
            verification,
            recordings,
            environment,
            reading.tree,
            recorded,
            clock.seconds,
        )
        result.append(f"{len(files)} files")
    bundle = write_bundle(files, out, folder=folder, force=request.force)
    if bundle != out / folder:
        clock.warn(f"{out} was filled by somebody else meanwhile: the bundle is {bundle}")
    stopped = any(not recording.is_complete for recording in recordings)
    return BundleResult(evidence, verification, bundle, stopped)


def _place(brief: Brief, request: BundleRequest) -> tuple[Path, str]:
    """The output folder, and where in it the bundle lies."""
    stamp = datetime.now(UTC).strftime(_STAMP)
    if request.out is not None:
        named = "" if request.is_flat else brief.output_folder.strip("/")
        return request.out, named.replace("<timestamp>", stamp)
    return default_place(brief, _REPORTS, stamp), ""


def default_place(brief: Brief, reports: Path, stamp: str = "") -> Path:
    """A bundle's place in a reports folder: `<initiative>/<UTC timestamp>`, free at this moment."""
    stamp = stamp or datetime.now(UTC).strftime(_STAMP)
    # An id is a name, not a path: `../x` would lead out of the reports.
    name = re.sub(r"[^\w.-]+", "-", brief.initiative_id).strip(".-") or "question"
    return free_folder(reports / name / stamp)


def _recall(brief: Brief, request: BundleRequest, out: Path, clock: StageClock) -> Recalled | None:
    """What was answered before; None where no reports folder is to be looked through.

    A bundle that goes elsewhere has no memory unless one is named: what it holds must not depend on
    what happens to lie in the current folder.
    """
    reports = request.reports
    if reports is None and out.resolve().is_relative_to(_REPORTS.resolve()):
        reports = _REPORTS
    if reports is None and request.unless_answered:
        raise BundleError(
            f"--unless-answered: {out} lies outside {_REPORTS}: expected --reports DIR, the folder "
            "of earlier bundles"
        )
    if reports is None:
        return None
    with clock.stage("memory") as result:
        recalled = recall(brief, reports, read_tree(request.root), without=out)
        result.append(plural(len(recalled.index.bundles), "earlier bundle"))
        result.append(f"{len(recalled.earlier)} of this question or near it")
    say_recalled(recalled, clock)
    return recalled


def _answer_before(
    recalled: Recalled, request: BundleRequest, clock: StageClock
) -> BundleResult | None:
    """The earlier bundle that makes this run needless, if there is one."""
    for answer in recalled.earlier:
        if not answer.is_the_answer:
            continue
        kept = recalled.bundle(answer.bundle)
        why = request.runs.asks_more_than(kept.evidence.runs)
        if request.tables:
            why = "tables of your own are given, and bundles do not tell theirs"
        if why:
            clock.say(f"{answer.bundle} is not enough: {why}")
            continue
        assert kept.verification is not None  # else its validity is in doubt
        return BundleResult(kept.evidence, kept.verification, kept.folder, was_answered=True)
    return None


def _tree(reading: Reading, before: TreeDigest, after: TreeDigest, commit: Commit) -> TreeState:
    return TreeState(
        name=reading.tree.root.name,
        digest=before.value,
        digest_after=after.value,
        changed=after.changed_since(before),
        commit=commit.sha,
        is_dirty=commit.is_dirty,
        sources=reading.tree.digest,
    )


def _environment(
    runs: RunRequest,
    reading: Reading,
    commit: Commit,
    recordings: Sequence[Recording],
    made_here: Collection[str],
) -> dict[str, object]:
    """What was measured, of which interpreter, and why the rest is not known.

    A recording made elsewhere ran under another interpreter: of that only what it tells itself is
    known.
    """
    outside = sorted(
        {
            callee.partition(".")[0]
            for resolution in reading.graph.resolutions
            for callee in resolution.callees
            if "::" not in callee
        }
    )
    measured = describe_environment(runs.python, outside)
    is_own = [recording.workload.name in made_here for recording in recordings]
    unknown = {}
    if not commit.sha:
        unknown["commit"] = "the root is not the top of a git work tree, or git is not there"
    if commit.is_dirty is None:
        unknown["dirty"] = "git did not say" if commit.sha else unknown["commit"]
    if measured["without_distribution"]:
        unknown["without_distribution"] = (
            "no distribution of this interpreter has a module of that name: it is not installed, "
            "or it lies on a path of its own"
        )
    if not measured["libc"]:
        unknown["libc"] = "the interpreter does not tell"
    if not all(is_own):
        unknown["libraries of the runs made elsewhere"] = "a recording does not tell them"
    return {
        "of": "the interpreter that ran the target"
        if any(is_own)
        else "the interpreter that would run the target; nothing ran here",
        **measured,
        "variables": {**measured["variables"], **dict(runs.launch.variables())},
        "commit": commit.sha or None,
        "dirty": commit.is_dirty,
        "runs": [
            {
                "workload": recording.workload.name,
                "python": recording.python,
                "backend": recording.backend,
                "made": "here" if own else "elsewhere",
            }
            for recording, own in zip(recordings, is_own, strict=True)
        ],
        "unknown": unknown,
    }

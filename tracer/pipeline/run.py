"""`tracer run`: a brief in, a checked bundle out."""

from __future__ import annotations

import re
import tempfile
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from tracer.brief.read import read_brief
from tracer.bundle.store import check_output_folder, write_bundle
from tracer.dynamic.interpreter import describe_environment
from tracer.model.brief import Brief
from tracer.model.evidence import Evidence, TreeState
from tracer.model.plan import TracePlan
from tracer.model.verification import Verification
from tracer.pipeline.answer import answer_brief, assemble
from tracer.pipeline.git import Commit, read_commit
from tracer.pipeline.progress import Progress, Silent, StageClock
from tracer.pipeline.reading import Reading, read_sources
from tracer.pipeline.render import bundle_files
from tracer.pipeline.workloads import RunRequest, choose_workloads, plan_run, record_all
from tracer.static.sources import TreeDigest, digest_tree
from tracer.verify.evidence import verify_evidence


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


@dataclass(frozen=True, slots=True)
class BundleResult:
    """What came of it."""

    evidence: Evidence
    verification: Verification
    folder: Path | None  # None: a dry run
    was_stopped: bool = False  # by the time budget or a signal; what was gathered is kept
    plans: tuple[TracePlan, ...] = ()  # of a dry run: the runs that would be made


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
    reading = read_sources(request.root, request.tables, clock)
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
        )
        result.append(f"{len(evidence.edges)} edges")
    with clock.stage("verify") as result:
        verification = verify_evidence(evidence, reading.tree, recordings)
        bad = sum(claim.verdict.is_bad for claim in verification.claims)
        result.append(f"{len(verification.claims)} claims")
        result.append(f"{bad} refused")
    with clock.stage("report") as result:
        environment = _environment(request.runs, reading, commit)
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
    stopped = any(not recording.is_complete for recording in recordings)
    return BundleResult(evidence, verification, bundle, stopped)


def _place(brief: Brief, request: BundleRequest) -> tuple[Path, str]:
    """The output folder, and where in it the bundle lies."""
    stamp = datetime.now(UTC).strftime("%Y-%m-%dT%H%M%SZ")
    if request.out is not None:
        named = "" if request.is_flat else brief.output_folder.strip("/")
        return request.out, named.replace("<timestamp>", stamp)
    # An id is a name, not a path: `../x` would lead out of the reports.
    name = re.sub(r"[^\w.-]+", "-", brief.initiative_id).strip(".-") or "question"
    return Path("reports") / name / stamp, ""


def _tree(reading: Reading, before: TreeDigest, after: TreeDigest, commit: Commit) -> TreeState:
    return TreeState(
        name=reading.tree.root.name,
        digest=before.value,
        digest_after=after.value,
        changed=after.changed_since(before),
        commit=commit.sha,
        is_dirty=commit.is_dirty,
    )


def _environment(runs: RunRequest, reading: Reading, commit: Commit) -> dict[str, object]:
    outside = sorted(
        {
            callee.partition(".")[0]
            for resolution in reading.graph.resolutions
            for callee in resolution.callees
            if "::" not in callee
        }
    )
    return {
        **describe_environment(runs.python, outside),
        "commit": commit.sha or None,
        "dirty": commit.is_dirty,
    }

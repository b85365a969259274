"""`tracer verify`: a bundle, or any document that makes claims about code."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from tracer.bundle.manifest import MANIFEST_NAME, check_manifest
from tracer.bundle.recordings import RECORDING_NAME, decode_recording
from tracer.bundle.store import (
    EVIDENCE_NAME,
    VERIFICATION_NAME,
    find_bundle,
    read_evidence,
    read_text,
)
from tracer.bundle.verifications import read_verifications
from tracer.compare.verifications import compare_verifications
from tracer.errors import DocumentError
from tracer.model.evidence import ArtifactLayout
from tracer.model.recording import Recording
from tracer.model.verification import (
    VERIFICATION_SCHEMA,
    VERIFICATION_SET_SCHEMA,
    Claim,
    ClaimKind,
    ClaimVerdict,
    Ground,
    Verification,
    VerificationSet,
)
from tracer.pipeline.progress import Progress, Silent, StageClock
from tracer.pipeline.reading import Reading, read_sources
from tracer.static.layouts import artifact_layouts
from tracer.static.sources import digest_tree, read_tree
from tracer.verify.backing import Backing, backing_claims
from tracer.verify.documents import verify_document
from tracer.verify.evidence import verify_evidence
from tracer.verify.listings import is_listing


@dataclass(frozen=True, slots=True)
class VerifyRequest:
    """What to verify, against which tree."""

    subjects: tuple[Path, ...]
    root: Path | None  # None, for bundles only: their files alone
    bundle: Path | None = None  # whose recordings may confirm a document's claims
    tables: tuple[Path, ...] = ()
    baseline: Path | None = None  # JSON of an earlier verification


def verify(request: VerifyRequest, progress: Progress | None = None) -> VerificationSet:
    """Judge the claims of bundles (folders) and documents (files).

    Raises:
        TracerError: A subject, the tree or the baseline cannot be read.
    """
    clock = StageClock(progress or Silent())
    earlier = read_verifications(request.baseline) if request.baseline else ()
    documents = [subject for subject in request.subjects if not subject.is_dir()]
    texts = [_text(document, request.root) for document in documents]  # told before the work
    sources = _Sources(request, clock)
    verifications = tuple(
        _verify_bundle(subject, request.root, clock)
        if subject.is_dir()
        else _verify_document(subject, texts[documents.index(subject)], sources, clock)
        for subject in request.subjects
    )
    comparison = (
        compare_verifications(verifications, earlier, request.baseline.name)
        if request.baseline
        else None
    )
    return VerificationSet(VERIFICATION_SET_SCHEMA, verifications, comparison)


class _Sources:
    """The tree that documents speak of, read once, and only if there are any."""

    def __init__(self, request: VerifyRequest, clock: StageClock) -> None:
        self._request = request
        self._clock = clock
        self._reading: Reading | None = None
        self._layouts: tuple[ArtifactLayout, ...] | None = None
        self._recordings: tuple[Recording, ...] | None = None

    @property
    def reading(self) -> Reading:
        if self._reading is None:
            assert self._request.root is not None
            tables = self._request.tables
            self._reading = read_sources(self._request.root, tables, self._clock)
        return self._reading

    @property
    def layouts(self) -> tuple[ArtifactLayout, ...]:
        if self._layouts is None:
            reading = self.reading
            every = {function.id for function in reading.graph.functions}
            self._layouts = artifact_layouts(reading.tree, reading.graph, every)
        return self._layouts

    @property
    def recordings(self) -> tuple[Recording, ...]:
        if self._recordings is None:
            bundle = self._request.bundle
            self._recordings = _recordings(find_bundle(bundle)) if bundle else ()
        return self._recordings


def _verify_bundle(subject: Path, root: Path | None, clock: StageClock) -> Verification:
    folder = find_bundle(subject)
    with clock.stage("manifest") as result:
        claims = list(_manifest_claims(folder))
        result.append(f"{len(claims)} files")
    evidence = read_evidence(folder)
    claims += backing_claims(_texts(folder), _backing(folder))
    name = folder.name
    if root is None:
        note = "only the bundle's files were checked; give --root to check it against the sources"
        return Verification(VERIFICATION_SCHEMA, name, tuple(claims), notes=(note,))
    with clock.stage("sources") as result:
        tree = read_tree(root)
        result.append(f"{len(tree.files)} files")
    claims.append(_tree_claim(evidence.tree.digest, digest_tree(root).value))
    with clock.stage("verify") as result:
        checked = verify_evidence(evidence, tree, _recordings(folder))
        result.append(f"{len(checked.claims)} claims")
    return replace(checked, subject=name, claims=(*claims, *checked.claims))


def _backing(folder: Path) -> Backing:
    verified = folder / VERIFICATION_NAME
    return Backing(
        read_text(folder / EVIDENCE_NAME), read_text(verified) if verified.is_file() else ""
    )


def _texts(folder: Path) -> dict[str, str]:
    """What people read of a bundle; a call tree is the recording's, not the evidence's."""
    return {
        path.relative_to(folder).as_posix(): read_text(path)
        for path in sorted(folder.rglob("*.md"))
        if path.is_file()
    }


def _manifest_claims(folder: Path) -> list[Claim]:
    problems = {mismatch.path: mismatch.problem for mismatch in check_manifest(folder)}
    verdicts = {"missing": ClaimVerdict.MISSING, "changed": ClaimVerdict.CHANGED}
    files = sorted(
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and path.name != MANIFEST_NAME
    )
    return [
        Claim(
            ClaimKind.DIGEST,
            path,
            0,
            verdicts.get(problems.get(path, ""), ClaimVerdict.REFUTED)
            if path in problems
            else ClaimVerdict.VERIFIED,
            Ground.TEXT,
            problems.get(path, ""),
        )
        for path in sorted({*files, *problems})
    ]


def _tree_claim(expected: str, found: str) -> Claim:
    """The tree as a whole; a difference is no fault of the bundle, each anchor is judged alone."""
    text = f"tree {expected[:12]}"
    if expected == found:
        return Claim(ClaimKind.DIGEST, text, 0, ClaimVerdict.VERIFIED, Ground.TEXT)
    return Claim(
        ClaimKind.DIGEST,
        text,
        0,
        ClaimVerdict.UNVERIFIABLE,
        Ground.TEXT,
        f"the tree given has digest {found[:12]}: it is not the one that the bundle was made of",
    )


def _text(document: Path, root: Path | None) -> str:
    if root is None:
        raise DocumentError(f"{document}: a document is verified against sources: --root")
    try:
        return document.read_text("utf-8")
    except OSError as error:
        raise DocumentError(f"{document}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise DocumentError(f"{document}: expected UTF-8 text") from error


def _verify_document(
    document: Path, text: str, sources: _Sources, clock: StageClock
) -> Verification:
    reading, recordings = sources.reading, sources.recordings
    layouts = sources.layouts if is_listing(text) else ()
    with clock.stage("verify") as result:
        verification = verify_document(
            document.as_posix(), text, reading.tree, reading.graph, recordings, layouts
        )
        result.append(f"{len(verification.claims)} claims")
    return verification


def _recordings(folder: Path) -> tuple[Recording, ...]:
    return tuple(
        decode_recording(path) for path in sorted((folder / "trace").rglob(RECORDING_NAME))
    )

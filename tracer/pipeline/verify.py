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
from tracer.errors import DocumentError
from tracer.model.recording import Recording
from tracer.model.verification import (
    VERIFICATION_SCHEMA,
    Claim,
    ClaimKind,
    ClaimVerdict,
    Ground,
    Verification,
)
from tracer.pipeline.progress import Progress, Silent, StageClock
from tracer.pipeline.reading import read_sources
from tracer.static.sources import digest_tree, read_tree
from tracer.verify.backing import Backing, backing_claims
from tracer.verify.documents import verify_document
from tracer.verify.evidence import verify_evidence


@dataclass(frozen=True, slots=True)
class VerifyRequest:
    """What to verify, against which tree."""

    subject: Path
    root: Path | None  # None, for a bundle only: its files alone
    bundle: Path | None = None  # whose recordings may confirm a document's claims
    tables: tuple[Path, ...] = ()


def verify(request: VerifyRequest, progress: Progress | None = None) -> Verification:
    """Judge the claims of a bundle (a folder) or of a document (a file).

    Raises:
        TracerError: The subject or the tree cannot be read.
    """
    clock = StageClock(progress or Silent())
    if request.subject.is_dir():
        return _verify_bundle(request, clock)
    return _verify_document(request, clock)


def _verify_bundle(request: VerifyRequest, clock: StageClock) -> Verification:
    folder = find_bundle(request.subject)
    with clock.stage("manifest") as result:
        claims = list(_manifest_claims(folder))
        result.append(f"{len(claims)} files")
    evidence = read_evidence(folder)
    claims += backing_claims(_texts(folder), _backing(folder))
    name = folder.name
    if request.root is None:
        note = "only the bundle's files were checked; give --root to check it against the sources"
        return Verification(VERIFICATION_SCHEMA, name, tuple(claims), notes=(note,))
    with clock.stage("sources") as result:
        tree = read_tree(request.root)
        result.append(f"{len(tree.files)} files")
    claims.append(_tree_claim(evidence.tree.digest, digest_tree(request.root).value))
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


def _verify_document(request: VerifyRequest, clock: StageClock) -> Verification:
    if request.root is None:
        raise DocumentError(f"{request.subject}: a document is verified against sources: --root")
    try:
        text = request.subject.read_text("utf-8")
    except OSError as error:
        raise DocumentError(f"{request.subject}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise DocumentError(f"{request.subject}: expected UTF-8 text") from error
    recordings = _recordings(find_bundle(request.bundle)) if request.bundle else ()
    reading = read_sources(request.root, request.tables, clock)
    with clock.stage("verify") as result:
        verification = verify_document(
            request.subject.name, text, reading.tree, reading.graph, recordings
        )
        result.append(f"{len(verification.claims)} claims")
    return verification


def _recordings(folder: Path) -> tuple[Recording, ...]:
    return tuple(
        decode_recording(path) for path in sorted((folder / "trace").rglob(RECORDING_NAME))
    )

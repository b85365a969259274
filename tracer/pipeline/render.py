"""Every file of a bundle, from its evidence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tracer.bundle.codec import dump_json, encode
from tracer.bundle.left import ARTIFACTS_NAME, encode_left
from tracer.bundle.recordings import RECORDING_NAME, encode_recording
from tracer.bundle.store import EVIDENCE_NAME, VERIFICATION_NAME
from tracer.dynamic.edges import edges_document
from tracer.dynamic.ledger import EFFECTS_NAME, effects_document
from tracer.dynamic.tree import render_tree
from tracer.model.brief import Brief
from tracer.model.evidence import Evidence
from tracer.model.recording import Recording
from tracer.model.source import path_of
from tracer.model.verification import Verification
from tracer.pipeline.recorded_sources import SOURCES_NAME, encode_sources
from tracer.pipeline.workloads import Recorded
from tracer.report.call_tree import render_dynamic
from tracer.report.diagram import render_diagram
from tracer.report.html import render_page
from tracer.report.markdown import render_static, render_tap_points
from tracer.report.summary import render_summary
from tracer.static.sources import SourceTree
from tracer.verify.card import make_card


def bundle_files(
    evidence: Evidence,
    verification: Verification,
    recordings: Sequence[Recording],
    environment: Mapping[str, object],
    tree: SourceTree,
    recorded: Recorded,
    seconds: Mapping[str, float],
) -> dict[str, bytes]:
    """All files but the manifest, by their path in the bundle."""
    files = report_files(evidence, verification, recordings, _sources(evidence, tree))
    files[EVIDENCE_NAME] = encode(evidence)
    files[VERIFICATION_NAME] = encode(verification)
    files["env/trace_env.json"] = dump_json({"schema": "tracer/environment/1", **environment})
    files["trace/timings.json"] = dump_json(
        {
            "schema": "tracer/timings/1",
            "seconds": {stage: round(spent, 3) for stage, spent in seconds.items()},
        }
    )
    encoded = {path: text.encode() for path, text in _renamed(files, evidence.brief).items()}
    taps = [result.tap for result in evidence.taps]
    for recording in recordings:
        place = f"trace/{recording.workload.name}"
        encoded[f"{place}/{RECORDING_NAME}"] = encode_recording(recording)
        encoded[f"{place}/{SOURCES_NAME}"] = encode_sources(tree, recording).encode()
        encoded[f"{place}/edges.json"] = dump_json(
            edges_document(recording, tree.root, taps)
        ).encode()
        encoded[f"{place}/{EFFECTS_NAME}"] = dump_json(effects_document(recording)).encode()
    for name, left in recorded.left.items():
        encoded[f"trace/{name}/{ARTIFACTS_NAME}"] = encode_left(left).encode()
    for name, timeline in recorded.timelines.items():
        place = "trace/trace.json" if len(recorded.timelines) == 1 else f"trace/{name}/trace.json"
        encoded[place] = timeline.encode()
    return encoded


def report_files(
    evidence: Evidence,
    verification: Verification,
    recordings: Sequence[Recording],
    sources: Mapping[str, str],
) -> dict[str, str]:
    """The files that people read: a pure function of the bundle and of the sources it quotes."""
    card = make_card(evidence, verification, recheck="tracer verify BUNDLE --root ROOT")
    trees = [render_tree(recording) for recording in recordings]
    return {
        "summary.md": render_summary(evidence, card),
        "callchain/static.md": render_static(evidence),
        "callchain/diagram.mmd": render_diagram(evidence),
        "callgraph/dynamic.txt": render_dynamic(evidence, trees),
        "callgraph/index.html": render_page(evidence, sources=sources, card=card, trees=trees),
        "trace/tap_points.md": render_tap_points(evidence),
    }


def _sources(evidence: Evidence, tree: SourceTree) -> dict[str, str]:
    wanted = {path_of(function.id) for function in evidence.functions}
    return {file.path: file.text for file in tree.files if file.path in wanted}


def _renamed(files: Mapping[str, str], brief: Brief) -> dict[str, str]:
    """Where the brief names a deliverable by another path, its path is followed."""
    asked = {item.path.rpartition("/")[2]: item.path for item in brief.deliverables}
    return {asked.get(path.rpartition("/")[2], path): text for path, text in files.items()}

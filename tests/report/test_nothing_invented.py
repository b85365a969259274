"""Every number and every place in a text of a bundle comes from its evidence."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.report.provenance import Report, unaccounted
from tracer.bundle.codec import encode
from tracer.bundle.recordings import decode_recording
from tracer.bundle.store import read_evidence, read_verification
from tracer.dynamic.tree import render_tree
from tracer.model.evidence import Evidence
from tracer.model.verification import VERIFICATION_SCHEMA, Claim, Verification
from tracer.pipeline.ask import Question, ask
from tracer.report.call_tree import render_dynamic
from tracer.report.diagram import render_diagram
from tracer.report.markdown import render_static, render_tap_points
from tracer.report.summary import render_summary
from tracer.report.terminal import render_terminal
from tracer.verify.backing import Backing, backing_claims, places_in
from tracer.verify.card import make_card

PROJECT = Path(__file__).parents[2]
SAMPLE = PROJECT / "reports" / "ptycho_mini"
REPORTS: dict[str, Report] = {
    "callchain/diagram.mmd": lambda evidence, _: render_diagram(evidence),
    "callchain/static.md": lambda evidence, _: render_static(evidence),
    "callgraph/dynamic.txt": lambda evidence, _: render_dynamic(evidence, []),
    "summary.md": lambda evidence, verification: render_summary(
        evidence, make_card(evidence, verification, recheck="tracer verify")
    ),
    "terminal": lambda evidence, _: render_terminal(evidence),
    "trace/tap_points.md": lambda evidence, _: render_tap_points(evidence),
}
NOTHING = Verification(VERIFICATION_SCHEMA, "demo", ())


@pytest.fixture(scope="module")
def sample() -> tuple[Evidence, Verification]:
    """The committed bundle, with a run."""
    return read_evidence(SAMPLE), read_verification(SAMPLE)


def test_no_number_of_the_sample_is_invented(sample: tuple[Evidence, Verification]) -> None:
    """Each is another one when the evidence is."""
    assert unaccounted(REPORTS, *sample, rounds=80) == []


def test_no_number_of_a_rich_answer_is_invented(persistence: Evidence) -> None:
    """One with a tap that differs, an earlier bundle, a contradiction and a wrong ledger."""
    claims = tuple(
        Claim(claim.kind, claim.text, claim.line, claim.verdict, claim.ground, claim.detail)
        for claim in read_verification(SAMPLE).claims[::25]
    )
    verification = Verification(VERIFICATION_SCHEMA, "demo", claims)
    assert unaccounted(REPORTS, persistence, verification, rounds=80) == []


@pytest.mark.parametrize("program", ["effects", "state", "registries", "mro", "guards"])
def test_no_number_of_a_program_is_invented(program: str) -> None:
    """Answers from the sources alone, of programs of the corpus."""
    folder = PROJECT / "tests" / "corpus" / program
    answer = ask(Question("What does the program write, and who calls it?", folder))
    assert unaccounted(REPORTS, *answer, rounds=80) == []


@settings(
    max_examples=6,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    number=st.integers(1, 99_999),
    place=st.integers(0, 10_000),
    file=st.sampled_from(["callchain/static.md", "summary.md", "trace/tap_points.md"]),
    is_within=st.booleans(),
)
def test_a_planted_number_is_found(
    persistence: Evidence, number: int, place: int, file: str, is_within: bool
) -> None:
    """Whatever it is, on a line of its own or at the end of one that is right."""
    planted = f"about {number} objects go in"

    def with_plant(evidence: Evidence, verification: Verification) -> str:
        lines = REPORTS[file](evidence, verification).splitlines()
        headings = [at for at, line in enumerate(lines) if line.startswith("#")]
        at = headings[place % len(headings)]
        if is_within:
            lines[at] += f", {planted}"
        else:
            lines.insert(at + 1, f"- {planted}.")
        return "\n".join(lines) + "\n"

    left = unaccounted({file: with_plant}, persistence, NOTHING, rounds=6)
    assert str(number) in {found.number for found in left if planted in found.text}


def test_a_number_planted_into_a_row_is_found(persistence: Evidence) -> None:
    """Rows come and go with their items; what stands in one all the same is told."""

    def with_plant(evidence: Evidence, verification: Verification) -> str:
        text = REPORTS["callchain/static.md"](evidence, verification)
        return re.sub(r"(`dill\.dump` \|[^\n]*) \|\n", r"\1, ~25 objects |\n", text)

    left = unaccounted({"callchain/static.md": with_plant}, persistence, NOTHING, rounds=80)
    assert {found.number for found in left} == {"25"}


def _texts(evidence: Evidence, verification: Verification) -> dict[str, str]:
    return {
        file: make(evidence, verification)
        for file, make in REPORTS.items()
        if file.endswith((".md", "terminal"))
    }


def test_every_place_has_an_evidence_id(
    sample: tuple[Evidence, Verification], persistence: Evidence, hostile: Evidence
) -> None:
    """And the item of that id holds the path and the line."""
    for evidence, verification in (sample, (persistence, NOTHING), (hostile, NOTHING)):
        data = json.loads(encode(evidence))
        backing = Backing(encode(evidence))
        cited = 0
        for text in _texts(evidence, verification).values():
            for _, path, line in places_in(text):
                pointers = backing.of(path, line)
                assert pointers, (path, line)
                _, name, *rest = pointers[0].split("/")
                item = json.dumps(data[name][int(rest[0])] if rest else data[name])
                assert path in item and re.search(rf"\b{line}\b", item), (pointers[0], path, line)
                cited += 1
        assert cited > 20 or evidence is hostile


def test_a_planted_place_is_refuted(sample: tuple[Evidence, Verification]) -> None:
    """By the claim on its text; control: the others hold."""
    evidence, verification = sample
    texts = _texts(evidence, verification)
    backing = Backing(encode(evidence))
    assert not any(claim.verdict.is_bad for claim in backing_claims(texts, backing))
    texts["summary.md"] += "- saved at `ptycho/model_manager.py:21`, too\n"
    bad = [claim for claim in backing_claims(texts, backing) if claim.verdict.is_bad]
    assert [claim.text.split()[4] for claim in bad] == ["summary.md"]
    assert "ptycho/model_manager.py:21 in line" in bad[0].detail


def test_the_call_tree_is_the_recordings() -> None:
    """Its places are frames and lines that the run was seen in."""
    recording = decode_recording(SAMPLE / "trace/w1/recording.jsonl.gz")
    frames = {(each.frame.path, each.frame.first_line) for each in recording.lines}
    frames |= {(each.callee.path, each.callee.first_line) for each in recording.calls}
    found = list(places_in(render_tree(recording)))
    assert len(found) > 50
    assert [place for place in found if place[1:] not in frames] == []


@pytest.fixture(scope="module")
def made(sample: tuple[Evidence, Verification]) -> Callable[[str], str]:
    return lambda file: REPORTS[file](*sample)


@pytest.mark.parametrize("file", ["callchain/static.md", "callchain/diagram.mmd"])
def test_the_texts_of_the_sample_are_these(file: str, made: Callable[[str], str]) -> None:
    """What was checked above is what lies in the bundle."""
    assert (SAMPLE / file).read_text("utf-8") == made(file)

"""The one page that a supervisor decides from."""

from __future__ import annotations

from tracer.model.evidence import Evidence, TapResult
from tracer.model.graph import EffectKind
from tracer.report.phrases import (
    artifact_phrase,
    candidate_phrase,
    command,
    effect_phrase,
    path_phrase,
    stage_phrases,
    state_phrases,
    tap_phrase,
    tree_phrase,
    way_phrase,
)
from tracer.report.quoting import MARKDOWN, clipped, code, fenced, prose
from tracer.report.sections import FittedSection, Section, fit
from tracer.report.view import (
    READS,
    STATE,
    WRITES,
    Names,
    artifact_pairs,
    ways,
)

SUMMARY_LINES = 60
_CARD_LINES = 14
_TEXT_CHARACTERS = 320
_LAST_OF_ANSWER = "Paths asked"


def render_summary(evidence: Evidence, card: str) -> str:
    """The verifier's card, then the answer in at most 60 lines.

    Args:
        evidence: What the bundle knows.
        card: The verifier's words, as they stand; not ours to change, only to cut, which is said.
    """
    head = [
        f"# Summary: {prose(evidence.brief.initiative_id or evidence.tree.name)}",
        "",
        *fenced(_card(card)).split("\n"),
        "",
        f"**Question** ({evidence.brief.shape}): {prose(evidence.brief.question)}",
        f"**Tree**: {tree_phrase(evidence.tree, MARKDOWN)}",
    ]
    answer, rest = _answer_sections(evidence), _other_sections(evidence)
    furniture = 2 + 2 * len(rest)  # a blank line and a heading for each part
    fitted = fit([*answer, *rest], SUMMARY_LINES - len(head) - furniture)
    lines = [*head, "", "## Answer"]
    for part in fitted[: len(answer)]:
        lines.extend(_labelled(part))
    for part in fitted[len(answer) :]:
        lines.extend(["", f"## {part.section.title}{part.cut}"])
        lines.extend(f"- {item}" for item in part.shown)
    return "\n".join(lines) + "\n"


def _card(card: str) -> str:
    lines = card.strip("\n").split("\n") if card.strip() else ["no card: nothing was verified"]
    if len(lines) <= _CARD_LINES:
        return "\n".join(lines)
    kept = lines[: _CARD_LINES - 1]
    return "\n".join([*kept, f"({len(kept)} of {len(lines)} lines of the card shown)"])


def _labelled(part: FittedSection) -> list[str]:
    label = f"**{part.section.title}**"
    first, *others = part.shown
    return [f"- {label}{part.cut}: {first}", *(f"- {label}: {item}" for item in others)]


def _answer_sections(evidence: Evidence) -> list[Section]:
    names = Names(evidence)
    selected = [candidate for candidate in evidence.candidates if candidate.is_selected]
    chosen = {candidate.function for candidate in selected}
    entries = [candidate_phrase(candidate, names, MARKDOWN) for candidate in selected]
    entries += [
        f"{code(names.short(entry))} {code(names.place(entry))}"
        for entry in evidence.entry_points
        if entry not in chosen
    ]
    no_chain = "no chain of the answer ends in such a sink"
    return [
        Section("Entry", tuple(entries), "no entry point was selected", 2, "best first"),
        Section(
            "Config",
            state_phrases(evidence, names, MARKDOWN),
            "no effect of the answer reads or writes module state or the environment",
            1,
            "the most touched first",
        ),
        Section(
            "Stage",
            stage_phrases(evidence, names, MARKDOWN),
            "no chain from an entry point to a sink was found",
            2,
            "best entry first",
        ),
        Section(
            "Produce",
            tuple(way_phrase(way, names, MARKDOWN) for way in ways(evidence, WRITES)),
            no_chain,
            3,
            "named by the question first, then archives",
        ),
        Section(
            "Consume",
            tuple(way_phrase(way, names, MARKDOWN) for way in ways(evidence, READS)),
            no_chain,
            3,
            "named by the question first, then archives",
        ),
        Section(
            "Artefact",
            tuple(artifact_phrase(pair, MARKDOWN) for pair in artifact_pairs(evidence)),
            "no member names were derived",
            1,
            "named by the question first, then those with both sides",
        ),
        Section(
            _LAST_OF_ANSWER,
            tuple(path_phrase(answer, names, MARKDOWN) for answer in evidence.paths),
            "none",
            1,
            "in the order of the question",
        ),
    ]


def _other_sections(evidence: Evidence) -> list[Section]:
    names = Names(evidence)
    shown_above = WRITES | READS | (STATE - {EffectKind.STATE_WRITE})
    effects = [effect for effect in evidence.effects if effect.kind not in shown_above]
    return [
        Section(
            "Side effects",
            tuple(effect_phrase(effect, names, MARKDOWN) for effect in effects),
            "None besides the reads and writes above.",
            2,
            "by place",
        ),
        Section(
            "What surprised",
            tuple(
                f"{finding.kind}: {prose(clipped(finding.text, _TEXT_CHARACTERS))}"
                + "".join(f" {code(str(anchor))}" for anchor in finding.anchors[:2])
                for finding in evidence.findings
            ),
            "No finding.",
            3,
            "in the order of the ledger",
        ),
        Section(
            "First taps",
            tuple(tap_phrase(result, MARKDOWN) for result in _taps(evidence)),
            "No tap was proposed.",
            3,
            "those that differ first, then those with an expectation",
        ),
        Section(
            "Open questions, each with the cheapest run that decides it",
            tuple(
                prose(clipped(f"{unknown.text}: {unknown.reason}", _TEXT_CHARACTERS))
                + (f" → {prose(clipped(unknown.next_step, 160))}" if unknown.next_step else "")
                for unknown in evidence.unknowns
            ),
            "None stands in the evidence.",
            3,
            "in order",
        ),
        Section("Gating and next step", _next_steps(evidence), "The brief names no gate.", 2),
    ]


def _taps(evidence: Evidence) -> list[TapResult]:
    return sorted(
        evidence.taps, key=lambda result: (result.outcome != "differs", not result.tap.expected)
    )


def _next_steps(evidence: Evidence) -> tuple[str, ...]:
    steps = []
    if not evidence.runs:
        reason = evidence.why_no_run or "the evidence gives no reason"
        steps.append(f"No run is recorded: {prose(clipped(reason, _TEXT_CHARACTERS))}")
        if evidence.workload_candidates:
            first = evidence.workload_candidates[0]
            steps.append(f"Next: record {code(command(first))} ({prose(first.reason)})")
    for run in evidence.runs:
        if not run.is_complete:
            steps.append(
                f"Run {prose(run.workload.name)} {code(command(run.workload))} is incomplete: "
                + prose(clipped(run.why_incomplete, _TEXT_CHARACTERS))
            )
    steps += [f"Gate: {prose(clipped(text, _TEXT_CHARACTERS))}" for text in evidence.brief.gating]
    steps += [f"To be referred to from {code(ledger)}" for ledger in evidence.brief.ledgers]
    return tuple(steps)

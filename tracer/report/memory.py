"""What the memory and the ledgers say, in short lines.

Every function takes the style of the document that it speaks in.
"""

from __future__ import annotations

from collections.abc import Sequence

from tracer.model.evidence import Evidence
from tracer.model.memory import (
    Contradiction,
    EarlierAnswer,
    LedgerCheck,
    Match,
    Memory,
    Said,
    Validity,
)
from tracer.report.counted import plural
from tracer.report.quoting import Style, clipped

_PLACES_SHOWN = 2
_NAMES_SHOWN = 4
_TEXT_CHARACTERS = 70


def earlier_lines(memory: Memory, style: Style) -> tuple[str, ...]:
    """What was answered before, one line a bundle; where nothing was, that."""
    lines = [earlier_line(each, style) for each in memory.earlier]
    if not lines:
        lines.append(f"none of {plural(memory.bundles, 'bundle')} answers this question")
    if memory.broken:
        first = style.text(clipped(memory.broken[0], 2 * _TEXT_CHARACTERS))
        lines.append(f"{plural(len(memory.broken), 'folder')} could not be read, the first {first}")
    return tuple(lines)


def earlier_line(answer: EarlierAnswer, style: Style) -> str:
    """Which bundle, of which commit, under which runs, and whether it holds."""
    commit = f" at commit {style.code(answer.commit[:12])}" if answer.commit else ""
    related = "" if answer.related.match is Match.SAME else f" ({style.text(answer.related.why)})"
    runs = f" ({style.text('; '.join(answer.runs))})" if answer.runs else ""
    told = f"{style.code(answer.bundle)}{commit}{related}{runs}: "
    told += validity_phrase(answer.validity, style)
    if answer.related.differs:
        told += f"; asked with {style.text('; '.join(answer.related.differs))}"
    return told


def validity_phrase(validity: Validity, style: Style) -> str:
    """The standing, and what decided it."""
    told = f"{validity.standing}"
    if validity.changed:
        shown = [
            f"{style.code(each.place)} expected {_text(each.expected, style)}, "
            f"found {_text(each.found, style)}"
            for each in validity.changed[:_PLACES_SHOWN]
        ]
        more = len(validity.changed) - len(shown)
        places = "; ".join(shown) + (f" and {more} more" if more else "")
        told += f", {len(validity.changed)} of {validity.checked} anchors changed"
        if validity.only_moved:
            told += ", though every function of the answer reads as it did"
        doubts = "".join(f"; {style.text(each)}" for each in validity.doubts)
        return f"{told}: {places}{doubts}"
    told += f", none of {validity.checked} anchors changed"
    return f"{told}, but {style.text('; '.join(validity.doubts))}" if validity.doubts else told


def contradiction_line(contradiction: Contradiction, style: Style) -> str:
    """Subject, then what either bundle says, with the evidence of both."""
    a, b = (_said(each, style) for each in (contradiction.a, contradiction.b))
    return f"{contradiction.kind} {style.code(contradiction.subject)}: {a}; {b}"


def _said(said: Said, style: Style) -> str:
    who = style.code(said.bundle) if said.bundle else "this bundle"
    places = "".join(f" {style.code(str(each))}" for each in said.anchors[:_PLACES_SHOWN])
    return f"{who} ({style.code(said.evidence)}) says {_text(said.says, style)}{places}"


def document_lines(ledgers: Sequence[LedgerCheck], style: Style) -> tuple[str, ...]:
    """What ledgers say of the answer's files and does not hold, one line a claim.

    Entries that name a function of the answer come first.
    """
    entries = [(ledger, entry) for ledger in ledgers for entry in ledger.entries]
    return tuple(
        f"{style.code(f'{ledger.path}:{claim.line}')} {style.text(entry.title)} "
        f"says {_text(claim.text, style)}: {claim.verdict}"
        + (f" ({_text(claim.detail, style)})" if claim.detail else "")
        for ledger, entry in sorted(entries, key=lambda each: not each[1].is_near)
        for claim in entry.wrong
        if claim.is_of_answer
    )


def ledger_lines(evidence: Evidence, style: Style) -> tuple[str, ...]:
    """One line for each ledger of the brief; bundles made before ledgers were read say so."""
    checked = {each.path for each in evidence.ledgers}
    unchecked = tuple(
        f"{style.code(path)}: not checked, so whether it refers to this summary is not known"
        for path in evidence.brief.ledgers
        if path.removeprefix("./") not in checked
    )
    return (*gate_lines(evidence.ledgers, style), *unchecked)


def gate_lines(ledgers: Sequence[LedgerCheck], style: Style) -> tuple[str, ...]:
    """Of each ledger: is the summary referred to, and which entries speak of the answer."""
    return tuple(_gate(ledger, style) for ledger in ledgers)


def _gate(ledger: LedgerCheck, style: Style) -> str:
    path = style.code(ledger.path)
    if ledger.problem:
        why = style.text(ledger.problem)
        return f"{path}: not read, {why}; whether it refers to this summary is not known"
    parts = []
    wanted = style.code("/".join(ledger.looked_for.split("/")[-2:]))
    if ledger.references:
        places = ", ".join(style.code(str(each)) for each in ledger.references[:_PLACES_SHOWN])
        more = len(ledger.references) - _PLACES_SHOWN
        tail = f" and {more} more" if more > 0 else ""
        parts.append(f"a summary under {wanted} is referred to at {places}{tail}")
    elif ledger.is_gate and ledger.looked_for:
        parts.append(f"no line refers to {wanted}: add this summary, the gate waits for it")
    elif ledger.is_gate:
        parts.append("the brief names no folder to look for: add this summary, the gate waits")
    parts.append(_entries(ledger, style))
    return f"{path}: {'; '.join(parts)}"


def _entries(ledger: LedgerCheck, style: Style) -> str:
    entries = plural(ledger.entries_read, "entry", "entries")
    if not ledger.entries:
        return f"none of its {entries} names code of the answer"
    near_first = sorted(ledger.entries, key=lambda each: not each.is_near)
    shown = ", ".join(style.text(entry.title) for entry in near_first[:_NAMES_SHOWN])
    more = len(ledger.entries) - _NAMES_SHOWN
    tail = f" and {more} more" if more > 0 else ""
    checked = sum(entry.checked for entry in ledger.entries)
    wrong = sum(len(entry.wrong) for entry in ledger.entries)
    held = f"{wrong} of {plural(checked, 'claim')} wrong" if checked else "no claim to judge"
    return f"{len(ledger.entries)} of its {entries} name code of the answer ({held}): {shown}{tail}"


def _text(text: str, style: Style) -> str:
    return style.text(clipped(text, _TEXT_CHARACTERS))

"""The glance card: what a supervisor needs before reading on, in at most a dozen short lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from tracer.model.agreement import agreement_of
from tracer.model.evidence import EdgeVerdict, Evidence, PathAnswer
from tracer.model.executed import executed_text
from tracer.model.source import Callee, is_function, qualname_of
from tracer.model.verification import Claim, ClaimKind, ClaimVerdict, Ground, Verification

WIDTH = 110
_LABEL = 10
_PATHS_SHOWN = 2


def make_card(evidence: Evidence, verification: Verification, *, recheck: str) -> str:
    """Draw the card.

    Args:
        evidence: Of the bundle.
        verification: Of the same bundle; the counts are its own, not the author's.
        recheck: The command that makes this verification again.

    Returns:
        Lines for a monospaced block, at most 13 of at most 110 columns; no clock times.
    """
    lines = [
        _line("VERDICT", _verdict(evidence, verification)),
        _line("anchors", _anchors(verification)),
        _line("edges", _edges(verification)),
        _line("run", _run(evidence)),
        *([_line("", agreement_of(evidence.edges).text)] if _is_any_seen(evidence) else []),
        _line("taps", _taps(evidence)),
        *_paths(evidence.paths),
        _line("dynamic", _dynamic(evidence), cut_tail=_dynamic_tail(evidence)),
        _line("unknown", _unknown(evidence)),
    ]
    if wrong := _first_wrong(verification):
        lines.append(_line("wrong", wrong))
    lines.append(f"{'recheck':<{_LABEL}}{recheck}")  # whole, so that it can be copied
    return "\n".join(lines)


def verdict_word(evidence: Evidence, verification: Verification) -> str:
    """`verified`, `verified with gaps`, or how many claims failed."""
    bad = sum(claim.verdict.is_bad for claim in verification.claims)
    if bad:
        return f"FAILED: {_count(bad, 'claim')} of {len(verification.claims)} wrong"
    open_claims = any(
        claim.verdict in (ClaimVerdict.UNVERIFIABLE, ClaimVerdict.NOT_FOUND)
        for claim in verification.claims
    )
    has_gaps = bool(evidence.open_sites or evidence.unknowns or not evidence.runs or open_claims)
    is_cut = bool(evidence.totals.limits or any(not run.is_complete for run in evidence.runs))
    return "verified with gaps" if has_gaps or is_cut else "verified"


def _verdict(evidence: Evidence, verification: Verification) -> str:
    tree = evidence.tree
    parts = [verdict_word(evidence, verification), f"tree {tree.digest[:12]}"]
    if tree.commit:
        state = {True: " dirty", False: " clean", None: ""}[tree.is_dirty]
        parts.append(f"commit {tree.commit[:12]}{state}")
    if tree.changed:
        parts.append(f"the run CHANGED {_count(len(tree.changed), 'file')}")
    return "   ".join(parts)


def _anchors(verification: Verification) -> str:
    claims = [c for c in verification.claims if c.kind in (ClaimKind.ANCHOR, ClaimKind.MEMBER)]
    return _tally(claims)


def _edges(verification: Verification) -> str:
    """Grounds counted apart: what rests on the solver alone is derived, never verified."""
    claims = [claim for claim in verification.claims if claim.kind is ClaimKind.EDGE]
    verified = [claim for claim in claims if claim.verdict is ClaimVerdict.VERIFIED]
    grounds = Counter(claim.ground for claim in verified)
    by_ground = ", ".join(
        f"{grounds[ground]} by {ground}" for ground in Ground if grounds.get(ground)
    )
    told = f"{len(verified)}/{len(claims)} verified" + (f" ({by_ground})" if by_ground else "")
    by_lines = sum(
        claim.verdict is ClaimVerdict.DERIVED and claim.ground is Ground.EXECUTED
        for claim in claims
    )
    derived = sum(claim.verdict is ClaimVerdict.DERIVED for claim in claims) - by_lines
    refuted = sum(claim.verdict.is_bad for claim in claims)
    others = len(claims) - len(verified) - derived - by_lines - refuted
    told_derived = f"{derived} derived by the solver alone"
    if by_lines:
        both = f"{by_lines} with lines executed, {derived} by the solver"
        told_derived = f"{derived + by_lines} derived ({both})"
    parts = [told, told_derived, f"{refuted} refuted"]
    if others:
        parts.append(f"{others} not checked")
    return ", ".join(parts)


def _is_any_seen(evidence: Evidence) -> bool:
    """Whether any run was seen: coverage data show lines, and no call."""
    return any(run.executed is None for run in evidence.runs)


def _run(evidence: Evidence) -> str:
    counts = Counter(edge.verdict for edge in evidence.edges)
    if not evidence.runs:
        return "nothing ran: no edge is confirmed"
    told = ", ".join(
        f"{counts[verdict]} {verdict}"
        for verdict in EdgeVerdict
        if counts[verdict] or verdict is EdgeVerdict.CONFIRMED
    )
    modules = dict.fromkeys(
        name for run in evidence.runs if run.stand_ins is not None for name in run.stand_ins.modules
    )
    if not modules:
        return told
    first, *others = modules
    more = f" and {len(others)} more" if others else ""
    return f"STAND-INS for {first}{more}: {told}"


def _taps(evidence: Evidence) -> str:
    if not evidence.taps:
        return "none planned"
    counts = Counter(result.outcome for result in evidence.taps)
    parts = [
        f"{count} {'DIFFER' if outcome == 'differs' else outcome}"
        for outcome, count in sorted(counts.items())
    ]
    told = f"{len(evidence.taps)}: {', '.join(parts)}"
    invented = sum("read under stand-ins" in result.detail for result in evidence.taps)
    if invented:
        told += f"; {invented} read under stand-ins"
    for result in evidence.taps:
        if result.outcome == "differs":
            observed = ", ".join(result.observed) or "nothing"
            told += f" ({result.tap.key} expected {result.tap.expected}, observed {observed})"
            break
    return told


def _paths(paths: Sequence[PathAnswer]) -> list[str]:
    """Those that lead nowhere first: they are what a reader would have assumed."""
    if not paths:
        return [_line("paths", "none asked")]
    ordered = sorted(paths, key=lambda path: path.is_path)
    shown = ordered[:_PATHS_SHOWN]
    lines = [
        _line("paths" if at == 0 else "", _path(path), cut_tail=_path_tail(path))
        for at, path in enumerate(shown)
    ]
    if len(paths) > len(shown):
        lines[-1] = _line(
            "paths" if len(shown) == 1 else "",
            _path(shown[-1]),
            cut_tail=f"{_path_tail(shown[-1])}; {len(paths) - len(shown)} more",
        )
    return lines


def _path(path: PathAnswer) -> str:
    return f"{_short(path.source)} ⇒ {_short(path.target)}"


def _path_tail(path: PathAnswer) -> str:
    if path.is_path:
        return f": {_count(len(path.hops), 'call')}"
    if path.fitting:
        return f": NOT FOUND (open by its name at {path.fitting[0]})"
    told = f": NO PATH ({_count(path.open_sites, 'open site')})"
    if path.siblings:
        first = path.siblings[0].path
        lines = [str(anchor.line) for anchor in path.siblings if anchor.path == first]
        told += f"; siblings {first}:{','.join(lines[:2])}"
    return told


def _dynamic(evidence: Evidence) -> str:
    if not evidence.runs:
        return f"none: {evidence.why_no_run}" if evidence.why_no_run else "none"
    run = evidence.runs[0]
    if run.executed is not None:
        return f"executed ({executed_text(run.executed)})"
    state = "captured" if run.is_complete else f"CUT ({run.why_incomplete})"
    if run.is_complete and run.exit_status:
        state = "FAILED"  # by its own word; what ran before that was captured all the same
    return f"{state}: {' '.join(run.workload.argv)}"


def _dynamic_tail(evidence: Evidence) -> str:
    """How it ended: kept whole, however long the command is."""
    if not evidence.runs:
        return ""
    run = evidence.runs[0]
    told = f", {_count(run.calls, 'call')}" if run.executed is None else "; calls are not known"
    if run.exit_status is not None:
        told += f", exit {run.exit_status}"
    lines_only = [run for run in evidence.runs[1:] if run.executed is not None]
    more = [run for run in evidence.runs[1:] if run.executed is None]
    failed = sum(bool(run.exit_status) for run in more)
    told += f"; {_count(len(more), 'more run')}" if more else ""
    told += f", {failed} FAILED" if failed else ""
    for each in lines_only[:1]:
        assert each.executed is not None
        told += f"; lines executed by {each.executed.tool}"
    return told


def _unknown(evidence: Evidence) -> str:
    """As many reasons as the line has room for, and the limits in full or counted."""
    limits = evidence.totals.limits
    told = [limits[0], _count(len(limits), "limit")] if limits else [""]
    texts = [_unknown_in(evidence, reasons, limit) for reasons in (3, 2, 1, 0) for limit in told]
    fitting = (text for text in texts if len(text) <= WIDTH - _LABEL)
    return next(fitting, texts[-1]) or "nothing that was looked for"


def _unknown_in(evidence: Evidence, most_reasons: int, limit: str) -> str:
    parts: list[str] = []
    if evidence.open_sites:
        reasons = Counter(site.reason for site in evidence.open_sites)
        ordered = sorted(reasons.items(), key=lambda item: (-item[1], item[0]))
        named = [f"{count} {reason}" for reason, count in ordered[:most_reasons]]
        others = sum(count for _, count in ordered[most_reasons:])
        if named and others:
            named.append(f"{others} other")
        parts.append(
            _count(len(evidence.open_sites), "open call site")
            + (f" ({', '.join(named)})" if named else "")
        )
    if evidence.unknowns:
        parts.append(_count(len(evidence.unknowns), "open question"))
    return "; ".join([*parts, limit] if limit else parts)


def _first_wrong(verification: Verification) -> str:
    bad = [claim for claim in verification.claims if claim.verdict.is_bad]
    if not bad:
        return ""
    first = bad[0]
    return f"{first.verdict}: {first.text}" + (f" ({first.detail})" if first.detail else "")


def _tally(claims: Sequence[Claim]) -> str:
    counts = Counter(claim.verdict for claim in claims)
    told = f"{counts[ClaimVerdict.VERIFIED]}/{len(claims)} verified"
    rest = [
        f"{counts[verdict]} {verdict}"
        for verdict in ClaimVerdict
        if verdict is not ClaimVerdict.VERIFIED and counts[verdict]
    ]
    return ", ".join([told, *rest])


def _line(label: str, text: str, *, cut_tail: str = "") -> str:
    """One line, cut to the width; the tail is kept whole as long as it fits."""
    room = WIDTH - _LABEL
    text, cut_tail = _one_line(text), _one_line(cut_tail)
    if not cut_tail:
        text = text if len(text) <= room else f"{text[: room - 1]}…"
        return f"{label:<{_LABEL}}{text}"
    tail = cut_tail
    if len(tail) > room // 2 and len(text) + len(tail) > room:
        tail = f"{tail[: max(room - len(text) - 1, room // 2)]}…"
    if len(text) + len(tail) > room:
        text = f"{text[: room - len(tail) - 1]}…"
    return f"{label:<{_LABEL}}{text}{tail}"


def _one_line(text: str) -> str:
    """What comes from the target must not break the card's lines."""
    return "".join(character if character.isprintable() else " " for character in text)


def _short(callee: Callee) -> str:
    return qualname_of(callee) if is_function(callee) else callee


def _count(count: int, noun: str) -> str:
    return f"{_thousands(count)} {noun}{'' if count == 1 else 's'}"


def _thousands(count: int) -> str:
    return f"{count:,}".replace(",", " ")

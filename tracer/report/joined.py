"""A real artefact beside the code, for the terminal and for Markdown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tracer.model.artifact import ArtifactMatch, JoinedArtifact, MatchVerdict
from tracer.model.evidence import Evidence
from tracer.model.source import Anchor
from tracer.report.counted import plural
from tracer.report.quoting import one_line

_SAYS = {
    MatchVerdict.NO_LINE: "in the file, no line is known that writes it",
    MatchVerdict.OPEN: "in the file, no line is known that writes it (not all was followed)",
    MatchVerdict.NOT_WRITTEN: "written by the code, not in the file",
    MatchVerdict.CONDITIONAL: "perhaps written by the code, not in the file",
    MatchVerdict.EXPECTED: "expected by the loader, not in the file",
    MatchVerdict.TESTED: "asked for by the loader, or read under a condition; not in the file",
}
_MOST_ANCHORS = 4


def render_join(joined: JoinedArtifact) -> str:
    """Each member and key with its lines; then what contradicts, and what is not known."""
    lines = ["Beside the code", ""]
    lines.append(f"  written by {anchor_places(joined.writers) or 'no code that is known'}")
    lines.append(f"  read by {anchor_places(joined.readers) or 'no code that is known'}")
    for member in dict.fromkeys(match.member for match in joined.matches):
        lines += ["", *_member([match for match in joined.matches if match.member == member])]
    if joined.unknown:
        lines += ["", "  not known:"]
        lines += [f"    {one_line(reason)}" for reason in joined.unknown]
    lines += ["", f"  {counts(joined)}"]
    return "\n".join(lines) + "\n"


def counts(joined: JoinedArtifact) -> str:
    """How many members and keys there are by verdict, in one sentence."""
    parts = []
    for verdict in MatchVerdict:
        members = sum(each.verdict is verdict and not each.key for each in joined.matches)
        keys = sum(each.verdict is verdict and bool(each.key) for each in joined.matches)
        if members or keys:
            counted = [plural(members, "member")] if members else []
            counted += [plural(keys, "key")] if keys else []
            parts.append(f"{verdict.value}: {' and '.join(counted)}")
    return "; ".join(parts) or "nothing to compare"


def told(match: ArtifactMatch) -> str:
    """What is said of one member or key: its lines, or what is missing, and why."""
    said = [_SAYS[match.verdict]] if match.verdict in _SAYS else []
    for word, anchors in (
        ("written at", match.written_at),
        ("seen written at", match.seen_at),
        ("read at", match.read_at),
    ):
        if anchors:
            said.append(f"{word} {anchor_places(anchors)}")
    if match.reason:
        said.append(one_line(match.reason))
    return "; ".join(said)


def anchor_places(anchors: Sequence[Anchor]) -> str:
    """The first places, each once: `store.py:20, store.py:31 and 2 more`."""
    shown = ", ".join(f"{each.path}:{each.line}" for each in _once(anchors)[:_MOST_ANCHORS])
    left = len(_once(anchors)) - _MOST_ANCHORS
    return f"{shown} and {left} more" if left > 0 else shown


@dataclass(frozen=True, slots=True)
class LeftRow:
    """A member of a file that a run left, or a key of it that does not simply have its line."""

    joined: JoinedArtifact
    match: ArtifactMatch
    keys: int  # of the member that have a line of their own

    @property
    def verdict(self) -> str:
        """The verdict, how many keys have lines, and why."""
        keys = f"; {plural(self.keys, 'key')} with a line" if self.keys else ""
        reason = f": {self.match.reason}" if self.match.reason else ""
        return f"{self.match.verdict.value}{keys}{reason}"


def left_rows(evidence: Evidence) -> list[LeftRow]:
    """Members and keys of what runs left, where code is known of them: contradictions first."""
    rows: list[LeftRow] = []
    for joined in evidence.artifacts:
        if not (joined.writers or joined.readers):
            continue
        agreed = Counter(each.member for each in joined.matches if each.key and _is_agreed(each))
        rows += [
            LeftRow(joined, each, 0 if each.key else agreed[each.member])
            for each in joined.matches
            if not (each.key and _is_agreed(each))
        ]
    return sorted(rows, key=lambda row: (not row.match.verdict.contradicts, _is_agreed(row.match)))


def left_unknowns(evidence: Evidence) -> list[str]:
    """What was not compared, and why, by file."""
    return [
        f"{joined.path}: {reason}" for joined in evidence.artifacts for reason in joined.unknown
    ]


def _is_agreed(match: ArtifactMatch) -> bool:
    return match.verdict is MatchVerdict.MATCHED


def _member(matches: Sequence[ArtifactMatch]) -> list[str]:
    """A member, its keys, and in one line those that are perhaps missing for one reason."""
    folded: dict[tuple[MatchVerdict, str], list[ArtifactMatch]] = {}
    lines = []
    for match in matches:
        if match.key and match.verdict in (MatchVerdict.CONDITIONAL, MatchVerdict.OPEN):
            folded.setdefault((match.verdict, match.reason), []).append(match)
        else:
            lines.append(_line(match))
    for (verdict, reason), several in folded.items():
        named = [f"{one_line(each.key)} ({anchor_places(_all_places(each))})" for each in several]
        said = f"{plural(len(several), 'key')} {_SAYS[verdict]}: {', '.join(named)}"
        lines.append(f"    {said}: {one_line(reason)}" if reason else f"    {said}")
    return lines


def _all_places(match: ArtifactMatch) -> tuple[Anchor, ...]:
    return (*match.written_at, *match.read_at)


def _line(match: ArtifactMatch) -> str:
    mark = "!" if match.verdict.contradicts else " "
    indent = "    " if match.key else "  "
    return f"{mark}{indent[1:]}{one_line(match.key or match.member)}: {told(match)}"


def _once(anchors: Iterable[Anchor]) -> list[Anchor]:
    return list({(each.path, each.line): each for each in anchors}.values())

"""Two bundles side by side: what one has alone, and what both have and tell otherwise.

Things are matched by what they are, never by their line: an edit above a function would make all of
it another. Where only lines differ, the thing moved.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from tracer.compare.contradictions import is_same_tree
from tracer.model.difference import BundleDifference, Change, PartDifference
from tracer.model.evidence import EdgeVerdict, Evidence, ReconciledEdge, TapResult
from tracer.model.source import Callee, is_function, path_of, qualname_of

_PLACE = re.compile(r":\d+(?:[-–,]\d+)*|\blines? \d+(?:(?:, | and |[-–])\d+)*")
_STRONGEST_FIRST = (
    EdgeVerdict.CONFIRMED,
    EdgeVerdict.DYNAMIC_ONLY,
    EdgeVerdict.EXECUTED,
    EdgeVerdict.STAND_INS,
    EdgeVerdict.NOT_TAKEN,
    EdgeVerdict.NOT_REACHED,
    EdgeVerdict.UNDECIDED,
    EdgeVerdict.NOT_RUN,
)


@dataclass(frozen=True, slots=True)
class _Item:
    what: str  # by this the two sides are matched
    state: str  # what is told of it
    place: str = ""
    weight: int = 0  # the least comes first

    @property
    def told(self) -> str:
        return f"{self.state} {self.place}".strip() if self.state != self.what else self.place


_Told = Callable[[Evidence], Iterable[_Item]]


def compare_bundles(name_a: str, a: Evidence, name_b: str, b: Evidence) -> BundleDifference:
    """All parts of two bundles, in the order in which they bear on the answer."""
    return BundleDifference(
        name_a,
        name_b,
        tuple(_part(kind, tuple(told(a)), tuple(told(b))) for kind, told in _PARTS),
        tuple(_notes(a, b)),
    )


def _notes(a: Evidence, b: Evidence) -> Iterable[str]:
    if a.brief.question != b.brief.question:
        yield "they answer different questions: what only one holds may not be the other's business"
    if not is_same_tree(a, b):
        yield f"of different sources: {_tree(a)} and {_tree(b)}"
    if a.tool_version != b.tool_version:
        yield f"made by tracer {a.tool_version} and {b.tool_version}"
    runs = [[" ".join(run.workload.argv) for run in side.runs] for side in (a, b)]
    if runs[0] != runs[1]:
        left, right = (", ".join(each) or "none" for each in runs)
        yield f"of different runs: {left} and {right}"


def _tree(evidence: Evidence) -> str:
    commit = evidence.tree.commit
    return f"commit {commit[:12]}" if commit else f"tree {evidence.tree.digest[:12]}"


def _part(kind: str, a: Sequence[_Item], b: Sequence[_Item]) -> PartDifference:
    by_a, by_b = _numbered(a), _numbered(b)
    both = [key for key in by_a if key in by_b]
    changed = [key for key in both if by_a[key].state != by_b[key].state]
    moved = [key for key in both if key not in set(changed) and by_a[key].place != by_b[key].place]

    def weight(key: tuple[str, int]) -> int:
        return min(side[key].weight for side in (by_a, by_b) if key in side)

    def listed(keys: Iterable[tuple[str, int]]) -> tuple[Change, ...]:
        return tuple(
            Change(
                key[0],
                by_a[key].told if key in by_a else "",
                by_b[key].told if key in by_b else "",
            )
            for key in sorted(keys, key=weight)
        )

    return PartDifference(
        kind,
        same=len(both) - len(changed) - len(moved),
        changed=listed(changed),
        only_a=listed(key for key in by_a if key not in by_b),
        only_b=listed(key for key in by_b if key not in by_a),
        moved=listed(moved),
    )


def _numbered(items: Iterable[_Item]) -> Mapping[tuple[str, int], _Item]:
    """Equal things of one bundle are told apart by their order."""
    seen: Counter[str] = Counter()
    found = {}
    for item in items:
        found[item.what, seen[item.what]] = item
        seen[item.what] += 1
    return found


def _paths(evidence: Evidence) -> Iterable[_Item]:
    for path in evidence.paths:
        what = f"{_short(path.source)} ⇒ {_short(path.target)}"
        yield _Item(what, "path" if path.is_path else "NO PATH")


def _edges(evidence: Evidence) -> Iterable[_Item]:
    for edge in evidence.edges:
        least = "at least " * edge.is_at_least
        told = f"{edge.verdict}, {least}{edge.calls} calls" if edge.calls else str(edge.verdict)
        place = f"{path_of(edge.caller)}:{edge.line}"
        yield _Item(_edge(edge), told, place, _STRONGEST_FIRST.index(edge.verdict))


def _edge(edge: ReconciledEdge) -> str:
    kind = "" if edge.kind == "call" else f" ({edge.kind})"
    return f"{edge.caller} → {edge.callee}{kind}"


def _effects(evidence: Evidence) -> Iterable[_Item]:
    verdicts = evidence.effect_verdicts or (EdgeVerdict.NOT_RUN,) * len(evidence.effects)
    for effect, verdict in zip(evidence.effects, verdicts, strict=True):
        keys = f" [{', '.join(effect.keys)}]" if effect.keys else ""
        what = f"{effect.function} {effect.operation}{keys}"
        place = str(effect.anchor)
        yield _Item(what, f"{effect.kind}, {verdict}", place, _STRONGEST_FIRST.index(verdict))


def _layouts(evidence: Evidence) -> Iterable[_Item]:
    for layout in evidence.layouts:
        artifact = f"{layout.artifact} {layout.direction} by {layout.function}"
        names = ", ".join(layout.names) or "no name known"
        yield _Item(artifact, f"named {names}", str(layout.anchor))
        for member in layout.members:
            places = ", ".join(map(str, member.anchors))
            yield _Item(f"{artifact}: {member.path}", member.content, places)


def _taps(evidence: Evidence) -> Iterable[_Item]:
    for result in evidence.taps:
        tap = result.tap
        expected = f", expected {tap.expected}" if tap.expected else ""
        yield _Item(
            f"{tap.key} = {tap.expression} {tap.moment}",
            f"{result.outcome}{expected}{_observed(result)}",
            f"{tap.path}:{tap.line}",
            result.outcome != "differs",
        )


def _observed(result: TapResult) -> str:
    """Of a claim alone: values that were merely read are compared reading by reading."""
    if not result.tap.expected or not result.observed:
        return ""
    return f", observed {' | '.join(result.observed)}"


def _state(evidence: Evidence) -> Iterable[_Item]:
    for change in evidence.state_changes:
        keys = ", ".join(f"{each.key} {each.old} → {each.new}" for each in change.keys)
        owner = change.anchor.symbol if change.anchor else "outside the namespace"
        place = str(change.anchor) if change.anchor else ""
        yield _Item(f"{change.subject} by {owner}", f"{change.times}×: {keys}", place)


def _findings(evidence: Evidence) -> Iterable[_Item]:
    for finding in evidence.findings:
        yield _without_lines(f"{finding.kind}: {finding.text}", finding.text)


def _unknowns(evidence: Evidence) -> Iterable[_Item]:
    for unknown in evidence.unknowns:
        text = f"{unknown.text}: {unknown.reason}"
        yield _without_lines(text, text)


def _without_lines(what: str, text: str) -> _Item:
    """Matched without the lines that it speaks of: they are the places."""
    places = ", ".join(match[0].lstrip(":") for match in _PLACE.finditer(text))
    key = _PLACE.sub(lambda match: ":…" if match[0].startswith(":") else "line …", what)
    return _Item(key, key, places)


def _open_sites(evidence: Evidence) -> Iterable[_Item]:
    for site in evidence.open_sites:
        place = f"{path_of(site.caller)}:{site.line}"
        yield _Item(f"{site.caller} {site.text}", str(site.reason), place)


def _anchors(evidence: Evidence) -> Iterable[_Item]:
    for checked in evidence.brief_anchors:
        yield _Item(checked.anchor.text, str(checked.verdict), checked.found or checked.detail)


def _short(callee: Callee) -> str:
    return qualname_of(callee) if is_function(callee) else callee


_PARTS: tuple[tuple[str, _Told], ...] = (
    ("paths", _paths),
    ("edges", _edges),
    ("effects", _effects),
    ("artefacts", _layouts),
    ("taps", _taps),
    ("changes of state", _state),
    ("findings", _findings),
    ("unknowns", _unknowns),
    ("open call sites", _open_sites),
    ("places of the brief", _anchors),
)

"""Whether the answer of an earlier bundle holds on today's tree."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from tracer.model.evidence import Evidence
from tracer.model.memory import ChangedPlace, Standing, Validity
from tracer.model.source import Function, FunctionId, qualname_of
from tracer.model.verification import Claim, ClaimKind, ClaimVerdict, Verification
from tracer.static.sources import SourceTree
from tracer.verify.evidence import verify_evidence
from tracer.verify.reading import Reading
from tracer.verify.texts import function_texts

_PLACE = re.compile(r"(?P<path>[^\s:`]+\.\w+):(?P<line>\d+)")
_DEFINED = re.compile(r"(?P<path>[^\s:`]+\.\w+)::(?P<name>\S+) at line (?P<line>\d+)")
_JUDGED = (ClaimKind.ANCHOR, ClaimKind.EDGE, ClaimKind.CHAIN, ClaimKind.MEMBER)
_NAMED = 3
_ELSEWHERE = (
    "callers, effects and paths that were added in functions outside the answer are not looked for"
)


def check_standing(
    evidence: Evidence,
    then: Verification | None,
    tree: SourceTree,
    *,
    ran: Mapping[str, str] | None = None,
    problems: Sequence[str] = (),
) -> Validity:
    """Check the anchors of an answer, and the functions that it stands in, against a tree.

    What a recording saw was seen, whatever became of the sources; so edges are judged without it.

    Changed places in functions that were rewritten come first, those that only moved last.

    Args:
        evidence: Of the earlier bundle.
        then: What the verifier said when it was made; what failed then has not changed since.
        tree: The sources as they stand now.
        ran: Digests of the files that its runs executed, by path; None: not told.
        problems: What is wrong with the bundle itself.
    """
    reading = Reading(tree)
    claims = [claim for claim in verify_evidence(evidence, tree).claims if claim.kind in _JUDGED]
    known = {(claim.kind, claim.text) for claim in _bad(then.claims)} if then else set()
    bad = [claim for claim in _bad(claims) if (claim.kind, claim.text) not in known]
    other = _other_texts(evidence, reading)
    rewritten = _Lines(function for function in evidence.functions if function.id in set(other))
    bad.sort(key=lambda claim: (not rewritten.hold(claim), claim.verdict is ClaimVerdict.MOVED))
    changed = tuple(dict.fromkeys(_changed_place(claim) for claim in bad))
    doubts = list(problems)
    if known:
        doubts.append(f"{_count(len(known), 'claim')} failed already when it was made")
    if other:
        doubts.append(
            f"{_some([qualname_of(each) for each in other])} of the answer's "
            f"{_count(len(evidence.texts), 'function')} read{'s' * (len(other) == 1)} otherwise now"
        )
    if not evidence.texts:
        doubts.append("it keeps no digest of its functions: what they gained is not known")
    if evidence.runs:
        doubts += _doubts_of_runs(tree, ran)
    notes = [] if _is_same_tree(evidence, tree) else [_ELSEWHERE]
    only_moved = bool(changed and evidence.texts and not other)
    standing = Standing.VALID
    if changed:
        standing = Standing.NO_LONGER
    elif doubts:
        standing = Standing.IN_DOUBT
    return Validity(standing, len(claims), changed, only_moved, tuple(doubts), tuple(notes))


class _Lines:
    """The lines that some functions had when the answer was made."""

    def __init__(self, functions: Iterable[Function]) -> None:
        self._stretches = [
            (function.path, function.first_line, function.end_line) for function in functions
        ]

    def hold(self, claim: Claim) -> bool:
        """Whether the claim is about one of them: what only moved stands elsewhere."""
        at = _PLACE.search(claim.text)
        return at is not None and any(
            at["path"] == path and first <= int(at["line"]) <= last
            for path, first, last in self._stretches
        )


def _bad(claims: Iterable[Claim]) -> list[Claim]:
    return [claim for claim in claims if claim.verdict.is_bad]


def _changed_place(claim: Claim) -> ChangedPlace:
    found = claim.detail or str(claim.verdict)
    if defined := _DEFINED.match(claim.text):
        place = f"{defined['path']}:{defined['line']}"
        return ChangedPlace(place, f"the definition of {defined['name']}", found)
    if at := _PLACE.search(claim.text):
        expected = claim.text.removesuffix(f" at {at[0]}")
        return ChangedPlace(at[0], expected, found)
    return ChangedPlace(claim.text, "as it stands in the answer", found)


def _other_texts(evidence: Evidence, reading: Reading) -> list[FunctionId]:
    now = {
        each.function: each.sha256
        for each in function_texts([each.function for each in evidence.texts], reading)
    }
    return [each.function for each in evidence.texts if now.get(each.function) != each.sha256]


def _doubts_of_runs(tree: SourceTree, ran: Mapping[str, str] | None) -> list[str]:
    if ran is None:
        return ["its runs do not say of which sources they were made"]
    now = {file.path: file.sha256 for file in tree.files}
    other = sorted(path for path, digest in ran.items() if now.get(path) != digest)
    if not other:
        return []
    return [f"its runs executed what has changed since: {_some(other)}"]


def _is_same_tree(evidence: Evidence, tree: SourceTree) -> bool:
    return bool(evidence.tree.sources) and evidence.tree.sources == tree.digest


def _some(names: Sequence[str]) -> str:
    more = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {more} more" if more > 0 else "")


def _count(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"

"""A bundle's evidence, checked again offline against the tree, with the verifier's own reading."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from tracer.model.evidence import (
    AnchorVerdict,
    ArtifactLayout,
    Chain,
    ChainHop,
    CheckedAnchor,
    EdgeVerdict,
    Evidence,
    LayoutKey,
    PathAnswer,
    StateChange,
    TapResult,
)
from tracer.model.flow import FlowHop, HopKind
from tracer.model.graph import Effect, Raise
from tracer.model.parting import Contrasted
from tracer.model.plan import Tap
from tracer.model.recording import Recording
from tracer.model.source import (
    Anchor,
    Callee,
    Function,
    FunctionId,
    FunctionKind,
    function_id,
    is_function,
    path_of,
    qualname_of,
)
from tracer.model.verification import (
    VERIFICATION_SCHEMA,
    Claim,
    ClaimKind,
    ClaimVerdict,
    Ground,
    Verification,
)
from tracer.static.sources import SourceTree
from tracer.verify.brief_anchors import check_brief_anchors
from tracer.verify.direct import STRENGTH, direct_calls
from tracer.verify.edges import EdgeChecker
from tracer.verify.ledgers import reference_claims
from tracer.verify.places import quote, what_reads
from tracer.verify.ran import Ran
from tracer.verify.reading import Reading
from tracer.verify.state_changes import check_change
from tracer.verify.syntax import Definition, FileReading
from tracer.verify.ways import Ways

_IDENTIFIER = re.compile(r"[A-Za-z_]\w*")
_STORE = re.compile(r"(?<![=!<>])=(?!=)|\bdel\b|\+=|-=|\|=")


def verify_evidence(
    evidence: Evidence, tree: SourceTree, recordings: Sequence[Recording] = ()
) -> Verification:
    """Check every anchor and every edge of a bundle.

    Args:
        evidence: Of the bundle; the digests of its files are the bundle store's business.
        tree: The sources as they stand now.
        recordings: The bundle's own; what they do not hold was not seen.

    Returns:
        Claims in the order of the evidence. What rests on the solver alone is derived, never
        verified.
    """
    checker = _EvidenceChecker(evidence, tree, recordings)
    return Verification(
        VERIFICATION_SCHEMA,
        evidence.tree.name,
        tuple(checker.check()),
        notes=tuple(_notes(evidence, recordings)),
    )


def _notes(evidence: Evidence, recordings: Sequence[Recording]) -> list[str]:
    if evidence.runs and not recordings:
        return ["The recordings were not at hand: what was seen to run was not checked again."]
    return []


class _EvidenceChecker:
    def __init__(
        self, evidence: Evidence, tree: SourceTree, recordings: Sequence[Recording]
    ) -> None:
        self._evidence = evidence
        self._tree = tree
        self._reading = Reading(tree)
        self._functions = {function.id: function for function in evidence.functions}
        self._recordings = recordings
        self._edges = EdgeChecker(self._reading, recordings, self._functions)
        self._ways = Ways(evidence, self._edges, Ran(self._reading, recordings))

    def check(self) -> list[Claim]:
        evidence = self._evidence
        claims = self._brief_anchors(evidence.brief_anchors)
        claims += [self._function(function) for function in evidence.functions]
        claims += [self._edges.check(edge) for edge in evidence.edges]
        claims += [self._site(s.caller, s.line, s.text) for s in evidence.open_sites]
        claims += [self._effect(effect, verdict) for effect, verdict in _with_verdicts(evidence)]
        claims += [self._raise(each) for each in evidence.raises]
        claims += [self._chain(chain) for chain in evidence.chains]
        claims += [self._path(path) for path in evidence.paths]
        claims += [claim for layout in evidence.layouts for claim in self._layout(layout)]
        claims += [self._tap_result(result) for result in evidence.taps]
        claims += [self._change(change) for change in evidence.state_changes]
        claims += [self._hop(hop, name) for hop, name in _flow_places(evidence)]
        claims += self._contrast(evidence.contrasted)
        claims += [
            self._anchor(anchor, finding.kind.value)
            for finding in evidence.findings
            for anchor in finding.anchors
        ]
        claims += reference_claims(evidence.ledgers, self._reading)
        return claims

    # Places

    def _brief_anchors(self, checked: Sequence[CheckedAnchor]) -> list[Claim]:
        """What the brief named is looked up again: the answer must be the same."""
        again = check_brief_anchors([c.anchor for c in checked], self._tree.root, self._tree)
        claims = []
        for then, now in zip(checked, again, strict=True):
            is_same = then.verdict is now.verdict
            verdict = ClaimVerdict.VERIFIED if is_same else ClaimVerdict.CHANGED
            told = f"brief names {then.anchor.text}: {then.verdict}"
            detail = now.found or now.detail
            if not is_same:
                detail = f"now {now.verdict}: {now.detail or now.found}"
            elif then.verdict is not AnchorVerdict.VERIFIED:
                detail = now.detail
            claims.append(Claim(ClaimKind.ANCHOR, told, 0, verdict, Ground.TEXT, detail))
        return claims

    def _function(self, function: Function) -> Claim:
        text = f"{function.id} at line {function.def_line}"
        file = self._reading.file(function.path)
        problem = self._unreadable(function.path, file)
        if problem is not None:
            return Claim(ClaimKind.ANCHOR, text, 0, *problem)
        assert file is not None
        if function.kind is FunctionKind.MODULE:
            return Claim(ClaimKind.ANCHOR, text, 0, ClaimVerdict.VERIFIED, Ground.SYNTAX)
        same = [d for d in file.definitions if d.qualname == function.qualname]
        for definition in same:
            if definition.def_line == function.def_line:
                if definition.end_line != function.end_line:
                    detail = f"ends at line {definition.end_line}, not {function.end_line}"
                    return Claim(
                        ClaimKind.ANCHOR, text, 0, ClaimVerdict.CHANGED, Ground.SYNTAX, detail
                    )
                return Claim(ClaimKind.ANCHOR, text, 0, ClaimVerdict.VERIFIED, Ground.SYNTAX)
        if same:
            detail = f"defined at line {', '.join(str(d.def_line) for d in same)}"
            return Claim(ClaimKind.ANCHOR, text, 0, ClaimVerdict.MOVED, Ground.SYNTAX, detail)
        detail = f"no {function.qualname} in {function.path}"
        return Claim(ClaimKind.ANCHOR, text, 0, ClaimVerdict.MISSING, Ground.SYNTAX, detail)

    def _site(self, caller: FunctionId, line: int, text: str) -> Claim:
        """An open call site: something so written is called there."""
        told = f"open site {path_of(caller)}:{line} `{text}`"
        found = self._in_function(caller, (line, line))
        if isinstance(found, Claim):
            return _told(found, told)
        file, _ = found
        name = text.partition("(")[0].rpartition(".")[2]
        sites = [call for call in file.calls if call.touches(line, line)]
        if any(call.name == name for call in sites) or name in "\n".join(
            file.lines[line - 1 : file.whole_statements(line, line)[1]]
        ):
            return Claim(ClaimKind.ANCHOR, told, 0, ClaimVerdict.VERIFIED, Ground.TEXT)
        detail = f"line {line} reads: {quote(file.lines, (line, line))}"
        return Claim(ClaimKind.ANCHOR, told, 0, ClaimVerdict.CHANGED, Ground.TEXT, detail)

    def _effect(self, effect: Effect, verdict: EdgeVerdict) -> Claim:
        lines = effect.span.line, effect.span.end_line
        told = f"{effect.kind} {effect.operation} at {effect.anchor}"
        found = self._in_function(effect.function, lines)
        if isinstance(found, Claim):
            return _told(found, told)
        file, definition = found
        if why := self._edges.words.of_effect(effect, verdict, definition):
            return Claim(ClaimKind.ANCHOR, told, 0, ClaimVerdict.REFUTED, Ground.RUN, why)
        names = _IDENTIFIER.findall(effect.operation)
        last = names[-1] if names else ""
        calls = [
            call
            for call in file.calls_in(definition)
            if call.name == last and call.touches(*lines) and "=" not in effect.operation
        ]
        if calls:
            bound = self._reading.callees(calls[0], file.path)
            is_bound = bound == frozenset({effect.operation})
            ground = Ground.SYNTAX if is_bound else Ground.TEXT
            return Claim(ClaimKind.ANCHOR, told, 0, ClaimVerdict.VERIFIED, ground)
        text = "\n".join(file.lines[lines[0] - 1 : file.whole_statements(*lines)[1]])
        if re.search(rf"\b{re.escape(last)}\b", text):
            return Claim(ClaimKind.ANCHOR, told, 0, ClaimVerdict.VERIFIED, Ground.TEXT)
        is_store = "=" in effect.operation and _STORE.search(text)
        is_implicit = last.startswith("__") and text.strip()  # an operator: no name is written
        if (
            is_store
            or is_implicit
            or any(call.touches(*lines) for call in file.calls_in(definition))
        ):
            detail = "the line does something under another name"
            return Claim(ClaimKind.ANCHOR, told, 0, ClaimVerdict.DERIVED, Ground.SOLVER, detail)
        detail = what_reads(file.lines, lines)
        return Claim(ClaimKind.ANCHOR, told, 0, ClaimVerdict.REFUTED, Ground.TEXT, detail)

    def _raise(self, statement: Raise) -> Claim:
        lines = statement.span.line, statement.span.end_line
        told = f"raise at {statement.anchor}"
        found = self._in_function(statement.function, lines)
        if isinstance(found, Claim):
            return _told(found, told)
        text = "\n".join(found[0].lines[lines[0] - 1 : lines[1]])
        if re.search(r"\braise\b", text):
            return Claim(ClaimKind.ANCHOR, told, 0, ClaimVerdict.VERIFIED, Ground.TEXT)
        detail = what_reads(found[0].lines, lines)
        return Claim(ClaimKind.ANCHOR, told, 0, ClaimVerdict.REFUTED, Ground.TEXT, detail)

    def _tap_result(self, result: TapResult) -> Claim:
        placed = self._tap(result.tap)
        if not placed.verdict.is_bad and (why := self._edges.words.of_tap(result)):
            return replace(placed, verdict=ClaimVerdict.REFUTED, ground=Ground.RUN, detail=why)
        return placed

    def _tap(self, tap: Tap) -> Claim:
        told = f"tap {tap.key} at {tap.path}:{tap.line}"
        lines = tap.statement_lines or (tap.line, tap.line)
        owner = self._holder(tap, lines)
        found = self._in_function(owner, lines) if tap.function else self._in_file(tap.path, lines)
        if isinstance(found, Claim):
            return _told(found, told)
        file = found[0]
        quoted = quote(file.lines, lines)
        if not quoted:
            detail = "the cited lines are blank"
            return Claim(ClaimKind.ANCHOR, told, 0, ClaimVerdict.CHANGED, Ground.TEXT, detail)
        return Claim(ClaimKind.ANCHOR, told, 0, ClaimVerdict.VERIFIED, Ground.TEXT, quoted)

    def _change(self, change: StateChange) -> Claim:
        file = self._reading.file(change.anchor.path) if change.anchor else None
        return check_change(change, self._recordings, file)

    def _holder(self, tap: Tap, lines: tuple[int, int]) -> FunctionId:
        """The function of the tap's name that holds its lines; the first, where none does.

        A tap has no ordinal: `if os.name == "nt": def f … else: def f …` has two of one name.
        """
        file = self._reading.file(tap.path)
        same = [d for d in file.definitions if d.qualname == tap.function] if file else []
        holding = (at for at, d in enumerate(same, start=1) if d.covers(*lines))
        return function_id(tap.path, tap.function, next(holding, 1))

    def _layout(self, layout: ArtifactLayout) -> list[Claim]:
        claims = [self._anchor(layout.anchor, f"artefact {layout.artifact}")]
        for member in layout.members:
            told = f"{layout.artifact}: {member.path}"
            checked = [self._anchor(anchor, told) for anchor in member.anchors]
            bad = next((claim for claim in checked if claim.verdict.is_bad), None)
            if bad is not None:
                claims.append(Claim(ClaimKind.MEMBER, told, 0, bad.verdict, bad.ground, bad.detail))
                continue
            claims.append(self._member(told, member.path, layout, member.anchors))
            claims += [self._key(f"{told}: key {key.name}", key) for key in member.keys]
        return claims

    def _key(self, told: str, key: LayoutKey) -> Claim:
        """A key's name must stand where it is said to be written or asked for."""
        lines = self._reading.lines(key.anchor.path) or ()
        # A value may begin below its key.
        near = lines[max(0, key.anchor.line - 4) : key.anchor.line]
        if any(key.name.removeprefix("@") in line for line in near):
            return Claim(ClaimKind.MEMBER, told, 0, ClaimVerdict.VERIFIED, Ground.TEXT)
        detail = f"`{key.name}` does not stand at {key.anchor.path}:{key.anchor.line}"
        return Claim(ClaimKind.MEMBER, told, 0, ClaimVerdict.MISSING, Ground.TEXT, detail)

    def _member(
        self, told: str, path: str, layout: ArtifactLayout, anchors: Sequence[Anchor]
    ) -> Claim:
        """A member's name must stand in a file that is said to name it, hole by hole."""
        constants = [part for part in re.split(r"\{[^{}]*\}|/", path) if len(part) > 1]
        files = dict.fromkeys([layout.anchor.path, *(anchor.path for anchor in anchors)])
        texts = ["\n".join(self._reading.lines(file) or ()) for file in files]
        absent = [part for part in constants if not any(part in text for text in texts)]
        if constants and not absent:
            return Claim(ClaimKind.MEMBER, told, 0, ClaimVerdict.VERIFIED, Ground.TEXT)
        detail = f"`{absent[0]}` stands in none of its files" if absent else "no constant part"
        return Claim(ClaimKind.MEMBER, told, 0, ClaimVerdict.DERIVED, Ground.SOLVER, detail)

    def _anchor(self, anchor: Anchor, what: str) -> Claim:
        told = f"{what} at {anchor}"
        lines = anchor.line, anchor.end_line or anchor.line
        found = self._in_file(anchor.path, lines)
        if isinstance(found, Claim):
            return _told(found, told)
        file = found[0]
        quoted = quote(file.lines, lines)
        is_whole = anchor.quote and "…" not in anchor.quote and "***" not in anchor.quote
        if not file.lines and not anchor.quote:
            return Claim(ClaimKind.ANCHOR, told, 0, ClaimVerdict.VERIFIED, Ground.TEXT, "empty")
        stands = file.lines[anchor.line - 1].strip() if file.lines else ""
        if is_whole and anchor.quote.strip() != stands:
            detail = f"line {anchor.line} reads: {quoted}"  # neither cut nor redacted
            return Claim(ClaimKind.ANCHOR, told, 0, ClaimVerdict.CHANGED, Ground.TEXT, detail)
        if not quoted:
            detail = "the cited lines are blank"
            return Claim(ClaimKind.ANCHOR, told, 0, ClaimVerdict.CHANGED, Ground.TEXT, detail)
        return Claim(ClaimKind.ANCHOR, told, 0, ClaimVerdict.VERIFIED, Ground.TEXT, quoted)

    def _contrast(self, found: Contrasted | None) -> list[Claim]:
        """Each side's way as a chain, and the places of what the question names."""
        claims: list[Claim] = []
        for parting in found.partings if found else ():
            for side in (parting.a, parting.b):
                hops = tuple(ChainHop(hop.caller, hop.callee, hop.line) for hop in side.hops)
                claims += [self._chain(Chain(hops))] if hops else []
            claims += [
                self._anchor(replace(place, quote=""), f"`{place.symbol}` of the question")
                for place in parting.places
            ]
        for condition in found.conditions if found else ():
            anchor = Anchor(path_of(condition.function), condition.guard.line)
            claims.append(self._anchor(anchor, f"condition `{condition.guard.text}`"))
        return claims

    def _hop(self, hop: FlowHop, name: str) -> Claim:
        """That the line stands in its function as quoted; where a name is bound, that it is there.

        What flows is the solver's word, and no verdict here says more.
        """
        told = f"`{name}` {hop.kind} at {path_of(hop.function)}:{hop.line}"
        found = self._in_function(hop.function, (hop.line, hop.line))
        if isinstance(found, Claim):
            return _told(found, told)
        text = " ".join(found[0].lines[hop.line - 1].split())
        is_whole = hop.quote and "…" not in hop.quote and "[redacted]" not in hop.quote
        is_bound = hop.kind in (HopKind.BOUND, HopKind.RENAMED)
        if is_whole and hop.quote != text:
            detail = f"line {hop.line} reads: {text}"
            return Claim(ClaimKind.ANCHOR, told, 0, ClaimVerdict.CHANGED, Ground.TEXT, detail)
        if is_bound and not re.search(rf"\b{re.escape(hop.holder)}\b", text):
            detail = f"`{hop.holder}` does not stand on line {hop.line}"
            return Claim(ClaimKind.ANCHOR, told, 0, ClaimVerdict.CHANGED, Ground.TEXT, detail)
        return Claim(ClaimKind.ANCHOR, told, 0, ClaimVerdict.VERIFIED, Ground.TEXT, text)

    # Chains and paths

    def _chain(self, chain: Chain) -> Claim:
        """A chain holds as firmly as its weakest hop, and its hops must join."""
        ends = [chain.hops[0].caller, chain.hops[-1].callee] if chain.hops else []
        told = " ⇒ ".join(_short(end) for end in ends) + f" in {len(chain.hops)} calls"
        for before, after in zip(chain.hops, chain.hops[1:], strict=False):
            if before.callee != after.caller:
                detail = f"{before.callee} is not {after.caller}"
                return Claim(ClaimKind.CHAIN, told, 0, ClaimVerdict.REFUTED, Ground.TEXT, detail)
        return self._weakest(
            told, [self._edges.hop(hop.caller, hop.callee, hop.line) for hop in chain.hops]
        )

    def _path(self, path: PathAnswer) -> Claim:
        arrow = f"{_short(path.source)} ⇒ {_short(path.target)}"
        if path.is_path:
            if not path.hops:
                return Claim(
                    ClaimKind.CHAIN, arrow, 0, ClaimVerdict.DERIVED, Ground.SOLVER, "no hops given"
                )
            if path.hops[0].caller != path.source or path.hops[-1].callee != path.target:
                detail = "its hops do not lead from the one to the other"
                return Claim(ClaimKind.CHAIN, arrow, 0, ClaimVerdict.REFUTED, Ground.TEXT, detail)
            hops = [self._edges.hop(hop.caller, hop.callee, hop.line) for hop in path.hops]
            return self._weakest(arrow, hops)
        told = f"{arrow}: NO PATH"
        source = self._reading.definition(path.source)
        target: Definition | str | None = (
            self._reading.definition(path.target) if is_function(path.target) else path.target
        )
        if source is None or target is None:
            return Claim(
                ClaimKind.CHAIN, told, 0, ClaimVerdict.MISSING, Ground.SYNTAX, "an end is not there"
            )
        direct = [
            item
            for item in direct_calls(source, target, self._reading, self._edges.recorded)
            if item.ground in (Ground.RUN, Ground.SYNTAX)
        ]
        if direct:
            detail = f"{source.path}:{direct[0].call.line} calls it"
            return Claim(ClaimKind.CHAIN, told, 0, ClaimVerdict.REFUTED, direct[0].ground, detail)
        if contradicted := self._ways.contradiction(path, source, target):
            ground, detail = contradicted
            return Claim(ClaimKind.CHAIN, told, 0, ClaimVerdict.REFUTED, ground, detail)
        for anchor in path.siblings:
            checked = self._anchor(anchor, "sibling")
            if checked.verdict.is_bad:
                return Claim(
                    ClaimKind.CHAIN, told, 0, checked.verdict, checked.ground, checked.detail
                )
        return Claim(ClaimKind.CHAIN, told, 0, ClaimVerdict.DERIVED, Ground.SOLVER)

    def _weakest(self, told: str, hops: Sequence[Claim]) -> Claim:
        bad = next((hop for hop in hops if hop.verdict.is_bad), None)
        if bad is not None:
            detail = f"{bad.text}: {bad.detail}"
            return Claim(ClaimKind.CHAIN, told, 0, bad.verdict, bad.ground, detail)
        open_hop = next((hop for hop in hops if hop.verdict is ClaimVerdict.UNVERIFIABLE), None)
        if open_hop is not None:
            detail = f"{open_hop.text}: {open_hop.detail}"
            return Claim(ClaimKind.CHAIN, told, 0, ClaimVerdict.UNVERIFIABLE, None, detail)
        grounds = [hop.ground for hop in hops if hop.ground is not None]
        ground = max(grounds, key=lambda g: STRENGTH[g], default=Ground.SOLVER)
        is_derived = ground in (Ground.EXECUTED, Ground.SOLVER)
        verdict = ClaimVerdict.DERIVED if is_derived else ClaimVerdict.VERIFIED
        return Claim(ClaimKind.CHAIN, told, 0, verdict, ground)

    # Common ground

    def _unreadable(
        self, path: str, file: FileReading | None
    ) -> tuple[ClaimVerdict, Ground | None, str] | None:
        if file is None and path.startswith("<"):
            return ClaimVerdict.UNVERIFIABLE, None, f"{path} stands outside the tree"
        if file is None:
            return ClaimVerdict.MISSING, Ground.TEXT, f"no file {path}"
        if file.problem:
            return ClaimVerdict.UNVERIFIABLE, None, f"{path} cannot be read: {file.problem}"
        return None

    def _in_file(self, path: str, lines: tuple[int, int]) -> tuple[FileReading, None] | Claim:
        file = self._reading.file(path)
        problem = self._unreadable(path, file)
        if problem is not None:
            return Claim(ClaimKind.ANCHOR, "", 0, *problem)
        assert file is not None
        if lines[0] < 1 or lines[1] > max(len(file.lines), 1):
            detail = f"{path} has {len(file.lines)} lines"
            return Claim(ClaimKind.ANCHOR, "", 0, ClaimVerdict.MISSING, Ground.TEXT, detail)
        return file, None

    def _in_function(
        self, function: FunctionId, lines: tuple[int, int]
    ) -> tuple[FileReading, Definition] | Claim:
        """The file and the definition, if the lines lie in it."""
        in_file = self._in_file(path_of(function), lines)
        if isinstance(in_file, Claim):
            return in_file
        known = self._functions.get(function)
        definition = self._reading.definition(function, known.def_line if known else None)
        if definition is None:
            detail = f"no {qualname_of(function)} in {path_of(function)}"
            return Claim(ClaimKind.ANCHOR, "", 0, ClaimVerdict.MISSING, Ground.SYNTAX, detail)
        if not definition.covers(*lines):
            detail = (
                f"{definition.qualname} stands at {definition.first_line}-{definition.end_line}"
            )
            return Claim(ClaimKind.ANCHOR, "", 0, ClaimVerdict.MOVED, Ground.SYNTAX, detail)
        return in_file[0], definition


def _with_verdicts(evidence: Evidence) -> list[tuple[Effect, EdgeVerdict]]:
    """The effects with what is said of their lines; older bundles say nothing."""
    told = evidence.effect_verdicts or (EdgeVerdict.NOT_RUN,) * len(evidence.effects)
    return list(zip(evidence.effects, told, strict=True))


def _flow_places(evidence: Evidence) -> list[tuple[FlowHop, str]]:
    """The places on the ways of values, each once for what happens there."""
    found: dict[tuple[object, ...], tuple[FlowHop, str]] = {}
    for flow in evidence.flows:
        for hop in flow.hops:
            key = (hop.function, hop.line, hop.kind, hop.holder)
            found.setdefault(key, (hop, flow.name))
    return list(found.values())


def _told(claim: Claim, text: str) -> Claim:
    return Claim(claim.kind, text, claim.line, claim.verdict, claim.ground, claim.detail)


def _short(callee: Callee) -> str:
    return qualname_of(callee) if is_function(callee) else callee

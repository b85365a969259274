"""What surprised stands in the order in which it matters to the question."""

from __future__ import annotations

import random

from tracer.model.evidence import Chain, ChainHop, Finding, FindingKind
from tracer.model.graph import EffectKind
from tracer.model.source import Anchor, FunctionId, function_id, path_of, qualname_of
from tracer.reconcile.findings import rank_findings

MAIN = function_id("scripts/train.py", "main")
SAVE = function_id("pkg/manager.py", "save")
MANY = function_id("pkg/manager.py", "Manager.save_many")
ELSEWHERE = function_id("pkg/plot.py", "draw")
CHAIN = Chain((ChainHop(MAIN, SAVE, 9), ChainHop(SAVE, MANY, 20)), EffectKind.SERIALIZE)
ASIDE = Chain((ChainHop(MAIN, ELSEWHERE, 10),), EffectKind.FILE_WRITE)


def _finding(kind: FindingKind, where: FunctionId, line: int = 5, text: str = "") -> Finding:
    anchor = Anchor(path_of(where), line, symbol=qualname_of(where))
    return Finding(kind, text or f"{kind} in {where}", (anchor,))


CONTRADICTION = _finding(FindingKind.CONTRADICTION, MANY)
NAME = _finding(FindingKind.HIDDEN_INPUT, MANY, 6, "the name comes from a config key")
NO_PATH = Finding(FindingKind.NO_PATH, "no path `run` ⇒ `save`")
IMPORT = Finding(FindingKind.IMPORT_EFFECT, "importing writes", (Anchor("pkg/manager.py", 1),))
UNREACHABLE = _finding(FindingKind.UNREACHABLE, MANY)
STATE = _finding(FindingKind.STATE_CHANGE, SAVE)
GUARD = _finding(FindingKind.HIDDEN_INPUT, MANY, 8)
ORDERED = (CONTRADICTION, NAME, NO_PATH, IMPORT, UNREACHABLE, STATE, GUARD)


def test_the_nearest_comes_first_by_kind() -> None:
    """Whatever the order in which they were found: disagreements, no path, imports, dead ends."""
    for seed in range(20):
        mixed = list(ORDERED)
        random.Random(seed).shuffle(mixed)
        found = rank_findings(mixed, [CHAIN, ASIDE], [SAVE], [CONTRADICTION, NAME])
        assert set(found[:2]) == {CONTRADICTION, NAME}
        assert found[2:] == ORDERED[2:]


def test_elsewhere_comes_after_all_that_is_near() -> None:
    """A contradiction in code that the question does not touch waits behind a near guard."""
    far = _finding(FindingKind.CONTRADICTION, ELSEWHERE)
    assert rank_findings([far, GUARD], [CHAIN, ASIDE], [SAVE]) == (GUARD, far)


def test_without_a_name_every_chain_is_near() -> None:
    """Where the question names no function, the kinds alone decide."""
    far = _finding(FindingKind.CONTRADICTION, ELSEWHERE)
    assert rank_findings([GUARD, far], [CHAIN, ASIDE], []) == (far, GUARD)


def test_what_a_named_function_does_comes_before_its_callers() -> None:
    """Of one kind, what stands from the named function on precedes what leads to it."""
    caller = _finding(FindingKind.STATE_CHANGE, MAIN)
    assert rank_findings([caller, STATE], [CHAIN], [SAVE]) == (STATE, caller)


def test_the_same_again_waits() -> None:
    """One writer told against six readers is one surprise; the other five come later."""
    again = _finding(FindingKind.CONTRADICTION, MANY, text="and against another reader")
    found = rank_findings([CONTRADICTION, again, GUARD], [CHAIN], [SAVE])
    assert found == (CONTRADICTION, GUARD, again)


def test_a_changed_tree_is_first() -> None:
    """It puts every other statement in doubt."""
    changed = Finding(FindingKind.TREE_CHANGED, "2 files differ")
    assert rank_findings([*ORDERED, changed], [CHAIN], [SAVE])[0] == changed

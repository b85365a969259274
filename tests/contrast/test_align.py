"""Which fact stands for which: properties of the alignment, whatever the facts are."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from tracer.contrast.align import align
from tracer.contrast.facts import Sided
from tracer.model.contrast import Fact, Role, Row, RowVerdict, Trait
from tracer.model.source import Anchor

_MIRRORED = {RowVerdict.ONLY_A: RowVerdict.ONLY_B, RowVerdict.ONLY_B: RowVerdict.ONLY_A}
_names = st.sampled_from(["x", "y", "z"])
_traits = st.lists(
    st.builds(
        Trait,
        name=st.sampled_from(["condition", "keys", "value"]),
        value=_names,
        is_telling=st.booleans(),
        parts=st.lists(_names, max_size=2).map(tuple),
    ),
    max_size=3,
    unique_by=lambda trait: trait.name,
)
_facts = st.builds(
    Fact,
    subject=_names,
    text=_names,
    anchors=st.integers(1, 99).map(lambda line: (Anchor("m.py", line),)),
    traits=_traits.map(tuple),
    keys=st.tuples(_names, _names.map("loose {}".format)),
    kin=st.sampled_from(["", "k"]),
)
# The strictest key holds all that is compared, as the readers of touchpoints see to.
_sided = st.builds(
    Sided,
    role=st.just(Role.SAVE),
    fact=_facts.map(
        lambda fact: replace(fact, keys=(repr((fact.subject, fact.traits)), *fact.keys))
    ),
)
_sides = st.lists(_sided, max_size=6)


@given(_sides)
def test_a_side_is_the_same_as_itself(side: list[Sided]) -> None:
    """Also where facts are equal, and whatever their looser keys are."""
    rows = align("t", side, side)
    assert len(rows) == len(side)
    assert all(row.verdict is RowVerdict.SAME for row in rows)


@given(_sides, _sides)
def test_no_fact_is_lost_and_none_is_told_twice(a: list[Sided], b: list[Sided]) -> None:
    """Each stands in one row."""
    rows = align("t", a, b)
    assert Counter(f for row in rows for f in row.a) == Counter(each.fact for each in a)
    assert Counter(f for row in rows for f in row.b) == Counter(each.fact for each in b)


@given(_sides, _sides)
def test_swapping_mirrors(a: list[Sided], b: list[Sided]) -> None:
    """Pairs stay pairs; `only A` and `only B` change places."""
    there, back = align("t", a, b), align("t", b, a)
    assert Counter(map(_verdict, there)) == Counter(
        (_MIRRORED.get(verdict, verdict), first, second)
        for verdict, second, first in map(_verdict, back)
    )


@given(_sides, _sides)
def test_pairs_share_a_key(a: list[Sided], b: list[Sided]) -> None:
    """Two facts without a common key are never one row."""
    for row in align("t", a, b):
        if row.verdict in (RowVerdict.SAME, RowVerdict.DIFFERS):
            (one,), (other,) = row.a, row.b
            assert set(one.keys) & set(other.keys)


@given(_sides, _sides)
def test_unknown_is_only_what_both_sides_have(a: list[Sided], b: list[Sided]) -> None:
    """A side alone is never `unknown`."""
    for row in align("t", a, b):
        assert (row.verdict is RowVerdict.UNKNOWN) == bool(row.why)
        if row.verdict is RowVerdict.UNKNOWN:
            assert row.a and row.b


def test_a_loose_key_pairs_one_with_one_only() -> None:
    """Two with one that share it stand alone: any choice might be wrong. One with one pair."""

    def fact(line: int, strict: str) -> Sided:
        return Sided(Role.SAVE, Fact("s", strict, (Anchor("m.py", line),), keys=(strict, "loose")))

    one, two, other = fact(1, "p"), fact(2, "q"), fact(3, "r")
    assert [row.verdict for row in align("t", [one, two], [other])] == [
        RowVerdict.ONLY_A,
        RowVerdict.ONLY_A,
        RowVerdict.ONLY_B,
    ]
    assert [row.verdict for row in align("t", [one], [other])] == [RowVerdict.SAME]


def _verdict(row: Row) -> tuple[RowVerdict, frozenset[Fact], frozenset[Fact]]:
    return row.verdict, frozenset(row.a), frozenset(row.b)

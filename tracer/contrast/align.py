"""Which fact of A belongs to which of B, and how the two compare.

A wrong pair is worse than none. Facts whose strictest key is equal pair in order; by a looser key
only one with one. What finds no partner stands alone; where both sides have such of one kin, nobody
can tell whether they belong together, and the row says so.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from tracer.contrast.facts import Sided
from tracer.model.contrast import Difference, Fact, Role, Row, RowVerdict, Trait


def align(touchpoint: str, a: Sequence[Sided], b: Sequence[Sided]) -> list[Row]:
    """The rows of a touchpoint: in the order of A, then what B alone has, in its order."""
    partner = _partners(a, b)
    kin_a = _kin(each for at, each in enumerate(a) if at not in partner)
    kin_b = _kin(each for at, each in enumerate(b) if at not in set(partner.values()))
    rows: list[Row] = []
    told: set[str] = set()
    for at, each in enumerate(a):
        if at in partner:
            rows.append(_pair(touchpoint, each, b[partner[at]]))
        elif each.fact.kin in kin_b:
            if each.fact.kin not in told:
                told.add(each.fact.kin)
                rows.append(_cannot_tell(touchpoint, kin_a[each.fact.kin], kin_b[each.fact.kin]))
        else:
            rows.append(_alone(touchpoint, each, RowVerdict.ONLY_A))
    for at, each in enumerate(b):
        if at not in set(partner.values()) and each.fact.kin not in kin_a:
            rows.append(_alone(touchpoint, each, RowVerdict.ONLY_B))
    return rows


def _partners(a: Sequence[Sided], b: Sequence[Sided]) -> dict[int, int]:
    """Positions in A with the position of the partner in B."""
    found: dict[int, int] = {}
    taken: set[int] = set()

    def pair(ones: Sequence[int], others: Sequence[int]) -> None:
        for one, other in zip(ones, others, strict=False):
            found[one] = other
            taken.add(other)

    strict_b = _by_key(b, 0, taken)
    for strict, ones in _by_key(a, 0, set()).items():
        pair(ones, strict_b.get(strict, ()))
    depth = max((len(each.fact.keys) for each in (*a, *b)), default=0)
    for level in range(1, depth):
        of_b = _by_key(b, level, taken)
        for key, ones in _by_key(a, level, set(found)).items():
            others = of_b.get(key, [])
            if len(ones) == len(others) == 1:
                pair(ones, others)
    return found


def _by_key(sided: Sequence[Sided], level: int, gone: set[int]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    for at, each in enumerate(sided):
        if at not in gone and level < len(each.fact.keys):
            found[each.fact.keys[level]].append(at)
    return found


def _kin(sided: Iterable[Sided]) -> dict[str, list[Sided]]:
    found: dict[str, list[Sided]] = defaultdict(list)
    for each in sided:
        if each.fact.kin:
            found[each.fact.kin].append(each)
    return dict(found)


def _pair(touchpoint: str, a: Sided, b: Sided) -> Row:
    differences = compare(a.fact, b.fact)
    subject = a.fact.subject
    if a.fact.subject != b.fact.subject:
        subject = f"{a.fact.subject} / {b.fact.subject}"
    return Row(
        touchpoint,
        _role(a, b),
        subject,
        RowVerdict.DIFFERS if differences else RowVerdict.SAME,
        (a.fact,),
        (b.fact,),
        differences,
    )


def compare(a: Fact, b: Fact) -> tuple[Difference, ...]:
    """Where two aligned facts differ, in the properties that both sides tell."""
    found: list[Difference] = []
    if a.subject != b.subject:
        found.append(Difference("name", a.subject, b.subject))
    others = {trait.name: trait for trait in b.traits}
    for trait in a.traits:
        other = others.get(trait.name)
        if other is None or not (trait.is_telling or other.is_telling):
            continue
        if trait.measure != other.measure:
            found.append(_difference(trait, other))
    return tuple(found)


def _difference(a: Trait, b: Trait) -> Difference:
    if not (a.parts and b.parts):
        return Difference(a.name, a.value, b.value)
    only_a = [part for part in a.parts if part not in b.parts]
    only_b = [part for part in b.parts if part not in a.parts]
    return Difference(a.name, ", ".join(only_a), ", ".join(only_b))


def _alone(touchpoint: str, each: Sided, verdict: RowVerdict) -> Row:
    a = (each.fact,) if verdict is RowVerdict.ONLY_A else ()
    b = (each.fact,) if verdict is RowVerdict.ONLY_B else ()
    return Row(touchpoint, each.role, each.fact.subject, verdict, a, b)


def _cannot_tell(touchpoint: str, a: Sequence[Sided], b: Sequence[Sided]) -> Row:
    subjects = dict.fromkeys(each.fact.subject for each in (*a, *b))
    return Row(
        touchpoint,
        _role(*a, *b),
        next(iter(subjects)) if len(subjects) == 1 else "",
        RowVerdict.UNKNOWN,
        tuple(each.fact for each in a),
        tuple(each.fact for each in b),
        why="nothing in the sources tells whether the two stand for each other"
        if len(a) == len(b) == 1
        else f"nothing in the sources tells which of the {len(a)} of A stands for which of the "
        f"{len(b)} of B",
    )


def _role(*sided: Sided) -> Role:
    roles = {each.role for each in sided}
    return roles.pop() if len(roles) == 1 else Role.BOTH

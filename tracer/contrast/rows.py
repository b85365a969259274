"""All rows of a comparison, in the order of the table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from tracer.contrast.align import align
from tracer.contrast.builds import build_facts
from tracer.contrast.calls import caller_facts, parameter_facts, return_facts
from tracer.contrast.checks import handler_facts, input_facts, raise_facts
from tracer.contrast.effects import chosen_effects, effect_facts, seen_facts
from tracer.contrast.facts import Sided
from tracer.contrast.member_facts import artifact_facts, member_facts, takes_member, value_facts
from tracer.contrast.members import Member, loose_contents, members_of
from tracer.contrast.side import Side
from tracer.model.contrast import Fact, Role, Row, RowVerdict
from tracer.model.graph import Effect
from tracer.tables.touchpoints import Source, Touchpoint, Touchpoints

_FROM_SYNTAX = frozenset({Source.PARAMETERS, Source.VALUES, Source.HANDLERS, Source.RETURNS})

_ORDER = {Role.SAVE: 0, Role.LOAD: 1, Role.BOTH: 2}


def rows_of(a: Side, b: Side, table: Touchpoints) -> tuple[Row, ...]:
    """Compare two sides at each touchpoint of the table."""
    a, b = with_common_roles(a, b)
    by_point_a, by_point_b = _facts(a, table), _facts(b, table)
    rows: list[Row] = []
    for point in table.points:
        if point.source in _FROM_SYNTAX and not (_is_read(a) and _is_read(b)):
            rows.append(_unread(point, a, b))
        else:
            found = align(point.name, by_point_a[point.name], by_point_b[point.name])
            if point.source is Source.MEMBERS:
                found = [_with_contents(row, a, b) for row in found]
            rows += found
    return tuple(rows)


def _with_contents(row: Row, a: Side, b: Side) -> Row:
    """Members that seem the same are not known to be so, where nobody read what they hold."""
    bare = [name for name, side in (("A", a), ("B", b)) if side.quotes.is_empty]
    if row.verdict is not RowVerdict.SAME or not bare:
        return row
    why = f"what it holds was not read in {' and '.join(bare)}; give the tree with --root"
    return replace(row, verdict=RowVerdict.UNKNOWN, why=why)


def with_common_roles(a: Side, b: Side) -> tuple[Side, Side]:
    """Both sides, told apart by saving and loading only where each entry point does one of them.

    Else a check in a function that does both would find no partner in one that only saves.
    """
    if Role.BOTH not in {side.role(entry) for side in (a, b) for entry in side.entries}:
        return a, b
    return replace(a, roles={}), replace(b, roles={})


def _is_read(side: Side) -> bool:
    return all(side.contracts.is_read(entry) for entry in side.entries)


def _unread(point: Touchpoint, a: Side, b: Side) -> Row:
    reasons = []
    for name, side in (("A", a), ("B", b)):
        unread = [entry for entry in side.entries if not side.contracts.is_read(entry)]
        if unread and side.quotes.is_empty:
            reasons.append(f"the sources of {name} are not at hand; give the tree with --root")
        elif unread:
            reasons.append(f"{name}: `{unread[0]}` is no function that this interpreter can parse")
    return Row(point.name, Role.BOTH, "", RowVerdict.UNKNOWN, (), (), why="; ".join(reasons))


@dataclass(slots=True)
class _Taken:
    """What earlier touchpoints have had."""

    members: list[Member]
    effects: set[Effect]


def _facts(side: Side, table: Touchpoints) -> dict[str, list[Sided]]:
    members = members_of(side)
    taken = _Taken(list(members), set())
    found: dict[str, list[Sided]] = {}
    for point in table.points:
        facts = sorted(
            _of_point(side, point, table, members, taken), key=lambda each: _ORDER[each.role]
        )
        found[point.name] = [replace(each, fact=_quoted(side, each.fact)) for each in facts]
    return found


def _quoted(side: Side, fact: Fact) -> Fact:
    return replace(fact, anchors=side.quotes.all_of(fact.anchors))


def _of_point(
    side: Side,
    point: Touchpoint,
    table: Touchpoints,
    members: tuple[Member, ...],
    taken: _Taken,
) -> list[Sided]:
    plain: dict[Source, Callable[[Side], list[Sided]]] = {
        Source.CALLERS: caller_facts,
        Source.PARAMETERS: parameter_facts,
        Source.INPUTS: input_facts,
        Source.ARTIFACT: artifact_facts,
        Source.HANDLERS: handler_facts,
        Source.RETURNS: return_facts,
    }
    if point.source in plain:
        found = plain[point.source](side)
    elif point.source is Source.RAISES:
        found = raise_facts(side, point)
    elif point.source is Source.MEMBERS:
        own = [member for member in taken.members if takes_member(point, member)]
        taken.members = [member for member in taken.members if member not in own]
        found = member_facts(side, own, point)
    elif point.source is Source.VALUES:
        found = value_facts((*members, *loose_contents(side, members)), point)
    elif point.source is Source.BUILDS:
        found = build_facts(side, table.built)
    else:
        effects = chosen_effects(side, point, members, taken.effects)
        found = effect_facts(side, effects, members) + seen_facts(side, point)
    if not point.role:
        return found
    return [each for each in found if each.role in (Role.BOTH, point.role)]

"""Why a line of a function that ran did not run: which condition stood in the way.

Decided by recorded lines: a condition that was come to while the first line of its branch did not
run went the other way each time; an early exit was taken where the line that leaves ran. Where a
condition shares its line with what it decides, lines do not tell, and the answer says so.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from tracer.model.graph import Guard, GuardKind


@dataclass(frozen=True, slots=True)
class Obstacle:
    """What kept a line from running, as far as lines tell."""

    text: str  # a clause for behind `line 12 did not run: `
    guard: Guard | None = None  # None: no condition that was read explains it
    is_decided: bool = False  # the recorded lines leave no other condition


def find_obstacle(guards: Sequence[Guard], lines: Collection[int], has_raised: bool) -> Obstacle:
    """The innermost condition that control came to, and that led it elsewhere.

    Args:
        guards: Of the place that did not run, outermost first; at least one.
        lines: Of its function, that ran in any run.
        has_raised: Whether an exception passed through the function.
    """
    reached = [place for place, guard in enumerate(guards) if _was_come_to(guard, lines)]
    last = reached[-1] if reached else -1
    following = guards[last + 1] if last + 1 < len(guards) else None
    if last >= 0:
        guard = guards[last]
        is_entered = guard.branch_line in lines if guard.branch_line else None
        if is_entered is None:
            return Obstacle(f"{_bare(guard)}, and lines do not tell more", guard)
        if is_entered == guard.is_early_exit:
            return Obstacle(_decided(guard), guard, is_decided=not (is_entered and has_raised))
    # Whatever was come to let control pass, and the next condition was not come to.
    raised = "; an exception passed through the function" if has_raised else ""
    if following is None:
        return Obstacle(f"{_bare(guards[last])}, which let control pass{raised}")
    if following.kind is GuardKind.EXCEPT:
        return Obstacle(_decided(following), following, is_decided=True)
    if following.is_early_exit and following.earlier:
        count = f"{following.earlier} earlier exit{'s' * (following.earlier > 1)}"
        return Obstacle(f"control did not come to {_condition(following)}, with {count} before it")
    return Obstacle(f"control did not come to {_condition(following)}{raised}")


def _was_come_to(guard: Guard, lines: Collection[int]) -> bool:
    """Whether the statement of a condition began; its first line may hold a bracket alone."""
    last = max(guard.line + 1, guard.branch_line)
    if guard.kind is GuardKind.EXCEPT:
        last = guard.line + 1
    return any(line in lines for line in range(guard.line, last))


def _decided(guard: Guard) -> str:
    """What a condition said each time, or at least once where that leaves for good."""
    condition = _condition(guard)
    match guard.kind:
        case GuardKind.ELSE:
            return f"{condition} was always true"
        case GuardKind.FOR:
            return f"the loop {condition} had no round"
        case GuardKind.CASE:
            return f"{condition} never matched"
        case GuardKind.EXCEPT:
            return f"nothing was caught by except {condition}".replace("``", "any")
        case GuardKind.UNLESS:
            return f"left early where {condition} was true"
        case _:
            return f"{condition} was never true"


_SENSES = {
    GuardKind.ELSE: "behind else of",
    GuardKind.UNLESS: "after an early exit where",
    GuardKind.ASSERT: "after assert",
    GuardKind.AFTER: "after a loop that is left where",
}


def _bare(guard: Guard) -> str:
    sense = _SENSES.get(guard.kind, f"behind {guard.kind.value}")
    return f"{sense} {_condition(guard)}"


def _condition(guard: Guard) -> str:
    return f"`{guard.text}` (line {guard.line})"

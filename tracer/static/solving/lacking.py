"""What is said of a member that no type of its receiver has: of all types that were read.

The first or last of them alone would be taken for the one that runs.
"""

from __future__ import annotations

from collections.abc import Sequence

from tracer.model.graph import OpenReason
from tracer.static.values import Open

_SHOWN = 4


def lacking(types: Sequence[str], name: str) -> Open:
    """None of them has it: another type that nobody read is the receiver, or the call raises.

    Args:
        types: Dotted, each once, at least one.
    """
    if len(types) == 1:
        detail = f"the only type that was read for it, `{types[0]}`, has no `{name}`"
    else:
        detail = f"no type that was read for it has `{name}`: {_listed(types)}"
    return Open(OpenReason.UNKNOWN_MEMBER, detail)


def beside(found: Open, types: Sequence[str]) -> Open:
    """What speaks of one type of several, with the others.

    Args:
        types: The others, dotted, each once; none: nothing is added.
    """
    if not types:
        return found
    return Open(found.reason, f"{found.detail}; it may be {_listed(types)}, too")


def _listed(types: Sequence[str]) -> str:
    shown = ", ".join(f"`{each}`" for each in types[:_SHOWN])
    more = len(types) - _SHOWN
    return f"{shown} and {more} more type{'s' * (more > 1)}" if more > 0 else shown

"""Definitions of one name that are one function to a reader, and by which rule they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tracer.verify.syntax import Definition, FileReading

_ACCESSORS = frozenset({"setter", "getter", "deleter"})
_DISPATCHERS = frozenset({"singledispatch", "singledispatchmethod"})


@dataclass(frozen=True, slots=True)
class OneFunction:
    """All definitions that a call of the one name may run, and why they belong together."""

    definitions: tuple[Definition, ...]  # in source order; never empty
    rule: str = ""  # empty: there is but one


def one_function_of(definition: Definition, file: FileReading | None) -> OneFunction:
    """The function that a definition is a part of.

    Stubs of `typing.overload` never run; of several plain definitions the last one counts; of those
    under conditions one does; a property is its accessors; what `singledispatch` calls is the
    function with all that were registered.
    """
    if file is None or not definition.is_function:
        return OneFunction((definition,))
    same = [d for d in file.named(definition.name) if d.qualname == definition.qualname]
    found, rule = _of_one_name([d for d in same if d.is_function])
    generic = found[-1] if found else definition
    registered = [
        each
        for each in file.definitions
        if each.scope != generic.scope and f"{generic.name}.register" in each.decorators
    ]
    if registered and any(_last(d) in _DISPATCHERS for d in generic.decorators):
        rule = f"{len(registered)} functions are registered with it"
        found = [*found, *(each for each in registered if each not in found)]
    if definition not in found:
        # A stub, or a definition that another one took the place of.
        return OneFunction(tuple(found) or (definition,), rule)
    return OneFunction(tuple(found), rule if len(same) + len(registered) > 1 else "")


def same_function(found: Sequence[Definition]) -> Definition | None:
    """One of the definitions for all, where they are of one name in one place; else None."""
    names = {(each.path, each.qualname) for each in found}
    if len(names) != 1 or not all(each.is_function for each in found):
        return None
    return _of_one_name(found)[0][0]


def _of_one_name(found: Sequence[Definition]) -> tuple[list[Definition], str]:
    stubs = [each for each in found if each.is_overload]
    real = [each for each in found if each not in stubs] or list(found)
    if len(real) < 2:
        where = f"the definition at line {real[0].def_line} runs" if real else ""
        return real, f"{len(stubs)} overloads are stubs; {where}" if stubs else ""
    if any(_last(d) in _ACCESSORS for each in real for d in each.decorators):
        return real, "the accessors of one property"
    last_plain = max((at for at, each in enumerate(real) if not each.is_conditional), default=0)
    kept = real[last_plain:]
    lines = ", ".join(str(each.def_line) for each in kept)
    if len(kept) > 1:
        return kept, f"one of the definitions at lines {lines} runs, under conditions"
    return kept, f"of {len(real)} definitions the last one counts, at line {lines}"


def _last(dotted: str) -> str:
    return dotted.rpartition(".")[2]

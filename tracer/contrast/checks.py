"""What the core asks of its surroundings, which errors it raises, and which it catches."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tracer.contrast.facts import Sided, key, level_holes, line_anchor, listing, owner
from tracer.contrast.side import Side, levelled
from tracer.contrast.ways import condition_text
from tracer.model.contrast import Fact, Trait
from tracer.model.graph import Guard, Raise
from tracer.model.source import FunctionId
from tracer.static.texts.context import Frame
from tracer.static.texts.patterns import Pattern
from tracer.tables.touchpoints import Touchpoint

_WORD = re.compile(r"[A-Za-z_]\w*")
_GENERAL = frozenset(
    {"if", "else", "for", "while", "unless", "except", "not", "and", "or", "is", "in"}
    | {"None", "True", "False", "len", "isinstance"}
)


def input_facts(side: Side) -> list[Sided]:
    """Each condition of the core that depends on more than arguments."""
    found = []
    for function, guard in _guards(side):
        for name in guard.hidden_inputs:
            about = _about(side, function, guard, name)
            shown = f"`{name}`" + (f" of `{about}`" if about else "")
            compared = levelled(side, function, guard).partition(" ")[2]
            known = level_holes(about.rpartition("/")[2])
            fact = Fact(
                f"{name} {known}".strip(),
                f"`{guard.text}` in `{owner(function)}` asks {shown}",
                (line_anchor(function, guard.line),),
                (Trait("test", guard.text, compared=compared),),
                # A file is known by its name; where that is not told, the test as written decides.
                keys=(
                    key(side.role(function), name, known, compared),
                    key(side.role(function), name, known or compared),
                ),
            )
            found.append(Sided(side.role(function), fact))
    return found


def raise_facts(side: Side, point: Touchpoint) -> list[Sided]:
    """Each error that the functions raise; those that are handed on stand with the handlers."""
    found = []
    functions = side.within(point.reach)
    for raised in side.graph.raises:
        if raised.function in functions and not raised.is_unreachable and not raised.is_again:
            found.append(Sided(side.role(raised.function), _raise(side, raised)))
    return found


def handler_facts(side: Side) -> list[Sided]:
    """Each `except` of the core, with what becomes of the error."""
    found = []
    for function in side.core:
        for view in side.contracts.handlers(function):
            role = side.role(function)
            fact = Fact(
                view.type_name,
                f"`except {view.type_name}` around `{view.around}` in `{owner(function)}`: "
                f"{view.outcome}",
                (line_anchor(function, view.line),),
                (Trait("outcome", view.outcome), Trait("around", view.around, is_telling=False)),
                keys=(
                    key(role, view.type_name, view.outcome, view.around),
                    key(role, view.type_name, view.outcome),
                ),
            )
            found.append(Sided(role, fact))
    return found


def _raise(side: Side, raised: Raise) -> Fact:
    role, function = side.role(raised.function), raised.function
    last = raised.guards[-1:]
    compared = ", ".join(levelled(side, function, guard) for guard in last)
    asked = [name for guard in last for name in side.contracts.asked(function, guard.line)]
    around = side.conditions(function, raised.guards)
    if last and (function, last[0]) not in around:  # behind a check: what that lets through
        around = (*around, (function, last[0]))
    when = ", ".join(condition_text(guard) for _, guard in around)
    whole = ", ".join(levelled(side, holder, guard) for holder, guard in around)
    message = side.contracts.message(raised)
    told = f" “{message}”" if message else ""
    keys = [key(role, raised.type_name, compared, message)]
    if message:
        keys.append(key(role, raised.type_name, "message", message))
    if _says_something(compared):
        keys.append(key(role, raised.type_name, "condition", compared))
    if asked:  # two checks of the same keys, however the condition is written
        keys.append(key(role, raised.type_name, "asks for", *asked))
    return Fact(
        raised.type_name,
        f"`raise {raised.type_name}`{told} in `{owner(function)}`" + (f", {when}" if when else ""),
        (raised.anchor,),
        (
            Trait("type", raised.type_name),
            Trait("condition", when or "always", compared=whole or "always"),
            *((listing("asks for", asked),) if asked else ()),
            Trait("message", message, is_telling=False),
        ),
        keys=tuple(keys),
    )


def _says_something(compared: str) -> bool:
    """Whether a levelled condition names more than locals: `if _1` may ask for anything."""
    words = set(_WORD.findall(compared)) - _GENERAL
    return any(not word.startswith("_") or not word[1:].isdigit() for word in words)


def _guards(side: Side) -> Iterator[tuple[FunctionId, Guard]]:
    """Conditions of the core with hidden inputs, each place once, nearest function first."""
    core = frozenset(side.core)
    found: dict[FunctionId, dict[tuple[int, str], Guard]] = {}
    held = (
        *((each.site.caller, each.site.guards) for each in side.graph.resolutions),
        *((each.function, each.guards) for each in side.effects),
        *((each.function, each.guards) for each in side.graph.raises if not each.is_unreachable),
    )
    for function, guards in held:
        if function in core:
            for guard in guards:
                if guard.hidden_inputs:
                    places = found.setdefault(function, {})
                    places.setdefault((guard.line, ",".join(guard.hidden_inputs)), guard)
    for function in side.core:
        for place in sorted(found.get(function, {})):
            yield function, found[function][place]


def _about(side: Side, function: FunctionId, guard: Guard, name: str) -> str:
    """The file or folder that a condition asks for, as far as its name is told."""
    last = name.rpartition(".")[2]
    for called, subject in side.contracts.tested(function, guard.line):
        if called != last:
            continue
        patterns = side.layout_reading.evaluator.texts(subject, Frame(function))
        if len(patterns) == 1 and _is_named(patterns[0]):
            return patterns[0].render()
    return ""


def _is_named(pattern: Pattern) -> bool:
    """Whether the last component says more than that there is one."""
    last = pattern.parts[-1] if pattern.parts else ""
    return isinstance(last, str) and any(letter.isalnum() for letter in last.rpartition("/")[2])

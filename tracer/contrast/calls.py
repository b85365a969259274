"""The contract of the entry points: who calls them, what they take, what they return."""

from __future__ import annotations

from tracer.contrast.facts import Sided, definition_anchor, key, line_anchor, listing, owner
from tracer.contrast.side import Side
from tracer.contrast.ways import condition_text
from tracer.model.contrast import Fact, Role, Trait
from tracer.model.graph import Resolution
from tracer.model.source import FunctionId
from tracer.static.contracts import ReturnView, level_names


def caller_facts(side: Side) -> list[Sided]:
    """For each entry point, the call sites that the project has of it; tests are counted."""
    found = []
    for entry in side.entries:
        sites = side.callers.get(entry, ())
        shown = [each for each in sites if side.is_production(each.site.caller)]
        others = [each for each in sites if each not in shown]
        tests = sum(side.is_test(each.site.caller) for each in others)
        count = len(shown)
        places = "one place" if count == 1 else f"{count or 'no'} places"
        text = f"`{owner(entry)}` is called at {places}" + ("" if count else " that were found")
        notes = [f"{tests} more in tests"] if tests else []
        if len(others) > tests:
            notes.append(f"{len(others) - tests} more in notebooks, studies, archives")
        if notes:
            text += f" ({', '.join(notes)})"
        called = [_caller(each) for each in shown] or ["nobody that was found"]
        anchors = tuple(each.site.anchor for each in shown) or (definition_anchor(side, entry),)
        role = side.role(entry)
        sites_shown = [(each.site.caller, each.site.span.line, str(entry)) for each in shown]
        fact = Fact(
            "",
            text,
            anchors,
            (listing("callers", called),),
            keys=_keys(side, entry, "callers"),
            seen=side.observed.of_calls(sites_shown),
        )
        found.append(Sided(role, fact))
    return found


def parameter_facts(side: Side) -> list[Sided]:
    """For each entry point, its parameters with their defaults."""
    found = []
    for entry in side.entries:
        if not side.contracts.is_read(entry):
            continue
        views = side.contracts.parameters(entry)
        shown = [f"{each.name}={each.default}" if each.default else each.name for each in views]
        role = side.role(entry)
        fact = Fact(
            "",
            f"`{owner(entry)}({', '.join(shown)})`",
            (definition_anchor(side, entry),),
            (listing("parameters", shown or ["none"]),),
            keys=_keys(side, entry, "parameters"),
        )
        found.append(Sided(role, fact))
    return found


def return_facts(side: Side) -> list[Sided]:
    """For each entry point, what its returns give; a function without one gives None."""
    found = []
    for entry in side.entries:
        if not side.contracts.is_read(entry):
            continue
        role = side.role(entry)
        views = side.contracts.returns(entry)
        facts = [_return(side, entry, view) for view in views]
        if not facts:
            anchor = definition_anchor(side, entry)
            traits = (Trait("shape", "None"), *_annotation(side, entry))
            text = f"`{owner(entry)}` has no `return`: it gives None"
            facts = [Fact("", text, (anchor,), traits, keys=(key("none"), key("return")))]
        found += [Sided(role, _with_role(fact, str(role))) for fact in facts]
    return found


def _keys(side: Side, entry: FunctionId, what: str) -> tuple[str, ...]:
    """The same function, else the entry point in the same place among those of its role.

    Where that tells nothing, both sides must have as many, or nobody knows who stands for whom.
    """
    role = side.role(entry)
    same = [each for each in side.entries if side.role(each) is role]
    place = key(what, role, same.index(entry), len(same) if role is Role.BOTH else "")
    return (key(what, role, entry), place)


def _return(side: Side, entry: FunctionId, view: ReturnView) -> Fact:
    names = side.contracts.local_names(entry)
    parts = tuple(
        Trait(f"part {number}", part, compared=level_names(part, names))
        for number, part in enumerate(view.parts, 1)
    )
    traits = [Trait("shape", view.shape), *_annotation(side, entry)]
    if view.keys:
        traits.append(listing("keys", view.keys))
    else:
        traits += parts
    return Fact(
        "",
        f"`return {view.text}`" + (f": {view.shape}" if " of " in view.shape else ""),
        (line_anchor(entry, view.line, view.end_line),),
        tuple(traits),
        keys=(key(view.shape, *(part.compared for part in parts)), key("return")),
        kin="return",
    )


def _annotation(side: Side, entry: FunctionId) -> tuple[Trait, ...]:
    text = side.contracts.annotation(entry)
    return (Trait("annotation", text),) if text else ()


def _with_role(fact: Fact, role: str) -> Fact:
    return Fact(
        fact.subject,
        fact.text,
        fact.anchors,
        fact.traits,
        keys=tuple(key(role, each) for each in fact.keys),
        kin=key(role, fact.kin) if fact.kin else "",
    )


def _caller(resolution: Resolution) -> str:
    site = resolution.site
    # Early exits are as long as the caller; what encloses the call says when it is made.
    guards = [condition_text(guard) for guard in site.guards if not guard.is_early_exit]
    told = f" ({', '.join(guards)})" if guards else ""
    return f"{owner(site.caller)} at {site.path}:{site.span.line}{told}"

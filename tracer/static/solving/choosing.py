"""Which of several signatures a call takes."""

from __future__ import annotations

from typing import cast

from tracer.static.flat import CONST, EITHER
from tracer.static.outside.terms import Type
from tracer.static.outside.values import Signature
from tracer.static.solving.code import Code
from tracer.static.solving.terms import Args


def choose(
    signatures: tuple[Signature, ...], args: Args, code: Code | None
) -> tuple[Signature, ...]:
    """The overload that a call takes by the number and names of its arguments, or all."""
    if len(signatures) < 2:
        return signatures
    for signature in signatures:
        if _fits(signature, args, code):
            return (signature,)
    return signatures[:3]


def _fits(signature: Signature, args: Args, code: Code | None) -> bool:
    parameters = signature.parameters
    positional = [p for p in parameters if p.kind in ("positional only", "positional")]
    has_rest = any(p.kind == "*" for p in parameters)
    has_keywords = any(p.kind == "**" for p in parameters)
    given = len(args.positional)
    names = {name for name, _ in args.keywords}
    if given > len(positional) and not has_rest:
        return False
    by_name = {p.name: p for p in parameters if p.kind in ("positional", "keyword only")}
    if not has_keywords and not names <= by_name.keys():
        return False
    if not args.stars and not args.doubles:
        for index, parameter in enumerate(positional):
            if index >= given and not parameter.has_default and parameter.name not in names:
                return False
        for parameter in parameters:
            if (
                parameter.kind == "keyword only"
                and not parameter.has_default
                and parameter.name not in names
            ):
                return False
    for name in names:
        known = by_name.get(name)
        if known is not None and known.type == ("N",):
            return False
    for index, parameter in enumerate(positional[:given]):
        if code is None or index >= len(args.nodes):
            break
        if not _takes(parameter.type, code, code.template.alias[args.nodes[index]]):
            return False
    for (name, _), node in zip(args.keywords, args.named, strict=False):
        known = by_name.get(name)
        if code is None or known is None:
            continue
        if not _takes(known.type, code, code.template.alias[node]):
            return False
    if args.stars or args.doubles:
        # What is spread may fill any parameter that nothing else does.
        left = {parameter.name for parameter in positional[given:]} - names
        return not any(p.name in left and _is_literal(p.type) for p in parameters)
    return True


def _takes(term: Type, code: Code, index: int) -> bool:
    """Whether a parameter's type takes what a node gives, as far as constants tell.

    A type of literals alone takes constants alone: `open(path, mode)` may give any kind of file.
    """
    node = code.scope.nodes[index]
    if node[0] == CONST:
        return _allows(term, node)
    if node[0] == EITHER:
        options = cast("tuple[int, ...]", node[1])
        return all(_takes(term, code, code.template.alias[option]) for option in options)
    return term != ("N",) and not _is_literal(term)


def _is_literal(term: Type) -> bool:
    return term[0] == "L" or (
        term[0] == "U" and bool(term[1]) and all(one[0] == "L" for one in term[1])
    )


def _allows(term: Type, node: tuple[object, ...]) -> bool:
    """Whether a parameter's type allows a constant; anything but literals is not judged."""
    if term[0] == "L":
        return bool(node[2] == term[1])
    if term[0] == "U" and _is_literal(term):
        return any(node[2] == one[1] for one in term[1])
    if term[0] == "N":
        return node[1] == "NoneType"
    return True

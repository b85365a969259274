"""Which expression of a call an effect speaks of."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence

_PARENTHESES = str.maketrans("", "", "()")
_Handles = Callable[[ast.expr], list[ast.Call]]


def subject_of(
    call: ast.Call, subject: str, handles: _Handles
) -> tuple[ast.expr, Sequence[ast.Call]] | None:
    """The argument or receiver that an effect names as what is touched, and what opened it.

    An effect names the path from which a handle was opened, not the handle.
    """
    candidates = [*call.args, *(keyword.value for keyword in call.keywords)]
    if isinstance(call.func, ast.Attribute):
        candidates.append(call.func.value)
    wanted = _comparable(subject)
    if not wanted:
        return None
    for candidate in candidates:
        if _is_text_of(wanted, candidate):
            return candidate, handles(candidate)
    for candidate in candidates:
        for opener in handles(candidate):
            for operand in _operands(opener):
                if _is_text_of(wanted, operand):
                    return operand, [opener]
    return None


def _operands(call: ast.Call) -> Iterator[ast.expr]:
    yield from call.args
    yield from (keyword.value for keyword in call.keywords)
    if isinstance(call.func, ast.Attribute):
        yield call.func.value


def is_text_of(quoted: str, node: ast.expr) -> bool:
    """Whether a quotation is of this expression."""
    wanted = _comparable(quoted)
    return bool(wanted) and _is_text_of(wanted, node)


def _is_text_of(wanted: str, node: ast.expr) -> bool:
    """Whether a quotation, which may have been cut, is of this expression."""
    text = _comparable(ast.unparse(node))
    return text == wanted or (wanted.endswith("…") and text.startswith(wanted[:-1]))


def _comparable(text: str) -> str:
    # Quotations keep quotes and parentheses of the source, unparsed expressions have their own.
    return "".join(text.split()).replace('"', "'").translate(_PARENTHESES)

"""Which lines belong to which function, by the compiler's own word: as tools that trace see them.

The source is compiled and never run.
"""

from __future__ import annotations

import ast
import warnings
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from opcode import opmap
from types import CodeType

from tracer.model.recording import Frame

_RESUME = opmap["RESUME"]
_FOLDED = ("<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>")


@dataclass(frozen=True, slots=True)
class FunctionLines:
    """A function, and the lines of its body; comprehensions belong to their holder."""

    frame: Frame
    own: frozenset[int]  # nobody else's: that one of them ran tells that the function did
    # Shared with functions that it makes there, as lambdas: it ran there before any of them could.
    first: frozenset[int]
    shared: frozenset[int]  # with what holds it: nobody can say whose line ran
    is_only_at_line: bool  # no other code begins at its first line


@dataclass(frozen=True, slots=True)
class FileLines:
    """The functions of a file, its own code first, and all lines that can run."""

    functions: tuple[FunctionLines, ...]
    possible: frozenset[int]


def code_lines(path: str, module: str, text: str) -> FileLines:
    """Part a file's lines among its functions.

    Args:
        path: As in the model.
        module: Its dotted name.
        text: The source.

    Raises:
        SyntaxError: This Python cannot compile it.
        ValueError: Likewise: a null byte.
        RecursionError: Likewise: nested too deeply.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the target's literals: nothing of ours
        tree = ast.parse(text)
        whole = compile(tree, path, "exec", dont_inherit=True)
    lines: dict[Frame, set[int]] = {}
    holders: dict[Frame, frozenset[Frame]] = {}
    for code, chain in _functions(whole, ()):
        frames = [_frame(each, path, module) for each in chain]
        known = lines.setdefault(frames[-1], set())
        holders.setdefault(frames[-1], frozenset(frames[:-1]))
        known.update(_lines(code))
    owners: defaultdict[int, list[Frame]] = defaultdict(list)
    for frame, found in lines.items():
        for line in found:
            owners[line].append(frame)
    starts = Counter(code.co_firstlineno for code, _ in _functions(whole, ()) if code is not whole)
    functions = []
    for frame, found in lines.items():
        own = frozenset(line for line in found if len(owners[line]) == 1)
        first = frozenset(line for line in found if _is_first(frame, owners[line], holders))
        is_only = starts[frame.first_line] == 1
        functions.append(FunctionLines(frame, own, first, frozenset(found) - own - first, is_only))
    possible = {node.lineno for node in ast.walk(tree) if hasattr(node, "lineno")}
    for code, _ in _functions(whole, ()):
        possible.update(line for _, _, line in code.co_lines() if line)
    return FileLines(tuple(functions), frozenset(possible))


def _lines(code: CodeType) -> Iterator[int]:
    """The lines of a code object's body: what begins it bears the line of its `def`."""
    begins = code.co_code[::2].find(_RESUME) * 2 + 2  # of one byte each; the other is an argument
    for _, end, line in code.co_lines():
        if line and end > begins:
            yield line


def _is_first(
    frame: Frame, sharing: Sequence[Frame], holders: Mapping[Frame, frozenset[Frame]]
) -> bool:
    """Whether a line is shared, and all others that have it were made by this function."""
    return len(sharing) > 1 and all(frame in holders[other] for other in sharing if other != frame)


def _frame(code: CodeType, path: str, module: str) -> Frame:
    return Frame(path, module, code.co_qualname, code.co_firstlineno)


def _functions(
    code: CodeType, holding: tuple[CodeType, ...]
) -> Iterator[tuple[CodeType, tuple[CodeType, ...]]]:
    """Each code object, with the functions that hold it and the one that it is, or is part of."""
    chain = holding if holding and code.co_name in _FOLDED else (*holding, code)
    yield code, chain
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _functions(constant, chain)

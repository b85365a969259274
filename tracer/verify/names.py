"""Which function a code span means, where it means exactly one."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from tracer.model.source import MODULE_QUALNAME, FunctionKind
from tracer.verify.alternatives import same_function
from tracer.verify.reading import Reading
from tracer.verify.syntax import Definition

_NAME = r"[A-Za-z_]\w*"
_DOTTED = re.compile(rf"{_NAME}(?:\.(?:<locals>\.)?{_NAME})*(?:\.{MODULE_QUALNAME})?")
_CALL = re.compile(rf"(?P<name>{_DOTTED.pattern})\s*(?P<arguments>\(.*\))?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Written:
    """A code span that names a function or a call."""

    dotted: str
    has_arguments: bool  # `f(…)`, or an empty pair

    @property
    def name(self) -> str:
        return self.dotted.rpartition(".")[2]


def parse_span(text: str) -> Written | None:
    """`dill.dump(x, ...)` → `dill.dump`, with arguments; None for anything that is no such form."""
    match = _CALL.fullmatch(text.strip())
    if match is None or not _is_one_pair(match["arguments"] or ""):
        return None
    return Written(match["name"], match["arguments"] is not None)


def candidates(dotted: str, reading: Reading, files: Collection[str] = ()) -> list[Definition]:
    """Functions and classes of the tree that a dotted name can mean.

    Several are narrowed down, in this order, to those in the files named around the span, and to
    those outside tests. More than one left means that the name is ambiguous.
    """
    if dotted.endswith(f".{MODULE_QUALNAME}"):
        found = reading.modules(dotted.removesuffix(f".{MODULE_QUALNAME}"))
    else:
        found = reading.defined(dotted)
    if not found and "." in dotted:
        found = _re_exported(dotted, reading)
    found = [definition for definition in found if definition.path in files] or found
    return [definition for definition in found if not is_test(definition.path)] or found


def one_function(
    dotted: str, reading: Reading, files: Collection[str] = ()
) -> tuple[Definition | None, str]:
    """The one function that a name means, or the reason why there is none."""
    found = candidates(dotted, reading, files)
    if len(found) > 1 and (same := same_function(found)) is not None:
        return same, ""
    if len(found) == 1:
        if found[0].kind is FunctionKind.CLASS_BODY:
            return None, f"`{dotted}` is a class"
        return found[0], ""
    if not found:
        return None, f"no function `{dotted}` in the tree"
    places = ", ".join(d.id for d in found[:3]) + (", …" if len(found) > 3 else "")
    return None, f"`{dotted}` is ambiguous: {places}"


def _is_one_pair(arguments: str) -> bool:
    """Whether the first bracket closes at the end: not so in `f(a) + g(b)`."""
    depth = 0
    for at, character in enumerate(arguments):
        depth += (character == "(") - (character == ")")
        if depth == 0 and at < len(arguments) - 1:
            return False
    return depth == 0


def is_test(path: str) -> bool:
    """Whether a file is part of a test suite, by the usual names."""
    *folders, name = path.split("/")
    return (
        any(folder in ("test", "tests") for folder in folders)
        or name.startswith("test_")
        or name in ("conftest.py",)
        or name.endswith("_test.py")
    )


def _re_exported(dotted: str, reading: Reading) -> list[Definition]:
    """`pkg.name`, where the package's `__init__` imports the name from below."""
    module, _, name = dotted.rpartition(".")
    for path in reading.find_paths(f"{module.replace('.', '/')}/__init__.py"):
        file = reading.file(path)
        if file is not None and file.scopes:
            bound = reading.bound(name, file, 0)
            found = [t for t in bound if isinstance(t, Definition) and t.name == name]
            if found:
                return found
    return []

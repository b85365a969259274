"""Texts that are known in part: literal parts, and holes that say where the rest comes from.

Holes that are joined below a folder are taken as relative, non-empty and without a trailing
separator.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

SEPARATOR = "/"
_BRACES = str.maketrans("{}", "()")


class HoleKind(StrEnum):
    """Where the missing part of a text comes from."""

    PARAMETER = "parameter"
    LOOP = "loop variable"
    STATE = "state"  # an item of a module-level dict that the program may change
    ENVIRONMENT = "environment variable"
    TEMPORARY = "temporary folder"
    SWEEP = "what a folder holds"  # one entry at a time
    CALL = "call"
    OPEN = "not followed"


@dataclass(frozen=True, slots=True)
class Hole:
    """A part of a text that is not known; equal holes stand for one binding.

    `frame` tells apart the bindings of one variable under different chains of calls.
    """

    name: str  # as written, on one line: `base_path`, `params.get('h5_path')`
    kind: HoleKind
    path: str
    line: int
    column: int = 0
    frame: str = ""
    default: str | None = None  # the value unless the program or its environment says otherwise
    default_path: str = ""  # where the default stands
    default_line: int = 0
    reason: str = ""  # why it was not followed
    read: str = ""  # of a state: where and how the program reads it
    folder: Pattern | None = None  # of a sweep: where it looks
    glob: str = ""  # of a sweep: which names it keeps; empty: all, at any depth
    is_basename: bool = False  # of a sweep: the last component alone

    @property
    def place(self) -> str:
        return f"{self.path}:{self.line}"


@dataclass(frozen=True, slots=True)
class Pattern:
    """A text with holes; adjacent literals are merged and none is empty."""

    parts: tuple[str | Hole, ...] = ()

    @property
    def holes(self) -> tuple[Hole, ...]:
        """The holes in order, each once."""
        return tuple(dict.fromkeys(part for part in self.parts if isinstance(part, Hole)))

    @property
    def text(self) -> str | None:
        """The whole text, where there is no hole."""
        if not self.parts:
            return ""
        only = self.parts[0]
        return only if len(self.parts) == 1 and isinstance(only, str) else None

    @property
    def bare_hole(self) -> Hole | None:
        """The hole, where there is nothing else."""
        only = self.parts[0] if len(self.parts) == 1 else None
        return only if isinstance(only, Hole) else None

    def render(self) -> str:
        """The text with each hole's name in braces, which literal braces are told from by doubling.

        Braces within a hole's name become parentheses.
        """
        return "".join(
            "{" + part.name.translate(_BRACES) + "}"
            if isinstance(part, Hole)
            else part.replace("{", "{{").replace("}", "}}")
            for part in self.parts
        )

    def sort_key(self) -> tuple[str, str]:
        places = " ".join(f"{hole.place}:{hole.column}:{hole.frame}" for hole in self.holes)
        return self.render(), places

    def matches(self, text: str) -> bool:
        """Whether some values of the holes give this text; one hole has one value."""
        names: dict[Hole, str] = {}
        expression = []
        for part in self.parts:
            if isinstance(part, str):
                expression.append(re.escape(part))
            elif part in names:
                expression.append(f"(?P={names[part]})")
            else:
                names[part] = f"hole{len(names)}"
                expression.append(f"(?P<{names[part]}>.*)")
        return re.fullmatch("".join(expression), text, re.DOTALL) is not None

    def substitute(self, values: Mapping[Hole, Pattern]) -> Pattern:
        """The pattern with holes replaced."""
        return concat(
            *(
                values.get(part, Pattern((part,))) if isinstance(part, Hole) else literal(part)
                for part in self.parts
            )
        )


def literal(text: str) -> Pattern:
    """A text without holes."""
    return Pattern((text,)) if text else Pattern()


def concat(*patterns: Pattern) -> Pattern:
    """The texts one after another."""
    parts: list[str | Hole] = []
    for pattern in patterns:
        for part in pattern.parts:
            last = parts[-1] if parts else None
            if isinstance(part, str) and isinstance(last, str):
                parts[-1] = last + part
            else:
                parts.append(part)
    return Pattern(tuple(parts))


def join_path(folder: Pattern, name: Pattern) -> Pattern:
    """`os.path.join` of two, and pathlib's `/`."""
    first = name.parts[0] if name.parts else ""
    if isinstance(first, str) and first.startswith(SEPARATOR):
        return name
    if not folder.parts:
        return name
    last = folder.parts[-1]
    if isinstance(last, str) and last.endswith(SEPARATOR):
        return concat(folder, name)
    return concat(folder, literal(SEPARATOR), name)


def tidied(path: Pattern) -> Pattern:
    """The path as pathlib would write it, as far as its literal parts go."""
    parts: list[str | Hole] = []
    for index, part in enumerate(path.parts):
        if isinstance(part, Hole):
            parts.append(part)
            continue
        text = re.sub("/{2,}", SEPARATOR, part)
        while "/./" in text:
            text = text.replace("/./", SEPARATOR)
        text = text.removeprefix("./") if index == 0 else text
        if index == len(path.parts) - 1 and text != SEPARATOR:
            text = text.removesuffix("/.").removesuffix(SEPARATOR)
        parts.append(text)
    found = concat(
        *(literal(part) if isinstance(part, str) else Pattern((part,)) for part in parts)
    )
    return found if found.parts else literal(".")


def split_path(path: Pattern) -> tuple[Pattern | None, Pattern]:
    """What stands before and after the last separator that is written out.

    The first is None where no separator is written out.
    """
    for index in range(len(path.parts) - 1, -1, -1):
        part = path.parts[index]
        if isinstance(part, str) and SEPARATOR in part:
            head, _, tail = part.rpartition(SEPARATOR)
            folder = concat(Pattern(path.parts[:index]), literal(head))
            return folder, concat(literal(tail), Pattern(path.parts[index + 1 :]))
    return None, path


def relative_to(path: Pattern, folder: Pattern) -> Pattern | None:
    """The path below the folder, empty for the folder itself; None where that is not evident."""
    if (whole := path.text) is not None and (base := folder.text) is not None:
        relative = posixpath.relpath(whole or ".", base or ".")
        return None if relative.startswith("..") else literal("" if relative == "." else relative)
    rest = _without_prefix(path.parts, folder.parts)
    if rest is None:
        return None
    if not rest.parts:
        return rest
    first = rest.parts[0]
    if isinstance(first, Hole):
        return rest if first.kind is HoleKind.SWEEP else None
    if not first.startswith(SEPARATOR):
        return None
    return concat(literal(first.lstrip(SEPARATOR)), Pattern(rest.parts[1:]))


def _without_prefix(
    parts: tuple[str | Hole, ...], prefix: tuple[str | Hole, ...]
) -> Pattern | None:
    for index, expected in enumerate(prefix):
        if index >= len(parts):
            return None
        found = parts[index]
        if found == expected:
            continue
        is_last = index == len(prefix) - 1
        if is_last and isinstance(found, str) and isinstance(expected, str):
            if not found.startswith(expected):
                return None
            return concat(literal(found.removeprefix(expected)), Pattern(parts[index + 1 :]))
        return None
    return Pattern(parts[len(prefix) :])

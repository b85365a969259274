"""The members that calls take from an archive, or ask for."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tracer.model.graph import Effect, EffectKind
from tracer.model.source import FunctionId, path_of
from tracer.static.archives.context import (
    MEMBER,
    TESTED,
    Access,
    Draft,
    LayoutReading,
    anchor_of,
    argument_of,
    place_of,
)
from tracer.static.archives.folders import READS, accesses_below
from tracer.static.archives.subjects import is_text_of
from tracer.static.texts.context import Frame
from tracer.static.texts.patterns import literal, relative_to


def read_use(
    reading: LayoutReading, call: ast.Call, method: str, frame: Frame, draft: Draft
) -> None:
    """What one method call on an archive object reads."""
    if method == "extractall":
        read_folder(reading, argument_of(call, 0, "path"), frame, draft)
    elif method in ("open", "read", "getinfo", "extractfile", "getmember", "extract"):
        name = argument_of(call, 0, "name" if method in ("open", "read", "getinfo") else "member")
        if name is None:
            return
        for pattern in reading.evaluator.texts(name, frame):
            content = reading.target(call, frame)
            access = Access(pattern, anchor_of(call, frame.function), content)
            draft.members.append((pattern, access))
    elif method in ("namelist", "getnames"):
        tested = _tested_for(reading, call, frame)
        if tested is not None:
            for pattern in reading.evaluator.texts(tested, frame):
                anchor = anchor_of(call, frame.function)
                draft.members.append((pattern, Access(pattern, anchor, TESTED)))


def member_effects(
    reading: LayoutReading, path: ast.expr, function: FunctionId
) -> Iterator[Effect]:
    """Effects of the function that name members of what was opened from the path."""
    for effect in reading.effects.get(function, ()):
        is_read = effect.kind is EffectKind.ARCHIVE_READ and effect.part == MEMBER
        if is_read and not effect.is_unreachable and is_text_of(effect.subject, path):
            yield effect


def read_members(
    reading: LayoutReading, path: ast.expr, suffix: str, frame: Frame, draft: Draft
) -> None:
    """The members that effects name: those of an archive that is read by keys."""
    for effect in member_effects(reading, path, frame.function):
        for key in effect.keys:
            name = literal(f"{key}{suffix}")
            content = TESTED if effect.note else ""
            draft.members.append((name, Access(name, effect.anchor, content)))


def read_folder(
    reading: LayoutReading, folder: ast.expr | None, frame: Frame, draft: Draft
) -> None:
    """What is read below the folder into which an archive is extracted."""
    if folder is None:
        draft.unknown.append("extracts into the working directory; reads there not followed")
        return
    for base in reading.evaluator.texts(folder, frame):
        accesses = accesses_below(reading, base, frame, READS, draft)
        for access in accesses:
            below = relative_to(access.path, base)
            if below is not None and below.parts:
                draft.members.append((below, access))
        if not accesses:
            reason = f"nothing was found that reads below `{base.render()}`"
            draft.unknown.append(f"{place_of(folder, frame)}: {reason}")


def _tested_for(reading: LayoutReading, call: ast.Call, frame: Frame) -> ast.expr | None:
    """`X` of `X in zf.namelist()`."""
    module = reading.scopes.module(path_of(frame.function))
    parent = None if module is None else module.parents.get(call)
    match parent:
        case ast.Compare(left=left, ops=[ast.In() | ast.NotIn()], comparators=[right]):
            return left if right is call else None
    return None

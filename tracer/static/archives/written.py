"""The members that calls put into an archive."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from fnmatch import fnmatchcase

from tracer.static.archives.context import (
    Access,
    Draft,
    LayoutReading,
    anchor_of,
    argument_of,
    one_line,
    place_of,
)
from tracer.static.archives.folders import WRITES, accesses_below
from tracer.static.texts.context import Frame
from tracer.static.texts.patterns import (
    SEPARATOR,
    Hole,
    HoleKind,
    Pattern,
    concat,
    join_path,
    literal,
    relative_to,
    split_path,
)
from tracer.static.texts.values import Table


def write_use(
    reading: LayoutReading, call: ast.Call, method: str, frame: Frame, draft: Draft
) -> None:
    """What one method call on an archive object writes."""
    if method in ("write", "add"):
        full = argument_of(call, 0, "filename" if method == "write" else "name")
        if full is None:
            draft.unknown.append(f"{place_of(call, frame)}: the file is not evident")
            return
        named = argument_of(call, 1, "arcname")
        if method == "add":
            _added(reading, call, full, named or full, frame, draft)
        else:
            _written(reading, call, full, named or full, frame, draft)
    elif method in ("writestr", "mkdir", "open"):
        name = argument_of(call, 0, "zinfo_or_arcname")
        data = argument_of(call, 1, "data") if method == "writestr" else None
        content = "" if data is None else one_line(data)
        if name is not None:
            for pattern in reading.evaluator.texts(name, frame):
                access = Access(pattern, anchor_of(call, frame.function), content)
                draft.members.append((pattern, access))
    elif method == "addfile" and (name := argument_of(call, 0, "tarinfo")) is not None:
        for pattern in reading.evaluator.texts(name, frame):
            draft.members.append((pattern, Access(pattern, anchor_of(call, frame.function))))


def sweep_folder(
    reading: LayoutReading, root: ast.expr, prefix: Pattern, frame: Frame, draft: Draft
) -> None:
    """All that is written below a folder that is packed whole."""
    for folder in reading.evaluator.texts(root, frame):
        accesses = accesses_below(reading, folder, frame, WRITES, draft)
        for access in accesses:
            below = relative_to(access.path, folder)
            if below is not None and below.parts:
                draft.members.append((_below(prefix, below), access))
        if not accesses:
            reason = f"nothing was found that writes below `{folder.render()}`"
            draft.unknown.append(f"{place_of(root, frame)}: {reason}")


def npz_members(reading: LayoutReading, call: ast.Call, frame: Frame, draft: Draft) -> None:
    """The arrays that `savez` is given."""
    anchor = anchor_of(call, frame.function)
    for position, argument in enumerate(call.args[1:]):
        name = literal(f"arr_{position}.npy")
        if isinstance(argument, ast.Starred):
            draft.unknown.append(f"{place_of(call, frame)}: `{one_line(argument)}`")
            return
        draft.members.append((name, Access(name, anchor, one_line(argument))))
    for keyword in call.keywords:
        if keyword.arg is not None:
            name = literal(f"{keyword.arg}.npy")
            draft.members.append((name, Access(name, anchor, one_line(keyword.value))))
            continue
        keys = _keys(reading, keyword.value, frame)
        if keys is None:
            text = one_line(keyword.value)
            draft.unknown.append(f"{place_of(call, frame)}: the keys of `**{text}`")
        for key in keys or ():
            name = concat(key, literal(".npy"))
            draft.members.append((name, Access(name, anchor, one_line(keyword.value))))


def _written(
    reading: LayoutReading,
    call: ast.Call,
    full: ast.expr,
    named: ast.expr,
    frame: Frame,
    draft: Draft,
) -> None:
    """`zf.write(full, named)`."""
    for name in reading.evaluator.texts(named, frame):
        sweeps = [hole for hole in name.holes if hole.kind is HoleKind.SWEEP]
        if sweeps:
            _swept(reading, name, sweeps, call, frame, draft)
            continue
        member = _without_root(name)
        anchor = anchor_of(call, frame.function)
        sources = []
        for source in reading.evaluator.texts(full, frame):
            folder, _ = split_path(source)
            if folder is not None and folder.holes:
                sources += [
                    access
                    for access in accesses_below(reading, folder, frame, WRITES, draft)
                    if access.path == source
                ]
        draft.members += [(member, access) for access in sources]
        if not sources:
            draft.members.append((member, Access(member, anchor, one_line(full))))


def _added(
    reading: LayoutReading,
    call: ast.Call,
    full: ast.expr,
    named: ast.expr,
    frame: Frame,
    draft: Draft,
) -> None:
    """`tar.add(full, named)`: a file, or a folder with all that is in it."""
    found = 0
    for name in reading.evaluator.texts(named, frame):
        sweeps = [hole for hole in name.holes if hole.kind is HoleKind.SWEEP]
        if sweeps:
            _swept(reading, name, sweeps, call, frame, draft)
            found += 1
            continue
        prefix = _without_root(name)
        for folder in reading.evaluator.texts(full, frame):
            for access in accesses_below(reading, folder, frame, WRITES, draft):
                below = relative_to(access.path, folder)
                if below is not None:
                    member = prefix if not below.parts else _below(prefix, below)
                    draft.members.append((member, access))
                    found += 1
        if not found:
            anchor = anchor_of(call, frame.function)
            draft.members.append((prefix, Access(prefix, anchor, one_line(full))))


def _swept(
    reading: LayoutReading,
    name: Pattern,
    sweeps: Sequence[Hole],
    call: ast.Call,
    frame: Frame,
    draft: Draft,
) -> None:
    """A member name made of what a sweep of a folder finds."""
    first = name.parts.index(sweeps[0])
    prefix, rest = Pattern(name.parts[:first]), name.parts[first:]
    folder = sweeps[0].folder
    if folder is None or any(
        part != SEPARATOR and (not isinstance(part, Hole) or part.kind is not HoleKind.SWEEP)
        for part in rest
    ):
        place = place_of(call, frame)
        draft.unknown.append(f"{place}: the name `{name.render()}` is not followed")
        return
    is_flat = len(sweeps) == 1 and sweeps[0].is_basename
    relative = relative_to(prefix, folder)  # where no arcname is given, the whole path
    head = _without_root(prefix) if relative is None else prefix
    accesses = accesses_below(reading, folder, frame, WRITES, draft)
    found = 0
    for access in accesses:
        below = relative_to(access.path, folder)
        if below is None or not below.parts or not _is_kept(below, sweeps):
            continue
        found += 1
        last = split_path(below)[1] if is_flat else below
        draft.members.append((concat(head, last), access))
    if not found:
        reason = f"nothing was found that writes below `{folder.render()}`"
        draft.unknown.append(f"{place_of(call, frame)}: {reason}")


def _keys(reading: LayoutReading, expression: ast.expr, frame: Frame) -> list[Pattern] | None:
    keys: list[Pattern] = []
    for value in reading.evaluator.values(expression, frame):
        if not isinstance(value, Table) or value.state:
            return None
        for entry in value.entries:
            texts = [key for key in entry.key if isinstance(key, Pattern)]
            if len(texts) != len(entry.key):
                return None
            keys += texts
    return keys


def _is_kept(below: Pattern, sweeps: Sequence[Hole]) -> bool:
    """Whether a sweep's glob keeps the file; a name that is not known is kept."""
    text = split_path(below)[1].text
    globs = [hole.glob.rpartition(SEPARATOR)[2] for hole in sweeps if hole.glob]
    return text is None or all(fnmatchcase(text, glob) for glob in globs)


def _without_root(name: Pattern) -> Pattern:
    first = name.parts[0] if name.parts else ""
    if isinstance(first, str):
        return concat(literal(first.lstrip(SEPARATOR)), Pattern(name.parts[1:]))
    return name


def _below(prefix: Pattern, name: Pattern) -> Pattern:
    return join_path(prefix, name) if prefix.parts and prefix.text != "." else name

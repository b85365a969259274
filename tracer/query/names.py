"""What a name that somebody wrote stands for: one thing, or the candidates, never a guess.

Several definitions of one qualified name in one file (overloads, a property and its setter, both
branches of an `if`) are one subject: an answer says of each edge which definition it concerns.
"""

from __future__ import annotations

import re
from dataclasses import replace
from difflib import get_close_matches

from tracer.query.classes import constructor_of, inherited, methods_of, owners_of
from tracer.query.index import ClassRow, FunctionRow, GraphIndex
from tracer.query.problems import problems_of
from tracer.query.subjects import (
    MOST_CANDIDATES,
    NotClear,
    Subject,
    is_tail,
    of_rows,
    without_locals,
)

_PLACE = re.compile(r"(?P<path>.+\.py):(?P<line>\d+)$")
_NEAREST = 5


def resolve(index: GraphIndex, text: str) -> Subject | NotClear:
    """What a name stands for.

    Args:
        text: `save`, `Manager.save`, `pkg.mod.save`, `pkg/mod.py::Manager.save` (any tail of the
            path will do), `mod.py:12`, `pkg/mod.py`, `zipfile.ZipFile.write`, a class for its
            constructor.
    """
    text = text.strip()
    found = _found(index, text)
    if not isinstance(found, Subject) or not (problems := problems_of(index, text)):
        return found
    also = f"{problems[0].path} could not be read, and may be meant, too"
    return replace(found, note="; ".join(part for part in (found.note, also) if part))


def _found(index: GraphIndex, text: str) -> Subject | NotClear:
    if "::" in text:
        return _by_id(index, text)
    place = _PLACE.match(text)
    if place is not None:
        return _by_place(index, place["path"], int(place["line"]))
    if text.endswith(".py"):
        return _by_path(index, text)
    return _by_dotted(index, text.removesuffix("()"))


def _by_id(index: GraphIndex, text: str) -> Subject | NotClear:
    exact = index.functions_where("id", text)
    path, _, qualname = text.partition("::")
    wanted, _, ordinal = qualname.partition("#")
    if exact and ordinal:
        return of_rows(exact)
    plain = without_locals(wanted)
    last = wanted.rpartition(".")[2]
    rows = [
        row
        for row in index.functions_where("name", last)
        if is_tail(path, row.path, "/")
        and is_tail(plain, without_locals(row.qualname), ".")
        and (not ordinal or row.id.endswith(f"#{ordinal}"))
    ]
    same = [
        row
        for row in rows
        if row.path == path and wanted in (row.qualname, without_locals(row.qualname))
    ]
    classes = [
        row
        for row in index.classes_where("name", last)
        if is_tail(path, row.path, "/") and is_tail(plain, without_locals(row.qualname), ".")
    ]
    return _choose(index, text, same or rows, classes)


def _by_place(index: GraphIndex, path: str, line: int) -> Subject | NotClear:
    unread = {problem.path for problem in index.problems}
    found = [known for known in index.files if is_tail(path, known, "/") and known not in unread]
    if path in found:
        found = [path]
    if not found:
        return _nothing(index, path, f"no file of the tree is called {path}")
    rows: list[FunctionRow] = []
    for known in found:
        if line > index.files[known][2]:
            continue
        holding = [
            row
            for row in index.functions_where("path", known)
            if row.first_line <= line <= row.end_line or row.kind == "module"
        ]
        if holding:
            rows.append(
                min(holding, key=lambda row: (row.kind == "module", row.end_line - row.first_line))
            )
    if not rows:
        lines = ", ".join(f"{known} has {index.files[known][2]} lines" for known in found[:3])
        return NotClear(f"nothing stands at {path}:{line}: {lines}")
    if len(rows) > 1:
        return NotClear(f"{len(rows)} files are called {path}", functions=tuple(rows))
    # A definition by its place is that one, even where the name is defined again.
    return Subject(rows[0].id, (rows[0].node,), (rows[0],), f"holds {path}:{line}")


def _by_path(index: GraphIndex, path: str) -> Subject | NotClear:
    rows = [
        row for row in index.functions_where("name", "<module>") if is_tail(path, row.path, "/")
    ]
    same = [row for row in rows if row.path == path]
    if not rows:
        return _nothing(index, path, f"no file of the tree is called {path}")
    return _choose(index, path, same or rows, [])


def _by_dotted(index: GraphIndex, text: str) -> Subject | NotClear:
    last = text.rpartition(".")[2]
    plain = without_locals(text)
    rows = [row for row in index.functions_where("name", last) if is_tail(plain, row.dotted, ".")]
    classes = [
        row
        for row in index.classes_where("name", last)
        if is_tail(plain, without_locals(row.dotted), ".")
    ]
    modules = [
        row for row in index.functions_where("kind", "module") if is_tail(plain, row.dotted, ".")
    ]
    exact = [row for row in rows if row.dotted == plain]
    exact_classes = [row for row in classes if without_locals(row.dotted) == plain]
    if exact or exact_classes:
        return _choose(index, text, exact, exact_classes)
    if whole := [row for row in modules if row.dotted == plain and "." in plain]:
        return _choose(index, text, whole, [])
    if outside := index.externals_where("id", text):
        return Subject(outside[0][1], (outside[0][0],))
    if rows or classes:
        found = _choose(index, text, rows, classes)
        if modules and isinstance(found, Subject):
            # A file is often named after its one function; who means the file can write `.py`.
            note = f"there is a module of that name, too: {modules[0].path}"
            return replace(found, note="; ".join(part for part in (found.note, note) if part))
        return found
    if modules:
        return _choose(index, text, modules, [])
    ends = [
        (node, name)
        for node, name in index.externals_where("name", last)
        if is_tail(plain, name, ".")
    ]
    if len(ends) == 1:
        return Subject(ends[0][1], (ends[0][0],))
    if ends:
        names = tuple(name for _, name in ends[:MOST_CANDIDATES])
        return NotClear(f"`{text}` may be {len(ends)} functions outside", externals=names)
    given_out = inherited(index, text) or _given_out(index, plain)
    return given_out or _nothing(index, text, f"nothing is called `{text}`")


def _given_out(index: GraphIndex, text: str) -> Subject | None:
    """`pkg.Class.method` for what stands in a module below `pkg`, where there is one such."""
    parts = text.split(".")
    last = parts[-1]
    for at in range(len(parts) - 1, 0, -1):
        package, tail = ".".join(parts[:at]), ".".join(parts[at:])
        if not any(row.dotted == package for row in index.functions_where("kind", "module")):
            continue
        rows = [
            row
            for row in index.functions_where("name", last)
            if without_locals(row.qualname) == tail and row.dotted.startswith(f"{package}.")
        ]
        classes = [
            row
            for row in index.classes_where("name", last)
            if without_locals(row.qualname) == tail and row.dotted.startswith(f"{package}.")
        ]
        found = _choose(index, text, rows, classes) if rows or classes else None
        if isinstance(found, Subject):
            note = f"`{text}` is taken for the one `{tail}` below `{package}`"
            return replace(found, note="; ".join(part for part in (found.note, note) if part))
    return None


def _choose(
    index: GraphIndex, text: str, rows: list[FunctionRow], classes: list[ClassRow]
) -> Subject | NotClear:
    # The body of a class bears its name; who names the class means what makes its objects.
    bodies = {row.id for row in rows if row.kind == "class body"}
    rows = [row for row in rows if row.kind != "class body"]
    groups = dict.fromkeys((row.path, row.qualname) for row in rows)
    if len(groups) + len(classes) == 1:
        return of_rows(rows) if rows else constructor_of(index, classes[0])
    if not groups and not classes:
        if bodies:
            return NotClear(f"`{text}` is the body of a class that is not known")
        return inherited(index, text) or _nothing(index, text, f"nothing is called `{text}`")
    return NotClear(
        f"`{text}` may be {len(groups) + len(classes)} things",
        functions=tuple(rows),
        classes=tuple(classes),
    )


def _nothing(index: GraphIndex, text: str, reason: str) -> NotClear:
    if problems := problems_of(index, text):
        told = "; ".join(f"{each.path} could not be read: {each.reason}" for each in problems[:3])
        return NotClear(told)
    last = text.rpartition("::")[2].rpartition("/")[2]
    last = last if last.endswith(".py") else last.rpartition(".")[2]
    if last.endswith(".py"):
        rows = index.functions_where("name", "<module>")
        known = {row.path.rpartition("/")[2]: row for row in reversed(rows)}
        near = get_close_matches(last, sorted(known), _NEAREST, 0.6)
        return NotClear(_with_nearest(reason, near), tuple(known[name] for name in near))
    owners = owners_of(index, text)
    if len(owners) == 1:
        methods = methods_of(index, owners[0])
        close = get_close_matches(last, [row.name for row in methods], len(methods) or 1, 0.5)
        methods.sort(key=lambda row: (row.name not in close, row.def_line))
        told = f"`{owners[0].id}` and its bases in the tree define no `{last}`; its methods follow"
        return NotClear(told, tuple(methods[:MOST_CANDIDATES]))
    functions: dict[str, list[FunctionRow]] = {}
    for row in index.all_functions():
        if not row.is_holder:
            functions.setdefault(row.name.lower(), []).append(row)
    classes: dict[str, list[ClassRow]] = {}
    for found in index.all_classes():
        classes.setdefault(found.name.lower(), []).append(found)
    near = get_close_matches(last.lower(), sorted({*functions, *classes}), _NEAREST, 0.6)
    return NotClear(
        _with_nearest(reason, near),
        tuple(row for name in near for row in functions.get(name, ()))[:MOST_CANDIDATES],
        tuple(row for name in near for row in classes.get(name, ()))[:MOST_CANDIDATES],
    )


def _with_nearest(reason: str, near: list[str]) -> str:
    return f"{reason}; the nearest names follow" if near else f"{reason}, nor anything like it"

"""What a name that somebody wrote stands for: one thing, or the candidates, never a guess.

Several definitions of one qualified name in one file (overloads, a property and its setter, both
branches of an `if`) are one subject: an answer says of each edge which definition it concerns.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from difflib import get_close_matches

from tracer.query.index import ClassRow, FunctionRow, GraphIndex, listed

_PLACE = re.compile(r"(?P<path>.+\.py):(?P<line>\d+)$")
_MOST_CANDIDATES = 20
_NEAREST = 5


@dataclass(frozen=True, slots=True)
class Subject:
    """What a name stands for."""

    label: str  # the id of the function, or the dotted name outside
    nodes: tuple[int, ...]
    functions: tuple[FunctionRow, ...] = ()  # empty: it lies outside the sources
    note: str = ""  # how the name led here, where that is not plain

    @property
    def name(self) -> str:
        """By which a call names it: of a constructor, the class."""
        if not self.functions:
            return self.label.rpartition(".")[2]
        return name_in_calls(self.functions[0].qualname)


@dataclass(frozen=True, slots=True)
class NotClear:
    """A name that stands for nothing, or for several things."""

    reason: str
    functions: tuple[FunctionRow, ...] = ()
    classes: tuple[ClassRow, ...] = ()
    externals: tuple[str, ...] = ()


def resolve(index: GraphIndex, text: str) -> Subject | NotClear:
    """What a name stands for.

    Args:
        text: `save`, `Manager.save`, `pkg.mod.save`, `pkg/mod.py::Manager.save` (any tail of the
            path will do), `mod.py:12`, `pkg/mod.py`, `zipfile.ZipFile.write`, a class for its
            constructor.
    """
    text = text.strip()
    if "::" in text:
        return _by_id(index, text)
    place = _PLACE.match(text)
    if place is not None:
        return _by_place(index, place["path"], int(place["line"]))
    if text.endswith(".py"):
        return _by_path(index, text)
    return _by_dotted(index, text.removesuffix("()"))


def is_tail(text: str, whole: str, separator: str) -> bool:
    """Whether a text is the end of another, at a boundary."""
    return whole == text or whole.endswith(separator + text)


def name_in_calls(qualname: str) -> str:
    """By which a call names a function: of a constructor, the class."""
    parts = qualname.split(".")
    return parts[-2] if parts[-1] in ("__init__", "__new__") and len(parts) > 1 else parts[-1]


def without_locals(qualname: str) -> str:
    """A qualified name as people write it."""
    return qualname.replace(".<locals>", "")


def _by_id(index: GraphIndex, text: str) -> Subject | NotClear:
    exact = index.functions_where("id", text)
    path, _, qualname = text.partition("::")
    wanted, _, ordinal = qualname.partition("#")
    if exact and ordinal:
        return _subject(exact)
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
    found = [known for known in index.files if is_tail(path, known, "/")]
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
        return Subject(ends[0][1], (ends[0][0],), note="outside the sources")
    if ends:
        names = tuple(name for _, name in ends[:_MOST_CANDIDATES])
        return NotClear(f"`{text}` may be {len(ends)} functions outside", externals=names)
    return _inherited(index, text) or _nothing(index, text, f"nothing is called `{text}`")


def _choose(
    index: GraphIndex, text: str, rows: list[FunctionRow], classes: list[ClassRow]
) -> Subject | NotClear:
    # The body of a class bears its name; who names the class means what makes its objects.
    bodies = {row.id for row in rows if row.kind == "class body"}
    rows = [row for row in rows if row.kind != "class body"]
    groups = dict.fromkeys((row.path, row.qualname) for row in rows)
    if len(groups) + len(classes) == 1:
        return _subject(rows) if rows else _constructor(index, classes[0])
    if not groups and not classes:
        if bodies:
            return NotClear(f"`{text}` is the body of a class that is not known")
        return _inherited(index, text) or _nothing(index, text, f"nothing is called `{text}`")
    return NotClear(
        f"`{text}` may be {len(groups) + len(classes)} things",
        functions=tuple(rows),
        classes=tuple(classes),
    )


def _subject(rows: list[FunctionRow]) -> Subject:
    first = rows[0]
    label = first.id if len(rows) == 1 else first.id.partition("#")[0]
    return Subject(label, tuple(row.node for row in rows), tuple(rows))


def _constructor(index: GraphIndex, found: ClassRow) -> Subject | NotClear:
    """What runs when an object of a class is made, as far as the class itself says so."""
    own = {
        row.qualname: row
        for row in index.functions_where("path", found.path)
        if row.qualname in (f"{found.qualname}.__init__", f"{found.qualname}.__new__")
    }
    if own:
        rows = sorted(own.values())
        label = rows[-1].id if len(rows) == 1 else found.id
        return Subject(label, tuple(row.node for row in rows), tuple(rows), "makes its objects")
    for name in (f"{found.dotted}.__init__", f"{found.dotted}.__new__"):
        if made := index.externals_where("id", name):
            return Subject(made[0][1], (made[0][0],), note="made from the fields of the class")
    methods = tuple(_methods(index, found))
    bases = ", ".join(listed(found.bases)) or "object"
    return NotClear(
        f"`{found.id}` defines no constructor: what makes its objects is inherited from {bases}; "
        "ask that, or one of its methods",
        functions=methods[:_MOST_CANDIDATES],
        classes=tuple(_bases(index, found)),
    )


def _methods(index: GraphIndex, found: ClassRow) -> list[FunctionRow]:
    return [
        row
        for row in index.functions_where("path", found.path)
        if row.qualname.rpartition(".")[0] == found.qualname and row.kind != "class body"
    ]


def _owners(index: GraphIndex, text: str) -> list[ClassRow]:
    """The classes that what stands before the last dot may name."""
    owner = text.replace("::", ".").rpartition(".")[0]
    plain = owner.rpartition(".py.")[2] or owner
    return [
        row
        for row in index.classes_where("name", owner.rpartition(".")[2])
        if is_tail(plain, without_locals(row.dotted), ".")
    ]


def _bases(index: GraphIndex, found: ClassRow) -> list[ClassRow]:
    bases: list[ClassRow] = []
    for base in listed(found.bases):
        plain = base.partition("[")[0]
        known = index.classes_where("dotted", plain)
        if not known:
            by_name = index.classes_where("name", plain.rpartition(".")[2])
            known = [row for row in by_name if is_tail(plain, row.dotted, ".")]
        bases.extend(known)
    return bases


def _inherited(index: GraphIndex, text: str) -> Subject | NotClear | None:
    """`Child.method` where a base of the class defines the method."""
    method = text.replace("::", ".").rpartition(".")[2]
    owners = _owners(index, text)
    if len(owners) != 1 or method == "<module>":
        return None
    level, seen = _bases(index, owners[0]), {owners[0].id}
    while level:
        rows = [
            row
            for base in level
            for row in index.functions_where("path", base.path)
            if row.qualname == f"{base.qualname}.{method}"
        ]
        groups = {(row.path, row.qualname) for row in rows}
        if len(groups) == 1:
            found = _subject(rows)
            note = f"`{owners[0].name}` inherits it; callers on other classes are among the answer"
            return Subject(found.label, found.nodes, found.functions, note)
        if groups:
            return NotClear(f"several bases define `{method}`", functions=tuple(rows))
        seen.update(base.id for base in level)
        level = [up for base in level for up in _bases(index, base) if up.id not in seen]
    return None


def _nothing(index: GraphIndex, text: str, reason: str) -> NotClear:
    last = text.rpartition("::")[2].rpartition("/")[2]
    last = last if last.endswith(".py") else last.rpartition(".")[2]
    if last.endswith(".py"):
        rows = index.functions_where("name", "<module>")
        known = {row.path.rpartition("/")[2]: row for row in reversed(rows)}
        near = get_close_matches(last, sorted(known), _NEAREST, 0.6)
        return NotClear(_with_nearest(reason, near), tuple(known[name] for name in near))
    owners = _owners(index, text)
    if len(owners) == 1:
        methods = _methods(index, owners[0])
        close = get_close_matches(last, [row.name for row in methods], len(methods) or 1, 0.5)
        methods.sort(key=lambda row: (row.name not in close, row.def_line))
        told = f"`{owners[0].id}` and its bases in the tree define no `{last}`; its methods follow"
        return NotClear(told, tuple(methods[:_MOST_CANDIDATES]))
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
        tuple(row for name in near for row in functions.get(name, ()))[:_MOST_CANDIDATES],
        tuple(row for name in near for row in classes.get(name, ()))[:_MOST_CANDIDATES],
    )


def _with_nearest(reason: str, near: list[str]) -> str:
    return f"{reason}; the nearest names follow" if near else f"{reason}, nor anything like it"

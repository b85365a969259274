"""Names that a class is part of: its constructor, its methods, and what it inherits."""

from __future__ import annotations

from tracer.query.index import ClassRow, FunctionRow, GraphIndex, listed
from tracer.query.subjects import (
    MOST_CANDIDATES,
    NotClear,
    Subject,
    is_tail,
    of_rows,
    without_locals,
)


def constructor_of(index: GraphIndex, found: ClassRow) -> Subject | NotClear:
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
            return Subject(made[0][1], (made[0][0],))
    methods = tuple(methods_of(index, found))
    bases = ", ".join(listed(found.bases)) or "object"
    return NotClear(
        f"`{found.id}` defines no constructor: what makes its objects is inherited from {bases}; "
        "ask that, or one of its methods",
        functions=methods[:MOST_CANDIDATES],
        classes=tuple(bases_of(index, found)),
    )


def inherited(index: GraphIndex, text: str) -> Subject | NotClear | None:
    """`Child.method` where a base of the class defines the method."""
    method = text.replace("::", ".").rpartition(".")[2]
    owners = owners_of(index, text)
    if len(owners) != 1 or method == "<module>":
        return None
    level, seen = bases_of(index, owners[0]), {owners[0].id}
    while level:
        rows = [
            row
            for base in level
            for row in index.functions_where("path", base.path)
            if row.qualname == f"{base.qualname}.{method}"
        ]
        groups = {(row.path, row.qualname) for row in rows}
        if len(groups) == 1:
            found = of_rows(rows)
            note = f"`{owners[0].name}` inherits it; callers on other classes are among the answer"
            return Subject(found.label, found.nodes, found.functions, note)
        if groups:
            return NotClear(f"several bases define `{method}`", functions=tuple(rows))
        seen.update(base.id for base in level)
        level = [up for base in level for up in bases_of(index, base) if up.id not in seen]
    return None


def methods_of(index: GraphIndex, found: ClassRow) -> list[FunctionRow]:
    """What a class itself defines, in the order of the sources."""
    return [
        row
        for row in index.functions_where("path", found.path)
        if row.qualname.rpartition(".")[0] == found.qualname and row.kind != "class body"
    ]


def owners_of(index: GraphIndex, text: str) -> list[ClassRow]:
    """The classes that what stands before the last dot may name."""
    owner = text.replace("::", ".").rpartition(".")[0]
    plain = owner.rpartition(".py.")[2] or owner
    return [
        row
        for row in index.classes_where("name", owner.rpartition(".")[2])
        if is_tail(plain, without_locals(row.dotted), ".")
    ]


def bases_of(index: GraphIndex, found: ClassRow) -> list[ClassRow]:
    """Those bases of a class that the tree defines."""
    bases: list[ClassRow] = []
    for base in listed(found.bases):
        plain = base.partition("[")[0]
        known = index.classes_where("dotted", plain)
        if not known:
            by_name = index.classes_where("name", plain.rpartition(".")[2])
            known = [row for row in by_name if is_tail(plain, row.dotted, ".")]
        bases.extend(known)
    return bases

"""Which file a line number without a path belongs to, and which a bare file name means."""

from __future__ import annotations

from dataclasses import dataclass, field

from tracer.verify.citations import Citation, Lines
from tracer.verify.markdown import Unit, UnitKind
from tracer.verify.reading import Reading


@dataclass(slots=True)
class _Section:
    level: int
    files: list[str] = field(default_factory=list)  # as resolved; `` for one that is not there


class Sections:
    """The files named so far, by section, while a document is read from the top."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._stack = [_Section(0)]
        self._in_unit: list[str] = []
        self._full: list[str] = []  # files of the document that were named with a folder

    def enter(self, unit: Unit) -> None:
        """Begin a unit; a heading opens a section."""
        self._in_unit = []
        if unit.kind is UnitKind.HEADING:
            while self._stack[-1].level >= unit.level:
                self._stack.pop()
            self._stack.append(_Section(unit.level))

    def resolve(self, citation: Citation) -> tuple[str, str]:
        """The file that a citation with a path means, and why there is none.

        Notes it as named.
        """
        found = self._reading.find_paths(citation.path)
        if len(found) > 1:
            for named in (self._in_unit, self._stack[-1].files, self._full):
                kept = sorted(set(found) & set(named))
                if len(kept) == 1:
                    found = (kept[0],)
                    break
        if len(found) > 1:
            places = ", ".join(found[:3]) + (", …" if len(found) > 3 else "")
            self._note("")
            return "", f"`{citation.path}` is ambiguous: {places}"
        path = found[0] if found else ""
        self._note(path)
        if path and "/" in citation.path:
            self._full.append(path)
        return path, "" if path else f"no file `{citation.path}` in the tree"

    def implied(self) -> tuple[str, bool]:
        """The file that a bare line number is about, and whether that is beyond doubt.

        The nearest file named before in the unit, else in the section, else in the sections
        around. Beyond doubt is one in the same unit, or the only one of its section.
        """
        if self._in_unit:
            return self._in_unit[-1], len(set(self._in_unit)) == 1
        for section in reversed(self._stack):
            if section.files:
                is_sure = section is self._stack[-1] and len(set(section.files)) == 1
                return section.files[-1], is_sure
        return "", False

    def place(self, citation: Citation | None) -> tuple[str, Lines] | None:
        """The file and the one stretch of lines that a citation means, beyond doubt."""
        if citation is None or len(citation.lines) != 1:
            return None
        if citation.path:
            paths = self._reading.find_paths(citation.path)
            path = paths[0] if len(paths) == 1 else self.resolve(citation)[0]
        else:
            path, is_sure = self.implied()
            path = path if is_sure else ""
        return (path, citation.lines[0]) if path else None

    @property
    def is_named_in_unit(self) -> bool:
        """Whether the unit has named a file so far."""
        return bool(self._in_unit)

    def named(self) -> tuple[str, ...]:
        """Files named in the unit, else in the section and those around, nearest first."""
        if files := [file for file in self._in_unit if file]:
            return tuple(dict.fromkeys(files))
        for section in reversed(self._stack):
            if files := [file for file in section.files if file]:
                return tuple(dict.fromkeys(reversed(files)))
        return ()

    def _note(self, path: str) -> None:
        self._in_unit.append(path)
        self._stack[-1].files.append(path)

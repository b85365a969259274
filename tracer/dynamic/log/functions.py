"""The functions of a log: what the numbers of its code objects stand for."""

from __future__ import annotations

import re
from typing import Any

from tracer.dynamic.log.paths import PortablePaths
from tracer.dynamic.log.records import Log
from tracer.model.recording import Frame, Place
from tracer.model.source import Span

_COMPREHENSIONS = ("<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>")
_COMPREHENSION_PART = re.compile(
    r"^<(?:list|set|dict)comp>\.?|^<genexpr>\.?|\.<(?:list|set|dict)comp>|\.<genexpr>"
)
_IMPORT_SYSTEM = {  # the same modules, before and after `import importlib`
    "_frozen_importlib": "importlib._bootstrap",
    "_frozen_importlib_external": "importlib._bootstrap_external",
}


class Functions:
    """Code objects by number, as functions of the program; comprehensions are their holder's."""

    def __init__(self, log: Log, paths: PortablePaths) -> None:
        self.paths = paths
        self.codes = {code["id"]: code for code in log.by_kind["code"]}
        self.origins = {record["code"]: record for record in log.by_kind["origin"]}
        self._origin_lines = {code: dict(record["lines"]) for code, record in self.origins.items()}
        self._places = {(each["code"], each["at"]): each["is"] for each in log.by_kind["pos"]}
        self._frames: dict[int, Frame] = {}

    def frame(self, code_id: int) -> Frame:
        """The function of a code object; of a comprehension, the function that holds it."""
        frame = self._frames.get(code_id)
        if frame is None:
            code = self.codes[self.holder(code_id)]
            qualname = code["qualname"]
            if _COMPREHENSION_PART.search(qualname):  # a lambda in one, or its holder was not met
                qualname = _without_comprehensions(qualname)
            frame = self._frames[code_id] = Frame(
                path=self.paths.normal(code["path"]),
                module="__main__" if code["module"] == "__mp_main__" else code["module"],
                qualname=qualname,
                first_line=code["first_line"],
            )
        return frame

    def holder(self, code_id: int) -> int:
        """The code that a code stands for: what holds a comprehension, what made code is of."""
        if code_id in self.origins:
            return self.holder(self.origins[code_id]["of"])
        while self.codes[code_id]["holder"] and _is_comprehension(self.codes[code_id]["qualname"]):
            code_id = self.codes[code_id]["holder"]
        return code_id

    def is_folded(self, code_id: int) -> bool:
        """Whether a code is a part of the function that it stands for."""
        if code_id in self.origins:
            return bool(self.origins[code_id]["folded"])
        return _is_comprehension(self.codes[code_id]["qualname"])

    def is_in_caller(self, code_id: int, caller: int) -> bool:
        """Whether this is a comprehension, run by the function that holds it."""
        if code_id not in self.codes or caller not in self.codes:
            return False
        return self.is_folded(code_id) and self.holder(code_id) == self.holder(caller)

    def place(self, code_id: int, offset: int) -> tuple[int, Span | None]:
        """Line and, where the interpreter knows columns, span of an offset; 0: not known."""
        line, end_line, column, end_column = self._places.get(
            (code_id, offset), (0, None, None, None)
        )
        if code_id in self.origins:
            return self.line(code_id, line), None
        if end_line is None or column is None or end_column is None:
            return line or 0, None
        return line, Span(line, column, end_line, end_column)

    def line(self, code_id: int, line: int) -> int:
        """The line of what a code was made of; 0 where that is not known."""
        if code_id in self.origins:
            found: int = self._origin_lines[code_id].get(line, 0)
            return found
        return line

    def chain(self, record: dict[str, Any]) -> tuple[Place, ...]:
        """Where something happened, and who had called: the nearest first, of the namespace."""
        return tuple(
            Place(self.frame(code_id), *self.place(code_id, offset))
            for code_id, offset in record["chain"]
            if code_id in self.codes
        )

    def dotted(self, code_id: int) -> str:
        """The name of a function outside, as one would import it."""
        code = self.codes[code_id]
        module = _IMPORT_SYSTEM.get(code["module"], code["module"])
        return f"{module}.{code['qualname']}".replace(".<locals>", "")


def _is_comprehension(qualname: str) -> bool:
    return qualname.endswith(_COMPREHENSIONS)


def _without_comprehensions(qualname: str) -> str:
    """The qualname as Python 3.12 gives it, where comprehensions have no scope of their own."""
    return _COMPREHENSION_PART.sub("", qualname).removesuffix(".<locals>") or "<module>"

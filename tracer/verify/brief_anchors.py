"""The places that a brief names: does each exist, and what stands there?"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from tracer.model.brief import BriefAnchor
from tracer.model.evidence import AnchorVerdict, CheckedAnchor
from tracer.model.source import FunctionKind
from tracer.model.verification import ClaimVerdict
from tracer.static.sources import SourceTree
from tracer.verify.cited import place_verdict
from tracer.verify.headings import NUMBER, heading_for, headings_of
from tracer.verify.places import definitions_in, quote
from tracer.verify.reading import Reading
from tracer.verify.syntax import FileReading

_SHOWN = 6
_WORDS = re.compile(r"\w+(?:\.\d+)*")

_VERDICTS = {
    ClaimVerdict.VERIFIED: AnchorVerdict.VERIFIED,
    ClaimVerdict.MOVED: AnchorVerdict.MOVED,
    ClaimVerdict.CHANGED: AnchorVerdict.CHANGED,
    ClaimVerdict.MISSING: AnchorVerdict.MISSING,
}


def check_brief_anchors(
    anchors: Sequence[BriefAnchor], root: Path, tree: SourceTree
) -> tuple[CheckedAnchor, ...]:
    """Check every place that a brief names, in the brief's order.

    Args:
        anchors: As the brief has them; of any file type.
        root: The analysed root, which paths are relative to.
        tree: The Python files below it.
    """
    checker = _Checker(root, Reading(tree))
    return tuple(checker.check(anchor) for anchor in anchors)


class _Checker:
    def __init__(self, root: Path, reading: Reading) -> None:
        self._root = root
        self._reading = reading

    def check(self, anchor: BriefAnchor) -> CheckedAnchor:
        path = anchor.path.removeprefix("./")
        if path.startswith(("/", "~")) or ".." in PurePosixPath(path).parts or self._leaves(path):
            why = "lies outside the analysed root"
            return CheckedAnchor(anchor, AnchorVerdict.UNVERIFIABLE, detail=why)
        if not (self._root / path).exists():
            return self._missing(anchor, path)
        if (self._root / path).is_dir():
            return CheckedAnchor(anchor, AnchorVerdict.VERIFIED, found="a folder")
        text = self._reading.lines(path)
        if text is None:
            why = f"{path} is no text that can be read"
            return CheckedAnchor(anchor, AnchorVerdict.UNVERIFIABLE, detail=why)
        if anchor.line is None and not anchor.symbol:
            return self._file(anchor, path, text)
        file = self._reading.file(path)
        if file is not None and file.problem and not text:  # nobody knows what stands there
            why = f"{path} cannot be read: {file.problem}"
            return CheckedAnchor(anchor, AnchorVerdict.UNVERIFIABLE, detail=why)
        if anchor.line is None:
            return self._symbol(anchor, path, text)
        return self._lines(anchor, path, text, (anchor.line, anchor.end_line or anchor.line))

    def _leaves(self, path: str) -> bool:
        """Whether a link on the way leads out of the root."""
        return not (self._root / path).resolve().is_relative_to(self._root.resolve())

    def _file(self, anchor: BriefAnchor, path: str, text: tuple[str, ...]) -> CheckedAnchor:
        size = f"{len(text)} line{'s' * (len(text) != 1)}"
        file = self._reading.file(path)
        if file is not None and file.problem:
            detail = f"{path} cannot be parsed: {file.problem}"
            found = size if text else "a file"
            return CheckedAnchor(anchor, AnchorVerdict.VERIFIED, found=found, detail=detail)
        if anchor.section:
            return self._section(anchor, path, text)
        if file is None:
            return CheckedAnchor(anchor, AnchorVerdict.VERIFIED, found=size)
        functions = sum(1 for definition in file.definitions if definition.is_function)
        found = f"{size}, {functions} function{'s' * (functions != 1)}"
        return CheckedAnchor(anchor, AnchorVerdict.VERIFIED, found=found)

    def _symbol(self, anchor: BriefAnchor, path: str, text: tuple[str, ...]) -> CheckedAnchor:
        file = self._reading.file(path)
        defined = definitions_in(file, anchor.symbol) if file is not None else []
        if defined:
            places = ", ".join(
                f"{d.kind} {d.qualname} at {d.def_line}-{d.end_line}" for d in defined
            )
            return CheckedAnchor(anchor, AnchorVerdict.VERIFIED, found=places)
        name = anchor.symbol.rpartition(".")[2]
        word = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)")
        for number, line in enumerate(text, start=1):
            if word.search(line):
                found = f"the name at line {number}: {quote(text, (number, number))}"
                return CheckedAnchor(anchor, AnchorVerdict.VERIFIED, found=found)
        others = self._reading.defined(anchor.symbol)
        if others:
            places = ", ".join(f"{d.path}:{d.def_line}" for d in others[:_SHOWN])
            detail = f"no `{anchor.symbol}` in {path}; defined at {places}"
            return CheckedAnchor(anchor, AnchorVerdict.MOVED, detail=detail)
        detail = f"no `{anchor.symbol}` in {path}"
        return CheckedAnchor(anchor, AnchorVerdict.MISSING, detail=detail)

    def _lines(
        self, anchor: BriefAnchor, path: str, text: tuple[str, ...], lines: tuple[int, int]
    ) -> CheckedAnchor:
        if lines[0] < 1 or lines[1] < lines[0]:
            detail = f"lines {lines[0]}-{lines[1]} are no range"
            return CheckedAnchor(anchor, AnchorVerdict.UNVERIFIABLE, detail=detail)
        file = self._reading.file(path)
        found = _standing_in(file, lines) or f"line {lines[0]}: {quote(text, lines)}"
        past = f"{path} has {len(text)} lines" if lines[1] > len(text) else ""
        if anchor.symbol:
            verdict = place_verdict(self._reading, path, lines, anchor.symbol)
            mapped = _VERDICTS.get(verdict.verdict, AnchorVerdict.UNVERIFIABLE)
            is_right = mapped is AnchorVerdict.VERIFIED
            return CheckedAnchor(
                anchor, mapped, found if is_right else "", "" if is_right else verdict.detail
            )
        if lines[0] > len(text):
            return CheckedAnchor(anchor, AnchorVerdict.MISSING, detail=past)
        if past:  # the range begins within the file: it was longer once
            return CheckedAnchor(anchor, AnchorVerdict.CHANGED, found, past)
        if not quote(text, lines):
            return CheckedAnchor(anchor, AnchorVerdict.CHANGED, detail="the cited lines are blank")
        return CheckedAnchor(anchor, AnchorVerdict.VERIFIED, found)

    def _section(self, anchor: BriefAnchor, path: str, text: tuple[str, ...]) -> CheckedAnchor:
        """Every part of `§4.5–4.6`, or all words of `Phase 5`, must head something."""
        numbers = NUMBER.findall(anchor.section) if "§" in anchor.section else []
        missing: list[str] = []
        found: list[str] = []
        headings = headings_of(path, text)
        for part in numbers or [anchor.section]:
            hit = heading_for(part, headings, is_number=bool(numbers))
            if hit is None and not numbers:
                hit = _line_for(part, text)
            if hit is None:
                missing.append(part)
            else:
                found.append(f"line {hit[0]}: {hit[1]}")
        shown = "; ".join(found)
        if not missing:
            return CheckedAnchor(anchor, AnchorVerdict.VERIFIED, found=shown)
        sign = "§" if numbers else ""
        wanted = ", ".join(f"`{sign}{part}`" for part in missing)
        verdict = AnchorVerdict.MISSING if numbers else AnchorVerdict.UNVERIFIABLE
        return CheckedAnchor(anchor, verdict, found=shown, detail=f"no heading {wanted} in {path}")

    def _missing(self, anchor: BriefAnchor, path: str) -> CheckedAnchor:
        name = path.rpartition("/")[2]
        nearest = [p for p in self._reading.find_paths(name) if p != path] if name else []
        nearest.sort(key=lambda other: (-_shared(other, path), other))
        detail = f"no file {path} under the root"
        if nearest:
            detail += f"; of that name: {', '.join(nearest[:3])}"
        elif folder := self._nearest_folder(path):
            detail += f"; {folder}/ is there"
        return CheckedAnchor(anchor, AnchorVerdict.MISSING, detail=detail)

    def _nearest_folder(self, path: str) -> str:
        for parent in PurePosixPath(path).parents:
            if parent.as_posix() != "." and os.path.isdir(self._root / parent):
                return parent.as_posix()
        return ""


def _standing_in(file: FileReading | None, lines: tuple[int, int]) -> str:
    """`functions f, g`: those that begin in the lines; else the one that holds them all."""
    if file is None or not file.scopes:
        return ""
    begun = [d for d in file.definitions if d.is_function and lines[0] <= d.def_line <= lines[1]]
    if begun:
        names = ", ".join(definition.qualname for definition in begun[:_SHOWN])
        more = f" and {len(begun) - _SHOWN} more" if len(begun) > _SHOWN else ""
        return f"function{'s' * (len(begun) != 1)} {names}{more}"
    holding = file.innermost(lines[0])
    if holding is not None and holding.kind is not FunctionKind.MODULE:
        return f"within {holding.qualname}"
    return ""


def _line_for(part: str, text: tuple[str, ...]) -> tuple[int, str] | None:
    """The first line that begins as the part does: `D3 rows` finds the table row of D3.A."""
    words = _WORDS.findall(part)
    label = words[0] if words else ""
    if not any(character.isdigit() for character in label):
        return None
    opening = re.compile(rf"[\s|*#\-`\[]*{re.escape(label)}(?![a-z0-9])", re.IGNORECASE)
    for number, line in enumerate(text, start=1):
        if opening.match(line):
            return number, quote(text, (number, number))
    return None


def _shared(one: str, other: str) -> int:
    """How many folders from the right two paths share."""
    pairs = zip(reversed(one.split("/")), reversed(other.split("/")), strict=False)
    count = 0
    for left, right in pairs:
        if left != right:
            break
        count += 1
    return count

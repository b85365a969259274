"""The ledgers of a brief: which entries speak of the answer, do they hold, is the summary there?

A ledger is any text in lines: rows of a table, items of a list and sections under headings are its
entries. An entry speaks of the answer where a code span or a path of it names one of the answer's
files, functions or keys, or what the question names; prose alone decides nothing.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from tracer.model.brief import Brief
from tracer.model.graph import CallGraph
from tracer.model.memory import DocumentClaim, LedgerCheck, LedgerEntry
from tracer.model.recording import Recording
from tracer.model.source import Anchor, AnchorKind, FunctionId, path_of, qualname_of
from tracer.model.verification import Claim, ClaimKind, ClaimVerdict, Ground
from tracer.static.sources import SourceTree
from tracer.tables.words import load_words
from tracer.verify.documents import verify_document
from tracer.verify.reading import Reading
from tracer.verify.syntax import module_name

_HEADING = re.compile(r"#{1,6}\s+(?P<title>\S.*)")
_ROW = re.compile(r"\s*\|(?P<cells>.*)")
_RULE = re.compile(r"[\s|:+-]+")
_ITEM = re.compile(r"(?:[-*+]|\d{1,4}[.)])\s+(?P<title>\S.*)")
_LABEL = re.compile(r"\b[A-Z][A-Z0-9]*(?:-[A-Z0-9]+)*-\d+\b")  # CONFIG-001
_SPAN = re.compile(r"`+([^`]+)`+")
_PATH = re.compile(r"(?<![\w/.-])[\w.-]+(?:/[\w.-]+)+")
_PLACE_TAIL = re.compile(r"(?:#L\d+|::?\d[\d,\s-]*|:{1,2}[A-Za-z_][\w.]*(?::\d+)?)+$")
_PLACEHOLDER = re.compile(r"<[^<>]*>")
_TITLE_CHARACTERS = 60
_SHORTEST_NAME = 4  # of a plain name; `get` and `cfg` stand in every ledger


@dataclass(frozen=True, slots=True)
class _Entry:
    title: str
    line: int
    end_line: int


def check_ledgers(
    brief: Brief,
    tree: SourceTree,
    graph: CallGraph,
    functions: Collection[FunctionId],
    keys: Iterable[str],
    recordings: Sequence[Recording] = (),
) -> tuple[LedgerCheck, ...]:
    """Check every ledger that the brief names, in its order.

    Args:
        functions: Of the answer.
        keys: Constants by which the answer's code stores and finds things.
    """
    if not brief.ledgers:
        return ()
    reading = Reading(tree)
    names = _Names(functions, frozenset(keys), brief.mentions)
    return tuple(
        _check(path, brief, reading, graph, names, recordings)
        for path in dict.fromkeys(each.removeprefix("./") for each in brief.ledgers)
    )


def is_gate(brief: Brief, ledger: str) -> bool:
    """Whether something waits until the ledger refers to the answer."""
    name = re.compile(rf"(?<![\w./-]){re.escape(ledger)}(?![\w-])")
    return any(name.search(sentence) for sentence in brief.gating)


def reference_claims(ledgers: Iterable[LedgerCheck], reading: Reading) -> list[Claim]:
    """Whether the lines that are said to refer to the summary still do."""
    claims = []
    for anchor in (anchor for ledger in ledgers for anchor in ledger.references):
        told = f"reference to the summary at {anchor}"
        lines = reading.lines(anchor.path) or ()
        if 1 <= anchor.line <= len(lines) and anchor.symbol in lines[anchor.line - 1]:
            claims.append(Claim(ClaimKind.ANCHOR, told, 0, ClaimVerdict.VERIFIED, Ground.TEXT))
            continue
        detail = f"the line does not name {anchor.symbol}"
        claims.append(Claim(ClaimKind.ANCHOR, told, 0, ClaimVerdict.CHANGED, Ground.TEXT, detail))
    return claims


class _Names:
    """What the answer is called, in the ways that ledgers write it."""

    def __init__(
        self, functions: Collection[FunctionId], keys: Collection[str], mentions: Collection[str]
    ) -> None:
        self._common = load_words().stop  # `main` is a branch of git as well
        self._mentions = frozenset(mentions)
        self._files = {path_of(function) for function in functions}
        self._modules = {module_name(path) for path in self._files}
        self._keys = {key for key in keys if len(key) >= _SHORTEST_NAME}
        self._functions = {
            (module_name(path_of(function)), *_parts(qualname_of(function)))
            for function in functions
            if "<" not in qualname_of(function).replace(".<locals>", "")
        }

    def named_in(self, text: str) -> tuple[list[str], bool]:
        """The spans and paths of a text that name something of the answer, each once; and whether
        one of them names a function, or what the question does."""
        spans = [match[1].strip() for match in _SPAN.finditer(text)]
        found = list(dict.fromkeys([*spans, *_PATH.findall(_SPAN.sub(" ", text))]))
        near = [each for each in found if each in self._mentions or self._is_function(each)]
        aside = [each for each in found if each in self._keys or self.is_file(each)]
        return list(dict.fromkeys([*near, *aside])), bool(near)

    def is_file(self, text: str) -> bool:
        """Whether a path or a dotted name means a file of the answer."""
        plain = _plain(text)
        if any(path == plain or path.endswith(f"/{plain}") for path in self._files):
            return "/" in plain or plain.endswith(".py")
        return plain in self._modules

    def _is_function(self, text: str) -> bool:
        plain = _plain(text)
        parts = tuple(plain.split("."))
        if not all(part.isidentifier() for part in parts):
            return False
        if len(parts) == 1 and (len(plain) < _SHORTEST_NAME or plain in self._common):
            return False
        return any(_ends(module, own, parts) for module, *own in self._functions)


def _plain(text: str) -> str:
    """Without line numbers, symbols behind the path, and call brackets."""
    place = _PLACE_TAIL.search(text)
    return (text[: place.start()] if place else text).removesuffix("()")


def _parts(qualname: str) -> list[str]:
    return qualname.replace(".<locals>", "").split(".")


def _ends(module: str, own: Sequence[str], parts: Sequence[str]) -> bool:
    """Whether a dotted name means the function: `save`, `ModelManager.save`, `manager.save`."""
    whole = (*module.split("."), *own)
    return tuple(parts) == whole[-len(parts) :]


def _check(
    path: str,
    brief: Brief,
    reading: Reading,
    graph: CallGraph,
    names: _Names,
    recordings: Sequence[Recording],
) -> LedgerCheck:
    looked_for = _looked_for(brief)
    lines = reading.lines(path)
    if lines is None:
        is_there = reading.exists(path)
        why = "no text that can be read" if is_there else "no such file under the root"
        return LedgerCheck(path, is_gate(brief, path), why, looked_for=looked_for)
    entries = _entries(lines)
    named = [(each, names.named_in("\n".join(_lines_of(each, lines)))) for each in entries]
    speaking = [(entry, *found) for entry, found in named if found[0]]
    claims = _claims(path, lines, [each[0] for each in speaking], reading, graph, recordings)
    return LedgerCheck(
        path,
        is_gate(brief, path),
        entries_read=len(entries),
        entries=tuple(
            LedgerEntry(
                entry.title,
                entry.line,
                entry.end_line,
                tuple(found),
                is_near,
                len(claims[entry]),
                tuple(
                    DocumentClaim(
                        claim.line,
                        str(claim.verdict),
                        claim.text,
                        claim.detail,
                        any(map(names.is_file, claim.text.split())),
                    )
                    for claim in claims[entry]
                    if claim.verdict.is_bad
                ),
            )
            for entry, found, is_near in speaking
        ),
        looked_for=looked_for,
        references=_references(path, lines, looked_for),
    )


def _entries(lines: Sequence[str]) -> list[_Entry]:
    """Rows and items one by one; what else stands under a heading is one entry."""
    starts: list[tuple[int, str]] = []
    fence = ""
    section = ""  # the label of the section, which its items have in front
    is_head = True  # of a table: its first row, before the rule
    for number, line in enumerate(lines, start=1):
        mark = line.lstrip()[:3]
        if fence or mark in ("```", "~~~"):
            fence = "" if fence and mark == fence else fence or mark
            continue
        row = _ROW.fullmatch(line)
        if row is None:
            is_head = True
        if heading := _HEADING.fullmatch(line):
            starts.append((number, heading["title"]))
            label = _LABEL.search(heading["title"])
            section = f"{label[0]}, " if label else ""
        elif row is not None:
            if not is_head and not _RULE.fullmatch(line):
                starts.append((number, row["cells"].partition("|")[0]))
            is_head = False
        elif item := _ITEM.fullmatch(line):
            starts.append((number, section + _title(item["title"])))
    ends = [number - 1 for number, _ in starts[1:]] + [len(lines)]
    entries = []
    for (number, title), end in zip(starts, ends, strict=False):  # prose alone has no entry
        last = number if _ROW.fullmatch(lines[number - 1]) else end
        while last > number and not lines[last - 1].strip():
            last -= 1
        entries.append(_Entry(_title(title), number, last))
    return entries


def _title(text: str) -> str:
    """The label of an entry: what stands before its first colon, if that is short."""
    line = " ".join(text.replace("`", "").replace("*", "").split())
    label = line.partition(": ")[0]
    return label if len(label) <= _TITLE_CHARACTERS else f"{line[: _TITLE_CHARACTERS - 1]}…"


def _lines_of(entry: _Entry, lines: Sequence[str]) -> Sequence[str]:
    return lines[entry.line - 1 : entry.end_line]


def _claims(
    path: str,
    lines: Sequence[str],
    entries: Sequence[_Entry],
    reading: Reading,
    graph: CallGraph,
    recordings: Sequence[Recording],
) -> Mapping[_Entry, list[Claim]]:
    """The judged claims of each entry; the document is read with its headings, for their files."""
    if not entries:
        return {}
    wanted = {number for entry in entries for number in range(entry.line, entry.end_line + 1)}
    text = "\n".join(
        line if number in wanted or _HEADING.fullmatch(line) else ""
        for number, line in enumerate(map(_as_paragraph, lines), start=1)
    )
    checked = verify_document(path, text, reading.tree, graph, recordings)
    judged = [each for each in checked.claims if each.verdict is not ClaimVerdict.NOT_JUDGED]
    return {
        entry: [claim for claim in judged if entry.line <= claim.line <= entry.end_line]
        for entry in entries
    }


def _as_paragraph(line: str) -> str:
    """A row without its table's head is no table to a Markdown parser: its cells are sentences."""
    row = _ROW.fullmatch(line)
    return line if row is None else row["cells"].strip().rstrip("|").replace(" | ", "; ")


def _looked_for(brief: Brief) -> str:
    """Where the brief wants the answer; placeholders stand for anything."""
    if brief.output_folder:
        return brief.output_folder.strip("/")
    return f"reports/{brief.initiative_id}" if brief.initiative_id else ""


def _references(path: str, lines: Sequence[str], looked_for: str) -> tuple[Anchor, ...]:
    if not looked_for:
        return ()
    parts = [re.escape(part) for part in _PLACEHOLDER.split(looked_for)]
    pattern = re.compile(r"[^\s`/|]+".join(parts) + r"(?![\w-])")
    return tuple(
        Anchor(path, number, symbol=match[0], kind=AnchorKind.DOCUMENT)
        for number, line in enumerate(lines, start=1)
        if (match := pattern.search(line))
    )

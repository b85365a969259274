"""Listings of what an archive holds, drawn as a tree under the archive's name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tracer.model.evidence import ArtifactLayout, LayoutMember
from tracer.model.graph import EffectKind
from tracer.model.verification import Claim, ClaimKind, ClaimVerdict, Ground
from tracer.verify.markdown import Unit
from tracer.verify.reading import Reading

ARCHIVE = re.compile(r"[\w.{}<>-]+\.(?:zip|tar|tgz|gz|npz|h5|hdf5|keras|ckpt|pt)/?")
_ENTRY = re.compile(r"(?P<indent>[\s│|]*)(?:[├└+`|]─{0,3}-{0,3}\s+)(?P<name>[^\s#]+)")
_HOLE = re.compile(r"[{<\[*][^}>\]]*[}>\]]?")
_STRING = r"['\"/{}]"


@dataclass(frozen=True, slots=True)
class _Entry:
    name: str
    depth: int
    line: int


def is_listing(text: str) -> bool:
    """Whether a document may hold one: then it is worth to know what the code writes."""
    return any(character in text for character in "├└")


def judge_listing(reading: Reading, unit: Unit, layouts: Sequence[ArtifactLayout]) -> list[Claim]:
    """One claim for each member; one more for what the listing leaves out."""
    lines = unit.pieces[0].text.splitlines()
    archive = next((line.split("#")[0].strip() for line in lines if line.strip()), "")
    if not ARCHIVE.fullmatch(archive):
        return []
    entries = _entries(lines, unit.line)
    writers = [layout.anchor.path for layout in layouts if _is_of(layout, archive.rstrip("/"))]
    paths = tuple(dict.fromkeys([*writers, *reading.paths]))  # who writes it is asked first
    claims = [_member(reading, paths, archive.rstrip("/"), entry) for entry in entries]
    return claims + _left_out(archive.rstrip("/"), entries, layouts, unit.line)


def _entries(lines: Sequence[str], first_line: int) -> list[_Entry]:
    found: list[_Entry] = []
    for number, line in enumerate(lines, start=first_line):
        match = _ENTRY.match(line)
        if match is not None:
            found.append(_Entry(match["name"].rstrip("/"), len(match["indent"]), number))
    return found


def _member(reading: Reading, paths: Sequence[str], archive: str, entry: _Entry) -> Claim:
    """The constant parts of a member's name must stand in a string of the code."""
    told = f"{archive}: {entry.name}"
    name = entry.name.removesuffix(".npy") if archive.endswith(".npz") else entry.name
    parts = [part for part in re.split(rf"/|{_HOLE.pattern}", name) if len(part) > 1]

    def claim(verdict: ClaimVerdict, ground: Ground | None, detail: str) -> Claim:
        return Claim(ClaimKind.MEMBER, told, entry.line, verdict, ground, detail)

    if not parts:
        return claim(ClaimVerdict.NOT_JUDGED, None, "no constant part")
    places = [_string_place(reading, paths, [part]) for part in parts]
    if all(places):
        return claim(ClaimVerdict.VERIFIED, Ground.TEXT, f"named at {places[-1]}")
    if name != entry.name and reading.is_word(name):
        # The name of an array may be that of a keyword.
        return claim(ClaimVerdict.DERIVED, Ground.SOLVER, f"`{name}` is a name in the code")
    stem, dot, suffix = parts[-1].rpartition(".")
    if dot and stem and _string_place(reading, paths, [f".{suffix}"]):
        # `model` + ".keras" would make it: then the name alone does not refute it.
        named = _string_place(reading, paths, [stem])
        if named:
            return claim(ClaimVerdict.DERIVED, Ground.SOLVER, f"`{stem}` is named at {named}")
    return claim(ClaimVerdict.MISSING, Ground.TEXT, f"no `{entry.name}` in any string of the code")


def _string_place(reading: Reading, paths: Sequence[str], parts: Sequence[str]) -> str:
    """Where a string of the code holds the parts, each as a whole name."""
    patterns = [
        re.compile(rf"{_STRING}{re.escape(part)}{_STRING}")
        if not part.startswith(".")
        else re.compile(rf"{re.escape(part)}['\"]")
        for part in parts
    ]
    for path in paths:
        text = reading.text(path)
        if all(pattern.search(text) for pattern in patterns):
            match = patterns[-1].search(text)
            assert match is not None
            return f"{path}:{text.count(chr(10), 0, match.start()) + 1}"
    return ""


def _left_out(
    archive: str, entries: Sequence[_Entry], layouts: Sequence[ArtifactLayout], line: int
) -> list[Claim]:
    """What the code writes into this archive, and the listing does not have."""
    listed = {entry.name.rpartition("/")[2] for entry in entries}
    claims: list[Claim] = []
    for layout in layouts:
        if layout.direction is not EffectKind.ARCHIVE_WRITE or not _is_of(layout, archive):
            continue
        absent = [m for m in layout.members if _constant(m) and _constant(m) not in listed]
        told = f"{archive} holds nothing else"
        if absent:
            names = ", ".join(_told(member) for member in absent[:3])
            detail = f"the code also writes {names}"
            claim = Claim(ClaimKind.MEMBER, told, line, ClaimVerdict.REFUTED, Ground.SOLVER, detail)
        else:
            detail = f"as {layout.anchor.path}:{layout.anchor.line} writes it"
            claim = Claim(ClaimKind.MEMBER, told, line, ClaimVerdict.DERIVED, Ground.SOLVER, detail)
        claims.append(claim)
    return claims[:1]


def _is_of(layout: ArtifactLayout, archive: str) -> bool:
    """Whether a layout is that of an archive of this name, holes aside."""
    names = [name.rpartition("/")[2] for name in (layout.artifact, *layout.names)]
    return any(_fits(name, archive) for name in names)


def _fits(pattern: str, archive: str) -> bool:
    parts = [re.escape(part) for part in re.split(r"\{[^{}]*\}", pattern)]
    return bool("".join(parts).strip("\\.")) and (
        re.fullmatch(".+".join(parts), archive) is not None and pattern.strip("{}.") != ""
    )


def _constant(member: LayoutMember) -> str:
    """The last name of a member, where it is constant."""
    last = member.path.rstrip("/").rpartition("/")[2]
    return "" if "{" in last or "*" in last else last


def _told(member: LayoutMember) -> str:
    place = f" ({member.anchors[0]})" if member.anchors else ""
    return f"`{member.path}`{place}"

"""The members of an artefact as a tree."""

from __future__ import annotations

from tracer.report.artifact_pairs import ArtifactPair, MemberPair
from tracer.report.components import components
from tracer.report.quoting import one_line


def member_tree(pair: ArtifactPair) -> str:
    """The members as an indented tree, with a mark for each side."""
    rows: list[tuple[str, str, str]] = [(" = ".join(pair.names), "", "")]
    open_folders: list[str] = []
    for member in sorted(pair.members, key=lambda each: _folders_last(each.path)):
        *folders, name = components(one_line(member.path))
        common = 0
        while common < min(len(folders), len(open_folders)) and (
            folders[common] == open_folders[common]
        ):
            common += 1
        for depth in range(common, len(folders)):
            rows.append(("  " * (depth + 1) + folders[depth] + "/", "", ""))
        open_folders = folders
        rows.append(("  " * (len(folders) + 1) + name, *_marks(member)))
    width = max(len(row[0]) for row in rows)
    return "\n".join(
        f"{name.ljust(width)}  {wrote.ljust(10)}  {read}".rstrip()
        for name, wrote, read in [("", "WRITE SIDE", "READ SIDE"), *rows]
    )


def _folders_last(path: str) -> tuple[bool, str]:
    return len(components(path)) > 1, path


def _marks(member: MemberPair) -> tuple[str, str]:
    read = "tested for" if set(member.read) == set(member.tested) else "read"
    return "written" if member.written else "-", read if member.read else "-"

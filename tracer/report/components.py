"""Rendered paths by their components: a separator within a hole, `{url['a/b']}`, is none."""

from __future__ import annotations

_SEPARATOR = "/"


def components(path: str) -> list[str]:
    """What stands between separators. Braces of holes do not nest; literal ones are doubled."""
    found = [""]
    in_hole = False
    place = 0
    while place < len(path):
        text = path[place]
        if not in_hole and path[place : place + 2] in ("{{", "}}"):
            text = path[place : place + 2]
        elif text in "{}":
            in_hole = text == "{"
        place += len(text)
        if text == _SEPARATOR and not in_hole:
            found.append("")
        else:
            found[-1] += text
    return found


def folder_and_name(path: str) -> tuple[str, str]:
    """What stands before and after the last separator; the first is empty where there is none."""
    *folders, name = components(path)
    return _SEPARATOR.join(folders), name

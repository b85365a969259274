"""Text out of an artefact as it may be shown."""

from __future__ import annotations


def printable(text: str, limit: int = 200) -> str:
    """The text without control and bidi characters, bounded."""
    cut = text if len(text) <= limit else f"{text[: limit - 1]}…"
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape", "replace").decode("ascii")
        for char in cut
    )


def shape_text(shape: tuple[int, ...]) -> str:
    """`3×4`; `scalar` where there are no axes."""
    return "×".join(map(str, shape)) or "scalar"

"""Types that a docstring gives its parameters: numpydoc, Google and Sphinx fields."""

from __future__ import annotations

import re
from collections.abc import Collection

# numpydoc: `G : NetworkX graph, optional` in a section of its own.
_NUMPY_SECTION = re.compile(
    r"^(?:Other )?Parameters\n-{3,}\n(.*?)(?=^\S[^\n]*\n-{3,}|\Z)", re.S | re.M
)
_NUMPY_ENTRY = re.compile(r"^(\*{0,2}\w+(?:, *\*{0,2}\w+)*) *: *([^\n]+)$", re.M)
# Google: `    path (str, optional): …` below `Args:`.
_GOOGLE_SECTION = re.compile(r"^(?:Args|Arguments|Parameters):\n((?:[ \t]+[^\n]*\n|\n)*)", re.M)
_GOOGLE_ENTRY = re.compile(r"^[ \t]+\*{0,2}(\w+) *\(([^()\n]+)\) *:", re.M)
# Sphinx: `:type path: str` and `:param str path: …`.
_SPHINX_TYPE = re.compile(r":type +(\w+): *([^\n]+)")
_SPHINX_PARAMETER = re.compile(r":param +([\w.\[\], ]+?) +(\w+):")


def documented_types(docstring: str, wanted: Collection[str]) -> tuple[tuple[str, str], ...]:
    """What a docstring says of the types of parameters, as words.

    Args:
        docstring: Cleaned, as `ast.get_docstring` gives it.
        wanted: Names of parameters; others are left out.

    Returns:
        (parameter, words) pairs in the order of the docstring, words clipped to 80 characters.
    """
    if not wanted:
        return ()
    found: dict[str, str] = {}
    if "---" in docstring and "Parameters" in docstring:
        for section in _NUMPY_SECTION.finditer(docstring):
            for entry in _NUMPY_ENTRY.finditer(section[1]):
                for name in entry[1].split(","):
                    found.setdefault(name.strip().lstrip("*"), entry[2].strip())
    if ":\n" in docstring:
        for section in _GOOGLE_SECTION.finditer(docstring + "\n"):
            for entry in _GOOGLE_ENTRY.finditer(section[1]):
                found.setdefault(entry[1], entry[2].strip())
    if ":type" in docstring or ":param" in docstring:
        for entry in _SPHINX_TYPE.finditer(docstring):
            found.setdefault(entry[1], entry[2].strip())
        for entry in _SPHINX_PARAMETER.finditer(docstring):
            found.setdefault(entry[2], entry[1].strip())
    return tuple((name, words[:80]) for name, words in found.items() if name in wanted)

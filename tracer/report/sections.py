"""Sections that share a fixed number of lines, so that one page stays one page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Section:
    """Items of one line each, best first."""

    title: str
    items: tuple[str, ...]
    nothing: str  # what to say where there are no items
    floor: int  # lines it gets before others get more
    order: str = "in order"  # how the items are ordered, for the note on a cut

    @property
    def lines_wanted(self) -> int:
        return max(1, len(self.items))


@dataclass(frozen=True, slots=True)
class FittedSection:
    """A section with the items that found room."""

    section: Section
    shown: tuple[str, ...]  # never empty: the word for nothing where there are no items

    @property
    def cut(self) -> str:
        """` (3 of 12 shown, in order)`, or nothing."""
        total = len(self.section.items)
        if len(self.shown) >= total:
            return ""
        return f" ({len(self.shown)} of {total} shown, {self.section.order})"


def fit(sections: Sequence[Section], lines: int) -> tuple[FittedSection, ...]:
    """Give every section its floor, then one line after the other in turn while any are left.

    Raises:
        ValueError: There is not one line for each section.
    """
    if lines < len(sections):
        raise ValueError(f"{len(sections)} sections want a line each, there are {lines}")
    granted = [1] * len(sections)
    left = lines - len(sections)
    for ceiling in (
        [min(section.floor, section.lines_wanted) for section in sections],
        [section.lines_wanted for section in sections],
    ):
        while left:
            hungry = [index for index, most in enumerate(ceiling) if granted[index] < most]
            if not hungry:
                break
            for index in hungry[:left]:
                granted[index] += 1
            left -= min(left, len(hungry))
    return tuple(
        FittedSection(section, section.items[:count] or (section.nothing,))
        for section, count in zip(sections, granted, strict=True)
    )

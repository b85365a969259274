"""Numbers as documents say them, and what fits them."""

from __future__ import annotations

import re

import pytest

from tracer.verify.numbers import NUMBER, Said, fits, said_number


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("3", Said("3", 3)),
        ("THREE", Said("THREE", 3)),
        ("no", Said("no", 0)),
        ("twelve", Said("twelve", 12)),
        ("~20", Said("~20", 20, "~")),
        ("About 20", Said("About 20", 20, "about")),
        ("At least  two", Said("At least  two", 2, "at least")),
        ("> 4", Said("> 4", 4, ">")),
        ("7+", Said("7+", 7, "at least")),
    ],
)
def test_what_is_said(text: str, said: Said) -> None:
    """In digits or words, of either case."""
    match = re.fullmatch(NUMBER, text, re.IGNORECASE)
    assert match is not None
    assert said_number(match) == said


@pytest.mark.parametrize(
    ("how", "fitting"),
    [
        ("", [10]),
        ("more than", [11, 12]),
        ("over", [11, 12]),
        (">", [11, 12]),
        ("at least", [10, 11, 12]),
        ("≥", [10, 11, 12]),
        ("fewer than", [8, 9]),
        ("less than", [8, 9]),
        ("<", [8, 9]),
        ("at most", [8, 9, 10]),
        ("up to", [8, 9, 10]),
        ("≤", [8, 9, 10]),
        ("about", [9, 10, 11]),
        ("~", [9, 10, 11]),
    ],
)
def test_what_fits(how: str, fitting: list[int]) -> None:
    """From 8 to 12, where 10 is said."""
    assert [size for size in range(8, 13) if fits(Said("", 10, how), size)] == fitting


def test_about_allows_for_a_tenth() -> None:
    """And for one at least."""
    assert [size for size in range(36, 45) if fits(Said("", 40, "about"), size)] == [*range(36, 45)]
    assert not fits(Said("", 40, "about"), 45)
    assert not fits(Said("", 40, "about"), 35)
    assert [size for size in range(6) if fits(Said("", 3, "about"), size)] == [2, 3, 4]

"""What taps are said to have read, and how many are said to read a file, beside the recording."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tracer.model.plan import Workload
from tracer.model.recording import (
    Frame,
    ObservedEffect,
    OpenedFile,
    Place,
    Recording,
    TapReading,
)
from tracer.model.verification import Claim, ClaimKind
from tracer.static.sources import SourceTree
from tracer.verify.documents import verify_document

FILES = {
    "keep.py": """
        import json


        def save(path, found):
            with open(path, "w") as file:
                json.dump(found, file)


        def load(path):
            with open(path) as file:
                return json.load(file)
    """,
    "more.py": """
        def show(path):
            return open(path).read()
    """,
    "tests/test_keep.py": "def test_keep(path):\n    return open(path).read()\n",
}
SAVE, LOAD = Frame("keep.py", "keep", "save", 4), Frame("keep.py", "keep", "load", 9)
SHOW = Frame("more.py", "more", "show", 1)
TEST = Frame("tests/test_keep.py", "tests.test_keep", "test_keep", 1)
KEYS = "dict len 2 keys 'apple', 'pear'"


def _read(caller: Frame, line: int, number: int) -> ObservedEffect:
    chain = (Place(caller, line),)
    return ObservedEffect(number, "file.read", "open", "<tmp>/replay/a.json", 1, chain=chain)


RUN = Recording(
    Workload("w1", ("keep.py",)),
    True,
    taps=(
        TapReading("save.path", 2, ("str '<tmp>/replay/a.json'", "str '<tmp>/replay/longe'…")),
        TapReading("save.found", 2, (KEYS,)),
        TapReading("load.path", 1, ("str '<tmp>/replay/c.json'",)),
    ),
    asked_taps=(
        ("save.path", "path@keep.py:5:before"),
        ("save.found", "found@keep.py:6:before"),
        ("load.path", "path@keep.py:10:before"),
    ),
    opened=(OpenedFile("<tmp>/other/d.json", "r", SHOW, 2, 1, 9),),
    effects=(_read(LOAD, 10, 1), _read(TEST, 2, 3)),
)


@pytest.fixture
def tree(make_tree) -> SourceTree:
    return make_tree(FILES)


def _told(text: str, tree: SourceTree, kind: ClaimKind, *runs: Recording) -> list[str]:
    found: tuple[Claim, ...] = verify_document("d.md", text, tree, None, runs).claims
    return [f"{c.text}: {c.verdict.value}: {c.detail}" for c in found if c.kind is kind]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("It opens at `keep.py:5`; taps: `<tmp>/replay/a.json`.", ["verified: read by save.path"]),
        ("At `keep.py:5` (tap: `a.json`).", ["verified: read by save.path at keep.py:5"]),
        ("At `keep.py:5` (tap: `replay/longer.json`).", ["verified: read by save.path"]),
        ("To `replay/longe` (cut by the tap at `keep.py:5`).", ["verified: read by save.path"]),
        ("At `keep.py:5`; tap `replay/b.json`.", ["refuted: the taps there read `<tmp>/replay/a"]),
        (
            "At `keep.py:5`; tap `c.json`.",
            ["unverifiable: read by load.path at keep.py:10, and by"],
        ),
        ("At `keep.py:5`; tap `d.json`.", ["unverifiable: the run touched such a file"]),
        ("A tap read `c.json` there.", ["verified: read by load.path at keep.py:10"]),
        ("A tap read `b.json` there.", ["refuted: no tap read it: they read"]),
        (
            "`keep.py:6`, taps: keys `apple` and `pear`.",
            ["verified: a key of", "verified: a key of"],
        ),
        (
            "`keep.py:6`, taps: keys `apple`, `plum`.",
            ["verified", "refuted: what save.found at keep"],
        ),
        ("`keep.py:5`, taps: the key `plum`.", ["unverifiable: no tap at the places"]),
        # Not of a tap, not of what was read, denied.
        ("It opens `b.json` at `keep.py:5`.", []),
        ("`b.json` is opened at `keep.py:5`. A tap is there.", []),
        ("`keep.py:5`; the tap read no `b.json`.", []),
        ("`keep.py:5`; the tap is called `save.path`.", []),
    ],
)
def test_what_taps_read(tree, text: str, told: list[str]) -> None:
    """A tap at a place of the sentence is the ground; only known readings refute."""
    found = _told(text, tree, ClaimKind.RUN, RUN)
    assert len(found) == len(told)
    assert all(wanted in claim for claim, wanted in zip(found, told, strict=True))


def test_what_a_tap_may_have_read_besides_refutes_nothing(tree) -> None:
    """Readings beyond those that are kept leave it open; without a run nothing is said."""
    text = "At `keep.py:5`; tap `replay/b.json`."
    more = replace(RUN, taps=(replace(RUN.taps[0], others=3), *RUN.taps[1:]))
    (open_one,) = _told(text, tree, ClaimKind.RUN, more)
    assert "unverifiable: no tap is known to have read it" in open_one
    assert not _told(text, tree, ClaimKind.RUN)


def test_a_key_of_a_container_that_was_cut_is_open(tree) -> None:
    """`len 9 keys 'apple', 'pear'` shows two of them."""
    cut = TapReading("save.found", 2, ("dict len 9 keys 'apple', 'pear'…",))
    run = replace(RUN, taps=(cut,))
    (claim,) = _told("`keep.py:6`, taps: the key `plum`.", tree, ClaimKind.RUN, run)
    assert "unverifiable" in claim


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("The only reader is `load`.", "only reader: unverifiable: the run saw 1: keep.load"),
        ("`a.json` has three readers.", "three readers: unverifiable: the run saw 1: keep.load"),
        ("The only writer is `load`.", "only writer: not judged: nothing in the sentence names"),
        ("There are two readers.", "two readers: not judged: nothing in the sentence names"),
        ("It names no reader for `a.json`.", ""),
    ],
)
def test_a_number_of_readers(tree, text: str, told: str) -> None:
    """A run knows some of them, never all; a test is none."""
    found = _told(text, tree, ClaimKind.COUNT, RUN)
    assert len(found) == bool(told)
    assert all(claim.startswith(told) for claim in found)


def test_fewer_readers_than_a_run_saw_are_refuted(tree) -> None:
    """Two modules read it: there is no only reader, and two are open."""
    run = replace(RUN, effects=(*RUN.effects, _read(SHOW, 2, 4)))
    (claim,) = _told("The only reader of `a.json` is `load`.", tree, ClaimKind.COUNT, run)
    assert claim == "only reader: refuted: the run saw 2: keep.load, more.show"
    (claim,) = _told("`a.json` has two readers.", tree, ClaimKind.COUNT, run)
    assert "unverifiable" in claim
    (claim,) = _told("`a.json` has two readers.", tree, ClaimKind.COUNT)
    assert claim == "two readers: not judged: no run is at hand that saw a reader"

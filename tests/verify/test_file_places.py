"""Files that are said to be written or read at a place, beside what runs saw."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tracer.model.plan import Workload
from tracer.model.recording import Frame, ObservedEffect, Place, Recording, StandIns, StateWrite
from tracer.model.verification import ClaimKind
from tracer.static.sources import SourceTree
from tracer.verify.documents import verify_document

FILES = {
    "keep.py": """
        import json


        def save(path, found):
            with open(path, "w") as file:
                json.dump(found, file)
            count = 1
            return count


        def load(path):
            with open(path) as file:
                return json.load(file)


        def main(folder):
            place = folder + "a.json"
            save(place, {})
            return load(
                place,
            )
    """,
}
SAVE, LOAD = Frame("keep.py", "keep", "save", 4), Frame("keep.py", "keep", "load", 11)
MAIN = Frame("keep.py", "keep", "main", 16)
# Lines: 5 open, 6 dump, 7 count, 12 open, 13 load, 17 place, 18 save, 19-21 load.
RUN = Recording(
    Workload("w1", ("keep.py",)),
    True,
    effects=(
        ObservedEffect(
            1, "file.write", "open", "<tmp>/x/a.json", 1, chain=(Place(SAVE, 5), Place(MAIN, 18))
        ),
        ObservedEffect(
            2, "file.read", "open", "<tmp>/x/a.json", 1, chain=(Place(LOAD, 12), Place(MAIN, 19))
        ),
    ),
)


@pytest.fixture
def tree(make_tree) -> SourceTree:
    return make_tree(FILES)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("`a.json` is written at `keep.py:5`.", "verified: open of `<tmp>/x/a.json`"),
        ("`a.json` is then saved at `keep.py:18`.", "verified: open of `<tmp>/x/a.json`"),
        ("`keep.py:5` writes the file `a.json`.", "verified: open of `<tmp>/x/a.json`"),
        ("`x/a.json` is read back at `keep.py:12`.", "verified: open of `<tmp>/x/a.json`"),
        ("`a.json` was loaded at `keep.py:20`.", "verified: open of `<tmp>/x/a.json`"),
        (
            "`a.json` is written at `keep.py:7`.",
            "moved: nothing is called there; the run saw it written at keep.py:5",
        ),
        (
            "`a.json` is read at `keep.py:8`.",
            "moved: nothing is called there; the run saw it read at keep.py:12",
        ),
        # It may write through what the line above has opened; and a run is one run.
        (
            "`a.json` is written at `keep.py:6`.",
            "unverifiable: no run saw that; one saw it written at keep.py:5",
        ),
        ("`a.json` is written at `keep.py:19`.", "unverifiable: no run saw that"),
        # Nothing is known of it.
        ("`b.json` is written at `keep.py:7`.", ""),
        ("`a.json` is not written at `keep.py:7`.", ""),
        ("`save` is written at `keep.py:7`.", ""),
        ("`a.json` is described at `keep.py:7`.", ""),
    ],
)
def test_a_file_at_a_place(tree: SourceTree, text: str, told: str) -> None:
    """By the chain that the run saw, from the nearest frame to the farthest."""
    found = _told(tree, text, RUN)
    assert len(found) == bool(told)
    assert all(claim.startswith(told) for claim in found)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("`keep.CACHE` is changed at `keep.py:6`.", "verified: modified `k` of `keep:CACHE`"),
        ("`CACHE` is then updated at `keep.py:18`.", "verified: modified `k` of `keep:CACHE`"),
        ("`keep.py:6` changes `CACHE`.", "verified: modified `k` of `keep:CACHE`"),
        ("`CACHE` is written at `keep.py:7`.", "verified: added `l` of `keep:CACHE`"),
        (
            "`CACHE` is changed at `keep.py:13`.",
            "unverifiable: no run saw that; one saw it changed at keep.py:6",
        ),
        ("`CACHE` is changed at `keep.py:17`.", "unverifiable: no run saw that"),
        ("`cache` is changed at `keep.py:13`.", ""),
        ("`CACHE` is read at `keep.py:13`.", ""),
        ("`CACHE` is not changed at `keep.py:13`.", ""),
    ],
)
def test_a_watched_object_at_a_place(tree: SourceTree, text: str, told: str) -> None:
    """By the line that changed it and its callers; one found by comparing, up to where it was."""
    chain = (Place(SAVE, 6), Place(MAIN, 18))
    writes = (
        StateWrite("keep:CACHE", "k", "modified", "int 1", "int 2", chain, "exact", 1),
        StateWrite(
            "keep:CACHE", "l", "added", "", "int 2", (Place(SAVE, 6),), "by diff", 2, until=8
        ),
        StateWrite("keep:CACHE", "k", "same", "int 2", "int 2", (Place(LOAD, 13),), "exact", 3),
    )
    found = _told(tree, text, replace(RUN, effects=(), state_writes=writes))
    assert len(found) == bool(told)
    assert all(claim.startswith(told) for claim in found)


def test_without_a_run_nothing_is_told(tree: SourceTree) -> None:
    """Nor by a run under stand-ins, which wrote what no library would have written."""
    text = "`a.json` is written at `keep.py:7`."
    assert not _told(tree, text)
    assert not _told(tree, text, replace(RUN, stand_ins=StandIns(("h5py",), ())))


def test_a_row_of_a_table_is_judged(tree: SourceTree) -> None:
    """A cell tells as a sentence does."""
    table = "| what | where |\n| --- | --- |\n| archive | `a.json` is written at `keep.py:7` |\n"
    (claim,) = _told(tree, table, RUN)
    assert claim.startswith("moved")


def _told(tree: SourceTree, text: str, *runs: Recording) -> list[str]:
    found = verify_document("d.md", text, tree, None, runs)
    return [
        f"{claim.verdict.value}: {claim.detail}"
        for claim in found.claims
        if claim.kind is ClaimKind.MEMBER
    ]

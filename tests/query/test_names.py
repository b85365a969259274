"""Names as people write them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.query.conftest import Ask


@pytest.mark.parametrize(
    ("name", "subject"),
    [
        ("tally", "shop/desk.py::tally"),
        ("desk.tally", "shop/desk.py::tally"),
        ("shop.desk.tally", "shop/desk.py::tally"),
        ("desk.py::tally", "shop/desk.py::tally"),
        ("shop/desk.py::tally", "shop/desk.py::tally"),
        ("shop/desk.py:19", "shop/desk.py::tally"),
        ("desk.py:1", "shop/desk.py::<module>"),
        ("start.py", "shop/deep/start.py::<module>"),
        ("shop.deep.start", "shop/deep/start.py::<module>"),
        ("deep.start", "shop/deep/start.py::<module>"),
        ("Base.save", "shop/store.py::Base.save"),
        ("Attic", "shop/store.py::Attic.__init__"),
        ("Order", "shop.store.Order.__init__"),
        ("Shelf.save", "shop/store.py::Base.save"),
        ("json.dump", "json.dump"),
    ],
)
def test_a_name_stands_for_one_thing(ask: Ask, name: str, subject: str) -> None:
    """Functions, places, files, classes, inherited methods, functions outside."""
    answer = ask("callers", name)
    assert answer.ok, answer.data.answer
    assert [item.id for item in answer.data.subjects] == [subject]


def test_several_things_of_a_name_are_candidates(ask: Ask) -> None:
    """Never a guess: both are listed, and the next questions are spelt out."""
    answer = ask("callers", "save")
    assert not answer.ok
    assert [item.id for item in answer.data.candidates] == [
        "shop/desk.py::save",
        "shop/store.py::Base.save",
    ]
    assert answer.next[0] == "tracer query callers shop/desk.py::save"
    assert answer.data.edges == ()


def test_an_unknown_name_has_nearest_ones(ask: Ask) -> None:
    """Or it says that nothing is like it."""
    answer = ask("callees", "talli")
    assert not answer.ok and "nothing is called `talli`" in answer.data.answer
    assert [item.id for item in answer.data.candidates] == ["shop/desk.py::tally"]
    assert "nor anything like it" in ask("callees", "zzzzqqq").data.answer
    assert "no file of the tree" in ask("callees", "nowhere.py:3").data.answer
    assert "shop/desk.py has 34 lines" in ask("callees", "desk.py:900").data.answer


def test_a_class_without_a_constructor_says_so(ask: Ask) -> None:
    """What makes its objects is inherited: callers of that are not callers of the class."""
    answer = ask("callers", "Shelf")
    assert not answer.ok
    assert "defines no constructor" in answer.data.answer


def test_a_method_that_is_not_there_has_the_methods_of_its_class(ask: Ask) -> None:
    """Who knows the class wants one of its methods, not whatever sounds alike elsewhere."""
    answer = ask("callers", "Attic.row")
    assert not answer.ok
    assert "`shop/store.py::Attic` and its bases in the tree define no `row`" in answer.data.answer
    assert answer.data.candidates[0].id == "shop/store.py::Attic.rows"


def test_a_constructor_that_is_made_has_the_place_of_its_class(ask: Ask) -> None:
    """It stands in no file, and is not outside, either."""
    (subject,) = ask("callers", "Order").data.subjects
    assert (subject.kind, subject.at) == ("made from fields", "shop/store.py:9")
    (outside,) = ask("callers", "json.dump").data.subjects
    assert (outside.kind, outside.at) == ("outside", "")


def test_a_package_gives_out_what_stands_below_it(ask: Ask, tmp_path: Path) -> None:
    """`pkg.Class.method` of a module below, where there is one; it is told how it was taken."""
    (tmp_path / "pkg").mkdir()
    (tmp_path / "pkg/__init__.py").write_text("from ._one import *\n")
    (tmp_path / "pkg/_one.py").write_text(
        "class Store:\n    def save(self):\n        return 1\n\n\nclass Two:\n    pass\n"
    )
    (tmp_path / "pkg/_two.py").write_text("class Two:\n    def save(self):\n        return 2\n")
    (subject,) = ask("callers", "pkg.Store.save", root=tmp_path).data.subjects
    assert subject.id == "pkg/_one.py::Store.save"
    assert "taken for the one `Store.save` below `pkg`" in subject.role
    assert not ask("callers", "pkg.Store.gone", root=tmp_path).ok
    assert not ask("callers", "other.Store.save", root=tmp_path).ok
    assert not ask("callers", "pkg.Two", root=tmp_path).ok

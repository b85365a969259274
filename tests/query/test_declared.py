"""A callee that hangs on a declaration: an annotation may be wrong, and a class below may come."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.query.conftest import Ask
from tracer.model.graph import Sure, how_sure, weakest
from tracer.report.drawing import arrows_of

SHOP = """
class Store:
    def save(self, name):
        open(name, "w").write(self.text())

    def text(self):
        return ""


class Log:
    def close(self):
        return None


class Loud(Log):
    def close(self):
        return print()


def declared(store: Store, log: Log):
    store.save("kept.txt")
    log.close()


def made():
    Store().save("made.txt")


def both(store: Store):
    Store().save("made.txt")
    store.save("kept.txt")
"""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    (tmp_path / "shop.py").write_text(SHOP)
    return tmp_path


def test_what_is_only_declared_is_told_as_that(ask: Ask, shop: Path) -> None:
    """An object that was made there is exact, and the surest of several places counts."""
    answer = ask("callers", "Store.save", root=shop).data
    assert {edge.caller.partition("::")[2]: edge.sure for edge in answer.edges} == {
        "declared": "declared",
        "made": "exact",
        "both": "exact",
    }
    assert "3 functions may call" in answer.answer
    assert all(arrow.is_sure for arrow in arrows_of(ask("callers", "Store.save", root=shop)))


def test_explain_says_of_each_place_on_what_it_rests(ask: Ask, shop: Path) -> None:
    """With one exact place the sentence has no condition."""
    declared = ask("explain", "declared", "Store.save", root=shop).data
    assert declared.answer.endswith("at 1 place, if what is declared there is right")
    assert "a declaration" in declared.edges[0].note
    both = ask("explain", "both", "Store.save", root=shop).data
    assert [edge.sure for edge in both.edges] == ["exact", "declared"]
    assert both.answer.endswith("at 2 places")


def test_a_class_below_that_overrides_it_is_named(ask: Ask, shop: Path) -> None:
    """Nobody was seen to make one, so it is no callee; the place is open all the same."""
    (edge,) = ask("explain", "declared", "Log.close", root=shop).data.edges
    assert edge.sure == "may"
    assert "`shop.py::Loud.close` may run for a class below" in edge.note
    (site,) = ask("unresolved", "declared", root=shop).data.open_sites
    assert (site.text, site.known) == ("log.close", 1)


def test_a_way_is_as_sure_as_its_least_sure_call(ask: Ask, shop: Path) -> None:
    """Of effects, too."""
    (chain,) = ask("path", "declared", "Store.text", root=shop).data.chains
    assert (chain.sure, [hop.sure for hop in chain.hops]) == ("declared", ["declared", "exact"])
    effects = ask("effects", "declared", root=shop, depth=None).data.effects
    assert {effect.sure for effect in effects if effect.hops} == {"declared"}
    effects = ask("effects", "made", root=shop, depth=None).data.effects
    assert {effect.sure for effect in effects if effect.hops} == {"exact"}


def test_how_sure() -> None:
    """Several callees are `may`, whatever is declared; a word that is none counts as `may`."""
    assert how_sure(is_exact=True, is_declared=False) is Sure.EXACT
    assert how_sure(is_exact=True, is_declared=True) is Sure.DECLARED
    assert how_sure(is_exact=False, is_declared=True) is Sure.MAY
    assert weakest(["exact", "declared"]) is Sure.DECLARED
    assert weakest(["exact", ""]) is Sure.MAY
    assert weakest([]) is Sure.EXACT


LOADED = """
import importlib

from fastest import Fast


class Slow:
    def save(self):
        return 1


def load(path):
    module, _, name = path.rpartition(".")
    return getattr(importlib.import_module(module), name)


class Shop:
    def __init__(self, settings):
        store = load(settings["store"])
        store()


class Kiosk:
    def __init__(self, store: Slow):
        store.save()
        Slow()


load("shop.Slow")()
"""
FASTEST = """
class Fast:
    def __init__(self):
        self.x = 1
"""


def test_what_a_loader_gives_beside_a_constant_is_not_all(ask: Ask, tmp_path: Path) -> None:
    """One caller gives the loader a name that can be read, and the others do not."""
    (tmp_path / "shop.py").write_text(LOADED)
    (tmp_path / "fastest.py").write_text(FASTEST)
    answer = ask("explain", "Shop.__init__", "Fast.__init__", root=tmp_path)
    assert "resolved, and go elsewhere" not in answer.data.answer
    assert "is open" in answer.data.answer or "are open" in answer.data.answer
    assert "store" in {site.text for site in answer.data.open_sites}


def test_what_hangs_on_declarations_is_counted_where_nothing_is_open(
    ask: Ask, tmp_path: Path
) -> None:
    """An annotation can be wrong, so it is told that the answer needs it."""
    (tmp_path / "shop.py").write_text(LOADED)
    (tmp_path / "fastest.py").write_text(FASTEST)
    said = ask("explain", "Kiosk.__init__", "Fast.__init__", root=tmp_path).data.answer
    assert "all its 2 call sites are resolved, 1 of them by declarations alone" in said

"""A package gives out what it defines elsewhere, and questions name that."""

from __future__ import annotations

from pathlib import Path

from tests.plan.trees import write_tree
from tracer.brief.question import question_brief
from tracer.model.source import FunctionId
from tracer.plan.exports import exported_names
from tracer.plan.scope import choose_scope
from tracer.static.call_graph import build_call_graph
from tracer.tables.load import load_effect_table

FILES = {
    "shop/__init__.py": "from .core import api as api\nfrom shop.store import Store as Shelf\n"
    "from .core.io import *\ndef own():\n    pass\nfrom .store import own\n",
    "shop/core/__init__.py": "from .api import save, api\n",
    "shop/core/api.py": "def save():\n    open('x', 'w')\n\n\ndef api():\n    save()\n",
    "shop/store.py": "class Store:\n    def keep(self):\n        pass\n\n\ndef own():\n    pass\n",
    "shop/broken.py": "def (:\n",
}


def test_names_lead_to_where_they_are_defined(tmp_path: Path) -> None:
    """Over several packages, under another name; own definitions and unknown names stay."""
    tree = write_tree(tmp_path, FILES)
    graph = build_call_graph(tree, load_effect_table())
    names = (
        "shop.api",
        "shop.Shelf",
        "shop.core.save",
        "shop.own",
        "shop.none",
        "save",
        "broken.x",
    )
    assert exported_names(names, graph, tree) == {
        "shop.api": "shop.core.api.api",
        "shop.Shelf": "shop.store.Store",
        "shop.core.save": "shop.core.api.save",
    }


def test_members_and_stars_are_followed(tmp_path: Path) -> None:
    """`pkg.Class.method`, also where the package says `from .store import *`."""
    files = {
        **FILES,
        "star/__init__.py": "from .store import *\nfrom .gone import *\n",
        "star/store.py": "class Store:\n    def keep(self):\n        pass\n",
    }
    tree = write_tree(tmp_path, files)
    graph = build_call_graph(tree, load_effect_table())
    names = ("shop.Shelf.keep", "star.Store.keep", "star.Store", "star.Other", "star.store.Store")
    assert exported_names(names, graph, tree) == {
        "shop.Shelf.keep": "shop.store.Store.keep",
        "star.Store.keep": "star.store.Store.keep",
        "star.Store": "star.store.Store",
    }


def test_a_question_may_name_it_so(tmp_path: Path) -> None:
    """The function is named by the question, and nothing is said to be unknown."""
    tree = write_tree(tmp_path, FILES)
    graph = build_call_graph(tree, load_effect_table())
    known = choose_scope(question_brief("who calls `shop.core.save`?"), graph, tree, ())
    assert known.named == (FunctionId("shop/core/api.py::save"),)
    assert not any("names nothing" in limit for limit in known.limits)
    unknown = choose_scope(question_brief("who calls `shop.core.gone`?"), graph, tree, ())
    assert any("`shop.core.gone` of the question names nothing" in each for each in unknown.limits)

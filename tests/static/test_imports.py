"""Which file an import names."""

from __future__ import annotations

from pathlib import Path

import pytest

from tracer.static.call_graph import build_call_graph
from tracer.static.sources import read_tree
from tracer.tables.load import load_effect_table


def callees_of(root: Path, text: str, **files: str) -> dict[str, tuple[str, ...]]:
    for name, content in {"main.py": text, **files}.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    graph = build_call_graph(read_tree(root), load_effect_table())
    return {
        resolution.site.text: tuple(resolution.callees)
        for resolution in graph.resolutions
        if resolution.site.path == "main.py"
    }


F = "def f():\n    pass\n"


@pytest.mark.parametrize(
    ("text", "files", "callee"),
    [
        ("import a\na.f()", {"a.py": F}, "a.py::f"),
        ("import a.b\na.b.f()", {"a/__init__.py": "", "a/b.py": F}, "a/b.py::f"),
        ("import a.b as c\nc.f()", {"a/b.py": F}, "a/b.py::f"),
        ("from a import b\nb.f()", {"a/__init__.py": "", "a/b.py": F}, "a/b.py::f"),
        ("from a import *\nf()", {"a.py": "from b import *\n", "b.py": F}, "b.py::f"),
        ("import a\na.f()", {"a.py": "", "a/__init__.py": F}, "a/__init__.py::f"),
        ("from a import f as g\ng()", {"a.py": "from b import f\n", "b.py": F}, "b.py::f"),
        ("import a\na.f()", {"src/a/__init__.py": F}, "src/a/__init__.py::f"),
        ("import sys\nsys.f()", {"sys.py": F}, "sys.f"),
        ("import logging\nlogging.f()", {"logging/x.py": F}, "logging.f"),
        ("import a\na.f()", {"b.py": F}, "a.f"),
    ],
)
def test_names_lead_to_files(tmp_path: Path, text: str, files: dict[str, str], callee: str) -> None:
    """Modules, packages, aliases, stars and re-exports; and what is not there is external."""
    found = callees_of(tmp_path, text, **files)
    assert found[text.rpartition("\n")[2].removesuffix("()")] == (callee,)


def test_imports_in_circles_end(tmp_path: Path) -> None:
    """Names that only lead to each other are open, not endless."""
    found = callees_of(
        tmp_path,
        "from a import x\nfrom b import *\nx()\ny()\n",
        **{"a.py": "from b import x, y\n", "b.py": "from a import *\nfrom a import x\n"},
    )
    assert found["x"] == found["y"] == ()


def test_a_root_that_is_a_package_is_imported_by_its_own_name(tmp_path: Path) -> None:
    """And its modules do not hide those of the standard library."""
    root = tmp_path / "shop"
    root.mkdir()
    found = callees_of(
        root,
        "import shop.cart\nimport abc\nshop.cart.f()\nabc.g()\n",
        **{"__init__.py": "", "cart.py": F, "abc.py": "def g():\n    pass\n"},
    )
    assert found["shop.cart.f"] == ("cart.py::f",)
    assert found["abc.g"] == ("abc.g",)


@pytest.mark.parametrize(
    ("script", "callee"),
    [
        ('if __name__ == "__main__":\n    pages.f()\n', "web/pages.py::f"),
        ("pages.f()\n", "pages.f"),
    ],
)
def test_a_script_in_a_package_finds_what_lies_beside_it(
    tmp_path: Path, script: str, callee: str
) -> None:
    """Its own folder comes last, and hides nothing of the standard library; modules have none."""
    files = {"web/__init__.py": "", "web/pages.py": F, "web/json.py": "def dumps(x): ...\n"}
    files["web/serve.py"] = f"import json\nimport pages\njson.dumps(1)\n{script}"
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(content)
    graph = build_call_graph(read_tree(tmp_path), load_effect_table())
    found = {resolution.site.text: resolution.callees for resolution in graph.resolutions}
    assert found["json.dumps"] == ("json.dumps",)
    assert found["pages.f"] == (callee,)

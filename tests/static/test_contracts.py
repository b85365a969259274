"""What functions take, return and catch, and how conditions are levelled."""

from __future__ import annotations

from pathlib import Path

import pytest

from tracer.model.graph import CallGraph
from tracer.model.source import FunctionId
from tracer.static.call_graph import build_call_graph
from tracer.static.contracts import Contracts, level_names
from tracer.static.sources import read_tree
from tracer.static.texts.scopes import Scopes
from tracer.tables.load import load_effect_table

_PROGRAM = """\
import shutil


class Box:
    def put(self, item, *more, key=None, **rest):
        try:
            return self.items[item]
        except KeyError:
            raise
        except (TypeError, ValueError) as error:
            raise RuntimeError("no") from error
        except OSError:
            if key:
                return None
            else:
                raise
        except:
            pass

    @staticmethod
    def make(first, second="x"):
        return first, second
        return None


def shapes(flag):
    made = Box.make(1)
    left, right = made
    if flag:
        return {"a": made, "b": left}
    if right:
        return [1, right]
    while True:
        return
    shutil.rmtree(made)


def fail(name):
    raise ValueError(f"no {name} in {name!r}, " + "sorry")


def late(name):
    raise LookupError("gone: %s" % name)
"""


@pytest.fixture(scope="module")
def graph_of(tmp_path_factory: pytest.TempPathFactory) -> tuple[CallGraph, Contracts]:
    root = tmp_path_factory.mktemp("tree")
    (root / "m.py").write_text(_PROGRAM)
    tree = read_tree(root)
    graph = build_call_graph(tree, load_effect_table(()))
    return graph, Contracts(Scopes(tree, graph))


def test_parameters_with_their_defaults(graph_of: tuple[CallGraph, Contracts]) -> None:
    """`self` is left out, stars are told, a static method keeps its first."""
    _, contracts = graph_of
    put = contracts.parameters(FunctionId("m.py::Box.put"))
    assert [(each.name, each.default) for each in put] == [
        ("item", ""),
        ("*more", ""),
        ("key", "None"),
        ("**rest", ""),
    ]
    make = contracts.parameters(FunctionId("m.py::Box.make"))
    assert [(each.name, each.default) for each in make] == [("first", ""), ("second", "'x'")]


def test_what_becomes_of_errors(graph_of: tuple[CallGraph, Contracts]) -> None:
    """Handed on, changed, partly handed on, swallowed."""
    _, contracts = graph_of
    found = contracts.handlers(FunctionId("m.py::Box.put"))
    assert [(each.type_name, each.outcome, each.line) for each in found] == [
        ("KeyError", "is raised again", 8),
        ("(TypeError, ValueError)", "becomes RuntimeError", 10),
        ("OSError", "the code goes on, or raises", 12),
        ("BaseException", "the code goes on", 17),
    ]
    assert found[0].around == "return self.items[item]"


def test_returns_with_shapes_and_origins(graph_of: tuple[CallGraph, Contracts]) -> None:
    """What a name was bound to stands for it; what no way leads to is left out."""
    _, contracts = graph_of
    (made,) = contracts.returns(FunctionId("m.py::Box.make"))
    assert (made.shape, made.parts) == ("tuple of 2", ("first", "second"))
    found = contracts.returns(FunctionId("m.py::shapes"))
    assert [(each.shape, each.parts, each.keys) for each in found] == [
        ("dict", ("Box.make(1)", "made[0]"), ("'a'", "'b'")),
        ("list of 2", ("1", "made[1]"), ()),
        ("None", (), ()),
    ]


def test_messages_without_their_holes(graph_of: tuple[CallGraph, Contracts]) -> None:
    """The constant beginning of a message; what a name gives is `…`."""
    graph, contracts = graph_of
    told = {each.type_name: contracts.message(each) for each in graph.raises}
    assert told["ValueError"] == "no … in …,"
    assert told["LookupError"] == "gone: %s"
    assert told["RuntimeError"] == "no"


@pytest.mark.parametrize(
    ("one", "other", "is_loop", "are_equal"),
    [
        ("os.path.exists(a)", "os.path.exists(b)", False, True),
        ("a.x is None and b", "b.x is None and a", False, True),
        ("a is None and a", "a is None and b", False, False),
        ("a in other", "b in another", False, False),
        ("a, b in a.items()", "b, a in b.items()", True, True),
        ("len(a) >", "len(b) >", False, False),
    ],
)
def test_levelled_names(one: str, other: str, is_loop: bool, are_equal: bool) -> None:
    """Locals are named by their first use; all else stays; what was cut is compared as it is."""
    names = frozenset({"a", "b"})
    levelled = [level_names(text, names, is_loop=is_loop) for text in (one, other)]
    assert (levelled[0] == levelled[1]) is are_equal


@pytest.mark.parametrize(
    ("lines", "asked"),
    [
        (["n = d.get('a')", "m = d['b']", "if n is None or m:"], ("a", "b")),
        (["if 'a' not in d:"], ("a",)),
        (["n = d.pop('b', 1)", "k = n", "while k > 1:"], ("b",)),
        (["needed = ['b', 'a']", "n = [k for k in needed if k not in d]", "if n:"], ("a", "b")),
        (["needed = ['a', x]", "n = [k for k in needed if k not in d]", "if n:"], ()),
        (["if x:", "    n = d['a']", "if n:"], ()),  # two ways to the name, one of them outside
        (["n = d['a']", "if x:"], ()),
        (["if d.get(x) == 'a':"], ()),
        (["n, m = d['a']", "if n:"], ()),  # a part of the value
    ],
)
def test_keys_that_a_condition_asks_for(
    tmp_path: Path, lines: list[str], asked: tuple[str, ...]
) -> None:
    """Of what its names are bound to in the function, where that is one expression."""
    body = "def f(d, x):\n" + "".join(f"    {line}\n" for line in [*lines, "    pass"])
    (tmp_path / "m.py").write_text(body)
    tree = read_tree(tmp_path)
    contracts = Contracts(Scopes(tree, build_call_graph(tree, load_effect_table(()))))
    assert contracts.asked(FunctionId("m.py::f"), len(lines) + 1) == asked


def test_a_star_parts_off_keywords(tmp_path: Path) -> None:
    """A bare one is told; one with a name says it already."""
    (tmp_path / "m.py").write_text("def f(a, *, b=1): ...\ndef g(a, *c, b=1): ...\n")
    tree = read_tree(tmp_path)
    contracts = Contracts(Scopes(tree, build_call_graph(tree, load_effect_table(()))))
    for name, shown in (("f", ["a", "*", "b"]), ("g", ["a", "*c", "b"])):
        views = contracts.parameters(FunctionId(f"m.py::{name}"))
        assert [view.name for view in views] == shown

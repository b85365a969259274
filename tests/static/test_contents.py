"""Which keys a value holds when it is written, and which are asked of what was read."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tracer.model.source import FunctionId
from tracer.static.call_graph import build_call_graph
from tracer.static.contents import ContentReader, Contents
from tracer.static.sources import read_tree
from tracer.static.texts.scopes import Link, Scopes
from tracer.tables.load import load_effect_table


def _reader(root: Path, body: str) -> tuple[ContentReader, Scopes]:
    (root / "m.py").write_text(body)
    tree = read_tree(root)
    scopes = Scopes(tree, build_call_graph(tree, load_effect_table(())))
    links: dict[FunctionId, Link] = {}
    for link in scopes.callers(FunctionId("m.py::inner")):
        links[link.callee] = link
    return ContentReader(scopes, links), scopes


def _written(root: Path, body: str, function: str = "f") -> Contents:
    """Of the argument of `dump` in the function."""
    reader, scopes = _reader(root, body)
    id_ = FunctionId(f"m.py::{function}")
    call = next(
        call
        for call in scopes.own_calls(id_)
        if isinstance(call.func, ast.Name) and call.func.id == "dump"
    )
    return reader.written(call.args[0], id_)


@pytest.mark.parametrize(
    ("lines", "keys", "made_of"),
    [
        (["dump({'a': 1, 'b': x})"], {"a": "1", "b": "x"}, ()),
        (["d = {'a': 1}", "d['b'] = 2", "dump(d)"], {"a": "1", "b": "2"}, ()),
        (["d = {'a': 1}", "dump(d)", "d['b'] = 2"], {"a": "1"}, ()),
        (["d = {'a': 1}", "d['a'] = 2", "dump(d)"], {"a": "2"}, ()),
        (["d = x.cfg.copy()", "d['b'] = 2", "dump(d)"], {"b": "2"}, ("x.cfg.copy()",)),
        (["d = {'a': 1}", "d.update({'b': 2})", "dump(d)"], {"a": "1", "b": "2"}, ()),
        (["d = dict(a=1, **x)", "dump(d)"], {"a": "1"}, ("x",)),
        (["d = {**x, 'a': 1}", "dump(d.copy())"], {"a": "1"}, ("x",)),
        (["d = {'a': 1}", "d.setdefault('b', 2)", "dump(d)"], {"a": "1", "b": "2"}, ()),
        (["d = {}", "if x:", "    d = {'a': 1}", "dump(d)"], {}, ("d",)),
        (["d = {'a': 1, 'b': 2}", "del d['a']", "d.pop('b')", "dump(d)"], {}, ()),
        (["d = {'a': 1}", "with x:", "    d['a'] = 2", "    dump(d)"], {"a": "2"}, ()),
        (["d = {'a': 1}", "fill(d)", "print(d)", "dump(d)"], {"a": "1"}, ("fill(d)",)),
        (["dump(x)"], {}, ("x",)),
        (["d, e = x", "dump(d)"], {}, ("d",)),
        (["dump({x: 1, 3: 2})"], {"{x}": "1", "{3}": "2"}, ()),
    ],
)
def test_keys_that_are_written(
    tmp_path: Path, lines: list[str], keys: dict[str, str], made_of: tuple[str, ...]
) -> None:
    """What else a value is made of is named; a name with two bindings tells nothing."""
    body = (
        "def f(x):\n"
        + "".join(f"    {line}\n" for line in lines)
        + "\ndef dump(d): ...\n\ndef fill(d): ...\n"
    )
    found = _written(tmp_path, body)
    assert {view.key: view.value for view in found.keys} == keys
    assert found.made_of == made_of


def test_a_store_under_a_condition_leaves_both(tmp_path: Path) -> None:
    """Nobody can tell which of the two is written."""
    body = (
        "def f(x):\n    d = {'v': '1'}\n    if x:\n        d['v'] = '2'\n    dump(d)\n\n"
        "def dump(d): ...\n"
    )
    assert [(view.key, view.value) for view in _written(tmp_path, body).keys] == [
        ("v", "'1'"),
        ("v", "'2'"),
    ]


def test_a_parameter_is_followed_to_the_one_call_that_passes_it(tmp_path: Path) -> None:
    """The keys are those of the caller, with its lines."""
    body = (
        "def f():\n    objects = {'a': len}\n    inner('x', objects)\n\n"
        "def inner(path, given):\n    dump(given)\n\ndef dump(d): ...\n"
    )
    found = _written(tmp_path, body, "inner")
    assert [(view.key, view.value, view.line) for view in found.keys] == [("a", "len", 2)]


def test_keys_that_are_asked_of_what_was_read(tmp_path: Path) -> None:
    """Items, `get`, `pop` with their defaults, tests, stores; not those of another value."""
    body = (
        "def f(file, other):\n"
        "    d = load(file)\n"
        "    d['a']\n"
        "    d.get('b', 3)\n"
        "    d.pop('c')\n"
        "    if 'e' not in d:\n"
        "        d['e'] = 1\n"
        "    other['z']\n"
        "    d = other\n"
        "    d['y']\n\n"
        "def load(f): ...\n"
    )
    reader, scopes = _reader(tmp_path, body)
    id_ = FunctionId("m.py::f")
    call = next(
        call
        for call in scopes.own_calls(id_)
        if isinstance(call.func, ast.Name) and call.func.id == "load"
    )
    found = reader.asked(call, id_)
    assert {(view.key, view.how, view.value) for view in found} == {
        ("a", "read", ""),
        ("b", "read", "3"),
        ("c", "taken out", ""),
        ("e", "tested", ""),
        ("e", "added", "1"),
    }


@pytest.mark.parametrize(
    ("body", "asked"),
    [
        # Another name, whatever else it may be.
        ("def f(x):\n    d = load(x)\n    e = d or {}\n    e['a']\n", ["a"]),
        ("def f(x):\n    d = load(x)\n    e = d if x else {}\n    e['a']\n", ["a"]),
        ("def f(x):\n    e = dict(load(x))\n    e['a']\n", ["a"]),
        ("def f(x):\n    d = load(x)\n    e = d.copy()\n    e['a']\n", ["a"]),
        ("def f(x):\n    d = load(x)\n    e: dict = d\n    e['a']\n", ["a"]),
        # The condition of a choice is not what is chosen.
        ("def f(x):\n    d = load(x)\n    e = x if d else {}\n    e['a']\n", []),
        # Handed to a function, by place and by name; not to what is bound anew there.
        ("def f(x):\n    d = load(x)\n    g(1, d)\n\ndef g(x, e):\n    e['a']\n", ["a"]),
        ("def f(x):\n    d = load(x)\n    g(e=d)\n\ndef g(e):\n    e['a']\n", ["a"]),
        ("def f(x):\n    d = load(x)\n    g(d, 1)\n\ndef g(e, x):\n    x['a']\n", []),
        ("def f(x):\n    d = load(x)\n    g(d)\n\ndef g(e):\n    e = {}\n    e['a']\n", []),
        # Given back to the one call that leads here: as a whole, as a part, at once.
        ("def f(x):\n    d = inner(x)\n    d['a']\n\ndef inner(x):\n    return load(x)\n", ["a"]),
        (
            "def f(x):\n    n, d = inner(x)\n    d['a']\n    n['b']\n\n"
            "def inner(x):\n    d = load(x)\n    return 1, d\n",
            ["a"],
        ),
        (
            "def f(x):\n    *n, d = inner(x)\n    d['a']\n\n"
            "def inner(x):\n    d = load(x)\n    return 1, d\n",
            [],
        ),
        # Each of several names; none where one is no text.
        ("def f(x):\n    d = load(x)\n    [d[k] for k in ('a', 'b')]\n", ["a", "b"]),
        (
            "def f(x):\n    d = load(x)\n    n = ['a', 'b']\n    any(k in d for k in n)\n",
            ["a", "b"],
        ),
        ("def f(x):\n    d = load(x)\n    [d[k] for k in ('a', x)]\n", []),
        ("def f(x):\n    d = load(x)\n    for k, v in ('a', 'b'):\n        d[k]\n", []),
        # Functions that hand it to each other end.
        ("def f(x):\n    d = load(x)\n    g(d)\n\ndef g(e):\n    e['a']\n    g(e)\n", ["a"]),
    ],
)
def test_what_was_read_is_followed(tmp_path: Path, body: str, asked: list[str]) -> None:
    """To other names and other functions, where nothing else can be meant."""
    reader, scopes = _reader(tmp_path, body + "\n\ndef load(f): ...\n")
    (caller,) = [link.caller for link in scopes.callers(FunctionId("m.py::load"))]
    call = next(
        call
        for call in scopes.own_calls(caller)
        if isinstance(call.func, ast.Name) and call.func.id == "load"
    )
    found = reader.asked(call, caller)
    assert [view.key for view in found] == asked
    if asked and "def g" in body:
        assert {str(view.function) for view in found} == {"m.py::g"}

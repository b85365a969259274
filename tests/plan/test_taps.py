"""Which values are read, and what is claimed of them."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.plan.conftest import Project
from tests.plan.test_scope import QUESTION, scope_of
from tracer.model.plan import TapMoment
from tracer.plan.literals import counted_arguments, literal_size
from tracer.plan.statements import own_expressions, syntax_of
from tracer.plan.taps import MOST_TAPS, propose_taps, readable_expression
from tracer.static.sources import SourceText, SourceTree


def test_taps_of_an_inventory(project: Project) -> None:
    """What goes in before it is written, what comes out after it is read, the state after it."""
    scope, _ = scope_of(project, QUESTION)
    taps = {tap.key: tap for tap in propose_taps(scope, project.graph, project.tree)}
    dumped = taps["Manager.save_all.objects"]
    assert (dumped.expression, dumped.line, dumped.moment) == ("objects", 10, TapMoment.BEFORE)
    assert dumped.purpose == "what is serialised by `dill.dump`"
    loaded = taps["Manager.load_all.loaded"]
    assert (loaded.expression, loaded.line, loaded.moment) == ("loaded", 14, TapMoment.AFTER)
    state = taps["Manager.load_all.params.cfg"]
    assert (state.expression, state.line, state.moment) == ("params.cfg", 15, TapMoment.AFTER)
    assert taps["Manager.save_all.path"].statement_lines == (6, 6)  # the head, not the body
    assert len(taps) <= MOST_TAPS


def test_counts_are_claimed_only_where_the_source_says_them(project: Project) -> None:
    """`objects` has three entries where it is used; `models` was changed on the way."""
    scope, _ = scope_of(project, QUESTION)
    counts = [t for t in propose_taps(scope, project.graph, project.tree) if t.expected]
    assert [(t.key, t.expression, t.expected, t.line, t.unit) for t in counts] == [
        ("save.objects.count", "len(objects)", "== 3", 23, "entries")
    ]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("d = {'a': 1, 'b': 2}\nuse(d)", [("d", 2)]),
        ("d: dict = {'a': 1}\nuse(x=d)", [("d", 1)]),
        ("d = {}\nuse(d)", [("d", 0)]),
        ("for i in r:\n    d = {'a': 1}\n    use(d)", [("d", 1)]),
        ("if c:\n    d = {'a': 1}\nuse(d)", [("d", 1)]),
        ("d = {'a': 1}\nd['b'] = 2\nuse(d)", []),
        ("d = {'a': 1}\nd.update(x)\nuse(d)", []),
        ("d = {'a': 1}\nother(d)\nuse(d)", []),
        ("d = {'a': 1}\ne = d\ne['b'] = 2\nuse(d)", []),
        ("d = {'a': 1}\nd = {'a': 1, 'b': 2}\nuse(d)", []),
        ("d = {'a': 1}\nd |= x\nuse(d)", []),
        ("d = {'a': 1}\nfor i in r:\n    use(d)", []),
        ("d = {'a': 1}\ndel d\nuse(d)", []),
        ("d = {'a': 1}\nwith x as d:\n    use(d)", []),
        ("d = {'a': 1}\nf = lambda: d.clear()\nf()\nuse(d)", []),
        ("d = {'a': 1}\ndef g():\n    d['b'] = 1\ng()\nuse(d)", []),
        ("d = {'a': 1}\nlocals()['d']['b'] = 1\nuse(d)", []),
        ("d = {'a': 1}\nimport d\nuse(d)", []),
        ("global d\nd = {'a': 1}\nuse(d)", []),
        ("d = {'a': 1, **x}\nuse(d)", []),
        ("d = {'a': 1, k: 2}\nuse(d)", []),
        ("d = {'a': 1, 'a': 2}\nuse(d)", []),
        ("d = {1: 1, True: 2}\nuse(d)", []),
        ("d = dict(a=1)\nuse(d)", []),
        ("d = c = {'a': 1}\nc['b'] = 1\nuse(d)", []),
        ("use(d)\nd = {'a': 1}", []),
        ("match x:\n    case {**d}:\n        pass\nd = {'a': 1}\nuse(d)", []),
    ],
)
def test_a_count_is_never_a_guess(body: str, expected: list[tuple[str, int]]) -> None:
    """Whatever might change the dictionary on the way to its use takes the claim back."""
    source = "def f(r, x, c):\n" + "".join(f"    {line}\n" for line in body.splitlines())
    tree = SourceTree(Path("/"), (SourceText("m.py", "", source),))
    syntax = syntax_of(tree, frozenset({"m.py"}))["m.py"]
    found = [
        counted
        for statement in syntax.statements
        for node in own_expressions(statement.node)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "use"
        for counted in counted_arguments(statement, node)
    ]
    assert found == expected


def test_size_of_a_literal() -> None:
    """Only constant keys, each once, are counted."""
    value = ast.parse("{'a': f(), 2: g}", mode="eval").body
    assert literal_size(value) == 2
    assert literal_size(None) is None


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("a", "a"),
        ("a.b.c", "a.b.c"),
        ("a['k'].b[0]", "a['k'].b[0]"),
        ("f(a)", ""),
        ("a[i]", ""),
        ("a + b", ""),
        ("f().b", ""),
        ("'constant'", ""),
    ],
)
def test_a_tap_runs_no_code_of_its_own(source: str, expected: str) -> None:
    """Names, attributes and constant items are read; calls, computed items and operators not."""
    assert readable_expression(ast.parse(source, mode="eval").body) == expected


def test_calls_are_found_by_their_end() -> None:
    """Chained calls share their start, so a span's end tells which one is meant."""
    source = "x = f().g().h()\n"
    tree = SourceTree(Path("/"), (SourceText("m.py", "", source),))
    syntax = syntax_of(tree, frozenset({"m.py"}))["m.py"]
    ends = sorted(syntax.by_expression)
    assert [ast.unparse(syntax.by_expression[end][1]) for end in ends] == [
        "f()",
        "f().g()",
        "f().g().h()",
    ]

"""What an expression may give: each case is `result = …` in a function, with what is expected."""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tracer.model.source import FunctionId, function_id
from tracer.static.call_graph import build_call_graph
from tracer.static.sources import SourceText, SourceTree
from tracer.static.texts.context import Frame, Limits
from tracer.static.texts.evaluator import StringEvaluator
from tracer.static.texts.patterns import Hole, HoleKind, Pattern, literal
from tracer.tables.load import load_effect_table

IMPORTS = """
import os
import tempfile
from os.path import join as j
from pathlib import Path
"""


def _result(evaluator: StringEvaluator, function: FunctionId) -> tuple[Pattern, ...]:
    """The patterns of the last assignment to `result`, or of the last `return`."""
    scope = evaluator.scopes.node(function)
    assert scope is not None
    found = [
        node.value
        for node in ast.walk(scope)
        if isinstance(node, ast.Return) and node.value is not None
    ]
    return evaluator.texts(found[-1], Frame(function))


def _rendered(make_program, files: Mapping[str, str], qualname: str = "f") -> list[str]:  # type: ignore[no-untyped-def]
    program = make_program(files)
    evaluator = StringEvaluator(program.tree, program.graph)
    found = _result(evaluator, function_id("a.py", qualname))
    expanded = [each.render() for pattern in found for each in evaluator.expand(pattern)]
    return sorted(set(expanded))


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("return 'a' + '.zip'", ["a.zip"]),
        ("return f'{p}.zip'", ["{p}.zip"]),
        ("return f'{p:>3}.zip'", ["{p}.zip"]),
        ("n = 7\nreturn f'epoch{n:03d}.h5'", ["epoch007.h5"]),
        ("return '%s-%03d.npz' % (p, 7)", ["{p}-007.npz"]),
        ("return '{}/{name}.h5'.format(p, name='w')", ["{p}/w.h5"]),
        ("return os.path.join(p, 'a', 'b.dill')", ["{p}/a/b.dill"]),
        ("return j(p, '/abs')", ["/abs"]),
        ("return str(Path(p) / 'a' / 'b')", ["{p}/a/b"]),
        ("return Path('x/') / './y'", ["x/y"]),
        ("return os.path.basename('a/b.txt')", ["b.txt"]),
        ("return os.path.dirname(os.path.join(p, 'b.txt'))", ["{p}"]),
        ("return os.path.splitext(p + '/w.h5')[0]", ["{p}/w"]),
        ("return Path(p, 'wts.h5.zip').with_suffix('')", ["{p}/wts.h5"]),
        ("return Path(p, 'a.x').with_name('b.y')", ["{p}/b.y"]),
        ("x = 'a'\nif q:\n    x = 'b'\nreturn x", ["a", "b"]),
        ("x = 'a'\nx = 'b'\nreturn x", ["b"]),
        ("x = 'a'\nx += '.zip'\nreturn x", ["a.zip"]),
        ("try:\n    x = 'a'\nexcept OSError:\n    x = 'b'\nreturn x", ["a", "b"]),
        ("with open(p) as g:\n    x = 'a'\nreturn x", ["a"]),
        ("return 'a' if q else 'b'", ["a", "b"]),
        ("return q or 'b'", ["b", "{q}"]),
        ("for n in ('a', 'b'):\n    pass\nreturn n + '.h5'", ["a.h5", "b.h5"]),
        ("for n, m in {'a': 1, 'b': 2}.items():\n    pass\nreturn f'{n}{m}'", ["a1", "b2"]),
        ("for i, n in enumerate(['x', 'y']):\n    pass\nreturn f'{i}{n}'", ["0x", "1y"]),
        ("for n in q:\n    pass\nreturn n + '.h5'", ["{n}.h5"]),
        ("names = ['a']\nnames.append(p)\nfor n in names:\n    pass\nreturn n", ["{n}"]),
        ("d = {'k': 'v'}\nreturn d['k']", ["v"]),
        ("d = {'k': 'v'}\nreturn d.get('z', 'w')", ["w"]),
        ("return '/'.join(['a', p])", ["a/{p}"]),
        ("return 'A.TXT'.lower()", ["a.txt"]),
        ("return p.lower()", ["{p.lower()}"]),
        ("if (x := p + 'a'):\n    pass\nreturn x", ["{p}a"]),
        ("return [n + '.h5' for n in ('a', 'b')][1]", ["b.h5"]),
        ("return {'a', 'b'}.pop()", ["{('a', 'b').pop()}"]),
        ("while q:\n    p = p + 'x'\nreturn 'done'", ["done"]),
        ("return os.environ['HOME'] + '/x'", ["{$HOME}/x"]),
        ("return undefined_name + 'x'", ["{undefined_name}x"]),
        ("return CONSTANT", ["weights.h5"]),
        ("def g():\n    return p + '!'\nreturn g()", ["{p}!"]),
        ("return helper(p)", ["{p}.zip"]),
        ("return forever(p)", ["{forever(x + 'a')}"]),
    ],
)
def test_expressions(make_program, body: str, expected: list[str]) -> None:  # type: ignore[no-untyped-def]
    """Constants, formats, paths, loops, branches, and the reasons why not."""
    text = (
        f"{IMPORTS}\nCONSTANT = 'weights.h5'\n\n"
        "def helper(base):\n    return base + '.zip'\n\n"
        "def forever(x):\n    return forever(x + 'a')\n\n"
        f"def f(p, q):\n{textwrap.indent(body, '    ')}\n"
    )
    found = _rendered(make_program, {"a.py": text})
    assert found == expected


def test_a_hole_says_where_it_comes_from(make_program) -> None:  # type: ignore[no-untyped-def]
    """Parameter, temporary folder, environment, call: each with its place."""
    text = f"""{IMPORTS}
def f(p):
    with tempfile.TemporaryDirectory() as folder:
        return f"{{folder}}/{{p}}/{{os.getenv('NAME', 'x')}}/{{print()}}"
"""
    program = make_program({"a.py": text})
    (pattern,) = _result(StringEvaluator(program.tree, program.graph), function_id("a.py", "f"))
    holes = {hole.kind: hole for hole in pattern.holes}
    assert list(holes) == [
        HoleKind.TEMPORARY,
        HoleKind.PARAMETER,
        HoleKind.ENVIRONMENT,
        HoleKind.CALL,
    ]
    assert holes[HoleKind.ENVIRONMENT].default == "x"
    assert holes[HoleKind.PARAMETER].place == "a.py:7"
    assert holes[HoleKind.CALL].reason == "result of a call"


def test_one_temporary_folder_is_one_hole(make_program) -> None:  # type: ignore[no-untyped-def]
    """Two names of one folder are the same hole; two folders are two."""
    text = f"""{IMPORTS}
def f():
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as two:
        again = one
        return one + again + two
"""
    program = make_program({"a.py": text})
    (pattern,) = _result(StringEvaluator(program.tree, program.graph), function_id("a.py", "f"))
    first, second, third = pattern.parts
    assert first == second != third


def test_a_getter_of_module_state_has_its_default(make_program) -> None:  # type: ignore[no-untyped-def]
    """`params.get('h5_path')`: a hole with the default, where it stands, and where it is read."""
    files = {
        "params.py": """
            cfg = {'label': '', 'h5_path': 'wts.h5'}

            def set(key, value):
                cfg[key] = value

            def get(key, default=None):
                if key == 'derived':
                    return cfg['label'] + '!'
                if default is None:
                    return cfg[key]
                return cfg.get(key, default)
            """,
        "a.py": """
            import params

            def f(out):
                return out + '/' + params.get('h5_path')
            """,
    }
    program = make_program(files)
    (pattern,) = _result(StringEvaluator(program.tree, program.graph), function_id("a.py", "f"))
    assert pattern.render() == "{out}/{params.cfg['h5_path']}"
    hole = pattern.holes[1]
    assert (hole.kind, hole.default) == (HoleKind.STATE, "wts.h5")
    assert (hole.default_path, hole.default_line) == ("params.py", 2)
    assert hole.read == "`params.get('h5_path')` at a.py:5"


def test_a_table_that_nobody_changes_is_no_state(make_program) -> None:  # type: ignore[no-untyped-def]
    """The control: without a write, the value itself."""
    text = "NAMES = {'k': 'v.h5'}\n\ndef f():\n    return NAMES['k']\n"
    assert _rendered(make_program, {"a.py": text}) == ["v.h5"]


def test_parameters_take_what_all_callers_give(make_program) -> None:  # type: ignore[no-untyped-def]
    """Positional, keyword, default; through another module and a method."""
    files = {
        "a.py": """
            class Store:
                def path(self, base, suffix='.zip'):
                    return base + suffix

                @staticmethod
                def plain(base):
                    return base + '.txt'

            def f(base):
                return base + '.h5'
            """,
        "b.py": """
            from a import Store, f

            def g(x):
                f('one')
                f(base=x + 'two')
                Store().path('three')
                Store().path('four', suffix='.tar')
                Store.plain('five')
            """,
    }
    assert _rendered(make_program, files) == ["one.h5", "{x}two.h5"]
    assert _rendered(make_program, files, "Store.path") == ["four.tar", "three.zip"]
    assert _rendered(make_program, files, "Store.plain") == ["five.txt"]


def test_a_call_that_unpacks_is_a_hole(make_program) -> None:  # type: ignore[no-untyped-def]
    """`f(*args)` does not tell which argument goes where."""
    text = "def f(a, b):\n    return a + b\n\ndef g(pair):\n    f(*pair)\n"
    assert _rendered(make_program, {"a.py": text}) == ["{a}{b}"]


def test_holes_of_one_call_are_filled_together(make_program) -> None:  # type: ignore[no-untyped-def]
    """Two callers give two paths, not four."""
    text = "def f(a, b):\n    return a + b\n\ndef g():\n    f('1', '2')\n    f('3', '4')\n"
    assert _rendered(make_program, {"a.py": text}) == ["12", "34"]


def test_own_attributes(make_program) -> None:  # type: ignore[no-untyped-def]
    """`self.x` from the class, unless a base or a subclass may have a say."""
    text = """
        class Writer:
            suffix = '.npz'
            def __init__(self, folder):
                self.folder = folder + '/out'
            def path(self):
                return self.folder + '/a' + self.suffix

        class Base:
            name = 'base'
            def path(self):
                return self.name

        class Derived(Base):
            name = 'derived'
        """
    assert _rendered(make_program, {"a.py": text}, "Writer.path") == ["{folder}/out/a.npz"]
    assert _rendered(make_program, {"a.py": text}, "Base.path") == ["{self.name}"]


def test_bounds_give_holes_with_reasons(make_program) -> None:  # type: ignore[no-untyped-def]
    """Too many alternatives, too many steps: a hole that says so."""
    text = "def f(q):\n    x = 'a'\n" + "".join(
        f"    if q == {n}:\n        x = 'v{n}'\n" for n in range(40)
    )
    program = make_program({"a.py": text + "    return x\n"})
    evaluator = StringEvaluator(program.tree, program.graph)
    (many,) = _result(evaluator, function_id("a.py", "f"))
    assert many.holes[0].reason == "more than 32 alternatives"
    short = StringEvaluator(program.tree, program.graph, Limits(steps=0))
    (none,) = _result(short, function_id("a.py", "f"))
    assert none.holes[0].reason == "more than 0 steps"


def test_answers_do_not_depend_on_what_was_asked_before(make_program) -> None:  # type: ignore[no-untyped-def]
    """Memory never keeps what a cycle cut short."""
    text = """
        def f(n):
            x = 'a'
            for i in range(n):
                y = x + 'b'
                x = y + 'c'
            return x
        """
    program = make_program({"a.py": text})
    function = function_id("a.py", "f")
    fresh = _result(StringEvaluator(program.tree, program.graph), function)
    used = StringEvaluator(program.tree, program.graph)
    scope = used.scopes.node(function)
    assert scope is not None
    for node in ast.walk(scope):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            used.texts(node, Frame(function))
    assert _result(used, function) == fresh


def test_matching_knows_that_a_hole_has_one_value() -> None:
    """`{x}/{x}` matches `a/a`, not `a/b`."""
    hole = Hole("x", HoleKind.PARAMETER, "a.py", 1)
    pattern = Pattern((hole, "/", hole))
    assert pattern.matches("a/a")
    assert not pattern.matches("a/b")


# Programs made at random, and run

_NAMES = st.text("abcxyz", min_size=1, max_size=3)
_ATOMS = st.one_of(
    st.sampled_from(["p", "q", "x", "y", "n"]),
    _NAMES.map(repr),
    _NAMES.map(lambda name: repr(f"{name}.txt")),
    st.tuples(_NAMES, _NAMES).map(lambda pair: repr("/".join(pair))),
)


def _compound(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    pair = st.tuples(inner, inner)
    return st.one_of(
        pair.map(lambda e: f"({e[0]} + {e[1]})"),
        pair.map(lambda e: f"os.path.join({e[0]}, {e[1]})"),
        pair.map(lambda e: f"f'{{{e[0]}}}-{{{e[1]}}}.zip'".replace("'", '"""')),
        pair.map(lambda e: f"('%s_%s' % ({e[0]}, {e[1]}))"),
        pair.map(lambda e: f"'{{}}/{{k}}'.format({e[0]}, k={e[1]})"),
        pair.map(lambda e: f"str(Path({e[0]}) / {e[1]})"),
        pair.map(lambda e: f"({e[0]} if flag else {e[1]})"),
        pair.map(lambda e: f"({e[0]} or {e[1]})"),
        pair.map(lambda e: f"helper({e[0]}, {e[1]})"),
        pair.map(lambda e: f"{{'k': {e[0]}, 'l': {e[1]}}}['l']"),
        pair.map(lambda e: f"'+'.join([{e[0]}, {e[1]}])"),
        inner.map(lambda e: f"os.path.basename({e})"),
        inner.map(lambda e: f"os.path.dirname(os.path.join('d', {e}))"),
        inner.map(lambda e: f"os.path.splitext({e})[0]"),
        inner.map(lambda e: f"os.path.splitext({e})[1]"),
        inner.map(lambda e: f"str(Path({e}).with_suffix('.h5'))"),
        inner.map(lambda e: f"Path({e}).name"),
        inner.map(lambda e: f"Path({e}).stem"),
        inner.map(lambda e: f"str(Path({e}).parent)"),
        inner.map(lambda e: f"{e}.replace('a', 'b')"),
        inner.map(lambda e: f"{e}.upper()"),
        inner.map(lambda e: f"{e}[1:]"),
        inner.map(lambda e: f"{e}.removesuffix('.txt')"),
    )


_EXPRESSIONS = st.recursive(_ATOMS, _compound, max_leaves=5)
_STATEMENTS = st.one_of(
    st.tuples(st.sampled_from("xy"), _EXPRESSIONS).map(lambda e: f"{e[0]} = {e[1]}"),
    st.tuples(st.sampled_from("xy"), _EXPRESSIONS).map(lambda e: f"{e[0]} += {e[1]}"),
    st.tuples(st.sampled_from("xy"), _EXPRESSIONS).map(lambda e: f"if flag:\n    {e[0]} = {e[1]}"),
    st.tuples(st.sampled_from("xy"), _EXPRESSIONS, _EXPRESSIONS).map(
        lambda e: f"if flag:\n    {e[0]} = {e[1]}\nelse:\n    {e[0]} = {e[2]}"
    ),
    st.tuples(st.sampled_from("xy"), _EXPRESSIONS).map(
        lambda e: f"for n in ['u', 'v']:\n    {e[0]} = {e[1]}"
    ),
    st.tuples(_EXPRESSIONS, _EXPRESSIONS).map(
        lambda e: f"for n, y in [({e[0]}, 'u'), ('v', {e[1]})]:\n    x = x + y\n    if flag: break"
    ),
    st.tuples(st.sampled_from("xy"), _EXPRESSIONS, _EXPRESSIONS).map(
        lambda e: f"try:\n    {e[0]} = {e[1]}\n    {e[2]}.bad\nexcept AttributeError:\n    pass"
    ),
    st.tuples(_EXPRESSIONS).map(lambda e: f"x, y = y, {e[0]}"),
    st.tuples(_EXPRESSIONS).map(lambda e: f"while len(x) < 4:\n    x = x + {e[0]} + 'a'"),
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    statements=st.lists(_STATEMENTS, max_size=4),
    expression=_EXPRESSIONS,
    p=_NAMES,
    q=_NAMES,
    flag=st.booleans(),
)
def test_the_patterns_hold_what_the_program_gives(
    statements: list[str], expression: str, p: str, q: str, flag: bool
) -> None:
    """With the parameters known, some pattern matches what running the program gives."""
    body = "\n".join(["x = 'x0'", "y = p", "n = 'n0'", *statements, f"return {expression}"])
    text = (
        f"{IMPORTS}\ndef helper(one, other='z'):\n    if one == 'abc':\n        return other\n"
        f"    return one + '/' + other\n\n"
        f"def f(p, q, flag):\n{textwrap.indent(body, '    ')}\n"
    )
    try:
        code = compile(text, "a.py", "exec")
    except SyntaxError:
        return  # quotes within quotes
    namespace: dict[str, object] = {}
    exec(code, namespace)
    function = namespace["f"]
    assert callable(function)
    try:
        actual = function(p, q, flag)
    except (ValueError, IndexError):
        return  # no suffix for an empty name
    program = _program(text)
    found = _result(program, function_id("a.py", "f"))
    known = {"p": p, "q": q}
    filled = [
        pattern.substitute(
            {hole: literal(known[hole.name]) for hole in pattern.holes if _is_argument(hole)}
        )
        for pattern in found
        for pattern in (pattern, *program.expand(pattern, [HoleKind.LOOP]))
    ]
    texts = [pattern.render() for pattern in filled]
    assert any(_may_give(pattern, actual) for pattern in filled), (actual, texts)


def _may_give(pattern: Pattern, text: str) -> bool:
    """`matches`, but for a hole that is empty or `.` beside a separator, the stated liberty."""
    expression = "".join(
        ".*" if isinstance(part, Hole) else re.escape(part) for part in pattern.parts
    )
    loose = expression.replace(".*/", "(?:.*/)?").replace("/.*", "(?:/.*)?")
    return pattern.matches(text) or re.fullmatch(loose, text, re.DOTALL) is not None


def _is_argument(hole: Hole) -> bool:
    return hole.kind is HoleKind.PARAMETER and hole.name in ("p", "q")


def _program(text: str) -> StringEvaluator:
    tree = SourceTree(Path("/"), (SourceText("a.py", "", text),))
    return StringEvaluator(tree, build_call_graph(tree, _TABLE))


_TABLE = load_effect_table()

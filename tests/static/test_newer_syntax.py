"""Newer syntax than the interpreter's: the same tree, and every node where it was written."""

from __future__ import annotations

import ast
import json
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tracer.model.graph import SiteKind
from tracer.static.call_graph import build_call_graph
from tracer.static.file_scan import scan_file
from tracer.static.newer_syntax import Interpolation, TemplateStr, parse_newer
from tracer.static.sources import SourceText, read_tree
from tracer.tables.load import load_effect_table

ROOT = Path(__file__).parents[2]

PYTHON_313 = {
    "type parameters": (
        "ä = f(); b = g()\n"
        "@deco(1)\n"
        "def first[T: (int, str), *Ts, **P](x: T, *y: *Ts) -> T: return h(x)\n"
        "class Ünder[K] (Base[K], meta=make()):\n"
        "    async def method[T](self, x: T = d()): return [await h(x)]\n"
        "ä = f()\n"
    ),
    "defaults": "class A[T = int, *Ts = *tuple[int, ...], **P = [str]](B[T]): x = f()\n",
    "brackets over lines": (
        "def f[\n    T: 'X',  # why\n\n    U,\n](\n  x: T,\n): return g(x)\n"
        "class A[\n\n  T](B, c=h()):\n  'Doc.'\n"
        "async def f[\n  T\n](x): g(x); h(x)\n"
    ),
    "aliases": (
        "def f():\n"
        "    type X[T: str] = dict[str, T]; x = g()\n"
        "    type Ünion = int | str; y = g()\n"
        "    type \\\n  Z = (\n      A | B\n    )\n"
        "    def h(x: X, y: Ünion) -> Z: return x.m()\n"
        "type = 1\ntype (x)\n"
    ),
    "reused quotes": (
        "x = f'ü{d['ä']} {g(d['ö'], h())}' + g(y)\n"
        'z = g(f"{f"{f"{f"{h(1)}"}"}"}", k())\n'
        "return_ = {f'{a['b']}': g() for a in f'{h()}'}\n"
    ),
    "backslashes": "x = f'{'\\n'.join(f(y))}' + f'{g('\\'')}'; h()\n",
    "comments and lines": (
        "x = f'ä{ f(y) # says }' why\n} {\n  g(\n    'ü' )\n}' .m(); h()\n"
        "y = f'''ü\n{ # hm\n  f(\n y) }\n  {g('a')!r\n}ä''' + h()\n"
    ),
    "conversions and specs": (
        "x = f'{a!r }{a['ü']!s  :>{b!r }}{f('ä')!a\n}'; f()\n"
        "x = f'{a['b']!r:>{w['x']}.{f(p)}}{c:%H:%M}{d!s}{e!a:}'\n"
        "y = f'{f(x['a']) = }{g( y )=!s}{x['a'] = :>{h()}}{ # a\n g('b') # c\n = # d\n}'\n"
    ),
    "expressions in braces": (
        "def f():\n"
        "    x = f'{a, b['c']}{ (a, g()) }{*a, *h()}{(yield)}{yield k()}{(lambda: k())()}'\n"
        "    y = f'{ {'a': f()}['a'] }{[g(i) for i in x['y']]}{(z:=h())}{ ( (g()) ) }{x:=^9}'\n"
        "    async with f'{ await g()}'as b, c: return f'{a['b']}'if f'{x}'else f'{h()}'\n"
    ),
    "texts": (
        "x = f'{{{a['b']}}}\\N{EM DASH}\\t\\x41' rf'\\N{b['ä']}\\d' 'plain {{}}' r'\\n' f''\n"
        "y = ('ä' # why\n   f'{a['b']}'\n\n   \"{c}\" f'{d}{g()}')\n"
        "f''; f'abc'; f'' 'x'; F'{a}' Rf'''{b['''c''']}'''\n"
        "def g(): f'{a['b']}'\n"
        "x = f'\\{a['b']}\\\\{c}\\{{\\d' rf'\\{a}\\d'\n"
        "def h(): 'Doc.'; return 'a' 'b'\n"
    ),
    "inside type parameters": "def f[T: f'{x['y']}'](x): return f'{x['y']}{g()}'\n",
    "tabs and form feeds": "if x:\n\ty = f'{a['b']}'; f()\n\x0c\ng(f'{'a'}' ); h()\n",
    "marks": "_newer_0_ = f'{_newer_0_('a')}'; type X = _newer_1_\n",
    "no line end": "x = f'{f('a')}'",
}
PYTHON_314 = {
    "handlers": (
        "try: f()\n"
        "except ä.B, C: g()\n"
        "try: f()\nexcept* A, b(), ä.c( ): g()\n"
        "try: f()\nexcept A, f'{b('')}': h()\n"
    ),
    "template strings": "x = t'ä{f(x)!r:>{w}}{g( y ) = }' + h(); y = rT'''\\{a}'''; t''\n",
}
CORPUS = {**PYTHON_313, **PYTHON_314}


@cache
def _newer_interpreter(minor: int) -> str:
    """An interpreter of Python 3.`minor` or later; the test is skipped without one."""
    candidates = [sys.executable]
    for number in range(minor, 20):
        candidates += [
            str(path) for path in Path.home().glob(f".pyenv/versions/3.{number}.*/bin/python")
        ]
        candidates += filter(None, [shutil.which(f"python3.{number}")])
    for candidate in candidates:
        code = f"import sys; sys.exit(sys.version_info < (3, {minor}))"
        if subprocess.run([candidate, "-c", code], capture_output=True).returncode == 0:
            return candidate
    pytest.skip(f"no interpreter of Python 3.{minor} or later")


def _ask(minor: int, code: str, texts: list[str]) -> list[Any]:
    """What code says about texts there; `parse` in it gives the interpreter's own tree."""
    done = subprocess.run(
        [_newer_interpreter(minor), "-W", "ignore", "-c", _DESCRIBE + code],
        input=json.dumps(texts),
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stderr
    answers: list[Any] = json.loads(done.stdout)
    return answers


_DESCRIBE = """
import ast, json, sys

def describe(tree):
    said = []
    def visit(node, is_text):
        place = ""
        # What the lowering does not ask for: the places of the pieces of a text.
        if hasattr(node, "lineno") and not (is_text and not isinstance(node, ast.expr)):
            place = [node.lineno, node.col_offset, node.end_lineno, node.end_col_offset]
        kind = type(node).__name__
        if is_text or kind in ("FormattedValue", "Interpolation"):
            place = ""
        said.append(f"{kind} {place}")
        for name, value in ast.iter_fields(node):
            if name in ("type_params", "type_ignores", "ctx", "kind"):
                continue
            within = kind in ("JoinedStr", "TemplateStr") or name == "format_spec"
            for item in value if isinstance(value, list) else [value]:
                if isinstance(item, ast.AST):
                    said.append(name)
                    visit(item, within)
                else:
                    said.append(f"{name}={item!r}")
    visit(tree, False)
    return said
"""
_TREES = "print(json.dumps([describe(ast.parse(text)) for text in json.load(sys.stdin)]))"
_CALLS = """
def calls(tree):
    for node in ast.walk(tree):
        if hasattr(node, "type_params"):
            node.type_params = []
    return sorted(
        [node.lineno, node.col_offset, node.end_lineno, node.end_col_offset]
        for node in ast.walk(tree) if isinstance(node, ast.Call)
    )
"""
_SUMMARIES = """
from tracer.static.file_scan import scan_file
from tracer.static.sources import SourceText
texts = json.load(sys.stdin)
print(json.dumps([repr(scan_file(SourceText("m.py", "", text))) for text in texts]))
"""


def _described(text: str) -> list[str]:
    tree = parse_newer(text)
    assert tree is not None
    names: dict[str, object] = {}
    exec(_DESCRIBE, names)
    described: list[str] = names["describe"](tree)  # type: ignore[operator]
    return described


def _minor(case: str) -> int:
    return 13 if case in PYTHON_313 else 14


@pytest.mark.parametrize("case", CORPUS)
def test_calls_stand_where_a_newer_interpreter_sees_them(case: str) -> None:
    """In lines and UTF-8 bytes; those in type parameters are left out."""
    text = CORPUS[case]
    code = _CALLS + "print(json.dumps([calls(ast.parse(t)) for t in json.load(sys.stdin)]))"
    tree = parse_newer(text)
    assert tree is not None
    names: dict[str, object] = {"ast": ast}
    exec(_CALLS, names)
    assert [names["calls"](tree)] == _ask(_minor(case), code, [text])  # type: ignore[operator]


@pytest.mark.parametrize("case", CORPUS)
def test_the_tree_is_that_of_a_newer_interpreter(case: str) -> None:
    """With the places of all nodes but the pieces of f-strings, and all but type parameters."""
    (expected,) = _ask(_minor(case), _TREES, [CORPUS[case]])
    assert _described(CORPUS[case]) == expected


@pytest.mark.parametrize("case", CORPUS)
def test_the_summary_is_that_of_a_newer_interpreter(case: str) -> None:
    """So a bundle does not depend on who reads the sources."""
    text = CORPUS[case]
    ours = scan_file(SourceText("m.py", "", text))
    assert not ours.problem
    assert [repr(ours)] == _ask(_minor(case), _SUMMARIES, [text])


def test_handlers_without_parentheses() -> None:
    """PEP 758: the types are a tuple, from the first to the last."""
    tree = parse_newer("try: f()\nexcept ä.B, C: g()\nexcept* d(), e(): h()\n")
    assert tree is None, "both kinds in one statement are nobody's syntax"
    tree = parse_newer("try: f()\nexcept ä.B, c(): g()\n")
    assert tree is not None
    (statement,) = tree.body
    assert isinstance(statement, ast.Try)
    (handler,) = statement.handlers
    assert isinstance(handler.type, ast.Tuple)
    assert _place(handler.type) == (2, 7, 2, 16)
    assert _place(handler.type.elts[1]) == (2, 13, 2, 16)
    (statement,) = handler.body
    assert _place(statement) == (2, 18, 2, 21)


def test_template_strings() -> None:
    """PEP 750: the values are read, no `__format__` is called."""
    text = "x = t'ä{f( y )!r:>{w()}}'; g()\n"
    tree = parse_newer(text)
    assert tree is not None
    (template,) = (node for node in ast.walk(tree) if isinstance(node, TemplateStr))
    constant, value = template.values
    assert isinstance(constant, ast.Constant) and constant.value == "ä"
    assert isinstance(value, Interpolation)
    assert (_place(template), _place(value)) == ((1, 4, 1, 26), (1, 8, 1, 25))
    assert (value.str, value.conversion) == ("f( y )", ord("r"))
    assert _place(value.value) == (1, 9, 1, 15)
    (scope,) = scan_file(SourceText("m.py", "", text)).scopes
    assert len([site for site in scope.sites if site[0] == SiteKind.CALL]) == 3


def test_lazy_imports() -> None:
    """PEP 810: an import."""
    tree = parse_newer("lazy import ä, b; f()\nlazy from c import d\n")
    assert tree is not None
    ((first, call), second) = (tree.body[:2], tree.body[2])
    assert isinstance(first, ast.Import) and isinstance(second, ast.ImportFrom)
    assert [_place(alias) for alias in first.names] == [(1, 12, 1, 14), (1, 16, 1, 17)]
    assert _place(call) == (1, 19, 1, 22)


def _place(node: ast.expr | ast.stmt | ast.alias) -> tuple[int, int, int | None, int | None]:
    return node.lineno, node.col_offset, node.end_lineno, node.end_col_offset


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("def f(:\n", "line 1: invalid syntax"),
        ("x = 1\nx = f(1 2)\n", "line 2: invalid syntax. Perhaps you forgot a comma?"),
        ("f() = 1\n", None),
        ("x = f'{a}'\nf'{a}' = 1\n", None),
        ("del f'{a['b']}'\n", None),
        ("def f(f'{a}'): pass\n", None),
        ("try: pass\nexcept A, B as e: pass\n", None),
        ("x = 1\nx = f'{a!z}'\n", None),
        ("x = f'{}'\n", None),
        ("x = [*y for y in z]\n", None),
        ("x = f'\\N{no such}{a}'\n", None),
        ("x = '\ud800' f'{a b}'\n", None),
        ("try: pass\nexcept A, B: print 'x'\n", None),
    ],
)
def test_what_libcst_does_not_know_better_keeps_its_problem(text: str, problem: str | None) -> None:
    """Also where libcst accepts more than any Python does."""
    assert parse_newer(text) is None
    found = scan_file(SourceText("m.py", "", text)).problem
    assert found.startswith("line ")
    assert problem is None or found == problem


@pytest.mark.parametrize(
    "text",
    [
        "x = " + "(" * 30000,
        "x = " + "(\n" * 30000,
        "x = " + "not " * 30000 + "\n",
        "x = " + "lambda: " * 30000 + "1 1\n",
        "if a: pass\n" + "elif a: pass\n" * 30000 + "else\n",
        "x = " + "f'{" * 3000 + "1" + "}'" * 3000 + "\n",
        "x = f'" + "{a}" * 2000 + "{b['c']}'\n",
        "x = " + "not " * 1990 + "f'{a['b']}'\n",
        "x = " + "lambda: " * 990 + "f'{a['b']}'\n",
        "x = " + "-" * 7900 + "f'{a['b']}'\n",
        "x = " + "a." * 3900 + "f'{a['b']}'\n",
        "x = " + "a+" * 3900 + "f'{a['b']}'\n",
        "x = " + "a**" * 2600 + "f'{a['b']}'\n",
    ],
)
def test_deep_nesting_ends_neither_the_interpreter_nor_the_reading(text: str) -> None:
    """libcst's native parser has no limit of its own."""
    code = (
        "import sys; from tracer.static.scan import *; from tracer.static.call_graph import *\n"
        "from tracer.static.call_graph import deep_recursion\n"
        "with deep_recursion():\n"
        "    print(len(scan_file(SourceText('m.py', '', sys.stdin.read())).scopes))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], input=text, capture_output=True, text=True, cwd=ROOT
    )
    assert done.returncode == 0, done.stderr[-300:]


def test_libcst_is_loaded_for_newer_syntax_alone() -> None:
    """It takes longer to load than most trees take to be read."""
    code = (
        "import sys; from tracer.static.file_scan import scan_file\n"
        "from tracer.static.sources import SourceText\n"
        "for text in ('x = 1\\n', 'lazy import x\\n'):\n"
        "    scan_file(SourceText('m.py', '', text)); print('libcst' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert done.stdout.split() == ["False", "True"], done.stderr


def test_a_graph_over_newer_files(tmp_path: Path) -> None:
    """Calls are resolved, quoted as written, and the file has no problem."""
    (tmp_path / "m.py").write_text(
        "def ä[T](x: T): return x\n"
        "class A[T]:\n"
        "    def m(self): return f'ü{self.n('ö')}'\n"
        "    def n(self, x): return x\n"
        "try: ä(A[int]().m())\n"
        "except ValueError, TypeError: ä(1)\n",
        encoding="utf-8",
    )
    graph = build_call_graph(read_tree(tmp_path), load_effect_table())
    assert [file.problem for file in graph.files] == [""]
    callees = {
        item.site.text: item.callees
        for item in graph.resolutions
        if item.site.kind is SiteKind.CALL
    }
    assert callees["ä"] == ("m.py::ä",)
    assert callees["self.n"] == ("m.py::A.n",)
    (site,) = (item.site for item in graph.resolutions if item.site.text == "self.n")
    assert (site.span.line, site.span.column, site.span.end_column) == (3, 29, 41)

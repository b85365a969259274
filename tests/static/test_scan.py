"""Reading files: what is wrong with one is said, and harms no other."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracer.model.graph import CallGraph, SiteKind
from tracer.static.call_graph import build_call_graph
from tracer.static.file_scan import scan_file
from tracer.static.sources import SourceText, read_tree
from tracer.tables.load import load_effect_table


def graph_of(root: Path, **files: str | bytes) -> CallGraph:
    for name, text in files.items():
        data = text.encode() if isinstance(text, str) else text
        (root / f"{name}.py").write_bytes(data)
    return build_call_graph(read_tree(root), load_effect_table())


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"def f(:\n", "line 1: invalid syntax"),
        (b"x = 1\ny = '\n", "line 2: unterminated string literal (detected at line 2)"),
        (b"x = 1\n\0", "line 2: null byte"),
        (b"# coding: latin-7\n", "line 1: unknown encoding: latin-7"),
        (b"if x:\n\ty\n        z\n", "line 3: inconsistent use of tabs and spaces in indentation"),
    ],
)
def test_a_bad_file_is_a_finding_and_the_others_are_read(
    tmp_path: Path, data: bytes, problem: str
) -> None:
    """The problem names the line; calls of the good neighbour stand, those into it are open."""
    graph = graph_of(tmp_path, bad=data, good="import bad\nbad.f()\nlen([])\n")
    assert [file.problem for file in graph.files] == [problem, ""]
    called = {resolution.site.text: resolution for resolution in graph.resolutions}
    assert called["len"].callees == ("builtins.len",)
    assert called["bad.f"].callees == ()
    assert "could not be read" in called["bad.f"].open_detail


@pytest.mark.parametrize(
    "text",
    [
        "x = " + " + ".join(["f()"] * 5000),
        "x = f()" + ".g()" * 3000,
        "x = " + "(" * 150 + "f()" + ")" * 150,
        "if a:\n    f()\n" + "".join(f"elif a == {n}:\n    f()\n" for n in range(3000)),
        "x = " + "[" * 90 + "]" * 90,
        "x = a" + ".b" * 5000,
        "def f():\n"
        + "".join("    " * n + "if a:\n" for n in range(1, 90))
        + "    " * 91
        + "f()\n",
    ],
)
def test_generated_code_is_read_or_reported(tmp_path: Path, text: str) -> None:
    """Deep nesting ends neither the interpreter nor the reading."""
    graph = graph_of(tmp_path, deep=text, good="len([])\n")
    deep, good = graph.files
    assert good.problem == ""
    assert deep.problem == "" or deep.problem.startswith("line ")


def test_lines_and_spans_count_as_the_interpreter_does(tmp_path: Path) -> None:
    """Carriage returns end lines, form feeds do not, and columns are UTF-8 bytes."""
    graph = graph_of(tmp_path, m=b"a = 1\r\n\x0cb = 2\n\xc3\xa4 = '\xc3\xa4'; len(\xc3\xa4)\n")
    (site,) = (item.site for item in graph.resolutions if item.site.text == "len")
    assert (site.span.line, site.span.column, site.span.end_column) == (3, 11, 18)


def test_a_function_has_the_lines_of_decorator_and_def(tmp_path: Path) -> None:
    """`first_line` is what `co_firstlineno` says."""
    text = "import a\n\n@a.b\n@a.c(1)\ndef f(x, *y):\n    '''Point.\n\n    More.'''\n    yield x\n"
    graph = graph_of(tmp_path, m=text)
    function = graph.function_index()["m.py::f"]  # type: ignore[index]
    assert (function.first_line, function.def_line, function.end_line) == (3, 5, 9)
    assert function.parameters == ("x", "y")
    assert function.is_generator
    assert function.summary == "Point."


def test_second_definitions_are_numbered(tmp_path: Path) -> None:
    """Two functions of one qualname are two functions."""
    graph = graph_of(tmp_path, m="def f(): g()\ndef f(): h()\nlambda: 1\nlambda: 2\n")
    assert [function.id for function in graph.functions] == [
        "m.py::<lambda>",
        "m.py::<lambda>#2",
        "m.py::<module>",
        "m.py::f",
        "m.py::f#2",
    ]


def test_ends_of_call_spans_are_unique(tmp_path: Path) -> None:
    """Chained calls share their start, so sites are joined by their end."""
    graph = graph_of(tmp_path, m="f().g().h(i(j()))\n")
    spans = [item.site.span for item in graph.resolutions if item.site.kind is SiteKind.CALL]
    assert len({(span.end_line, span.end_column) for span in spans}) == len(spans) == 5


def test_a_summary_depends_on_the_text_alone_and_pickles() -> None:
    """So that it can be kept under the hash of the text."""
    text = "import os\nclass A:\n    def f(self): return os.path.join(*self.x)\n"
    one = scan_file(SourceText("a.py", "", text))
    other = scan_file(SourceText("folder/b.py", "", text))
    assert one == other == pickle.loads(pickle.dumps(one))


NAMES = st.sampled_from(["a", "b", "C", "self"])
EXPRESSIONS = st.recursive(
    NAMES,
    lambda inner: st.one_of(
        st.tuples(inner, NAMES).map(lambda pair: f"({pair[0]}).{pair[1]}"),
        st.tuples(inner, inner).map(lambda pair: f"({pair[0]})({pair[1]})"),
        st.tuples(inner, inner).map(lambda pair: f"({pair[0]})[{pair[1]}]"),
        st.tuples(inner, inner).map(lambda pair: f"[({pair[0]}) for a in ({pair[1]})]"),
        inner.map(lambda text: f"(lambda a: {text})"),
    ),
    max_leaves=6,
)
STATEMENTS = st.recursive(
    st.one_of(
        st.tuples(NAMES, EXPRESSIONS).map(lambda pair: [f"{pair[0]} = {pair[1]}"]),
        EXPRESSIONS.map(lambda text: [text]),
        st.sampled_from([["pass"], ["import m as a"], ["from m import b as C"]]),
    ),
    lambda inner: st.one_of(
        *(
            st.lists(inner, min_size=1, max_size=3).map(
                lambda blocks, head=head: [
                    head,
                    *(f"    {line}" for block in blocks for line in block),
                    *(["except a: pass"] if head == "try:" else []),
                ]
            )
            for head in (
                "def a(b, self=C):",
                "class C(b):",
                "if a:",
                "while b:",
                "for a in b:",
                "try:",
                "with a as b:",
            )
        )
    ),
    max_leaves=12,
)


@given(st.lists(STATEMENTS, max_size=6))
def test_any_program_gets_a_graph_with_an_answer_for_every_call(
    tmp_path_factory: pytest.TempPathFactory, blocks: list[list[str]]
) -> None:
    """Cyclic nonsense ends, and no call goes without a callee or a reason."""
    text = "\n".join(line for block in blocks for line in block)
    root = tmp_path_factory.mktemp("program")
    graph = graph_of(root, m=text)
    assert not graph.files[0].problem
    calls = [item for item in graph.resolutions if item.site.kind is SiteKind.CALL]
    assert len(calls) == text.count(")(")


def test_only_what_the_files_asked_about_reach_is_read(tmp_path: Path) -> None:
    """Imports are followed, also those of packages and names in strings; the rest stays unread."""
    (tmp_path / "pkg").mkdir()
    files = {
        "start": "import importlib\nfrom pkg import used\nused.f()\n"
        "importlib.import_module('named')\n",
        "pkg/__init__": "",
        "pkg/used": "def f():\n    from . import late\n    late.g()\n",
        "pkg/late": "def g(): ...\n",
        "named": "x = 1\n",
        "never": "def h(: broken\n",
    }
    for name, text in files.items():
        (tmp_path / f"{name}.py").write_text(text)
    graph = build_call_graph(read_tree(tmp_path), load_effect_table(), entries=["start.py"])
    read = {function.path for function in graph.functions}
    assert read == {"start.py", "pkg/__init__.py", "pkg/used.py", "pkg/late.py", "named.py"}
    assert [file.problem for file in graph.files] == [""] * 6
    (edge,) = (item for item in graph.resolutions if item.site.text == "late.g")
    assert edge.callees == ("pkg/late.py::g",)

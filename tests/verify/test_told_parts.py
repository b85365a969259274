"""The parts that documents are judged by: places, units, names, files. To the last word."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tracer.brief.question import question_brief
from tracer.model.brief import BriefAnchor
from tracer.model.evidence import AnchorVerdict
from tracer.model.source import FunctionId, function_id
from tracer.static.call_graph import solve_call_graph
from tracer.static.sources import read_tree
from tracer.tables.load import load_effect_table
from tracer.verify.backing import Backing, backing_claims, places_in
from tracer.verify.brief_anchors import check_brief_anchors
from tracer.verify.citations import find_citations
from tracer.verify.displays import displays_of, singular
from tracer.verify.expressions import compare, compare_statements, parse_quoted
from tracer.verify.ledgers import check_ledgers
from tracer.verify.markdown import read_units
from tracer.verify.names import candidates, is_test, one_function
from tracer.verify.reading import Reading

TOLD = Path(__file__).parent / "told"
PLACES = (
    "a.py:3",
    "see a/b.py:3-5, and `a.py`",
    "a.py:3,5-7 and 9",
    "a.py#L3-L9 or a.py#L3",
    "a.py::C.f:12 and a.py:12-13::C.f(x)",
    "a.py:f() and f:12",
    "line 3, lines 4-6, L7, ll. 8-9, lines 3, 5 and 9 of `a.py`",
    "Line 5 in `a.py:C.f()`",
    "docs/x.md §2.1, x.md §4.5–4.6 and §3 of y.rst",
    "https://example.org/a.py:9 and x@y.py:3",
    "a.pyi:1 a.toml:2 a.json:3 a.xyz:4 Makefile:5 .hidden.yml:6",
    "a.py:0 a.py:9-3 a.py:12345678",
    "a.py:3: error, (a.py:4), [a.py:5], a.py:6. a.py:7…",
    "./a.py:1 ../a.py:1 /abs/a.py:1 C:\\a.py:1",
)
ANCHORS = (
    BriefAnchor("a", "shop/cart.py", line=17),
    BriefAnchor("b", "shop/cart.py", line=62),
    BriefAnchor("c", "shop/cart.py", line=60, end_line=62),
    BriefAnchor("d", "shop/cart.py", line=62, end_line=63),
    BriefAnchor("e", "shop/cart.py", line=63),
    BriefAnchor("f", "shop/cart.py", line=0),
    BriefAnchor("g", "shop/cart.py", line=9, end_line=7),
    BriefAnchor("h", "shop/cart.py", line=15),
    BriefAnchor("i", "shop/cart.py", line=22, end_line=62),
    BriefAnchor("j", "shop/cart.py", line=26),
    BriefAnchor("k", "shop/cart.py", line=8),
    BriefAnchor("l", "shop/cart.py", symbol="Cart"),
    BriefAnchor("m", "shop/cart.py", symbol="RETRIES"),
    BriefAnchor("n", "shop/cart.py", symbol="refill"),
    BriefAnchor("o", "shop/cart.py", symbol="nothing"),
    BriefAnchor("p", "shop/cart.py", line=17, symbol="read"),
    BriefAnchor("q", "shop/cart.py", line=1, symbol="read"),
    BriefAnchor("r", "shop/old/cart.py"),
    BriefAnchor("s", "old/stock.py", line=3),
    BriefAnchor("t", "shop/none/deep.py"),
    BriefAnchor("u", "none/deep.py"),
    BriefAnchor("v", "other/broken.py", symbol="broken"),
    BriefAnchor("w", "docs/guide.md", section="§2–2.1"),
    BriefAnchor("x", "docs/guide.md", section="§2.1, §7"),
    BriefAnchor("y", "docs/guide.md", section="Fruit"),
    BriefAnchor("z", "docs/guide.md", section="D4 rows"),
    BriefAnchor("0", "docs"),
    BriefAnchor("1", "../outside.py"),
    BriefAnchor("2", ""),
    BriefAnchor("3", "~/cart.py"),
    BriefAnchor("4", "/shop/cart.py"),
    BriefAnchor("5", "other/broken.py"),
    BriefAnchor("6", "other/broken.py", section="§1"),
    BriefAnchor("7", "shop/more.py", symbol="same"),
    BriefAnchor("8", "shop/more.py", symbol="take"),
    BriefAnchor("9", "shop/stock.py", symbol="same"),
    BriefAnchor("10", "shop/stock.py", line=1, end_line=8),
    BriefAnchor("11", "shop/stock.py", line=1, end_line=99),
    BriefAnchor("12", "shop/more.py", line=1, end_line=36),
    BriefAnchor("13", "shop/more.py", line=19, end_line=37),
    BriefAnchor("14", "docs/guide.md", line=1),
    BriefAnchor("15", "docs/guide.md", symbol="Fruit"),
    BriefAnchor("16", "docs/guide.md", symbol="refill"),
    BriefAnchor("17", "docs/plain.md"),
    BriefAnchor("18", "other/latin.py"),
    BriefAnchor("19", "other/latin.py", line=1),
    BriefAnchor("20", "./shop/__init__.py"),
    BriefAnchor("21", "shop/cart.py", line=30, symbol="total"),
    BriefAnchor("22", "shop/cart.py", line=99, symbol="total"),
    BriefAnchor("23", "other/shop/deep/cart.py"),
    BriefAnchor("24", "shop/deep/none.py", line=3),
    BriefAnchor("25", "docs/guide.md", section="Fruit and more"),
    BriefAnchor("26", "docs/guide.md", section="§9"),
    BriefAnchor("27", "shop/cart.py", section="§9"),
    BriefAnchor("28", "old/shop/cart.py"),
)
LEDGER = """\
# Findings

Prose of `Cart.buy` at `shop/cart.py:32`.

| ID | What | Where |
| --- | --- | --- |
| SHOP-001 | `Cart.buy` takes | `shop/cart.py:34` |
| SHOP-002: a very long title that goes on and on and on and on, and never comes to an end at all, \
so that it is cut | `pack` | `shop/cart.py:99` |
| SHOP-003 | `docs/guide.md` | none |
| SHOP-004 | `stock.py` | `none.py` and `shop/none.py` |

## PLAN-004: the shelf

- **One:** `shop.stock` and `stock.take`, see
  `shop/stock.py:1`

- Two: `goods.csv` in reports/X-1/2026-01-01/summary.md
* Three: nothing

```
- `Cart.buy` in a fence
```

- Four: `shop/cart.py:60` calls `archive.write`
"""
BUNDLE = {
    "edges": [
        {"caller": "a.py::f", "callee": "b.py::g", "line": 3, "span": {"line": 3, "end_line": 5}},
        {"caller": "c.py::f", "lines": [7, 8], "is_line": True},
    ],
    "anchor": {"path": "d.py", "line": 9, "until": 11, "note": "as e.py:12-14 says"},
    "nested": {"at": {"path": "f.py"}, "line": 2, "deep": [{"x": {"end_line": 4}}]},
}


def _golden(name: str, lines: Iterable[object]) -> None:
    golden = TOLD / f"{name}.txt"
    beside = golden.with_suffix(".got")
    told = "\n".join(map(str, lines)) + "\n"
    if golden.is_file() and golden.read_text("utf-8") == told:
        beside.unlink(missing_ok=True)
        return
    beside.write_text(told, "utf-8")
    pytest.fail(f"{golden}: differs from what came out, {beside}")


@pytest.fixture
def reading() -> Reading:
    return Reading(read_tree(TOLD / "shop" / "tree"))


def test_places_in_text() -> None:
    """Every form of a place, in code and out of it."""

    def lines() -> Iterator[object]:
        for text in PLACES:
            yield f"## {text}"
            yield from find_citations(text, is_code=False)
            yield "in code"
            yield from find_citations(text, is_code=True)
            yield from places_in(text)

    _golden("places", lines())


def test_units_of_markdown() -> None:
    """Paragraphs, items, cells, headings, fences, each with its lines."""
    _golden("units", read_units((TOLD / "questions.md").read_text("utf-8")))


def _pairs(name: str) -> Iterator[tuple[str, str]]:
    for line in (TOLD / name).read_text("utf-8").splitlines():
        told, is_pair, there = line.partition(" | ")
        if is_pair and not line.startswith("#"):
            yield told, there


def test_what_quotations_are_like() -> None:
    """Pairs of what is quoted and what stands there: the same, shortened, or another."""

    def lines() -> Iterator[object]:
        for told, there in _pairs("alike.md"):
            one, other = (ast.parse(each, mode="eval").body for each in (told, there))
            yield f"{told} | {there}: {compare(one, other).name}"
        for told, there in _pairs("alike_statements.md"):
            first, second = parse_quoted(told), parse_quoted(there)
            assert first is not None and second is not None
            yield f"{told} | {there}: {compare_statements(first, second).name}"

    _golden("alike", lines())


def test_anchors_of_a_brief(reading: Reading) -> None:
    """Each verdict with what was found, or why not."""
    tree = reading.tree
    checked = check_brief_anchors(ANCHORS, tree.root, tree)
    _golden("anchors", [f"{c.anchor}\n  {c.verdict}: {c.found!r} {c.detail!r}" for c in checked])


def test_a_link_does_not_lead_out_of_the_root(tmp_path: Path) -> None:
    """A link within the root is as good as a file; one that leaves it is not followed."""
    root = tmp_path / "tree"
    root.mkdir()
    (tmp_path / "outside.py").write_text("x = 1\n")
    (root / "a.py").write_text("x = 1\n")
    (root / "inside.py").symlink_to(root / "a.py")
    (root / "leaves.py").symlink_to(tmp_path / "outside.py")
    (tmp_path / "link").symlink_to(root)
    for at in (root, tmp_path / "link"):
        anchors = [BriefAnchor(name, name) for name in ("a.py", "inside.py", "leaves.py")]
        checked = check_brief_anchors(anchors, at, read_tree(root))
        verdicts = [each.verdict for each in checked]
        assert verdicts == [AnchorVerdict.VERIFIED] * 2 + [AnchorVerdict.UNVERIFIABLE]
        assert checked[2].detail == "lies outside the analysed root"


def test_entries_of_a_ledger(tmp_path: Path) -> None:
    """What each entry names of the answer, and what is said of its claims."""
    root = tmp_path / "tree"
    for file in (TOLD / "shop" / "tree").rglob("*"):
        if file.is_file():
            copy = root / file.relative_to(TOLD / "shop" / "tree")
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(file.read_bytes())
    (root / "docs" / "findings.md").write_text(LEDGER)
    tree = read_tree(root)
    graph, _ = solve_call_graph(tree, load_effect_table())
    functions = [
        function_id("shop/cart.py", "Cart.buy"),
        function_id("shop/cart.py", "pack"),
        function_id("shop/stock.py", "take"),
    ]
    brief = replace(
        question_brief("How does `pack` write?"),
        ledgers=("./docs/findings.md", "docs/none.md", "docs", "docs/findings.md"),
        initiative_id="X-1",
        gating=("Nothing until docs/findings.md says so.", "not docs/findings.md.old"),
    )
    found = check_ledgers(brief, tree, graph, functions, {"goods.csv", "a"}, ())
    wanted = replace(brief, output_folder="/reports/<id>/{stamp}/")
    more = check_ledgers(wanted, tree, graph, functions, (), ())
    told = [
        line for check in (*found, *more) for line in (replace(check, entries=()), *check.entries)
    ]
    _golden("ledger", told)


def test_what_names_mean(reading: Reading) -> None:
    """Definitions, modules, files and words of a tree; imports of each file."""
    names = ("take", "Cart.buy", "cart.Cart.buy", "read", "shop.cart.read", "cart", "none", "total")

    def lines() -> Iterator[object]:
        for name in names:
            yield f"## {name}"
            yield f"defined {[d.id for d in reading.defined(name)]}"
            yield f"modules {[d.id for d in reading.modules(name)]}"
            yield f"word {reading.is_word(name)}"
            yield f"mentions {[f.path for f in reading.mentions(name)]}"
            yield f"candidates {[d.id for d in candidates(name, reading)]}"
            yield one_function(name, reading, ("shop/cart.py",))
            yield one_function(name, reading, ())
        for path in (
            "cart.py",
            "shop/cart.py",
            "./main.py",
            "guide.md",
            "tree/main.py",
            "x.py",
            "",
        ):
            yield f"{path}: {reading.find_paths(path)} {reading.exists(path)} {reading.lines(path)}"
        for text in ("docs", "../tree", "/etc", "other/latin.py", "docs/guide.md"):
            yield f"{text}: {reading.exists(text)} {reading.lines(text) is None}"
        for path in reading.paths:
            file = reading.file(path)
            assert file is not None
            yield f"## {path} {file.problem}"
            for call in file.calls:
                bound = sorted(map(str, _of(reading, call, file)))
                yield f"{call.line} {call.kind} {call.text}: {bound}"
            for definition in file.definitions:
                yield f"{definition.id} innermost {file.innermost(definition.end_line)}"
            yield from displays_of(file.lines)

    _golden("names", lines())


def _of(reading: Reading, call, file) -> Iterator[object]:  # type: ignore[no-untyped-def]
    targets = (
        reading.imported(call, file) if call.kind == "import" else reading.callees(call, file.path)
    )
    return (getattr(target, "id", target) for target in targets)


def test_what_texts_of_a_bundle_rest_on() -> None:
    """Each place on the items that hold its path and its line."""
    import json

    backing = Backing(json.dumps(BUNDLE), json.dumps({"claims": [{"text": "see g.py:1"}]}))
    every = [(path, line) for path in "abcdefg" for line in range(1, 15)]
    lines: list[object] = [
        f"{path}.py:{line} {found}"
        for path, line in every
        if (found := backing.of(f"{path}.py", line))
    ]
    texts = {"x.md": "a.py:3, b.py:3-5\nc.py:7,8", "y.md": "a.py:4\nz.py:1 a.py:3", "z.md": ""}
    lines += [f"{c.verdict} {c.text}: {c.detail}" for c in backing_claims(texts, backing)]
    lines += backing_claims({"x.md": "a.py:3"}, Backing(""))
    _golden("backing", lines)


@pytest.mark.parametrize(
    ("word", "one"),
    [
        ("Entries", "entry"),
        ("ties", "tie"),
        ("keys", "key"),
        ("class", "class"),
        ("bus", "bus"),
        ("gas", "gas"),
        ("x", "x"),
    ],
)
def test_singular(word: str, one: str) -> None:
    """Enough for the words that code is named by."""
    assert singular(word) == one


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("tests/a.py", True),
        ("a/test/b.py", True),
        ("test_a.py", True),
        ("x/conftest.py", True),
        ("a_test.py", True),
        ("testing/a.py", False),
        ("a/contest.py", False),
        ("latest.py", False),
    ],
)
def test_is_test(path: str, expected: bool) -> None:
    """By the usual names of folders and files."""
    assert is_test(path) is expected


def test_twins_by_line(reading: Reading) -> None:
    """Of several definitions of one qualname the line decides, then the ordinal."""
    name = FunctionId("shop/cart.py::Cart.buy")
    assert reading.definition(name) == reading.definition(name, 32)
    assert reading.definition(FunctionId(f"{name}#2")) is None
    assert reading.definition(FunctionId(f"{name}#x")) == reading.definition(name)
    assert reading.definition(FunctionId("none.py::f")) is None

"""Claims in other closed forms than places and arrows: callers, counts, quotations, archives."""

from __future__ import annotations

import pytest

from tracer.model.evidence import ArtifactLayout, LayoutMember
from tracer.model.graph import EffectKind
from tracer.model.source import Anchor, FunctionId
from tracer.model.verification import Claim, ClaimKind, ClaimVerdict, Ground, Verification
from tracer.static.sources import SourceTree
from tracer.verify.documents import verify_document

FILES = {
    "shop/__init__.py": "",
    "shop/cart.py": """
        import zipfile
        from shop import stock

        PRICES = {
            "apple": 1,
            "pear": 2,
            "plum": 3,
        }
        NAMES = ["a", *PRICES]


        class Cart:
            def add(self, item, count=1):
                \"\"\"Put it in.

                Twice, perhaps.
                \"\"\"
                stock.take(item)
                return count

            def _clean(self):
                return None


        def checkout(cart):
            total = cart.add("apple", 2)
            if total > 1:
                total = total * 2
            return total


        def pack(path):
            with zipfile.ZipFile(path + ".zip", "w") as archive:
                archive.write("goods.csv")
                archive.write("bill.txt")
    """,
    "shop/stock.py": """
        def take(item):
            return item


        def refill(item):
            return take(item)
    """,
    "main.py": """
        from shop import cart, stock


        def main():
            stock.refill("apple")
            cart.checkout(cart.Cart())
            cart.pack("x")
    """,
    "docs/guide.md": "# Guide\n\n## 2. Wares\n\n### 2.1 Fruit\n",
    "docs/plain.md": "# Plain\n\n## Wares\n",
}
EDGES = [
    ("main.py::main", "shop/stock.py::refill", 5),
    ("main.py::main", "shop/cart.py::checkout", 6),
    ("main.py::main", "shop/cart.py::pack", 7),
    ("shop/stock.py::refill", "shop/stock.py::take", 6),
    ("shop/cart.py::Cart.add", "shop/stock.py::take", 18),
    ("shop/cart.py::checkout", "shop/cart.py::Cart.add", 26),
]
# Lines of shop/cart.py: 4-8 PRICES, 9 NAMES, 12 Cart, 13 add, 14-17 its docstring, 18 take,
# 21 _clean, 25 checkout, 26-28, 32 pack, 33 zip.


@pytest.fixture
def tree(make_tree) -> SourceTree:
    return make_tree(FILES)


@pytest.fixture
def verify(tree, make_graph):
    """Verify a document against the tree and its graph."""
    graph = make_graph(tree, EDGES)
    return lambda text, layouts=(): verify_document("d.md", text, tree, graph, (), layouts)


def _of(verification: Verification, kind: ClaimKind) -> list[Claim]:
    return [claim for claim in verification.claims if claim.kind is kind]


@pytest.mark.parametrize(
    ("text", "verdicts"),
    [
        ("`refill` calls `take`.", ["verified"]),
        ("`refill` directly calls `stock.take(item)`.", ["verified"]),
        ("`take` is called by `refill` and `Cart.add`.", ["verified", "verified"]),
        ("`take` (called from `refill`) gives it.", ["verified"]),
        ("The callers of `take` are `refill`, `Cart.add`.", ["verified", "verified"]),
        ("`main` calls `refill` and `checkout`.", ["verified", "verified"]),
        ("`main` calls `take`.", ["call path"]),
        ("`refill` does not call `checkout`.", ["derived"]),
        ("`take` is called from `shop/stock.py:6`.", ["verified"]),
    ],
)
def test_callers_that_are_right(verify, text: str, verdicts: list[str]) -> None:
    """Said either way round, for one or several."""
    claims = _of(verify(text), ClaimKind.CALLER)
    assert [claim.verdict.value for claim in claims] == verdicts, claims


@pytest.mark.parametrize(
    ("text", "verdicts"),
    [
        ("`main` directly calls `take`.", ["not found"]),
        ("`take` is directly called by `main`.", ["not found"]),
        ("`take` is called by `main` directly.", ["not found"]),
        ("`main` itself calls `refill` and `take`.", ["verified", "not found"]),
        ("`take` is called by `refill` directly.", ["verified"]),
        ("`take` is called by `main`, directly or not.", ["call path"]),
    ],
)
def test_a_way_of_several_calls_is_no_direct_call(verify, text: str, verdicts: list[str]) -> None:
    """Where a document says that nothing stands between, what stands there is told."""
    claims = _of(verify(text), ClaimKind.CALLER)
    assert [claim.verdict.value for claim in claims] == verdicts, claims
    assert all("through refill" in c.detail for c in claims if c.verdict.value == "not found")


@pytest.mark.parametrize(
    ("text", "verdict", "detail"),
    [
        ("`take` calls `refill`.", ClaimVerdict.NO_PATH, "other way round: refill calls it"),
        ("`take` is called by `pack`.", ClaimVerdict.NO_PATH, "at shop/cart.py:18"),
        ("`checkout` is called by `refill`.", ClaimVerdict.ORDER_ONLY, "siblings led to from"),
        ("`refill` does not call `take`.", ClaimVerdict.REFUTED, "called at shop/stock.py:6"),
        ("`refill` calls `restock`.", ClaimVerdict.MISSING, "no `restock` anywhere"),
        ("`take` is called from `shop/stock.py:2`.", ClaimVerdict.MOVED, "shop/stock.py:6"),
        ("`take` is only called by `refill`.", ClaimVerdict.REFUTED, "shop/cart.py:18, too"),
        ("The only caller of `take` is `refill`.", ClaimVerdict.REFUTED, "shop/cart.py:18, too"),
    ],
)
def test_callers_that_are_wrong(verify, text: str, verdict: ClaimVerdict, detail: str) -> None:
    """Each says what is true instead."""
    bad = [claim for claim in _of(verify(text), ClaimKind.CALLER) if claim.verdict.is_bad]
    assert [claim.verdict for claim in bad] == [verdict]
    assert detail in bad[0].detail


@pytest.mark.parametrize(
    "text",
    [
        "It is not true that `take` calls `refill`.",
        "`take` and `refill` differ.",
        "If `take` called `refill`, it would loop.",
        "Does `take` call `refill`?",
    ],
)
def test_other_sentences_name_no_caller(verify, text: str) -> None:
    """Denials, conditions and questions claim nothing."""
    assert not _of(verify(text), ClaimKind.CALLER)


def test_a_table_with_a_column_of_callers(verify) -> None:
    """Function beside Called by, by name or by place."""
    table = "| Function | Called by |\n|---|---|\n"
    good = _of(verify(f"{table}| `take` | `refill`, `shop/cart.py:18` |\n"), ClaimKind.CALLER)
    assert [claim.verdict for claim in good] == [ClaimVerdict.VERIFIED] * 2
    (bad,) = _of(verify(f"{table}| `take` | `pack` |\n"), ClaimKind.CALLER)
    assert bad.verdict is ClaimVerdict.NO_PATH


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("It knows 3 prices (`shop/cart.py:4-8`).", ClaimVerdict.VERIFIED),
        ("It knows ~3 prices (`shop/cart.py:4-8`).", ClaimVerdict.VERIFIED),
        ("At `shop/cart.py:4` it knows three prices.", ClaimVerdict.VERIFIED),
        ("`PRICES` has 3 keys (`shop/cart.py:4-8`).", ClaimVerdict.VERIFIED),
        ("It knows more than 2 prices (`shop/cart.py:4-8`).", ClaimVerdict.VERIFIED),
        ("`Cart` has 2 methods (`shop/cart.py:12-22`).", ClaimVerdict.VERIFIED),
        ("`add` takes 2 arguments (`shop/cart.py:13`).", ClaimVerdict.VERIFIED),
        ("It knows 4 prices (`shop/cart.py:4-8`).", ClaimVerdict.REFUTED),
        ("It knows ~5 prices (`shop/cart.py:4-8`).", ClaimVerdict.REFUTED),
        ("It knows over 3 prices (`shop/cart.py:4-8`).", ClaimVerdict.REFUTED),
        ("`Cart` has 4 methods (`shop/cart.py:12-22`).", ClaimVerdict.REFUTED),
        ("`add` takes 5 arguments (`shop/cart.py:13`).", ClaimVerdict.REFUTED),
    ],
)
def test_a_number_is_counted(verify, text: str, verdict: ClaimVerdict) -> None:
    """Where its place spans one display that shares its noun."""
    (claim,) = _of(verify(text), ClaimKind.COUNT)
    assert (claim.verdict, claim.ground) == (verdict, Ground.SYNTAX), claim.detail
    if verdict is ClaimVerdict.REFUTED and "price" in text:
        assert claim.detail == "`PRICES` at shop/cart.py:4-8 has 3 keys"


@pytest.mark.parametrize(
    "text",
    [
        "It knows 4 wares (`shop/cart.py:4-8`).",  # another noun
        "It knows 4 names (`shop/cart.py:9`).",  # a star: nobody knows how many
        "It knows 4 prices.",  # no place
        "It runs 4 times (`shop/cart.py:4-8`) in 3 steps.",
    ],
)
def test_other_numbers_are_not_counted(verify, text: str) -> None:
    """A doubt about what is counted never refutes."""
    assert not _of(verify(text), ClaimKind.COUNT)


QUOTED = """
From `shop/cart.py:25-29`:
```python
{0}
```
"""


@pytest.mark.parametrize(
    ("code", "verdict"),
    [
        (
            "def checkout(cart):\n    total = cart.add('apple', 2)  # two\n    return total",
            ClaimVerdict.VERIFIED,
        ),
        (
            "def checkout(cart):\n    total = cart.add('apple', 3)\n    return total",
            ClaimVerdict.CHANGED,
        ),
        ("stock.take(item)\nreturn count", ClaimVerdict.MOVED),
    ],
)
def test_quoted_code_stands_there(verify, code: str, verdict: ClaimVerdict) -> None:
    """Line by line, white space and remarks aside."""
    (claim,) = _of(verify(QUOTED.format(code)), ClaimKind.QUOTE)
    assert claim.verdict is verdict, claim.detail
    if verdict is ClaimVerdict.CHANGED:
        assert claim.detail == 'line 26 reads: total = cart.add("apple", 2)'
        assert claim.line == 5


def test_a_paraphrase_is_no_quotation(verify) -> None:
    """Pseudo-code under a place is not judged; neither is a block that names no place."""
    paraphrase = "total = price of everything\nif total is large:\n    give discount on total"
    assert not _of(verify(QUOTED.format(paraphrase)), ClaimKind.QUOTE)
    assert not _of(verify("Text\n\n```python\ndef checkout(cart):\n    pass\n```\n"), "quote")


def test_a_block_may_name_its_place_itself(verify) -> None:
    """In the comments at its head."""
    text = "```python\n# File: shop/cart.py\n# Lines: 25-26\ndef checkout(cart):\n"
    text += '    total = cart.add("apple", 2)\n```\n'
    (claim,) = _of(verify(text), ClaimKind.QUOTE)
    assert claim.verdict is ClaimVerdict.VERIFIED


LISTING = """
```
x.zip
├── goods.csv   # what was bought
└── {0}
```
"""


def _layout() -> ArtifactLayout:
    at = Anchor("shop/cart.py", 33)
    members = (LayoutMember("goods.csv", (at,)), LayoutMember("bill.txt", (at,)))
    pack = FunctionId("shop/cart.py::pack")
    return ArtifactLayout("{path}.zip", EffectKind.ARCHIVE_WRITE, pack, at, members)


def test_a_listing_of_an_archive_is_judged_by_its_members(verify) -> None:
    """Each must be named in the code, and where its writer is known none may be left out."""
    right = _of(verify(LISTING.format("bill.txt"), (_layout(),)), ClaimKind.MEMBER)
    assert [claim.verdict.value for claim in right] == ["verified", "verified", "derived"]
    wrong = _of(verify(LISTING.format("rebate.txt"), (_layout(),)), ClaimKind.MEMBER)
    assert [claim.verdict.value for claim in wrong] == ["verified", "missing", "refuted"]
    assert "`bill.txt` (shop/cart.py:33)" in wrong[-1].detail
    unknown = _of(verify(LISTING.format("bill.txt")), ClaimKind.MEMBER)
    assert [claim.verdict.value for claim in unknown] == ["verified", "verified"]


def test_a_tree_of_folders_is_no_archive(verify) -> None:
    """A listing under another name is not judged."""
    assert not verify("```\nsrc/\n├── a.py\n└── b.py\n```\n").claims


@pytest.mark.parametrize(
    "text",
    [
        "## Next steps\n\n- `shop/refund.py` gets `refund`\n",
        "Create `shop/refund.py` with a test.\n",
        "**Proposed changes:**\n\n- `shop/refund.py`: the way back\n",
        "The new module (`shop/refund.py:1-20`) must implement the way back.\n",
        "## Plan\n\n| From | To |\n|---|---|\n| `checkout` | `refund` |\n",
    ],
)
def test_what_is_yet_to_come_is_proposed(verify, text: str) -> None:
    """A name that is nowhere is no error where the document speaks of the future."""
    (claim,) = verify(text).claims
    assert claim.verdict is ClaimVerdict.PROPOSED
    assert not claim.verdict.is_bad


@pytest.mark.parametrize(
    "text",
    [
        "## Stages\n\n| From | To |\n|---|---|\n| `checkout` | `refund` |\n",
        "The way back is at `shop/refund.py:1-20`.\n",
    ],
)
def test_a_proposal_told_as_a_fact_is_missing(verify, text: str) -> None:
    """Control: the same names where the document says what is."""
    (claim,) = verify(text).claims
    assert claim.verdict is ClaimVerdict.MISSING


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("It ends in the `refill` function.", ClaimVerdict.VERIFIED),
        ("Its helper `Cart.add()` puts it in.", ClaimVerdict.VERIFIED),
        ("It ends in the `give_back` function.", ClaimVerdict.MISSING),
        ("A `give_back` function must be added.", ClaimVerdict.PROPOSED),
    ],
)
def test_a_name_that_is_called_a_function(verify, text: str, verdict: ClaimVerdict) -> None:
    """It is defined, or stands nowhere."""
    (claim,) = verify(text).claims
    assert (claim.kind, claim.verdict) == (ClaimKind.NAME, verdict)


@pytest.mark.parametrize("text", ["the `zipfile` function", "the `torch.load` function"])
def test_a_name_from_outside_is_not_judged(verify, text: str) -> None:
    """What stands in the code, or has a library in front, may be defined elsewhere."""
    assert not verify(text).claims


def test_a_variable_named_as_its_class(verify) -> None:
    """`cart.add()` as a caller is `Cart.add`, where there is one such class."""
    (claim,) = verify("`cart.add()` calls `stock.take`.").claims
    assert claim.verdict is ClaimVerdict.VERIFIED


def test_a_plan_does_not_excuse_what_is_elsewhere(verify) -> None:
    """A wrong line of a file that is there is wrong in a plan, too."""
    (claim,) = verify("## Plan\n\nChange `take` (`shop/cart.py:9`).\n").claims
    assert claim.verdict is ClaimVerdict.MOVED


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("See `docs/guide.md` §2.1.", ClaimVerdict.VERIFIED),
        ("See docs/guide.md §2 for it.", ClaimVerdict.VERIFIED),
        ("See `docs/guide.md` §2.4.", ClaimVerdict.MISSING),
        ("See `docs/plain.md` §2.", ClaimVerdict.UNVERIFIABLE),
    ],
)
def test_a_section_sign_names_a_heading(verify, text: str, verdict: ClaimVerdict) -> None:
    """By the number that the heading begins with."""
    (claim,) = verify(text).claims
    assert claim.verdict is verdict


def test_bare_lines_in_a_table(verify) -> None:
    """Under `Line`, of the file that the row or the text above names."""
    rows = "| Function | File | Line |\n|---|---|---|\n| `take` | `shop/stock.py` | {0} |\n"
    lines = [c for c in verify(rows.format(1)).claims if ":1" in c.text]
    assert [claim.verdict for claim in lines] == [ClaimVerdict.VERIFIED]
    (wrong,) = [c for c in verify(rows.format(5)).claims if ":5" in c.text]
    assert (wrong.verdict, "shop/stock.py:1-2" in wrong.detail) == (ClaimVerdict.MOVED, True)
    above = "## `shop/stock.py`\n\n| Function | Lines |\n|---|---|\n| `refill` | {0} |\n"
    (right,) = [c for c in verify(above.format("5-6")).claims if "5-6" in c.text]
    assert right.verdict is ClaimVerdict.VERIFIED
    (wrong,) = [c for c in verify(above.format("1")).claims if "1 (" in c.text]
    assert wrong.verdict is ClaimVerdict.MOVED


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("Line 18 in `shop/cart.py:Cart.add()`", ClaimVerdict.VERIFIED),
        ("Line 26 of `shop/cart.py`", ClaimVerdict.VERIFIED),
        ("Line 6 in `shop/cart.py:checkout()`", ClaimVerdict.MOVED),
    ],
)
def test_a_line_of_a_file_named_behind(verify, text: str, verdict: ClaimVerdict) -> None:
    """`line 3 in a.py`: the file stands behind its line."""
    (claim,) = [c for c in verify(text).claims if "ine " in c.text]
    assert claim.verdict is verdict, claim.detail


@pytest.mark.parametrize(
    ("line", "verdict"), [(18, ClaimVerdict.VERIFIED), (26, ClaimVerdict.MOVED)]
)
def test_a_line_that_leads_to_a_definition(verify, line: int, verdict: ClaimVerdict) -> None:
    """`Line 18 → shop/stock.py:1`: the line of the section's file calls what is defined there."""
    text = f"## `shop/cart.py`\n\n- Line {line} → `shop/stock.py:1`\n"
    (claim,) = [c for c in verify(text).claims if c.text.startswith("Line")]
    assert claim.verdict is verdict, claim.detail


def test_a_line_of_a_docstring_is_beside_its_function(verify) -> None:
    """Off by a few: the one line cited for a function is in its docstring, and no code."""
    (wrong,) = verify("`Cart.add` (`shop/cart.py:15`)").claims
    assert wrong.verdict is ClaimVerdict.MOVED
    (right,) = verify("`Cart.add` (`shop/cart.py:19`)").claims
    assert right.verdict is ClaimVerdict.VERIFIED


def test_a_dunder_outside_code_is_a_name(make_tree) -> None:
    """`__main__.py` in prose is a file, and no emphasis of `main`."""
    tree = make_tree({"app/__main__.py": "def main():\n    pass\n"})
    (claim,) = verify_document("d", "It begins in __main__.py:1.", tree, None).claims
    assert claim.verdict is ClaimVerdict.VERIFIED


def test_a_line_past_the_end_of_a_file_that_is_implied(verify) -> None:
    """Named by the section alone: another file may be meant. Named beside it: it is wrong."""
    implied = "# S\n\n- `shop/stock.py`\n- then line 700\n"
    assert not [c for c in verify(implied).claims if c.verdict.is_bad]
    beside = "# S\n\n- `shop/stock.py`, line 700\n"
    assert [c.verdict for c in verify(beside).claims if c.verdict.is_bad] == [ClaimVerdict.MISSING]

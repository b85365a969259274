"""Cited places: each form, each verdict, each beside its control."""

from __future__ import annotations

import pytest

from tracer.model.verification import ClaimKind, ClaimVerdict, Ground, Verification
from tracer.static.sources import SourceTree
from tracer.verify.documents import verify_document

SHOP = """
    import json
    from shop.stock import take

    RETRIES = 3


    def read(path):
        with open(path) as file:
            return json.load(file)


    class Cart:
        @property
        def total(self):
            return 1

        def buy(self, item):
            # Take it off the shelf first.
            take(
                item,
                count=1,
            )
            return self.total
"""
# Lines: 4 RETRIES, 7 read, 8 with, 9 load, 12 Cart, 13 property, 14 total, 17 buy, 18 comment,
# 19-22 take, 23 return.


@pytest.fixture
def tree(make_tree) -> SourceTree:
    return make_tree(
        {
            "shop/__init__.py": "",
            "shop/cart.py": SHOP,
            "shop/stock.py": "def take(item, count):\n    return count\n",
            "other/cart.py": "x = 1\n",
            "docs/guide.md": "# Guide\n\nText\n",
        }
    )


def _verify(tree: SourceTree, text: str) -> Verification:
    return verify_document("doc.md", text, tree, None)


@pytest.mark.parametrize(
    ("text", "ground"),
    [
        ("`shop/cart.py:7`", Ground.TEXT),
        ("see shop/cart.py:7 for that", Ground.TEXT),
        ("`shop/cart.py:7-9`", Ground.TEXT),
        ("`shop/cart.py#L7-L9`", Ground.TEXT),
        ("`shop/cart.py::Cart`", Ground.SYNTAX),
        ("`shop/cart.py::Cart.buy`", Ground.SYNTAX),
        ("`shop/cart.py::buy`", Ground.SYNTAX),
        ("`shop/cart.py::RETRIES`", Ground.TEXT),
        ("`shop/cart.py::Cart.buy:19`", Ground.TEXT),
        ("`shop/cart.py:17-23::Cart.buy`", Ground.SYNTAX),
        ("`shop/cart.py:17-23::buy(item)`", Ground.SYNTAX),
        ("`shop/cart.py:13::total`", Ground.SYNTAX),  # the decorator
        ("`shop/cart.py:14::total`", Ground.SYNTAX),
        ("`read` (`shop/cart.py:7`)", Ground.SYNTAX),
        ("`shop/cart.py:7` (`read`)", Ground.SYNTAX),
        ("`json.load(file)` at `shop/cart.py:9`", Ground.SYNTAX),
        ("`json.load(file)` at `shop/cart.py:8`", Ground.SYNTAX),  # its `with`
        ("`take(item)` (`shop/cart.py:22`)", Ground.SYNTAX),  # last line of the statement
        ("`take(item)` (`shop/cart.py:18`)", Ground.SYNTAX),  # the comment above it
        ("`take(item)` (`shop/cart.py:17-20`)", Ground.SYNTAX),
        ("`RETRIES = 3` (`shop/cart.py:4`)", Ground.TEXT),
        ("`RETRIES = ...` (`shop/cart.py:4`)", Ground.TEXT),
        ("`stock.py:1`", Ground.TEXT),  # the only file of that name
        ("`docs/guide.md:3`", Ground.TEXT),
        ("`docs/guide.md`", Ground.TEXT),
        ("`buy:23`", Ground.TEXT),  # within the function
        ("`take:19`", Ground.TEXT),  # a call of it, in another file
    ],
)
def test_a_right_place_is_verified(tree, one, text: str, ground: Ground) -> None:
    """Every form in which people cite a place, and every line of it that is fair to cite."""
    claim = one(_verify(tree, text))
    assert (claim.verdict, claim.ground) == (ClaimVerdict.VERIFIED, ground), claim.detail
    assert claim.kind is ClaimKind.ANCHOR
    assert claim.line == 1


@pytest.mark.parametrize(
    ("text", "verdict", "detail"),
    [
        ("`read` (`shop/cart.py:17`)", ClaimVerdict.MOVED, "shop/cart.py:7-9"),
        ("`take(item)` (`shop/cart.py:9`)", ClaimVerdict.MOVED, "shop/cart.py:19"),
        ("`shop/cart.py:7-9::Cart.buy`", ClaimVerdict.MOVED, "shop/cart.py:17-23"),
        ("`shop/cart.py:1::take`", ClaimVerdict.MOVED, "shop/cart.py:19"),
        ("`shop/cart.py:99::read`", ClaimVerdict.MOVED, "has 23 lines; read is defined at"),
        ("`shop/stock.py::Cart.buy`", ClaimVerdict.MOVED, "shop/cart.py:17-23"),
        ("`gone/cart.py:7::Cart.buy`", ClaimVerdict.MOVED, "shop/cart.py:17-23"),
        ("`buy:4`", ClaimVerdict.MOVED, "shop/cart.py:17-23"),
        ("`RETRIES = 5` (`shop/cart.py:4`)", ClaimVerdict.CHANGED, "reads: RETRIES = 3"),
        ("`RETRIES = 3` (`shop/cart.py:9`)", ClaimVerdict.MOVED, "shop/cart.py:4"),
        ("`shop/cart.py:5`", ClaimVerdict.CHANGED, "blank"),
        ("`shop/cart.py:99`", ClaimVerdict.MISSING, "shop/cart.py has 23 lines"),
        ("`shop/cart.py::refund`", ClaimVerdict.MISSING, "no `refund`"),
        ("`shop/cart.py:7::refund`", ClaimVerdict.MISSING, "no `refund`"),
        ("`shop/gone.py:3`", ClaimVerdict.MISSING, "no file"),
        ("`gone/stock.py:1`", ClaimVerdict.MISSING, "of that name: shop/stock.py"),
    ],
)
def test_a_wrong_place_is_called_out_with_the_truth(
    tree, one, text: str, verdict: ClaimVerdict, detail: str
) -> None:
    """A wrong anchor says where the thing is, how long the file is, or what stands there."""
    claim = one(_verify(tree, text))
    assert claim.verdict is verdict, claim.detail
    assert detail in claim.detail


@pytest.mark.parametrize(
    "text",
    [
        "`cart.py:7`",  # two files of that name
        "It happens at line 7.",  # no file was named
        "`missing_function:7`",
        "`fix_plan.md`",  # a file of another place
        "`shop/cart.py:7` is unlike line 9 of `shop/stock.py:1`",
    ],
)
def test_what_is_ambiguous_is_not_judged(tree, text: str) -> None:
    """A doubt about which file or function is meant never becomes a verdict against it."""
    verdicts = {claim.verdict for claim in _verify(tree, text).claims}
    assert verdicts <= {ClaimVerdict.NOT_JUDGED, ClaimVerdict.VERIFIED}


@pytest.mark.parametrize(
    "text",
    [
        "The ratio is 3:4, at 10:30, in 3.11.",
        "`params.cfg` and `hf.h` are attributes; `x.json` is written.",
        "Write `{base}/out.zip`, see https://example.org/shop/cart.py:99.",
        "```\nshop/cart.py:99\n```",
        "Prose without any place.",
    ],
)
def test_other_text_holds_no_place(tree, text: str) -> None:
    """Times, attributes, addresses and fenced code are no citations."""
    assert _verify(tree, text).claims == ()


def test_a_path_alone_claims_little(tree, one) -> None:
    """A file that is not there may be one to be written: that is no error of the document."""
    claim = one(_verify(tree, "It is like `shop/refund.py`."))
    assert claim.verdict is ClaimVerdict.UNVERIFIABLE
    claim = one(_verify(tree, "Create `shop/refund.py` next."))
    assert claim.verdict is ClaimVerdict.PROPOSED
    assert one(_verify(tree, "See `shop/cart.py`.")).verdict is ClaimVerdict.VERIFIED


def test_a_bare_line_belongs_to_the_file_named_before(tree) -> None:
    """In the item, else in the section, else in the heading above."""
    text = """
# Reading (`shop/cart.py`)

- `read` (line 7)

## Buying

- **Entry:** `shop/cart.py:17-23::Cart.buy`
- Takes: `take(item, count=1)` (lines 19-22)
- `self.total` at line 23
"""
    found = {c.text: c.verdict for c in _verify(tree, text).claims if "line" in c.text}
    assert found == {
        "line 7 (shop/cart.py:7)": ClaimVerdict.VERIFIED,
        "lines 19-22 (shop/cart.py:19-22)": ClaimVerdict.VERIFIED,
        "line 23 (shop/cart.py:23)": ClaimVerdict.VERIFIED,
    }


def test_a_bare_line_is_wrong_only_where_one_file_can_be_meant(tree, one) -> None:
    """With a second file named in the section, a line that does not fit is not judged."""
    sure = "# S\n\n- In `shop/cart.py`:\n- `take(item)` (line 9)\n"
    assert one(_verify(tree, sure), "line 9").verdict is ClaimVerdict.MOVED
    doubtful = "# S\n\n- `shop/stock.py` and then `shop/cart.py`:\n- `take(item)` (line 9)\n"
    assert one(_verify(tree, doubtful), "line 9").verdict is ClaimVerdict.NOT_JUDGED


def test_a_missing_file_does_not_lend_its_lines_to_another(tree) -> None:
    """«line 3» behind a file that is not there says nothing about the file before it."""
    text = "`shop/cart.py`, but in `shop/refund.py` it is `read` (line 3)"
    bad = [c for c in _verify(tree, text).claims if c.verdict.is_bad]
    assert bad == []


def test_a_short_file_name_means_the_one_named_before(tree) -> None:
    """`cart.py:7` after `shop/cart.py` is the same file."""
    text = "Look at `shop/cart.py` first.\n\nThen at `cart.py:7`.\n"
    verdicts = [claim.verdict for claim in _verify(tree, text).claims]
    assert verdicts == [ClaimVerdict.VERIFIED, ClaimVerdict.VERIFIED]


def test_every_line_of_a_list_of_lines_is_judged(tree) -> None:
    """`path:7,99` is two claims."""
    claims = _verify(tree, "`shop/cart.py:7,99`").claims
    assert [(c.text, c.verdict) for c in claims] == [
        ("shop/cart.py:7", ClaimVerdict.VERIFIED),
        ("shop/cart.py:99", ClaimVerdict.MISSING),
    ]


def test_a_file_that_does_not_parse_cannot_be_verified(make_tree, one) -> None:
    """Neither right nor wrong: the reason is told."""
    tree = make_tree({"a.py": "def f(:\n    pass\n"})
    claim = one(_verify(tree, "`a.py:1::f`"))
    assert claim.verdict is ClaimVerdict.UNVERIFIABLE
    assert "line 1" in claim.detail


def test_lines_of_the_document_are_told(tree) -> None:
    """Claims carry the line they stand on, in soft-wrapped paragraphs and in table rows too."""
    text = "First\nsecond `shop/cart.py:7`\n\n| A | B |\n|---|---|\n| x | `shop/cart.py:9` |\n"
    assert [claim.line for claim in _verify(tree, text).claims] == [2, 6]


def test_text_without_a_closed_form_is_counted(tree) -> None:
    """Silence about a sentence would look like assent."""
    verification = _verify(tree, "# Title\n\nProse.\n\n- item\n- `shop/cart.py:7`\n")
    assert verification.not_judged == 2
    assert verification.is_good


def test_a_line_before_its_file_is_not_judged(tree) -> None:
    """In a row or an item that names the file last, the file named further above is not meant."""
    above = "`shop/stock.py`\n\n"
    for text in (
        "- `read` (line 9) in `shop/cart.py:9`\n",
        "| a | b |\n|---|---|\n| `read` (line 9) | `shop/cart.py:9` |\n",
    ):
        verdicts = {c.text: c.verdict for c in _verify(tree, above + text).claims}
        assert verdicts["line 9"] is ClaimVerdict.NOT_JUDGED
        assert verdicts["shop/cart.py:9"] is ClaimVerdict.VERIFIED


def test_what_is_read_at_a_line_need_not_be_called_there(tree, one) -> None:
    """`len(x)` is no function of the tree: a tap may read it anywhere, so that it is no error, and
    no proof either."""
    claim = one(_verify(tree, "Read `len(item)` at `shop/cart.py:23`."))
    assert claim.verdict is ClaimVerdict.UNVERIFIABLE
    assert claim.detail == "`len(item)` does not stand there; line 23 reads: return self.total"


@pytest.mark.parametrize(
    ("text", "word", "told"),
    [
        # What is said of the next line, or of the file's opening, is none of a call one line below.
        (
            "`shop/cart.py::read` opens at `shop/cart.py:8`, ends by `json.load` at line 9",
            "cart.py:8",
            "text: within read (7-9): with open(path) as file:",
        ),
        (
            "`shop/cart.py::read` opens at `shop/cart.py:8`, ends by `json.load` at line 9",
            "line 9",
            "syntax: `json.load` is called at line 9",
        ),
        # Another sentence is about something else.
        ("It begins at `shop/cart.py:8`. Then `json.load` ends it.", ":8", "text: line exists"),
        ("It ends at `shop/cart.py:9`, with `json.load`.", ":9", "syntax: `json.load` is called"),
        # `load` is a function of the tree, and `json.load` is none of it.
        ("What `load` needs is at `shop/cart.py:9`.", ":9", "text: reads: return json.load(file)"),
        (
            "What `take` needs is at `shop/cart.py:20`.",
            ":20",
            "syntax: `take` is called at line 19",
        ),
        ("What `take` needs is at `shop/cart.py:18`.", ":18", "text: reads: take("),
        (
            "See `shop/stock.py::take` at work (`shop/cart.py:20`).",
            ":20",
            "syntax: `take` is called",
        ),
        # Said not to be there.
        ("There is no key `size` in `shop/cart.py:19-22`.", ":19", "text: line exists: take("),
        ("The key `size` in `shop/cart.py:19-22`.", ":19", "None: `size` does not stand there"),
        ("`return` (`shop/cart.py:23`)", ":23", "text: reads: return self.total"),
        # Behind a comma the next thing begins, and its place comes first.
        (
            "In `shop/cart.py`: line 9 `json.load` `a.json`, line 19 `take`.",
            "line 19",
            "syntax: `take` is called at line 19",
        ),
        # A class is called by its own name.
        ("`Shelf.__init__` at `shop/stock.py:9`.", ":9", "syntax: `Shelf` is called at line 9"),
    ],
)
def test_the_ground_of_a_place_speaks_of_what_is_said_there(
    make_tree, one, text, word, told
) -> None:
    """A call near the place, or a name that is said to stand elsewhere, is no ground."""
    loads = "def load(path):\n    return path\n"
    stock = (
        "def take(item, count):\n    return count\n\n\nclass Shelf:\n"
        "    def __init__(self):\n        self.items = []\n\nSHELF = Shelf()\n"
    )
    tree = make_tree({"shop/cart.py": SHOP, "shop/stock.py": stock, "shop/disk.py": loads})
    claim = one(_verify(tree, text), word)
    ground = claim.ground.value if claim.ground else None
    assert f"{ground}: {claim.detail}".startswith(told)


def test_a_span_in_another_cell_is_not_bound_to_the_place(tree, one) -> None:
    """A row's spans may say what stands there, and need not."""
    text = "| what | where |\n|---|---|\n| written through `take` | `shop/cart.py:9` |\n"
    assert one(_verify(tree, text)).verdict is ClaimVerdict.VERIFIED


def test_the_first_line_of_an_empty_file_is_a_place(tree, one) -> None:
    """An empty `__init__.py` is a module all the same; its second line is none."""
    assert one(_verify(tree, "`shop/__init__.py:1`")).verdict is ClaimVerdict.VERIFIED
    assert one(_verify(tree, "`shop/__init__.py:2`")).verdict is ClaimVerdict.MISSING


def test_a_place_that_is_cut_off_is_none(make_tree) -> None:
    """`a.py::take_a…` names no symbol that anybody could look for; whole, it is judged."""
    tree = make_tree({"a.py": "def take_all():\n    pass\n"})
    cut = verify_document("d.md", "run 'tests a.py::take_a…', then a.py:1…\n", tree, None)
    assert not [claim for claim in cut.claims if claim.verdict.is_bad]
    whole = verify_document("d.md", "run 'tests a.py::take_a'\n", tree, None)
    assert [claim.verdict for claim in whole.claims] == [ClaimVerdict.MISSING]

"""Words that once passed: places in a docstring, counts of callees, `never`, and more."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from tracer.model.plan import Workload
from tracer.model.recording import Frame, ObservedCall, ObservedLines, Recording
from tracer.model.verification import Claim, ClaimKind, ClaimVerdict
from tracer.static.call_graph import solve_call_graph
from tracer.static.sources import SourceTree
from tracer.tables.load import load_effect_table
from tracer.verify.documents import verify_document

FILES = {
    "shop/__init__.py": "",
    "shop/cart.py": '''
        """Carts."""
        from shop import stock


        def add(item):
            """Put it in.

            Calls take, then refill.
            Calls take(item) at once.
            """
            stock.take(item)
            stock.refill(item)
            return len(item)


        def checkout(cart):
            """Pay."""

            def later(item):
                return stock.take(item)

            return later


        def lone(item):
            return item


        TABLE = {"add": add}


        def run(name, item):
            return TABLE.get(name, lone)(item)
    ''',
    "shop/stock.py": """
        def take(item):
            return item


        def refill(item):
            return take(item)


        class Store:
            def put(self, item):
                return refill(item)

            def tidy(self):
                Store.put(self, 1)
                Store.put(self, 2)
                return take(3)


        def unused(item):
            return item


        def renewed(item):
            return item


        def caller():
            return renewed(1)
    """,
    "other.py": """
        from shop import stock

        stock.renewed = print
    """,
    "tests/test_stock.py": """
        from shop.stock import unused


        def test_it():
            unused(1)
    """,
}
# Lines of shop/cart.py: 5 add, 6-10 its docstring, 11 take, 12 refill, 16 checkout, 20 take,
# 25 lone, 29 TABLE, 32 run. Of shop/stock.py: 1 take, 5 refill, 10 put, 13 tidy, 19 unused.
Verify = Callable[..., list[Claim]]


@pytest.fixture
def tree(make_tree) -> SourceTree:
    return make_tree(FILES)


@pytest.fixture
def verify(tree) -> Verify:
    """All claims of a document."""
    graph, _ = solve_call_graph(tree, load_effect_table())
    return lambda text, *recordings: list(
        verify_document("d.md", text, tree, graph, recordings).claims
    )


def _told(claims: list[Claim]) -> list[str]:
    return [
        f"{c.kind.value} {c.verdict.value} {c.ground.value if c.ground else '-'}: {c.text}"
        f" — {c.detail}"
        for c in claims
    ]


# Callers with their places


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "`add` (shop/cart.py:5) calls `take`.",
            ["verified syntax: add calls take — called at shop/cart.py:11"],
        ),
        (
            "**`add`** (`shop/cart.py:5`) directly calls `take` (shop/stock.py:1).",
            ["verified syntax: add calls take — called at shop/cart.py:11"],
        ),
        (
            "`take` (shop/stock.py:1) calls `refill`.",
            [
                "order only solver: take calls refill — no path: siblings led to from"
                " shop/cart.py::add at lines 11 and 12; the other way round: refill calls it at"
                " shop/stock.py:6"
            ],
        ),
        (
            "`take` (shop/stock.py:1) is called by `add` (shop/cart.py:11) and `refill`.",
            [
                "verified syntax: add calls take — called at shop/cart.py:11",
                "verified syntax: refill calls take — called at shop/stock.py:6",
            ],
        ),
        (
            "`add` (shop/cart.py:5) does not call `take`.",
            ["refuted syntax: add does not call take — called at shop/cart.py:11"],
        ),
        (
            "`take` is never called by `add`.",
            ["refuted syntax: add does not call take — called at shop/cart.py:11"],
        ),
        (
            "`take` is not directly called by `lone`.",
            [
                "derived solver: lone does not call take — no path; it is called at"
                " shop/cart.py:11, shop/cart.py:20, shop/stock.py:6 and 1 more"
            ],
        ),
        (
            "`take` is called at shop/cart.py:8.",
            [
                "moved text: shop/cart.py:8 calls take — no such call there; it is called at"
                " shop/cart.py:11, shop/cart.py:20, shop/stock.py:6"
            ],
        ),
        (
            "`take` is called at `shop/cart.py:11`.",
            ["verified text: shop/cart.py:11 calls take — `stock.take` is called at line 11"],
        ),
        (
            "`take` is called at `shop/cart.py:11`, in the body of `add`.",
            [
                "verified text: shop/cart.py:11 calls take — `stock.take` is called at line 11",
                "verified syntax: add calls take — called at shop/cart.py:11",
            ],
        ),
        (
            "`take` is called at `shop/stock.py:6` within `lone`, at last.",
            [
                "verified text: shop/stock.py:6 calls take — `take` is called at line 6",
                "no path solver: lone calls take — no path; it is called at shop/cart.py:11,"
                " shop/cart.py:20, shop/stock.py:6 and 1 more",
            ],
        ),
        (
            "`take` is called at `shop/cart.py:11`, so `add` runs.",
            ["verified text: shop/cart.py:11 calls take — `stock.take` is called at line 11"],
        ),
        (
            "The call of `take` stands at shop/cart.py:8.",
            [
                "moved text: shop/cart.py:8 calls take — no such call there; it is called at"
                " shop/cart.py:11, shop/cart.py:20, shop/stock.py:6"
            ],
        ),
        (
            "One call to `take` (shop/cart.py:11) is enough.",
            ["verified text: shop/cart.py:11 calls take — `stock.take` is called at line 11"],
        ),
    ],
)
def test_callers_with_places_in_brackets(verify: Verify, text: str, told: list[str]) -> None:
    """A place in brackets behind a name parts no sentence."""
    claims = [claim for claim in verify(text) if claim.kind is ClaimKind.CALLER]
    assert _told(claims) == [f"caller {each}" for each in told]


@pytest.mark.parametrize(
    "text",
    [
        "`add` (see shop/cart.py:5) and so calls `take`.",  # other words
        "`add` (shop/cart.py) calls `take`.",  # no line
        "`add` (shop/cart.py:5, calls `take`.",  # the bracket is open
        "`take` is called at startup, by `nobody`.",
        "`take` is called at `shop/cart.py`.",  # a file alone
        "There is no call of `take` at shop/cart.py:8.",
        "The recall of `take` stands at shop/cart.py:8.",
        "The call of `take` in tests differs from shop/cart.py:8.",
    ],
)
def test_other_words_around_places_tell_no_caller(verify: Verify, text: str) -> None:
    """Only a place, or a place in brackets, and nothing between."""
    assert not [claim for claim in verify(text) if claim.kind is ClaimKind.CALLER]


def test_a_place_in_brackets_may_be_that_of_any_callee(verify: Verify) -> None:
    """Line 12 is where the second is called; line 25 is where none is."""
    (right, *_) = verify("`add` (shop/cart.py:12) calls `take` and `refill`.")
    assert right.verdict is ClaimVerdict.VERIFIED
    (wrong, *_) = verify("`add` (shop/cart.py:26) calls `take` and `refill`.")
    assert wrong.verdict is ClaimVerdict.MOVED
    assert wrong.detail == "add calls it at shop/cart.py:11"


# Places in a docstring


@pytest.mark.parametrize(
    "text",
    [
        "At shop/cart.py:8 `add` calls `take`.",
        "`add` calls `take`, as one sees at shop/cart.py:8.",
        "`add` → `take` happens first: shop/cart.py:7-9.",
        "| Function | Called by | Place |\n|---|---|---|\n| `take` | `add` | shop/cart.py:8 |",
    ],
)
def test_a_docstring_is_no_place_of_a_call(verify: Verify, text: str) -> None:
    """Where one call is told, its place is no line of the caller's docstring."""
    (place,) = [claim for claim in verify(text) if claim.kind is ClaimKind.ANCHOR]
    first = 7 if "7-9" in text else 8
    assert _told([place])[0].startswith("anchor moved syntax: shop/cart.py:")
    assert place.detail == (
        f"line {first} is in the docstring of add, which calls it at shop/cart.py:11"
    )


@pytest.mark.parametrize(
    "text",
    [
        "`add` calls `take`, as its docstring says (shop/cart.py:8).",
        "`add` calls `take`, documented at shop/cart.py:8.",
        "`add` calls `take` and `refill`, beginning at shop/cart.py:8.",  # of two calls
        "`add` calls `take`, see shop/cart.py:8-11.",  # code, too
        "`add` calls `take`, see shop/cart.py:13.",  # code alone
        "`checkout` calls `take`; see shop/cart.py:8.",  # of another function
        "`add` calls `take`, see shop/stock.py:1.",  # another file
        "`lone` calls `unused`, see shop/cart.py:8.",  # there is no such call
    ],
)
def test_other_places_are_left_alone(verify: Verify, text: str) -> None:
    """A sentence about the text, one of several calls, a place that holds code."""
    places = [claim for claim in verify(text) if claim.kind is ClaimKind.ANCHOR]
    assert [claim.verdict for claim in places] == [ClaimVerdict.VERIFIED]


@pytest.mark.parametrize(
    ("text", "verdict", "detail"),
    [
        (
            "`take(item)` (shop/cart.py:8)",
            "moved",
            "take is called at shop/cart.py:11, shop/cart.py:20",
        ),
        ("`take(item)` (shop/cart.py:9)", "verified", "reads: Calls take(item) at once."),
        ("`take` (shop/cart.py:8)", "verified", "reads: Calls take, then refill."),
        ("`take(item)` (shop/cart.py:11)", "verified", "`stock.take` is called at line 11"),
    ],
)
def test_a_call_as_written_is_no_word_of_a_docstring(
    verify: Verify, text: str, verdict: str, detail: str
) -> None:
    """Unless the docstring writes it as a call; a bare name may be a word."""
    (claim,) = verify(text)
    assert (claim.verdict.value, claim.detail.partition(" and ")[0]) == (verdict, detail)


@pytest.mark.parametrize(
    ("text", "verdict", "detail"),
    [
        ("`x=False` (m.py:2)", "verified", "reads: if not x:"),
        ("`x = False` (m.py:2-3)", "verified", "reads: if not x:"),
        ("`x=True` (m.py:2)", "unverifiable", "does not stand there as quoted"),
        ("`x=True` (m.py:4)", "verified", "reads: while x and y:"),
        ("`y=True` (m.py:4)", "verified", "reads: while x and y:"),
        ("`x=False` (m.py:4)", "unverifiable", "does not stand there as quoted"),
        ("`x=None` (m.py:2)", "unverifiable", "does not stand there as quoted"),
        ("`x=1` (m.py:4)", "unverifiable", "does not stand there as quoted"),
        ("`self.x=True` (m.py:4)", "unverifiable", "does not stand there as quoted"),
        ("`x=True` (m.py:5)", "unverifiable", "does not stand there as quoted"),
    ],
)
def test_a_truth_value_may_be_that_of_a_condition(
    make_tree, text: str, verdict: str, detail: str
) -> None:
    """`x=False` says of `if not x:` when it is entered."""
    body = "def f(x, y):\n    if not x:\n        y()\n    while x and y:\n        y(x)\n"
    (claim,) = verify_document("d", text, make_tree({"m.py": body}), None).claims
    assert claim.verdict.value == verdict
    assert detail in claim.detail


# Counts of callees


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("`add` calls 2 functions.", "verified"),  # of the tree
        ("`add` calls three functions.", "verified"),  # `len`, too
        ("`add` calls exactly 2 different functions: `take`, `refill`.", "verified"),
        ("`add` calls about 2 functions.", "verified"),
        ("`add` calls at least two functions.", "verified"),
        ("`add` calls more than 1 function.", "verified"),
        ("`add` calls 2+ functions.", "verified"),
        ("`add` calls at most 2 functions.", "verified"),
        ("`add` calls 4 functions.", "refuted"),
        ("`add` calls one function.", "refuted"),
        ("`add` calls no functions.", "refuted"),
        ("`add` calls at least 4 functions.", "refuted"),
        ("`add` calls fewer than 2 functions.", "refuted"),
        ("`add` calls 6 callees.", "refuted"),
        ("`lone` calls no functions.", "verified"),
        ("`lone` calls 1 function.", "refuted"),
        ("`Store.tidy` calls 1 method.", "verified"),
        ("`Store.tidy` calls one function.", "verified"),  # a method may not count
        ("`Store.tidy` calls 2 functions.", "verified"),
        ("`Store.tidy` calls 3 functions.", "verified"),  # one of them twice
        ("`Store.tidy` calls 4 functions.", "refuted"),
        ("`Store.tidy` calls 0 functions.", "refuted"),
        ("`Store.tidy` calls no methods.", "refuted"),
        ("`Store.tidy` calls 2 methods.", "verified"),  # two calls, or two functions
        ("`Store.tidy` calls 4 methods.", "refuted"),
        ("`Store.tidy` calls Two functions.", "verified"),
        ("`checkout` calls 1 function.", "verified"),  # in a function of its own
        ("`checkout` calls no functions.", "verified"),  # by itself
        ("`checkout` calls 2 functions.", "refuted"),
        ("| What | Said |\n|---|---|\n| first | `add` calls 4 functions |", "refuted"),
    ],
)
def test_callees_are_counted(verify: Verify, text: str, verdict: str) -> None:
    """Refused where no way of counting comes to the number."""
    (claim,) = [claim for claim in verify(text) if claim.kind is ClaimKind.COUNT]
    assert claim.verdict.value == verdict, claim.detail


def test_a_count_of_callees_tells_what_was_counted(verify: Verify) -> None:
    """The calls that are written, and the functions of the tree among them."""
    told = [
        _told([claim])[0]
        for text in ("`add` calls ~9 functions.", "`lone` calls 2 functions.")
        for claim in verify(text)
    ]
    assert told == [
        "count refuted syntax: add calls ~9 functions — shop/cart.py:5-13 holds 3 calls; it calls"
        " 2 functions of the tree: `refill`, `take`",
        "count refuted syntax: lone calls 2 functions — shop/cart.py:25-26 holds 0 calls; none is"
        " settled by imports",
    ]


@pytest.mark.parametrize(
    ("calls", "listed"), [(4, "`a`, `b`, `c`, `d`"), (6, "`a`, `b`, `c`, `d` and 2 more")]
)
def test_a_long_list_of_callees_is_cut(make_tree, calls: int, listed: str) -> None:
    """The first four by name, and how many more there are."""
    names = "abcdef"[:calls]
    body = "".join(f"def {name}(): ...\n" for name in names)
    body += "def z():\n" + "".join(f"    {name}()\n" for name in reversed(names))
    (claim,) = verify_document(
        "d", "`z` calls 9 Functions.", make_tree({"m.py": body}), None
    ).claims
    assert claim.text == "z calls 9 functions"
    assert claim.detail == (
        f"m.py:{calls + 1}-{2 * calls + 1} holds {calls} calls; it calls {calls} functions of the"
        f" tree: {listed}"
    )


@pytest.mark.parametrize(
    "text",
    [
        "`add` calls 7 functions of the library.",
        "`add` calls 7 functions in a loop.",
        "`add` calls 7 functions that matter.",
        "`add` calls 7 helpers.",
        "`add` calls 7 times.",
        "`add` then calls 7 functions.",
        "`FOO` calls 7 functions.",
        "`Store` calls 7 functions.",
        "add calls 7 functions.",
    ],
)
def test_other_counts_of_callees_are_not_judged(verify: Verify, text: str) -> None:
    """What is counted must be told, and nothing more."""
    assert not [claim for claim in verify(text) if claim.kind is ClaimKind.COUNT]


def test_a_number_between_the_ways_of_counting_is_not_judged(make_tree) -> None:
    """Four calls, two functions of the tree: three may be a way of counting that is not ours."""
    body = "def a(): ...\ndef b(): ...\n\ndef f(x):\n    a()\n    b()\n    x()\n    y()\n"
    tree = make_tree({"m.py": body})
    assert not verify_document("d", "`f` calls 3 functions.", tree, None).claims
    (claim,) = verify_document("d", "`f` calls 5 functions.", tree, None).claims
    assert claim.verdict is ClaimVerdict.REFUTED


def test_of_several_definitions_nothing_is_counted(make_tree) -> None:
    """Which of the two is meant is not told."""
    body = "if x:\n    def f():\n        a()\nelse:\n    def f():\n        b()\n        c()\n"
    tree = make_tree({"m.py": body})
    assert not verify_document("d", "`f` calls 9 functions.", tree, None).claims


# The arguments of a call

STORE = """
    import pickle


    def note(what):
        return what


    def save(model, names, file):
        pickle.dump(model, file)
        pickle.dump(names, file)
        note(model)
        note(names)
"""


@pytest.mark.parametrize(
    ("call", "place", "verdict", "detail"),
    [
        ("pickle.dump(names, ...)", "m.py:10", "verified", "`pickle.dump` is called at line 10"),
        ("pickle.dump(names, file)", "m.py:10", "verified", "`pickle.dump` is called at line 10"),
        (
            "pickle.dump(names, ...)",
            "m.py:9",
            "moved",
            "`pickle.dump(names, ...)` is written at m.py:10; here it has other arguments",
        ),
        (
            "pickle.dump(names, …)",
            "m.py:9",
            "moved",
            "`pickle.dump(names, …)` is written at m.py:10; here it has other arguments",
        ),
        ("pickle.dump(names, ...)", "m.py:9-10", "verified", "`pickle.dump` is called at line 9"),
        ("pickle.dump(other, ...)", "m.py:9", "verified", "`pickle.dump` is called at line 9"),
        ("pickle.dump", "m.py:9", "verified", "`pickle.dump` is called at line 9"),
        ("note(names)", "m.py:11", "verified", "`note` is called at line 11"),  # of the tree
    ],
)
def test_arguments_that_are_quoted_tell_calls_apart(
    make_tree, call: str, place: str, verdict: str, detail: str
) -> None:
    """Of what is outside, where one call is written so; in a sentence and in a table's row."""
    tree = make_tree({"m.py": STORE})
    row = f"| From | To | Anchors |\n|---|---|---|\n| `save` | `{call}` | `{place}` |"
    for text in (f"`save` calls `{call}` (`{place}`).", row):
        claims = verify_document("d", text, tree, None).claims
        (claim,) = [claim for claim in claims if claim.kind is ClaimKind.ANCHOR]
        assert (claim.verdict.value, claim.detail) == (verdict, detail)


# Nobody calls it


@pytest.mark.parametrize(
    "text",
    [
        "Nobody calls `refill`.",
        "It is dead: nothing ever calls `refill`.",
        "No function calls `refill`",
        "`refill` is called by nobody.",
        "`refill` is called by no other function.",
        "`refill` has no callers.",
        "| Name | Note |\n|---|---|\n| 1 | `refill` has no caller |",
    ],
)
def test_a_caller_refutes_that_there_is_none(verify: Verify, text: str) -> None:
    """Said in closed words, with the places of the calls."""
    (claim,) = verify(text)
    assert _told([claim]) == [
        "caller refuted syntax: nobody calls refill — it is called at shop/cart.py:12,"
        " shop/stock.py:11"
    ]


@pytest.mark.parametrize(
    ("text", "detail"),
    [
        ("Nobody calls `unused`.", "no call of it is settled by imports and definitions"),
        ("`lone` has no callers.", "no call of it is settled by imports and definitions"),
        ("`refill` is never called.", "whether a run comes there is another question"),
        ("Nobody calls `renewed`.", "it is called at shop/stock.py:28"),
    ],
)
def test_absent_callers_are_never_verified(verify: Verify, text: str, detail: str) -> None:
    """Tests do not count, a name may be bound anew, `never` may speak of a run."""
    (claim,) = verify(text)
    assert (claim.verdict, claim.ground) == (ClaimVerdict.NOT_JUDGED, None)
    assert detail in claim.detail


@pytest.mark.parametrize(
    "text",
    [
        "If nobody calls `refill`, it is dead.",
        "Nobody calls `refill` twice.",
        "`refill` is never called with a name.",
        "`refill` is called by nobody else.",
        "Unless `refill` is never called, it runs.",
        "`Store` has no callers.",
        "`FOO` has no callers.",
        "Somebody calls `refill`.",
    ],
)
def test_other_words_of_absence_claim_nothing(verify: Verify, text: str) -> None:
    """Conditions, and sentences that go on."""
    assert not verify(text)


def test_a_call_on_self_may_run_an_override(make_tree) -> None:
    """Where another class has the method, nobody knows; where none has, it is called."""
    base = "class Base:\n    def run(self):\n        self.step()\n\n    def step(self): ...\n"
    (sure,) = verify_document(
        "d", "Nobody calls `Base.step`.", make_tree({"m.py": base}), None
    ).claims
    assert sure.detail == "it is called at m.py:3"
    more = "\n\nclass Other(Base):\n    def step(self): ...\n"
    tree = make_tree({"m.py": base + more})
    (claim,) = verify_document("d", "Nobody calls `Base.step`.", tree, None).claims
    assert claim.verdict is ClaimVerdict.NOT_JUDGED
    named = base + more + "\n\ndef f(x):\n    Base.step(x)\n"
    (claim,) = verify_document(
        "d", "Nobody calls `Base.step`.", make_tree({"m.py": named}), None
    ).claims
    assert claim.detail == "it is called at m.py:13"


def test_a_long_list_of_callers_is_cut(make_tree) -> None:
    """The first three, and how many more there are."""
    for calls, more in ((3, ""), (5, " and 2 more")):
        body = "def a(): ...\n\ndef b():\n" + "    a()\n" * calls
        tree = make_tree({f"m{calls}.py": body.replace("a()", f"a{calls}()")})
        (claim,) = verify_document("d", f"`a{calls}` has no callers.", tree, None).claims
        places = ", ".join(f"m{calls}.py:{line}" for line in (4, 5, 6))
        assert claim.detail == f"it is called at {places}{more}"


def test_a_condition_of_another_sentence_is_none_of_this(verify: Verify) -> None:
    """`if` counts in its own clause alone."""
    (claim,) = verify("It works if asked. There, `refill` has no callers.")
    assert claim.verdict is ClaimVerdict.REFUTED


def test_a_place_is_no_function_that_nobody_calls(verify: Verify) -> None:
    """`shop/stock.py::refill` cites a place; its own claim is all there is."""
    claims = verify("`shop/stock.py::refill` has no callers.")
    assert [claim.kind for claim in claims] == [ClaimKind.ANCHOR]


# Confirmed, and dynamic only

CART = {"path": "shop/cart.py", "module": "shop.cart"}
RUN_FRAME = Frame(**CART, qualname="run", first_line=32)
ADD_FRAME = Frame(**CART, qualname="add", first_line=5)
TAKE_FRAME = Frame("shop/stock.py", "shop.stock", "take", 1)
SEEN = Recording(
    Workload("w1", ("x.py",)),
    True,
    calls=(
        ObservedCall(None, RUN_FRAME, 0, None, 1, 1, through="program"),
        ObservedCall(RUN_FRAME, TAKE_FRAME, 33, None, 1, 2),
        ObservedCall(ADD_FRAME, TAKE_FRAME, 11, None, 1, 3),
    ),
    lines=(ObservedLines(RUN_FRAME, 1, (33,)), ObservedLines(TAKE_FRAME, 2, (2,))),
)


def _runs(verify: Verify, text: str) -> list[str]:
    return _told([claim for claim in verify(text, SEEN) if claim.kind is ClaimKind.RUN])


def test_what_was_seen_and_not_read_is_not_confirmed(make_tree) -> None:
    """Where the document has both words, `confirmed` is read and seen."""
    tree = make_tree(
        {**FILES, "shop/cart.py": FILES["shop/cart.py"].replace("TABLE.get(name, lone)", "item.x")}
    )
    graph, _ = solve_call_graph(tree, load_effect_table())

    def verify(text: str, *recordings: Recording) -> list[Claim]:
        return list(verify_document("d.md", text, tree, graph, recordings).claims)

    both = "Verdicts: confirmed, dynamic only.\n\n"
    assert _runs(verify, f"{both}`run` → `take` (confirmed)") == [
        "run refuted run: run → take: confirmed — seen at shop/cart.py:33, and read nowhere:"
        " dynamic only"
    ]
    assert _runs(verify, f"{both}`run` → `take` (seen)") == [
        "run verified run: run → take: confirmed — seen at shop/cart.py:33"
    ]
    assert _runs(verify, f"{both}`add` → `take` (confirmed)") == [
        "run verified run: add → take: confirmed — seen at shop/cart.py:11"
    ]
    assert _runs(verify, "`run` → `take` (confirmed)") == [
        "run verified run: run → take: confirmed — seen at shop/cart.py:33"
    ]


def test_never_called_is_refuted_by_a_run(verify: Verify) -> None:
    """What ran was called; that nobody calls it speaks of the program's text."""
    calls = (ObservedCall(None, Frame(**CART, qualname="lone", first_line=25), 0, None, 1, 1),)
    run = replace(SEEN, calls=(*SEEN.calls, *calls))
    (never,) = verify("`lone` is never called.", run)
    assert _told([never]) == ["caller refuted run: nobody calls lone — lone ran"]
    (nobody,) = verify("Nobody calls `lone`.", run)
    assert nobody.verdict is ClaimVerdict.NOT_JUDGED


def test_a_function_that_has_moved_since_the_run_is_not_judged_by_it(verify: Verify) -> None:
    """The recording speaks of other lines."""
    moved = Frame(**CART, qualname="lone", first_line=24)
    run = replace(SEEN, calls=(*SEEN.calls, ObservedCall(None, moved, 0, None, 1, 1)))
    (never,) = verify("`lone` is never called.", run)
    assert never.verdict is ClaimVerdict.NOT_JUDGED


# Rows that speak of more than their function


def test_a_place_in_a_sentence_of_a_row_is_not_that_of_its_function(verify: Verify) -> None:
    """The column of places is; a reason beside it may name any place."""
    table = "| Function | Place | Reason |\n|---|---|---|\n"
    row = "| `add` | `shop/cart.py:5` | its file is that of `shop/cart.py:25-26` (+1) |"
    assert [claim.verdict.value for claim in verify(table + row)] == ["verified", "verified"]
    wrong = "| `add` | defined at line 25 of `shop/cart.py` | its file |"
    assert "moved" in [claim.verdict.value for claim in verify(table + wrong)]

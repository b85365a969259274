"""Several definitions that are one function to a reader: by which rule, and what they call."""

from __future__ import annotations

import pytest

from tracer.model.verification import ClaimKind, ClaimVerdict, Ground
from tracer.static.sources import SourceTree
from tracer.verify.alternatives import one_function_of
from tracer.verify.documents import verify_document
from tracer.verify.reading import Reading

FILES = {
    "a.py": """
        import sys
        from functools import singledispatch
        from typing import overload


        @overload
        def convert(x: int) -> int: ...
        @overload
        def convert(x: str) -> str: ...
        def convert(x):
            return clean(x)


        class Box:
            @property
            def size(self):
                return clean(1)

            @size.setter
            def size(self, value):
                price(value)


        @singledispatch
        def show(x):
            return clean(x)


        @show.register
        def _(x: int):
            return price(x)


        if sys.version_info >= (3, 9):

            def fast(x):
                return price(x)

        else:

            def fast(x):
                return clean(x)


        try:
            import fastlib

            def slow(x):
                return fastlib.slow(x)
        except ImportError:

            def slow(x):
                return price(x)


        def twice(x):
            return clean(x)


        def twice(x):
            return price(x)


        def clean(x):
            return x


        def price(x):
            return x


        def use():
            convert(1)
            show(1)
            fast(2)
            slow(3)
            twice(4)
    """,
    "other.py": """
        def convert(x):
            return x


        def fast(x):
            return x
    """,
}
OK, NOT_JUDGED = ClaimVerdict.VERIFIED, ClaimVerdict.NOT_JUDGED


@pytest.fixture
def tree(make_tree) -> SourceTree:
    return make_tree({"a.py": FILES["a.py"]})


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("`convert` → `clean`", "convert: 2 overloads are stubs; the definition at line 10 runs"),
        ("`use` → `convert`", "convert: 2 overloads are stubs"),
        ("`Box.size` → `clean`", "the accessors of one property"),
        ("`Box.size` → `price`", "the accessors of one property"),
        ("`use` → `show`", "show: 1 functions are registered with it"),
        ("`show` → `price`", "show: 1 functions are registered with it"),
        ("`fast` → `price`", "fast: one of the definitions at lines 36, 41 runs"),
        ("`fast` → `clean`", "fast: one of the definitions at lines 36, 41 runs"),
        ("`use` → `fast`", "fast: one of the definitions"),
        ("`slow` → `price`", "slow: one of the definitions"),
        ("`use` → `slow`", "slow: one of the definitions"),
        ("`twice` → `price`", "twice: of 2 definitions the last one counts, at line 60"),
        ("`use` → `twice`", "twice: of 2 definitions the last one counts"),
        ("`a.py::fast` → `price`", "fast: one of the definitions"),
    ],
)
def test_a_call_of_one_of_them_is_a_call(tree, one, text: str, rule: str) -> None:
    """The rule by which they are one is told with the verdict."""
    claim = one(verify_document("d", text, tree, None), " → ")
    assert claim.verdict is OK, claim
    assert rule in claim.detail


def test_what_none_of_them_calls(make_graph, tree, one) -> None:
    """A definition that never runs calls nothing: a stub, one that another took the place of."""
    graph = make_graph(tree)
    for text in ("`twice` → `clean`", "`convert` → `price`", "`fast` → `convert`"):
        claim = one(verify_document("d", text, tree, graph))
        assert claim.verdict.is_bad, claim


def test_a_name_in_two_files_is_ambiguous(make_tree, one) -> None:
    """Two functions are not one for their name alone."""
    tree = make_tree(FILES)
    claim = one(verify_document("d", "`fast` → `price`", tree, None))
    assert (claim.verdict, "is ambiguous" in claim.detail) == (NOT_JUDGED, True)


def test_the_name_is_bound_by_syntax(tree, one) -> None:
    """A call of a function under conditions is settled: whichever stands there, it is that one."""
    claim = one(verify_document("d", "`use` → `fast`", tree, None))
    assert (claim.kind, claim.ground) == (ClaimKind.CHAIN, Ground.SYNTAX)


def test_one_definition_needs_no_rule(tree) -> None:
    """Nothing is told where there is nothing to choose."""
    reading = Reading(tree)
    (clean,) = reading.defined("clean")
    whole = one_function_of(clean, reading.file("a.py"))
    assert (whole.definitions, whole.rule) == ((clean,), "")

"""Quoted assignments, conditions and calls beside the code that stands there: parsed, not text."""

from __future__ import annotations

import ast

import pytest

from tracer.model.verification import ClaimVerdict
from tracer.static.sources import SourceTree
from tracer.verify.documents import verify_document
from tracer.verify.expressions import Likeness, bindings_of, compare, fold, parse_quoted

FILES = {
    "a.py": """
        X = compute(3)
        Y = 3
        Z = [1, 2, 3]
        RATE = 0.5 * 2
        NAME = "a" + "b"
        LIMIT: int = 10
        a, b = 1, "two"
        ITEMS = [one, two]
        big = load(path, 7, strict=True)


        def train(
            model,
            epochs=60,
            *,
            lr=0.1,
        ):
            if epochs > 100:
                model.fit(epochs=epochs, batch=16)
            total = 0
            total += model.step(1)
            total += model.step(2)
            return total > 10 and lr


        def other():
            cfg = {"nepochs": 60, "lr": 0.1}
            run(0.55)
            # depth = 4
            return cfg


        class Net(Base):
            def fail(self):
                raise ValueError("no")
                for i in range(3):
                    pass
    """,
    "conf.toml": "lr = 0.15\nepochs = 60\n",
}
OK, CHANGED, MOVED = ClaimVerdict.VERIFIED, ClaimVerdict.CHANGED, ClaimVerdict.MOVED
OPEN = ClaimVerdict.UNVERIFIABLE


@pytest.fixture
def tree(make_tree) -> SourceTree:
    return make_tree(FILES)


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("`X = 3` (`a.py:1`)", OPEN),  # it may come to that
        ("`X = compute(3)` (`a.py:1`)", OK),
        ("`X = compute(...)` (`a.py:1`)", OK),
        ("`X = compute(4)` (`a.py:1`)", CHANGED),
        ("`X = other(3)` (`a.py:1`)", CHANGED),
        ("`X = compute` (`a.py:1`)", OPEN),
        ("`Y = 3` (`a.py:2`)", OK),
        ("`Y = 30` (`a.py:2`)", CHANGED),
        ("`Y = 3.0` (`a.py:2`)", CHANGED),
        ("`Y = compute(3)` (`a.py:2`)", CHANGED),
        ("`Z = [1, 2]` (`a.py:3`)", CHANGED),
        ("`Z = [1, 2, ...]` (`a.py:3`)", OK),
        ("`Z = 6` (`a.py:3`)", CHANGED),
        ("`RATE = 0.5` (`a.py:4`)", CHANGED),
        ("`RATE = 1.0` (`a.py:4`)", OK),
        ("`RATE = 0.5 * 2` (`a.py:4`)", OK),
        ("`NAME = 'a'` (`a.py:5`)", CHANGED),
        ("`NAME = 'ab'` (`a.py:5`)", OK),
        ("`LIMIT = 10` (`a.py:6`)", OK),
        ("`LIMIT: int = 11` (`a.py:6`)", CHANGED),
        ("`b = 'two'` (`a.py:7`)", OK),
        ("`a = 2` (`a.py:7`)", CHANGED),
        ("`ITEMS = 2` (`a.py:8`)", CHANGED),  # a list is no number
        ("`big = load(path)` (`a.py:9`)", OK),
        ("`big = load(path, strict=True)` (`a.py:9`)", OK),
        ("`big = load(path, strict=False)` (`a.py:9`)", CHANGED),
        ("`big = load(path, 8)` (`a.py:9`)", CHANGED),
        ("`load(path, 8)` (`a.py:9`)", CHANGED),
        ("`load(path, 7)` (`a.py:9`)", OK),
        ("`epochs=60` (`a.py:12-17`)", OK),
        ("`epochs=50` (`a.py:12-17`)", CHANGED),
        ("`lr=0.01` (`a.py:12-17`)", CHANGED),
        ("`epochs > 100` (`a.py:18`)", OK),
        ("`epochs > 10` (`a.py:18`)", CHANGED),
        ("`if epochs > 1000:` (`a.py:18`)", CHANGED),
        ("`if epochs > 100` (`a.py:19`)", OK),  # around it
        ("`if epochs > 100` (`a.py:20`)", OPEN),
        ("`batch=16` (`a.py:19`)", OK),
        ("`batch=32` (`a.py:19`)", CHANGED),
        ("`total += model.step(1)` (`a.py:22`)", CHANGED),
        ("`total += model.step(2)` (`a.py:22`)", OK),
        ("`total += self.stop(2)` (`a.py:22`)", OPEN),  # it stands nowhere, so nothing is sure
        ("`total = 0` (`a.py:18`)", MOVED),
        ("`return total > 10` (`a.py:23`)", OPEN),
        ("`return total > 20 and lr` (`a.py:23`)", CHANGED),
        ("`def train(model, epochs=60)` (`a.py:12`)", OK),
        ("`def train(model, epochs=50)` (`a.py:12`)", CHANGED),
        ("`def train(model, steps)` (`a.py:12`)", CHANGED),
        ("`class Net(Base)` (`a.py:33`)", OK),
        ("`class Net(Other)` (`a.py:33`)", CHANGED),
        ("`raise ValueError` (`a.py:35`)", OK),
        ("`raise KeyError` (`a.py:35`)", CHANGED),
        ("`for i in range(3)` (`a.py:36`)", OK),
        ("`for i in range(4)` (`a.py:36`)", CHANGED),
        ("`nepochs = 60` (`a.py:27`)", OK),
        ("`nepochs = 61` (`a.py:27`)", CHANGED),
        ("`run(0.5)` (`a.py:28`)", CHANGED),
        ("`depth = 4` (`a.py:29`)", OK),  # in a comment: the text says so
        ("`lr = 0.15` (`conf.toml:1`)", OK),
        ("`lr = 0.1` (`conf.toml:1`)", OPEN),
    ],
)
def test_what_is_quoted_must_be_the_whole_expression(
    tree, one, text: str, verdict: ClaimVerdict
) -> None:
    """A piece of the text is not enough; what only a run would know is open, and never refused."""
    claim = one(verify_document("d", text, tree, None))
    assert claim.verdict is verdict, claim


def test_a_block_of_code_is_compared_to_the_end_of_the_value(tree, one) -> None:
    """`Y = 3` is no part of `Y = 30`: the changed line is told, the right block holds."""
    block = "At `a.py:4-8`:\n\n```python\nRATE = 0.5 * 2\n{}\nITEMS = [one, two]\n```\n"
    right = one(verify_document("d", block.format("LIMIT: int = 10"), tree, None), "quoted")
    assert right.verdict is ClaimVerdict.VERIFIED
    wrong = one(verify_document("d", block.format("LIMIT: int = 1"), tree, None), "quoted")
    assert (wrong.verdict, wrong.detail) == (CHANGED, "line 6 reads: LIMIT: int = 10")


@pytest.mark.parametrize(
    ("told", "actual", "likeness"),
    [
        ("f(a)", "f(a, b)", Likeness.SHORTENED),
        ("f(a, b)", "f(a)", Likeness.OTHER),
        ("f(b)", "f(a, b)", Likeness.SHORTENED),
        ("f(x=1)", "f(x=2)", Likeness.OTHER_CONSTANT),
        ("f(..., x=1)", "f(a, b, x=1)", Likeness.SHORTENED),
        ("cfg.x", "self.cfg.x", Likeness.SHORTENED),
        ("cfg.x", "cfg.y", Likeness.OTHER),
        ("1_000", "1000", Likeness.SAME),
        ("True", "1", Likeness.OTHER_CONSTANT),
        ("-1", "-2", Likeness.OTHER_CONSTANT),
        ("2 ** 10", "1024", Likeness.SAME),
        ("3", "n + 1", Likeness.UNKNOWN),
        ("3", "{'a': n}", Likeness.OTHER_CONSTANT),
        ("n", "3", Likeness.OTHER),
        ("a[0]", "a[1]", Likeness.OTHER_CONSTANT),
        ("...", "anything(1)", Likeness.SAME),
    ],
)
def test_how_two_expressions_are_alike(told: str, actual: str, likeness: Likeness) -> None:
    """What may be left out in a quotation, and what may not."""
    first, second = (ast.parse(text, mode="eval").body for text in (told, actual))
    assert compare(first, second) is likeness


def test_nothing_large_is_computed() -> None:
    """Arithmetic of constants is done within bounds: a document cannot make it costly."""
    for text in ("9 ** 9 ** 9", "'a' * 10 ** 9", "10 ** 7 * 10 ** 7", "1 / 0", "-" * 9000 + "1"):
        try:
            node = ast.parse(text, mode="eval").body
        except (RecursionError, MemoryError, SyntaxError):
            continue
        assert fold(node) == (False, None)


def test_the_names_that_a_statement_gives_a_value() -> None:
    """Targets, keyword arguments, defaults and entries of dicts."""
    texts = {
        "x = y = 1": ["x", "y"],
        "a, b = 1, 2": ["(a, b)", "a", "b"],
        "f(k=1, **more)": ["k"],
        "def f(a, b=1, *, c=2, d): pass": ["b", "c"],
        "d = {'k': 1, 2: 3}": ["d", "k"],
        "if (n := 3) > 2: pass": ["n"],
        "elif x: ": [],
        "x: int": [],
    }
    for text, names in texts.items():
        statement = parse_quoted(text)
        assert statement is not None, text
        assert [name for name, _ in bindings_of(statement)] == names, text
    assert parse_quoted("x = = 1") is None
    assert parse_quoted("x = 1; y = 2") is None

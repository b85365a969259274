"""Answers are cut to their size, and say so; whatever is in them."""

from __future__ import annotations

import pytest

pytest.importorskip("mcp", reason="the extra `mcp` is not installed")

from hypothesis import given
from hypothesis import strategies as st

from tracer.server.answers import answer, bounded, tokens
from tracer.server.pruning import pruned

_VALUES = st.recursive(
    st.integers() | st.text(max_size=300) | st.booleans() | st.none(),
    lambda inner: st.lists(inner, max_size=8) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=40,
)


@given(
    data=st.dictionaries(st.text(max_size=9), _VALUES, max_size=5),
    unknown=st.lists(_VALUES, max_size=9),
    most=st.integers(200, 2000),
)
def test_it_fits_or_says_why_not(data: dict[str, object], unknown: list[object], most: int) -> None:
    """No list loses its first item, and nothing is cut without a word."""
    whole = answer("t", data, unknown=unknown)
    shown = bounded(whole, most)
    if tokens(whole) <= most:
        assert shown is whole
        return
    assert tokens(shown) <= most or "more than max_tokens" in shown["truncated"][-1]
    assert shown["truncated"] and shown["ok"] is True
    for name, value in data.items():
        if isinstance(value, list):
            assert bool(shown["data"][name]) == bool(value)


def test_each_cut_is_counted() -> None:
    """By list: how many of how many."""
    shown = bounded(answer("t", {"rows": [f"row {n}" for n in range(500)], "few": [1, 2]}), 300)
    kept = len(shown["data"]["rows"])
    assert shown["truncated"] == [f"data.rows: the first {kept} of 500 shown, by max_tokens"]
    assert shown["data"]["few"] == [1, 2] and shown["data"]["rows"][0] == "row 0"


def test_what_says_nothing_is_left_out() -> None:
    """A span becomes its line, a guard one text, exactness one word."""
    item = {
        "function": "a.py::f",
        "span": {"line": 7, "column": 4, "end_line": 7, "end_column": 9},
        "tier": "type",
        "is_exact": False,
        "calls": 0,
        "payload": "",
        "guards": [{"kind": "if", "text": "x", "line": 6, "hidden_inputs": ["os.environ"]}],
    }
    assert pruned([item]) == [
        {
            "function": "a.py::f",
            "tier": "type",
            "guards": ["if x (line 6; reads os.environ)"],
            "line": 7,
            "sure": "may",
        }
    ]

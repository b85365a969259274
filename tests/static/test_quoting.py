"""Quotations are safe to show."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracer.static.quoting import quote


@pytest.mark.parametrize(
    "text",
    [
        'login(password="hunter2")',
        "connect(user, api_key = 'hunter2')",
        "{'db_password': 'hunter2'}",
        "os.environ['SECRET_TOKEN'] = 'hunter2'",
        'open("postgres://me:hunter2@host/db")',
        'client("sk-hunter2hunter2hunter2")'.replace("hunter2hunter2hunter2", "hunter2" * 4),
    ],
)
def test_secrets_are_redacted(text: str) -> None:
    """A literal beside a name that says secret, credentials in a URL, tokens by their shape."""
    assert "hunter2" not in quote(text)
    assert "[redacted]" in quote(text)


@pytest.mark.parametrize(
    "text",
    [
        'tokenizer = "bert"',
        "tokens = count(text)",
        'password = ""',
        "if key == 'bigN'",
        "model.save(path, 'tf')",
        'secrets.choice("abc")',
        'open("https://host/path")',
    ],
)
def test_other_literals_stay(text: str) -> None:
    """The control: names that only sound alike."""
    assert quote(text) == text


def test_a_quotation_is_one_line_and_bounded() -> None:
    """White space is folded, and a cut shows."""
    assert quote("f(\n    a,\t b)") == "f( a, b)"
    assert quote("x" * 50, 10) == "x" * 9 + "…"


def test_direction_marks_are_escaped() -> None:
    """Text that would be shown in another order than it stands."""
    assert quote("a\u202eb\x1b[0m") == "a\\u202eb\\u001b[0m"


@given(st.text(), st.integers(min_value=1, max_value=200))
def test_no_quotation_misleads(text: str, limit: int) -> None:
    """Whatever comes in, what goes out is short and holds no control or format character."""
    quoted = quote(text, limit)
    assert len(quoted) <= limit
    assert not any(unicodedata.category(char) in ("Cc", "Cf", "Zl", "Zp") for char in quoted)

"""Phrases that count."""

from __future__ import annotations


def limit_text(shown: int, total: int, what: str, by: str) -> str:
    """What a limit cut: `12 of 34 chains shown, in order of …`; empty where it cut nothing."""
    return "" if shown >= total else f"{shown} of {total} {what} shown, {by}"


def plural(count: int, noun: str, nouns: str = "") -> str:
    """`1 edge`, `3 edges`."""
    return f"{count} {noun}" if count == 1 else f"{count} {nouns or noun + 's'}"

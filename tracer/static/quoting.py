"""Source text as a quotation: one line, bounded, no secrets, no characters that mislead."""

from __future__ import annotations

import re
import unicodedata

_SECRET_WORDS = (
    "password|passwd|pwd|passphrase|secret|token|credential|api[_-]?key|access[_-]?key"
    "|private[_-]?key|auth[_-]?key"
)
# A name that says secret, then `=`, `:` or `,`, then a literal. A name that only contains such a
# word as part of a longer one (`tokenizer = "bert"`) is left alone.
_SECRET_LITERAL = re.compile(
    rf"(?P<head>(?<![A-Za-z0-9])(?:[A-Za-z0-9]+[_-])*(?:{_SECRET_WORDS})s?(?:[_-][A-Za-z0-9]+)*"
    r"[\"']?\s*\]?\s*(?:=(?!=)|:(?!=)|,)\s*[rbufRBUF]{0,2})"
    r"(?P<literal>\"\"\"(?:[^\\]|\\.)*?\"\"\"|'''(?:[^\\]|\\.)*?'''"
    r"|\"(?:[^\"\\]|\\.)*\"?|'(?:[^'\\]|\\.)*'?)",
    re.IGNORECASE | re.DOTALL,
)
_KNOWN_SHAPES = re.compile(
    r"(?<![A-Za-z0-9])(?:sk-[A-Za-z0-9_-]{16,}|gh[pousr]_[A-Za-z0-9]{20,}|AKIA[0-9A-Z]{16}"
    r"|xox[abprs]-[A-Za-z0-9-]{10,}|hf_[A-Za-z0-9]{20,}|eyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]+)"
)
_SHORTEST_SHAPE = 13  # `hf_`, `xox…` and the like, with what must follow
_CREDENTIALS_IN_URL = re.compile(r"(?P<head>[a-z][a-z0-9+.-]*://[^\s/:@\"']*:)[^\s/@\"']+(?=@)")
_CLIP = "…"
_MISLEADING = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})


def quote(text: str, limit: int = 120) -> str:
    """Make source text safe to show: white space folded, secrets redacted, controls escaped.

    Literals beside names such as `password` or `api_key`, and strings in the known shapes of
    access tokens, become `"[redacted]"`. Control and bidirectional characters become `\\uXXXX`.

    Args:
        limit: The greatest length of the answer in characters; a cut ends in `…`.
    """
    line = " ".join(escape_controls(redact_secrets(text), keep="\n\t\r\f\v").split())
    return line if len(line) <= limit else line[: max(limit - 1, 0)] + _CLIP


def redact_secrets(text: str) -> str:
    """Replace literals that look like secrets."""
    if '"' in text or "'" in text:
        text = _SECRET_LITERAL.sub(_redacted, text)
    if "://" in text:
        text = _CREDENTIALS_IN_URL.sub(r"\g<head>[redacted]", text)
    return _KNOWN_SHAPES.sub("[redacted]", text) if len(text) >= _SHORTEST_SHAPE else text


def escape_controls(text: str, keep: str = "") -> str:
    """Write control, format and bidirectional characters as escapes."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        f"\\u{ord(char):04x}"
        if char not in keep and unicodedata.category(char) in _MISLEADING
        else char
        for char in text
    )


def _redacted(match: re.Match[str]) -> str:
    literal = match["literal"]
    return match["head"] + (literal if len(literal) <= 2 else '"[redacted]"')

"""The job that the parent hands over: the trace plan, and where the log goes."""

from __future__ import annotations

from typing import Any

try:
    import _json
except ImportError:  # another implementation
    _json = None  # type: ignore[assignment]


_KNOWN = '{"a":[1,-1.5,null,true,[2]],"\\udc80":"\\u20ac"}'


class _Reading:
    """What the C scanner wants to know; it spares the target an import of `json` and `re`."""

    strict = True
    object_hook = None
    object_pairs_hook = None
    parse_float = float
    parse_int = int
    parse_constant = float
    memo: dict[str, str] = {}  # noqa: RUF012 - the scanner clears it itself


def parse_json(text: str) -> Any:
    """Read one JSON value that has no white space around it."""
    if _json is not None and hasattr(_json, "make_scanner"):
        scan: Any = _json.make_scanner(_Reading())  # type: ignore[arg-type]
        value, _ = scan(text, 0)
        return value
    import json

    return json.loads(text)


def _make_encoder() -> Any:
    """The encoder in C that `json` uses, three times as fast as ours; None: there is none."""
    make = getattr(_json, "make_encoder", None)
    if make is None:
        return None
    try:
        escape = _json.encode_basestring_ascii
        encode = make(None, _refuse, escape, None, ":", ",", False, False, True)
        known = encode({"a": [1, -1.5, None, True, (2,)], "\udc80": "\u20ac"}, 0)
    except Exception:  # another version takes other arguments
        return None
    return encode if "".join(known) == _KNOWN else None


def _refuse(value: Any) -> Any:
    raise TypeError(f"no JSON for {type(value).__name__}")


def quote(text: str) -> str:
    """A JSON string in ASCII; lone surrogates stay escaped."""
    if _json is not None and hasattr(_json, "encode_basestring_ascii"):
        return str(_json.encode_basestring_ascii(text))
    import json

    return json.dumps(text)


def to_json(value: Any) -> str:
    """One line of JSON for None, bool, int, float, str, and lists, tuples and dicts of them."""
    if _encode is not None:
        return "".join(_encode(value, 0))
    kind = type(value)
    if kind is str:
        return quote(value)
    if kind is int:
        return int.__repr__(value)
    if value is None:
        return "null"
    if kind is bool:
        return "true" if value else "false"
    if kind is float:
        return float.__repr__(value)
    if kind is dict:
        return "{" + ",".join([quote(k) + ":" + to_json(v) for k, v in value.items()]) + "}"
    return "[" + ",".join([to_json(item) for item in value]) + "]"


_encode = _make_encoder()

"""The JSON Schema of a brief in YAML, from the table of words that reads it."""

from __future__ import annotations

from typing import Any

from tracer.tables.words import Words

_SCHEMA_ID = "tracer/brief/1"

_TEXT: dict[str, Any] = {"type": ["string", "number", "boolean", "null"]}
_TEXTS: dict[str, Any] = {
    "anyOf": [_TEXT, {"type": "array", "items": {"type": ["string", "number", "boolean"]}}]
}
_LINES: dict[str, Any] = {"type": ["string", "integer"]}
_ANCHOR: dict[str, Any] = {
    "anyOf": [
        {"type": "string", "minLength": 1},
        {
            "type": "object",
            "properties": {
                "path": {"type": "string", "minLength": 1},
                "file": {"type": "string", "minLength": 1},
                "anchor": {"type": "string", "minLength": 1},
                "lines": _LINES,
                "line": _LINES,
                "symbol": {"type": "string"},
                "section": {"type": "string"},
                "rationale": {"type": "string"},
                "note": {"type": "string"},
                "why": {"type": "string"},
                "reason": {"type": "string"},
            },
            "anyOf": [{"required": [key]} for key in ("path", "file", "anchor")],
        },
    ]
}
_FILE: dict[str, Any] = {
    "anyOf": [
        {"type": "string", "minLength": 1},
        {
            "type": "object",
            "properties": {"path": {"type": "string"}, "optional": {"type": ["boolean", "string"]}},
            "required": ["path"],
        },
    ]
}

_FORMS: dict[str, dict[str, Any]] = {
    "question": {
        "description": "What is asked; names in backticks, or that look like code, are looked up.",
        "anyOf": [
            {"type": "string", "minLength": 1},
            {"type": "array", "items": {"type": "string"}, "minItems": 1},
        ],
    },
    "initiative_id": {"description": "The work that the answer belongs to.", **_TEXT},
    "scope_hints": {"description": "Words that the answer has to do with.", **_TEXTS},
    "roi_hint": {"description": "Which run will do, which part of it.", **_TEXT},
    "namespaces": {
        "description": "Packages whose calls are recorded; none: all below the root.",
        **_TEXTS,
    },
    "time_budget_minutes": {
        "description": "How long the recording may take.",
        "anyOf": [
            {"type": "number", "exclusiveMinimum": 0},
            {"type": "string"},
            {"type": "null"},
        ],
    },
    "output_folder": {
        "description": "Where the bundle goes, below --out; `<timestamp>` is filled in.",
        **_TEXT,
    },
    "anchors": {
        "description": "Places that the author knows; each is checked.",
        "anyOf": [_ANCHOR, {"type": "array", "items": _ANCHOR}],
    },
    "deliverables": {
        "description": "Files of the bundle that are to have another path.",
        "anyOf": [_FILE, {"type": "array", "items": _FILE}],
    },
    "ledgers": {
        "description": "Documents whose entries on the answer's code are looked up and judged.",
        **_TEXTS,
    },
    "gating": {
        "description": "What waits for the answer, and which document must refer to it.",
        **_TEXTS,
    },
    "tasks": {"description": "What else is asked for, one sentence each.", **_TEXTS},
}


def brief_schema(words: Words) -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of a brief in YAML or JSON.

    Reading is more lenient than this: names of fields may have spaces or `-` for `_` and any case.
    Keys that are not known are allowed, since they are for other readers; `tracer brief check`
    tells them.
    """
    names = {field: [_key(name) for name in known] for field, known in words.fields}
    properties = {key: _FORMS[field] for field in _FORMS for key in names[field]}
    asks = [{"required": [key]} for key in names["question"]]
    group = {"type": "object", "properties": properties}
    inside = [
        {"properties": {key: {"anyOf": asks}}, "required": [key]} for key in names["parameters"]
    ]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": _SCHEMA_ID,
        "title": "A brief in YAML",
        "type": "object",
        "properties": {**properties, **dict.fromkeys(names["parameters"], group)},
        "anyOf": [*asks, *inside],
    }


def _key(name: str) -> str:
    return name.replace(" ", "_")

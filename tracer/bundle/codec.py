"""Evidence as JSON: one encoding, one published schema, strict reading.

pydantic reads the frozen dataclasses of the model as they are, so that the model itself needs no
third-party import.
"""

from __future__ import annotations

import json
from dataclasses import fields
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from tracer.errors import BundleError
from tracer.model.brief_check import BRIEF_CHECK_SCHEMA, BriefCheck
from tracer.model.contrast import CONTRAST_SCHEMA, Contrast
from tracer.model.evidence import EVIDENCE_SCHEMA, Evidence
from tracer.model.query import QUERY_SCHEMA, QueryAnswer
from tracer.model.verification import (
    VERIFICATION_SCHEMA,
    VERIFICATION_SET_SCHEMA,
    Verification,
    VerificationSet,
)

_Value = TypeVar("_Value", Evidence, Verification, VerificationSet, Contrast, BriefCheck)

_SCHEMAS: dict[type, str] = {
    Evidence: EVIDENCE_SCHEMA,
    Verification: VERIFICATION_SCHEMA,
    VerificationSet: VERIFICATION_SET_SCHEMA,
    Contrast: CONTRAST_SCHEMA,
    BriefCheck: BRIEF_CHECK_SCHEMA,
}


def encode(value: Evidence | Verification | VerificationSet | Contrast | BriefCheck) -> str:
    """JSON text: fields in the order of the model, two spaces, a newline at the end."""
    adapter: TypeAdapter[Any] = TypeAdapter(type(value))
    return dump_json(adapter.dump_python(value, mode="json"))


def decode(text: str, kind: type[_Value], *, name: str) -> _Value:
    """Read what `encode` wrote.

    Raises:
        BundleError: It is not JSON, names another schema version, or a field has another form.
    """
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        raise BundleError(f"{name}:{error.lineno}: expected JSON: {error.msg}") from error
    expected = _SCHEMAS[kind]
    found = data.get("schema") if isinstance(data, dict) else None
    if is_newer(found, expected):
        raise BundleError(
            f"{name}: made by a newer tracer (schema {found}; this one reads {expected}): "
            "update callchain-tracer"
        )
    if found != expected:
        raise BundleError(f"{name}: expected schema {expected!r}, found {found!r}")
    adapter: TypeAdapter[_Value] = TypeAdapter(kind)
    try:
        return adapter.validate_json(text, strict=True)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise BundleError(f"{name}: {place}: {first['msg']}") from error


def is_newer(found: object, expected: str) -> bool:
    """Whether a schema is a later version of the one that was expected."""
    name, _, version = expected.rpartition("/")
    other, _, later = found.rpartition("/") if isinstance(found, str) else ("", "", "")
    return name == other and later.isdecimal() and int(later) > int(version)


def query_schema() -> dict[str, Any]:
    """The published JSON Schema of answers to queries, which leave out what says nothing."""
    schema = TypeAdapter(QueryAnswer).json_schema(mode="validation")
    required = [field.name for field in fields(QueryAnswer)]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": QUERY_SCHEMA,
        **schema,
        "required": required,
    }


def json_schema(kind: type[_Value]) -> dict[str, Any]:
    """The published JSON Schema (draft 2020-12) of the encoding."""
    schema = TypeAdapter(kind).json_schema(mode="serialization")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": _SCHEMAS[kind],
        **schema,
    }


def dump_json(data: Any) -> str:
    """JSON text as every file of a bundle has it."""
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"

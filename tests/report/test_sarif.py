"""SARIF 2.1.0: its rules for all that we write, and findings that stay the same."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest

from tracer.compare.verifications import compare_verifications
from tracer.model.claim_identity import fingerprints
from tracer.model.verification import (
    VERIFICATION_SCHEMA,
    VERIFICATION_SET_SCHEMA,
    Claim,
    ClaimKind,
    ClaimVerdict,
    Ground,
    Verification,
    VerificationSet,
)
from tracer.report.sarif import render_sarif

# The rules of the standard (sections 3.13 to 3.30) for the properties that we write: no other
# property, the words of each enumeration, what is required, numbers from one or zero on.
_MESSAGE = {
    "type": "object",
    "required": ["text"],
    "additionalProperties": False,
    "properties": {"text": {"type": "string", "minLength": 1}},
}
_LEVEL = {"enum": ["none", "note", "warning", "error"]}
_URI = {"type": "string", "format": "uri-reference", "pattern": r"^[^\s\\\\]+$"}
_LOCATION = {
    "type": "object",
    "required": ["uri"],
    "additionalProperties": False,
    "properties": {"uri": _URI},
}
_RULE = {
    "type": "object",
    "required": ["id"],
    "additionalProperties": False,
    "properties": {
        "id": {"type": "string"},
        "name": {"type": "string"},
        "shortDescription": _MESSAGE,
        "defaultConfiguration": {
            "type": "object",
            "additionalProperties": False,
            "properties": {"level": _LEVEL},
        },
    },
}
_RESULT = {
    "type": "object",
    "required": ["message"],
    "additionalProperties": False,
    "properties": {
        "ruleId": {"type": "string"},
        "ruleIndex": {"type": "integer", "minimum": 0},
        "kind": {"enum": ["notApplicable", "pass", "fail", "review", "open", "informational"]},
        "level": _LEVEL,
        "message": _MESSAGE,
        "locations": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "properties": {
                    "physicalLocation": {
                        "type": "object",
                        "required": ["artifactLocation"],
                        "additionalProperties": False,
                        "properties": {
                            "artifactLocation": _LOCATION,
                            "region": {
                                "type": "object",
                                "required": ["startLine"],
                                "additionalProperties": False,
                                "properties": {"startLine": {"type": "integer", "minimum": 1}},
                            },
                        },
                    }
                },
            },
        },
        "partialFingerprints": {"type": "object", "additionalProperties": {"type": "string"}},
        "baselineState": {"enum": ["new", "unchanged", "updated", "absent"]},
    },
    # 3.27.10: a result of another kind than `fail` has no level.
    "if": {"properties": {"kind": {"const": "fail"}}},
    "else": {"properties": {"level": {"const": "none"}}},
}
SARIF = {
    "type": "object",
    "required": ["version", "runs"],
    "additionalProperties": False,
    "properties": {
        "$schema": {"type": "string", "format": "uri"},
        "version": {"const": "2.1.0"},
        "runs": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "required": ["tool"],
                "additionalProperties": False,
                "properties": {
                    "tool": {
                        "type": "object",
                        "required": ["driver"],
                        "additionalProperties": False,
                        "properties": {
                            "driver": {
                                "type": "object",
                                "required": ["name"],
                                "additionalProperties": False,
                                "properties": {
                                    "name": {"type": "string"},
                                    "version": {"type": "string"},
                                    "rules": {
                                        "type": "array",
                                        "uniqueItems": True,
                                        "items": _RULE,
                                    },
                                },
                            }
                        },
                    },
                    "columnKind": {"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
                    "artifacts": {
                        "type": "array",
                        "uniqueItems": True,
                        "items": {
                            "type": "object",
                            "additionalProperties": False,
                            "properties": {"location": _LOCATION},
                        },
                    },
                    "results": {"type": "array", "items": _RESULT},
                },
            },
        },
    },
}


def _verification(*claims: Claim, subject: str = "my notes.md") -> Verification:
    return Verification(VERIFICATION_SCHEMA, subject, claims)


def _set(*verifications: Verification) -> VerificationSet:
    return VerificationSet(VERIFICATION_SET_SCHEMA, verifications)


def _run(verifications: VerificationSet) -> dict[str, Any]:
    whole = json.loads(render_sarif(verifications))
    jsonschema.Draft202012Validator(SARIF).validate(whole)
    run: dict[str, Any] = whole["runs"][0]
    for result in run["results"]:
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
    return run


WRONG = Claim(ClaimKind.ANCHOR, "a.py:3", 7, ClaimVerdict.MOVED, Ground.TEXT, "it is a.py:9")
OPEN = Claim(ClaimKind.CHAIN, "f → g", 8, ClaimVerdict.NOT_FOUND, Ground.SOLVER, "1 open")
RIGHT = Claim(ClaimKind.ANCHOR, "a.py:1", 1, ClaimVerdict.VERIFIED, Ground.TEXT)


def test_what_fails_is_an_error_and_what_is_open_is_none() -> None:
    """What holds is left out."""
    run = _run(_set(_verification(WRONG, OPEN, RIGHT)))
    told = [(r["ruleId"], r["kind"], r["level"]) for r in run["results"]]
    assert told == [("anchor/moved", "fail", "error"), ("chain/not-found", "open", "none")]
    place = run["results"][0]["locations"][0]["physicalLocation"]
    assert place == {
        "artifactLocation": {"uri": "my%20notes.md"},
        "region": {"startLine": 7},
    }
    assert run["results"][0]["message"]["text"] == "a.py:3: moved, it is a.py:9"


@pytest.mark.parametrize("verdict", list(ClaimVerdict))
def test_every_verdict_that_is_told_has_a_rule(verdict: ClaimVerdict) -> None:
    """And none that is bad is left out."""
    claim = Claim(ClaimKind.EDGE, "f → g", 3, verdict)
    results = _run(_set(_verification(claim)))["results"]
    assert bool(results) == (not verdict.holds and verdict is not ClaimVerdict.NOT_JUDGED)
    assert all(result["kind"] == "fail" for result in results) or not verdict.is_bad


def test_a_finding_keeps_its_fingerprint_when_lines_move() -> None:
    """The words name it; equal ones are told apart by their order."""
    moved = Claim(WRONG.kind, WRONG.text, 99, WRONG.verdict, WRONG.ground, "it is a.py:10")
    before, after = (
        fingerprints(_verification(WRONG, WRONG)),
        fingerprints(_verification(RIGHT, moved, moved)),
    )
    assert before == after[1:]
    assert len(set(after)) == 3
    assert fingerprints(_verification(WRONG, subject="other.md"))[0] not in before


def test_a_baseline_tells_what_is_new_and_what_is_gone() -> None:
    """As `baselineState`, which readers of SARIF know."""
    gone = Claim(ClaimKind.ANCHOR, "b.py:1", 3, ClaimVerdict.MISSING)
    fresh = Claim(ClaimKind.COUNT, "3 keys", 5, ClaimVerdict.REFUTED)
    now, then = _verification(WRONG, fresh), _verification(gone, WRONG)
    comparison = compare_verifications([now], [then], "b.json")
    whole = VerificationSet(VERIFICATION_SET_SCHEMA, (now,), comparison)
    assert not whole.is_good
    states = {r["message"]["text"]: r["baselineState"] for r in _run(whole)["results"]}
    assert states == {
        "a.py:3: moved, it is a.py:9": "unchanged",
        "3 keys: refuted": "new",
        "b.py:1: missing": "absent",
    }
    same = compare_verifications([then], [then], "b.json")
    assert VerificationSet(VERIFICATION_SET_SCHEMA, (then,), same).is_good


def test_a_claim_that_was_right_is_new_when_it_is_wrong() -> None:
    """The baseline excuses what was wrong, and nothing else."""
    was = Claim(WRONG.kind, WRONG.text, 7, ClaimVerdict.VERIFIED)
    comparison = compare_verifications([_verification(WRONG)], [_verification(was)], "b")
    assert [placed.claim for placed in comparison.new] == [WRONG]

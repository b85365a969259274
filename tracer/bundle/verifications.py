"""Earlier verifications, read back: as `verify --json` prints them, or as a bundle keeps them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tracer.bundle.codec import decode
from tracer.errors import DocumentError
from tracer.model.verification import VERIFICATION_SET_SCHEMA, Verification, VerificationSet


def read_verifications(path: Path) -> tuple[Verification, ...]:
    """Read one verification or several.

    Raises:
        DocumentError: The file cannot be read, or is no JSON.
        BundleError: It holds something else.
    """
    try:
        data: Any = json.loads(path.read_text("utf-8"))
    except OSError as error:
        raise DocumentError(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise DocumentError(f"{path}: expected UTF-8 text") from error
    except json.JSONDecodeError as error:
        raise DocumentError(f"{path}:{error.lineno}: expected JSON: {error.msg}") from error
    if isinstance(data, dict) and isinstance(data.get("data"), dict):
        data = data["data"]  # the answer of `verify --json`, and not its contents alone
    text = json.dumps(data)
    if isinstance(data, dict) and data.get("schema") == VERIFICATION_SET_SCHEMA:
        return decode(text, VerificationSet, name=str(path)).verifications
    return (decode(text, Verification, name=str(path)),)

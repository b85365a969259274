"""The header of safetensors files: names, types and shapes of tensors.

The format: https://huggingface.co/docs/safetensors/index#format
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import BinaryIO

from tracer.artifacts.limits import Budget
from tracer.artifacts.texts import printable, shape_text
from tracer.model.artifact import ArtifactMember, HeldValue

_METADATA = "__metadata__"


def inspect_safetensors(stream: BinaryIO, plain: ArtifactMember, budget: Budget) -> ArtifactMember:
    """Outline the header; the tensors behind it are not read."""
    found = replace(plain, kind="safetensors")
    stream.seek(0)
    length = int.from_bytes(stream.read(8), "little")
    if length > min(budget.limits.text_bytes, plain.size - 8):
        return replace(found, not_inspected=(f"safetensors: a header of {length} bytes",))
    try:
        header = json.loads(stream.read(length))
    except (ValueError, RecursionError) as error:
        return replace(found, not_inspected=(f"safetensors: no JSON: {printable(str(error))}",))
    if not isinstance(header, dict):
        return replace(found, not_inspected=("safetensors: the header is no object",))
    held = [HeldValue((printable(name),), _described(entry)) for name, entry in header.items()]
    most = budget.limits.held
    gaps = (f"more than {most} tensors: the rest is not listed",) if len(held) > most else ()
    return replace(
        found,
        top="dict",
        keys=tuple(printable(name) for name in header)[: budget.limits.keys],
        held=tuple(held[:most]),
        not_inspected=gaps,
    )


def _described(entry: object) -> str:
    if not isinstance(entry, dict):
        return "no tensor"
    shape, dtype = entry.get("shape"), entry.get("dtype")
    if isinstance(shape, list) and all(type(size) is int for size in shape):
        return f"tensor {shape_text(tuple(shape))} {printable(str(dtype))}"
    return f"dict of {len(entry)}"

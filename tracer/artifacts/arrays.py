"""Headers of NumPy's `.npy` format, read without NumPy.

The format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import BinaryIO

MAGIC = b"\x93NUMPY"
_LONGEST_HEADER = 10_000  # as NumPy itself: parsing long literals can crash Python


@dataclass(frozen=True, slots=True)
class ArrayHeader:
    """What an array is, without its data."""

    shape: tuple[int, ...]
    dtype: str  # as the header describes it: `<f8`
    is_fortran: bool
    data_offset: int
    holds_objects: bool  # then the data is a pickle


def read_header(stream: BinaryIO) -> ArrayHeader | str:
    """The header at the beginning of the stream, or the reason why it cannot be read."""
    stream.seek(0)
    start = stream.read(12)
    if not start.startswith(MAGIC) or len(start) < 10:
        return "no `.npy` header"
    major = start[6]
    if major not in (1, 2, 3):
        return f"`.npy` format version {major}"
    end = 10 if major == 1 else 12
    length = int.from_bytes(start[8:end], "little")
    if length > _LONGEST_HEADER:
        return f"a header of {length} bytes"
    stream.seek(end)
    text = stream.read(length)
    if len(text) < length:
        return "the header breaks off"
    try:
        header = ast.literal_eval(text.decode("utf-8" if major == 3 else "latin-1").strip())
    except (ValueError, SyntaxError, TypeError, RecursionError, MemoryError):
        return "the header is no literal"
    return _checked(header, end + length)


def _checked(header: object, data_offset: int) -> ArrayHeader | str:
    if not isinstance(header, dict) or set(header) != {"descr", "fortran_order", "shape"}:
        return "the header has other entries than descr, fortran_order and shape"
    shape = header["shape"]
    if not isinstance(shape, tuple) or not all(type(size) is int for size in shape):
        return "the shape in the header is no tuple of integers"
    dtype = header["descr"] if isinstance(header["descr"], str) else repr(header["descr"])
    holds_objects = "O" in _types(header["descr"])
    return ArrayHeader(shape, dtype, bool(header["fortran_order"]), data_offset, holds_objects)


def _types(descr: object) -> str:
    """The type letters of a description, fields included."""
    if isinstance(descr, str):
        return descr
    if isinstance(descr, list):
        fields = [each for each in descr if isinstance(each, tuple) and len(each) >= 2]
        return "".join(_types(each[1]) for each in fields)
    return ""

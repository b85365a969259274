"""Arrays by the attributes of their C types: shape and dtype; on request extremes and a digest.

NumPy's arrays are read by methods that are C from end to end, and only where the type is exactly
`numpy.ndarray`. Of other libraries a table says which C attributes of which exact type can be read.
"""

from __future__ import annotations

from typing import Any

from .statics import (
    GETSET,
    METHOD,
    MISSING,
    fields_of,
    in_module,
    is_subclass,
    module_name_of,
    mro,
    own,
    qualname_of,
    type_name,
)

_NUMPY_KINDS = {"f": "float", "i": "int", "u": "uint", "c": "complex", "b": "bool"}
_ORDERED_KINDS = "fiub"
_MOST_ELEMENTS = 20_000_000
_MOST_SORTED = 2_000_000
_MOST_BYTES = 64 * 1024 * 1024
_FUNCTION: Any = type(len)

FOREIGN: dict[str, dict[str, Any]] = {}
"""By the dotted name of a type: how it is read. Filled once from the job."""

_sha256: Any = None


class NotComputed(Exception):
    """Why there is no figure."""


def prepare_digests() -> None:
    """Load what digests need, before the target can put anything in its place."""
    global _sha256
    try:
        from _sha2 import sha256  # type: ignore[import-not-found]
    except ImportError:
        try:
            from _sha256 import sha256  # type: ignore[import-not-found]
        except ImportError:
            from hashlib import sha256
    _sha256 = sha256


def numpy_type(name: str) -> Any:
    """A type of NumPy's, if the target has imported NumPy itself."""
    found = in_module("numpy", name)
    return found if type(found) is type else None


def is_array(kind: type) -> bool:
    """Whether a type is exactly NumPy's array."""
    found = in_module("numpy", "ndarray")
    return type(found) is type and kind is found


def array_summary(value: Any) -> str:
    """Shape and dtype of exactly a `numpy.ndarray`."""
    fields = fields_of(type(value))
    shape, dtype = fields["shape"].__get__(value), fields["dtype"].__get__(value)
    return f"ndarray shape {tuple.__repr__(shape)} dtype {dtype_name(dtype)}"


def plain_number(value: Any, kind: type) -> Any:
    """The Python number of a scalar of NumPy's own types; None of its others, else `MISSING`."""
    generic = numpy_type("generic")
    if generic is None or not is_subclass(kind, generic) or module_name_of(kind) != "numpy":
        return MISSING
    if in_module("numpy", qualname_of(kind)) is not kind:  # a class that only says so
        return MISSING
    if qualname_of(kind) in ("void", "object_"):
        return None
    return generic.__dict__["item"](value)


def dtype_name(dtype: Any) -> str:
    """`float32` from the C fields of a NumPy dtype."""
    letter, size = _kind_and_size(dtype)
    if letter == "b":
        return "bool"
    if letter in _NUMPY_KINDS:
        return f"{_NUMPY_KINDS[letter]}{size * 8}"
    return "object" if letter == "O" else f"{letter}{size}"


def _kind_and_size(dtype: Any) -> tuple[str, int]:
    for each in mro(type(dtype)):
        fields = fields_of(each)
        if "kind" in fields and "itemsize" in fields:
            return fields["kind"].__get__(dtype), fields["itemsize"].__get__(dtype)
    return "?", 0


def array_stats(value: Any) -> str:
    """`min 0.0 max 1.0 nan 0` of an array of numbers that have an order.

    `argmin` is C without floating-point flags: `minimum.reduce` would warn of NaN, or raise, as the
    target has told NumPy to.
    """
    fields = fields_of(type(value))
    letter, item_size = _kind_and_size(fields["dtype"].__get__(value))
    if letter not in _ORDERED_KINDS or item_size > 8:
        raise NotComputed(f"elements of kind {letter} have no order")
    size = fields["size"].__get__(value)
    if size > _MOST_ELEMENTS:
        raise NotComputed(f"{size} elements are more than {_MOST_ELEMENTS}")
    if size == 0:
        return "min None max None nan 0"
    item, lowest_at, highest_at = fields["item"], fields["argmin"], fields["argmax"]
    lowest = item(value, lowest_at(value))
    if lowest == lowest:  # the first NaN counts as the least: there is none
        return f"min {lowest!r} max {item(value, highest_at(value))!r} nan 0"
    if size > _MOST_SORTED:
        return "nan at least 1"
    ordered = fields["flatten"](value)
    fields["sort"](ordered)  # NaNs come last
    nan = type(lowest)("nan")
    numbers = int(fields["searchsorted"](ordered, nan))
    if numbers == 0:
        return f"min None max None nan {size}"
    return f"min {item(ordered, 0)!r} max {item(ordered, numbers - 1)!r} nan {size - numbers}"


def sequence_stats(value: Any, base: Any) -> str:
    """The same of a list or tuple of plain numbers."""
    size = base.__len__(value)
    if size > _MOST_ELEMENTS // 100:
        raise NotComputed(f"{size} elements are more than {_MOST_ELEMENTS // 100}")
    lowest: Any = None
    highest: Any = None
    nans = 0
    for position in range(size):
        item = base.__getitem__(value, position)
        kind = type(item)
        if kind is not int and kind is not float and kind is not bool:
            raise NotComputed(f"an element is a {type_name(kind)}")
        if item != item:
            nans += 1
            continue
        if lowest is None or item < lowest:
            lowest = item
        if highest is None or item > highest:
            highest = item
    return f"min {lowest!r} max {highest!r} nan {nans}"


def digest(value: Any) -> str:
    """The SHA-256 of the bytes of an array, of bytes, or of a text in UTF-8."""
    kind = type(value)
    if kind is str:
        if str.__len__(value) > _MOST_BYTES:
            raise NotComputed(f"more than {_MOST_BYTES} bytes")
        value = str.encode(value, "utf-8", "surrogatepass")
    elif is_array(kind):
        fields = fields_of(kind)
        if _kind_and_size(fields["dtype"].__get__(value))[0] in ("O", "V", "?"):
            raise NotComputed("its elements are objects: their bytes are addresses")
        size = fields["nbytes"].__get__(value)
        if size > _MOST_BYTES:
            raise NotComputed(f"{size} bytes are more than {_MOST_BYTES}")
        value = fields["tobytes"](value)
    elif kind is not bytes and kind is not bytearray:
        raise NotComputed(f"{type_name(kind)} is neither an array, nor bytes, nor text")
    if type(value).__len__(value) > _MOST_BYTES:
        raise NotComputed(f"more than {_MOST_BYTES} bytes")
    return str(_sha256(value).hexdigest())


def foreign_shape(value: Any, kind: type) -> Any:
    """The shape, as a tuple, of an array that the table knows by exact type, else `MISSING`."""
    how = _how(kind)
    found: Any = MISSING if how is None else _from_c(value, kind, how.get("shape", ""))
    if found is MISSING or not _shape(found):
        return MISSING
    return tuple([tuple.__getitem__(found, i) for i in range(tuple.__len__(found))])


def _how(kind: type) -> dict[str, Any] | None:
    """How an array of exactly this type is read; None where it cannot be."""
    how = FOREIGN.get(type_name(kind)) if FOREIGN else None
    if how is None or not _is_itself(kind, how["at"]):
        return None
    guard = how.get("only_if_zero")
    if guard:
        function = in_module(*_split(guard))
        if type(function) is not _FUNCTION or function() != 0:
            return None
    return how


def foreign_array(value: Any, kind: type) -> str:
    """Shape and dtype of an array that the table knows by exact type; empty of all others."""
    how = _how(kind)
    if how is None:
        return ""
    parts = [type_name(kind)]
    for field in ("shape", "dtype"):
        found = _from_c(value, kind, how.get(field, ""))
        if found is not MISSING:
            names = how.get("dtype_names", {})
            shown = _shape(found) if field == "shape" else _shown_dtype(found, names)
            if shown:
                parts.append(f"{field} {shown}")
    return " ".join(parts) if len(parts) > 1 else ""


def _is_itself(kind: type, place: str) -> bool:
    """Whether the class that a module holds under the type's name is this very one."""
    return in_module(*_split(place)) is kind


def _split(dotted: str) -> tuple[str, str]:
    module, _, name = dotted.rpartition(".")
    return module, name


def _from_c(value: Any, kind: type, name: str) -> Any:
    """An attribute or the result of a method without arguments, where C alone answers."""
    if not name:
        return MISSING
    found = own(kind, name.removesuffix("()"))
    if name.endswith("()"):
        return found(value) if type(found) is METHOD else MISSING
    return found.__get__(value) if type(found) is GETSET else MISSING


def _shape(found: Any) -> str:
    if not is_subclass(type(found), tuple):
        return ""
    sizes = [tuple.__getitem__(found, i) for i in range(tuple.__len__(found))]
    if not all(type(size) is int or size is None for size in sizes):
        return ""
    return tuple.__repr__(tuple(sizes))


def _shown_dtype(found: Any, names: dict[str, str]) -> str:
    """The name of a dtype whose type is written in C: `torch.float32` is `float32`."""
    shown = own(type(found), "__repr__")
    if type(found) is int:
        number = int.__repr__(found)
        return names.get(number, number)
    if type(shown) is not type(object.__dict__["__repr__"]):
        return ""
    text = shown(found)
    return text.rpartition(".")[2] if type(text) is str and "<" not in text else ""

"""What a dotted name lets expect of the thing behind it."""

from __future__ import annotations

import re

_EXCEPTION = re.compile(r"(?:Error|Exception|Warning|Timeout|Fault)$|^(?:error|timeout)$")
_OF_EXCEPTIONS = ("errors", "exceptions", "exc", "error", "exception")
_ENUMERATION = re.compile(r"(?:Enum|Flag)$")
_METACLASS = re.compile(r"(?:Meta|Meta[cC]lass)$")
_LONGEST = 8  # names in a dotted path; a chain that goes on (`node.next.next`) stays where it is


def last_of(path: str) -> str:
    """`Model` of `keras.Model`, also of what calling it gave."""
    return path.rpartition(".")[2].rstrip("()[]")


def is_exception(path: str) -> bool:
    """Whether this is a class that `except` clauses name."""
    owner, _, name = path.rpartition(".")
    if _EXCEPTION.search(name):
        return True
    return name[:1].isupper() and owner.rpartition(".")[2] in _OF_EXCEPTIONS


def is_enumeration(path: str) -> bool:
    return _ENUMERATION.search(last_of(path)) is not None


def is_metaclass(path: str) -> bool:
    return _METACLASS.search(last_of(path)) is not None


def is_class_like(path: str) -> bool:
    """Whether calling it makes an object, as PEP 8 has it."""
    return last_of(path)[:1].isupper()


def attribute_of(path: str, name: str) -> str:
    """The dotted name of an attribute, as long as it does not grow without end."""
    return path if path.count(".") >= _LONGEST else f"{path}.{name}"


def call_of(path: str) -> str:
    return path if path.endswith("()") else path + "()"


def item_of(path: str) -> str:
    return path if path.endswith("[]") else path + "[]"

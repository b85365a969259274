"""Kinds of parameters and accesses, by the words that flat summaries keep.

Apart from `summary`, whose many classes take as long to make as a helper process reads three files.
"""

from __future__ import annotations

from enum import StrEnum


class ParameterKind(StrEnum):
    """How an argument finds its parameter."""

    POSITIONAL_ONLY = "positional only"
    POSITIONAL = "positional"
    KEYWORD_ONLY = "keyword only"
    REST = "*"
    KEYWORDS = "**"


class AccessKind(StrEnum):
    """How a place touches an object it did not make."""

    SET_ITEM = "set item"
    GET_ITEM = "get item"
    DELETE_ITEM = "delete item"
    SET_ATTRIBUTE = "set attribute"
    DELETE_ATTRIBUTE = "delete attribute"
    CONTAINS = "contains"
    SET_GLOBAL = "set global"
    SET_NONLOCAL = "set nonlocal"

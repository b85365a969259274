"""The kinds of places that nobody writes as a call, as origins name them."""

from __future__ import annotations

from tracer.model.graph import SiteKind
from tracer.model.source import FunctionKind

PROPERTY = SiteKind.PROPERTY.value
ITEM = SiteKind.ITEM.value
ITERATION = SiteKind.ITERATION.value
OPERATOR = SiteKind.OPERATOR.value
PROTOCOL = SiteKind.BUILTIN_PROTOCOL.value
CLASS_BODY = FunctionKind.CLASS_BODY.value
METHOD = FunctionKind.METHOD.value
MODULE = FunctionKind.MODULE.value

"""A small tree, and questions about it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tracer.model.query import Query, QueryAnswer
from tracer.pipeline.query import query

TARGET = Path(__file__).with_name("target")
Ask = Callable[..., QueryAnswer]


@pytest.fixture
def ask() -> Ask:
    """Put a question to the tree, as a library: no command line in between."""

    def put(command: str, *names: str, root: Path = TARGET, **options: object) -> QueryAnswer:
        return query(Query(command, names, **options), root)  # type: ignore[arg-type]

    return put

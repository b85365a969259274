"""What our texts tell a user to install is there to be installed."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from tracer.pipeline.doctor import examine

PROJECT = Path(__file__).resolve().parents[2]
_ADVICE = re.compile(r"callchain-tracer\[([\w,-]+)\]")


@pytest.fixture(scope="module")
def extras() -> dict[str, str]:
    """Each extra of the distribution, with its requirements as one text."""
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["project"]
    return {name: " ".join(each) for name, each in project["optional-dependencies"].items()}


def test_every_extra_that_a_text_names_exists(extras: dict[str, str]) -> None:
    """In messages, in the help of commands, and in the documentation."""
    texts = [
        *(PROJECT / "tracer").rglob("*.py"),
        *(PROJECT / "docs").rglob("*.md"),
        PROJECT / "README.md",
    ]
    named = {
        (extra, text.relative_to(PROJECT).as_posix())
        for text in texts
        for found in _ADVICE.findall(text.read_text("utf-8"))
        for extra in found.split(",")
    }
    assert {extra for extra, _ in named} >= {"demo", "hdf5", "mcp", "zstd"}
    assert {each for each in named if each[0] not in extras} == set()


def test_what_doctor_advises_brings_what_it_misses(extras: dict[str, str]) -> None:
    """`zstandard` comes with `[zstd]`, and so on."""
    advised = {each.name: _ADVICE.findall(each.how) for each in examine()}
    assert len([each for each in advised.values() if each]) >= 5
    for name, found in advised.items():
        for extra in found:
            assert re.search(rf"(^| ){name}\W", extras[extra]), (name, extra)

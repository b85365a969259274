"""A brief that cannot be used gets one line: where, what was expected, what was found."""

from __future__ import annotations

from pathlib import Path

import pytest

from tracer.brief.read import read_brief
from tracer.errors import BriefError

NO_QUESTION = (
    ":1: expected an analysis question (under a heading `Analysis Question`, or as a line "
    "`analysis_question: ...`), found none"
)


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("b.md", b"", ":1: expected a brief with a question, found an empty file"),
        ("b.md", b" \n\n", ":1: expected a brief with a question, found an empty file"),
        ("b.md", b"# Title\n\nSome text.\n", NO_QUESTION),
        ("b.yaml", b"initiative_id: X\n", NO_QUESTION),
        ("b.yaml", b"# only a comment\n", NO_QUESTION),
        ("b.md", b"## Question\n\n## Next\ntext\n", NO_QUESTION),
        ("b.md", b"analysis_question: <analysis_question>\n", NO_QUESTION),
        ("b.md", b"ok\n\xff\n", ":2: expected UTF-8, found byte 0xff"),
        ("b.md", b"ok\n\0\n", ":2: expected text, found a null byte"),
        (
            "b.md",
            b"## Question\nWho?\n\n- **time_budget_minutes:** `soon`\n",
            ":4: expected time_budget_minutes as a number of minutes above 0, found 'soon'",
        ),
        (
            "b.yaml",
            b"question: Who?\ntime_budget_minutes: 0\n",
            ":2: expected time_budget_minutes as a number of minutes above 0, found '0'",
        ),
        (
            "b.yaml",
            b"question: Who?\ninitiative_id:\n  - a\n  - b\n",
            ":3: expected initiative_id as one text, found a list of 2 items",
        ),
        (
            "b.yaml",
            b"question: Who?\nscope_hints:\n  a: b\n",
            ":3: expected scope_hints as a text or a list of texts, found a mapping",
        ),
        (
            "b.yaml",
            b"- Who?\n",
            ":1: expected a mapping with `analysis_question: ...`, found a list",
        ),
        (
            "b.yaml",
            b"question: Who?\nscope_hints: [a, b\n",
            ":3: expected YAML, found: expected ',' or ']', but got '<stream end>'",
        ),
        (
            "b.md",
            b"---\nquestion: [\n---\n# T\n",
            ":2: expected YAML, found: expected the node content, but found '<stream end>'",
        ),
        (
            "b.yaml",
            b"question: Who?\ndeliverables:\n  - ../summary.md\n",
            ":3: expected a file below the output folder, found '../summary.md'",
        ),
        (
            "b.yaml",
            b"question: Who?\noutput_folder: /etc/\n",
            ":2: expected a folder below the output folder, found '/etc/'",
        ),
        (
            "b.yaml",
            b"question: Who?\nanchors:\n  - the loader\n",
            ":3: expected an anchor such as a.py:3, found 'the loader'",
        ),
    ],
)
def test_one_line(tmp_path: Path, name: str, data: bytes, message: str) -> None:
    """The line that is wrong is named."""
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(BriefError) as caught:
        read_brief(path)
    assert str(caught.value) == f"{path}{message}"


def test_missing_file(tmp_path: Path) -> None:
    """A file that is not there has no line."""
    path = tmp_path / "no.md"
    with pytest.raises(BriefError) as caught:
        read_brief(path)
    assert str(caught.value) == f"{path}: expected a brief, found: No such file or directory"


def test_folder(tmp_path: Path) -> None:
    """A folder is no brief."""
    with pytest.raises(BriefError) as caught:
        read_brief(tmp_path)
    assert str(caught.value) == f"{tmp_path}: expected a brief, found a folder"


def test_too_large(tmp_path: Path) -> None:
    """A log given by mistake is refused, not parsed."""
    path = tmp_path / "b.md"
    path.write_bytes(b"x" * (1024 * 1024 + 1))
    with pytest.raises(BriefError, match="expected a brief of at most 1 MiB, found a larger file"):
        read_brief(path)


def test_deep_yaml(tmp_path: Path) -> None:
    """Nesting without end is refused in one line."""
    path = tmp_path / "b.yaml"
    path.write_text("question: " + "[" * 5000, encoding="utf-8")
    with pytest.raises(BriefError, match=r"b\.yaml:\d+: expected YAML"):
        read_brief(path)

"""Parts of a page that are made from the repository's files, so that they cannot go stale.

<!-- comments: tracer/tables/effects.toml -->   the comments of a table, each with its first entry
<!-- lines: FILE: FROM: TO -->                  Markdown lines of FILE from the first line that
                                                begins with FROM to the one before TO
<!-- totals: benchmarks/RESULTS.md -->           the rows TOTAL of its table 1, one a tool
<!-- schema: docs/schemas/evidence-1.json -->   the fields of a JSON Schema and its definitions
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.plugins import event_priority
from mkdocs.structure.files import Files
from mkdocs.structure.pages import Page

REPOSITORY = Path(__file__).resolve().parents[2]
_DIRECTIVE = re.compile(r"^<!-- (?P<name>[a-z]+): (?P<what>.+?) -->$", re.MULTILINE)


@event_priority(50)  # before links are pointed
def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Replace each directive of a page by what it names."""
    makers = {"comments": _comments, "lines": _lines, "schema": _schema, "totals": _totals}

    def made(match: re.Match[str]) -> str:
        if match["name"] not in makers:
            raise PluginError(f"{page.file.src_uri}: unknown directive {match[0]}")
        return makers[match["name"]](match["what"])

    return _DIRECTIVE.sub(made, markdown)


def _read(path: str) -> str:
    try:
        return (REPOSITORY / path).read_text("utf-8")
    except OSError as error:
        raise PluginError(f"{path}: {error.strerror}") from error


def _comments(path: str) -> str:
    """Each block of comments, and the entry that follows it."""
    shown: list[str] = []
    paragraphs = _read(path).strip("\n").split("\n\n")
    is_wanted = False
    for paragraph in paragraphs:
        has_comment = paragraph.startswith("#")
        if has_comment or is_wanted:
            shown.append(paragraph)
        # A block with a blank line behind it speaks of the entries below: show the first of them.
        is_wanted = has_comment and all(line.startswith("#") for line in paragraph.split("\n"))
    if not shown:
        raise PluginError(f"{path}: expected comments")
    return "\n".join(["```toml", *_shortened("\n\n".join(shown)), "```"])


def _shortened(text: str, longest: int = 12) -> Iterator[str]:
    """The lines, with long runs that are no comments cut: nobody reads forty names."""
    run = 0
    for line in text.split("\n"):
        run = 0 if line.startswith("#") or not line else run + 1
        if run <= longest:
            yield line
        elif run == longest + 1:
            yield "# …"


def _lines(what: str) -> str:
    path, first, last = (part.strip() for part in re.split(r": (?=\S)", what))
    lines = _read(path).split("\n")
    starts = [number for number, line in enumerate(lines) if line.startswith(first)]
    if not starts:
        raise PluginError(f"{path}: no line begins with {first!r}")
    ends = [n for n in range(starts[0] + 1, len(lines)) if lines[n].startswith(last)]
    if not ends:
        raise PluginError(f"{path}: no line behind {first!r} begins with {last!r}")
    return "\n".join(lines[starts[0] : ends[0]]).strip("\n")


def _totals(path: str) -> str:
    lines = _read(path).split("\n")
    head = next(line for line in lines if line.startswith("| tool | package |"))
    names = [cell.strip() for cell in head.strip("|").split("|")]
    wanted = [
        "tool",
        "recall %",
        "explicit %",
        "implicit %",
        "P-est %",
        "F1 %",
        "s",
        "peak MB",
        "note",
    ]
    rows = [
        dict(zip(names, (cell.strip() for cell in line.strip("|").split("|")), strict=True))
        for line in lines[lines.index(head) + 2 : lines.index("### 2 By tier")]
        if "| TOTAL |" in line
    ]
    if not rows:
        raise PluginError(f"{path}: expected rows TOTAL")
    table = [wanted, ["---"] * len(wanted), *([row[name] for name in wanted] for row in rows)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in table)


def _schema(path: str) -> str:
    schema: dict[str, Any] = json.loads(_read(path))
    parts = [_fields(schema)]
    for name, definition in sorted(schema.get("$defs", {}).items()):
        says = definition.get("description", "").split("\n\n")[0].replace("\n", " ")
        parts.append(f"**`{name}`** {says}\n\n{_fields(definition)}")
    return "\n\n".join(parts)


def _fields(definition: dict[str, Any]) -> str:
    if "enum" in definition:
        return "One of " + ", ".join(f"`{value}`" for value in definition["enum"]) + "."
    rows = [
        f"| `{name}` | {_type(field)} |" for name, field in definition.get("properties", {}).items()
    ]
    return "\n".join(["| field | type |", "|---|---|", *rows]) if rows else "No fields."


def _type(field: dict[str, Any]) -> str:
    if "$ref" in field:
        return f"`{field['$ref'].rpartition('/')[2]}`"
    if "anyOf" in field:
        return " or ".join(_type(one) for one in field["anyOf"])
    if "const" in field:
        return f"`{field['const']}`"
    kind = field.get("type", "any")
    if kind == "array":
        items = field.get("prefixItems") or [field.get("items") or {}]
        return "list of " + ", ".join(dict.fromkeys(_type(one) for one in items))
    if kind == "object" and isinstance(field.get("additionalProperties"), dict):
        return f"map to {_type(field['additionalProperties'])}"
    return str(kind)

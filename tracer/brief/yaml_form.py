"""A brief in YAML: a mapping with the names of the fields."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import yaml

from tracer.brief.anchors import anchors_in_item
from tracer.brief.draft import Draft, Given
from tracer.errors import BriefError
from tracer.model.brief import BriefAnchor, Deliverable
from tracer.tables.words import Words

_NOTE_KEYS = ("note", "rationale", "why", "reason")
_PATH_KEYS = ("path", "file", "anchor")


def draft_from_yaml(text: str, path: Path, words: Words, *, first_line: int = 1) -> Draft:
    """Read the mapping; keys that we do not know are kept out.

    Args:
        first_line: The line of the file at which the text begins, for front matter.

    Raises:
        BriefError: Not YAML, not a mapping, or a field of the wrong type.
    """
    root = _compose(text, path, first_line)
    if root is None:
        return Draft()
    if not isinstance(root, yaml.MappingNode):
        raise BriefError(
            f"{path}:{_line(root, first_line)}: expected a mapping with `analysis_question: ...`, "
            f"found {_kind(root)}"
        )
    draft = Draft(unknown=tuple(_unknown(root, words, first_line)))
    for key, node in _entries(root, words):
        draft = _with_field(draft, key, node, path, first_line)
    return draft


def _compose(text: str, path: Path, first_line: int) -> yaml.Node | None:
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = (mark.line if mark is not None else 0) + first_line
        problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "no YAML"
        raise BriefError(f"{path}:{line}: expected YAML, found: {problem}") from error
    except RecursionError as error:
        raise BriefError(
            f"{path}:{first_line}: expected YAML of a sensible depth, found endless nesting"
        ) from error
    return node if isinstance(node, yaml.Node) else None


def _entries(root: yaml.MappingNode, words: Words) -> list[tuple[str, yaml.Node]]:
    """Known fields in order; those of a nested `parameters:` mapping count as if on top."""
    found: list[tuple[str, yaml.Node]] = []
    for key_node, node in root.value:
        field = words.field(key_node.value) if isinstance(key_node, yaml.ScalarNode) else None
        if field == "parameters":
            if isinstance(node, yaml.MappingNode) and node is not root:
                for inner_key, inner in node.value:
                    if isinstance(inner_key, yaml.ScalarNode):
                        inner_field = words.field(inner_key.value)
                        if inner_field is not None and inner_field != "parameters":
                            found.append((inner_field, inner))
        elif field is not None:
            found.append((field, node))
    return found


def _unknown(
    root: yaml.MappingNode, words: Words, first_line: int, *, is_inner: bool = False
) -> Iterator[tuple[str, int]]:
    """Keys that are not read, with their lines."""
    for key_node, node in root.value:
        name = str(key_node.value) if isinstance(key_node, yaml.ScalarNode) else _kind(key_node)
        field = words.field(name)
        if field is None or (field == "parameters" and is_inner):
            yield name, _line(key_node, first_line)
        elif field == "parameters" and isinstance(node, yaml.MappingNode) and node is not root:
            yield from _unknown(node, words, first_line, is_inner=True)


def _with_field(draft: Draft, field: str, node: yaml.Node, path: Path, first_line: int) -> Draft:
    line = _line(node, first_line)
    if field == "anchors":
        anchors = [
            anchor
            for item in _items(node)
            for anchor in _anchors(item, path, _line(item, first_line))
        ]
        return replace(draft, anchors=(*draft.anchors, *anchors))
    if field == "deliverables":
        files = [
            (_deliverable(item, path, first_line), _line(item, first_line)) for item in _items(node)
        ]
        return replace(draft, deliverables=(*draft.deliverables, *files))
    value = _value(node, field, path, first_line)
    if value is None:
        return draft
    return replace(draft, given=(*draft.given, Given(field, value, line)))


def _items(node: yaml.Node) -> list[yaml.Node]:
    return list(node.value) if isinstance(node, yaml.SequenceNode) else [node]


def _value(
    node: yaml.Node, field: str, path: Path, first_line: int
) -> str | tuple[str, ...] | None:
    if isinstance(node, yaml.ScalarNode):
        return None if node.tag.endswith(":null") else str(node.value)
    if isinstance(node, yaml.SequenceNode) and all(
        isinstance(item, yaml.ScalarNode) for item in node.value
    ):
        return tuple(str(item.value) for item in node.value)
    raise BriefError(
        f"{path}:{_line(node, first_line)}: expected {field} as a text or a list of texts, "
        f"found {_kind(node)}"
    )


def _anchors(node: yaml.Node, path: Path, line: int) -> tuple[BriefAnchor, ...]:
    if isinstance(node, yaml.ScalarNode):
        anchors = anchors_in_item(str(node.value), line)
        if anchors:
            return anchors
        raise BriefError(f"{path}:{line}: expected an anchor such as a.py:3, found {node.value!r}")
    entry = _flat(node)
    place = next((entry[key] for key in _PATH_KEYS if key in entry), "")
    note = next((entry[key] for key in _NOTE_KEYS if key in entry), "")
    lines = entry.get("lines") or entry.get("line") or ""
    symbol = entry.get("symbol", "")
    written = f"{place}{'::' + symbol if symbol else ''}{':' + lines if lines else ''}"
    section = entry.get("section", "")
    anchors = anchors_in_item(f"`{written}` {section} \u2014 {note}".rstrip(" \u2014"), line)
    if not anchors:
        raise BriefError(f"{path}:{line}: expected an anchor with `path: ...`, found {written!r}")
    return anchors


def _deliverable(node: yaml.Node, path: Path, first_line: int) -> Deliverable:
    if isinstance(node, yaml.ScalarNode):
        return Deliverable(str(node.value))
    entry = _flat(node)
    if "path" not in entry:
        line = _line(node, first_line)
        raise BriefError(f"{path}:{line}: expected a deliverable as a path, found {_kind(node)}")
    return Deliverable(entry["path"], entry.get("optional", "").lower() in ("true", "yes"))


def _flat(node: yaml.Node) -> dict[str, str]:
    if not isinstance(node, yaml.MappingNode):
        return {}
    return {
        str(key.value): str(value.value)
        for key, value in node.value
        if isinstance(key, yaml.ScalarNode) and isinstance(value, yaml.ScalarNode)
    }


def _line(node: yaml.Node, first_line: int) -> int:
    return int(node.start_mark.line) + first_line


def _kind(node: yaml.Node) -> str:
    if isinstance(node, yaml.MappingNode):
        return "a mapping"
    if isinstance(node, yaml.SequenceNode):
        return "a list"
    return "a plain text"

"""A brief to fill in: a template of ours with what is known already."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from string import Template

from tracer.brief.read import parse_brief
from tracer.errors import BriefError
from tracer.model.brief import Brief

FORMS = ("markdown", "yaml")
_SUFFIXES = {"markdown": ".md", "yaml": ".yaml"}

_PLACEHOLDERS = {
    "question": "<how does X produce Y, and who reads it? Put names into backticks.>",
    "initiative_id": "<ID>",
    "roi_hint": "<which run will do, which part of it>",
}


@dataclass(frozen=True, slots=True)
class Outline:
    """What the author of a new brief knows already; what is empty becomes a placeholder."""

    question: str = ""
    initiative_id: str = ""
    scope_hints: tuple[str, ...] = ()
    roi_hint: str = ""
    namespaces: tuple[str, ...] = ()
    time_budget_minutes: float | None = None
    anchors: tuple[str, ...] = ()  # each a place, and after ` - ` a rationale, if there is one
    tasks: tuple[str, ...] = ()
    ledgers: tuple[str, ...] = ()
    gating: tuple[str, ...] = ()


def new_brief(outline: Outline, form: str) -> str:
    """The text of a brief in one of `FORMS`, which reads back as what was given.

    Raises:
        BriefError: Something that was given does not come back: this form cannot say it.
    """
    fields = _markdown_fields(outline) if form == "markdown" else _yaml_fields(outline)
    template = files("tracer.brief") / "templates" / f"brief{_SUFFIXES[form]}"
    text = Template(template.read_text("utf-8")).substitute(fields)
    text = re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"
    if outline.question.strip():
        _check(outline, _read_back(text, form), form)
    return text


def _read_back(text: str, form: str) -> Brief:
    try:
        return parse_brief(Path(f"brief{_SUFFIXES[form]}"), text.encode())
    except BriefError as error:
        raise BriefError(f"what was given cannot be said in {form}: {error}") from error


def _markdown_fields(outline: Outline) -> dict[str, str]:
    anchors = [anchor.partition(" - ") for anchor in outline.anchors]
    return {
        "question": outline.question.strip() or _PLACEHOLDERS["question"],
        "initiative_id": f"`{outline.initiative_id or _PLACEHOLDERS['initiative_id']}`",
        "scope_hints": f"`{_list(outline.scope_hints) or '<words, separated by commas>'}`",
        "roi_hint": outline.roi_hint or f"`{_PLACEHOLDERS['roi_hint']}`",
        "namespaces": f"`{_list(outline.namespaces) or '<packages, separated by commas>'}`",
        "time_budget_minutes": f"`{_minutes(outline) or '<minutes>'}`",
        "anchors": "".join(f"| `{place.strip()}` | {why} |\n" for place, _, why in anchors),
        "tasks": _items(outline.tasks),
        "ledgers": _items(tuple(f"`{path}`" for path in outline.ledgers)),
        "gating": _items(outline.gating),
    }


def _yaml_fields(outline: Outline) -> dict[str, str]:
    return {
        "question": _quoted(outline.question.strip() or _PLACEHOLDERS["question"]),
        "initiative_id": _quoted(outline.initiative_id or _PLACEHOLDERS["initiative_id"]),
        "scope_hints": _list(outline.scope_hints) or "[]",
        "roi_hint": _quoted(outline.roi_hint or _PLACEHOLDERS["roi_hint"]),
        "namespaces": _list(outline.namespaces) or "[]",
        "time_budget_minutes": _minutes(outline) or '"<minutes>"',
        "anchors": _list(outline.anchors) or "[]",
        "tasks": _list(outline.tasks) or "[]",
        "ledgers": _list(outline.ledgers) or "[]",
        "gating": _list(outline.gating) or "[]",
    }


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False) if text else ""  # JSON is YAML


def _list(values: Sequence[str]) -> str:
    return json.dumps(list(values), ensure_ascii=False) if values else ""


def _items(values: Sequence[str]) -> str:
    return "".join(f"- {value}\n" for value in values) + "\n" * bool(values)


def _minutes(outline: Outline) -> str:
    return "" if outline.time_budget_minutes is None else f"{outline.time_budget_minutes:g}"


def _check(outline: Outline, brief: Brief, form: str) -> None:
    """What was given must be what is read: a question that begins with `#` is a heading."""
    wanted = {
        "question": " ".join(outline.question.split()),
        "initiative_id": outline.initiative_id,
        "scope_hints": tuple(dict.fromkeys(outline.scope_hints)),
        "roi_hint": outline.roi_hint,
        "namespaces": tuple(dict.fromkeys(outline.namespaces)),
        "time_budget_minutes": outline.time_budget_minutes,
        "tasks": tuple(dict.fromkeys(outline.tasks)),
        "gating": tuple(dict.fromkeys(outline.gating)),
    }
    for field, given in wanted.items():
        read = getattr(brief, field)
        if read != given:
            raise BriefError(
                f"{field}: expected what reads back as it was given, found {given!r}, which reads "
                f"as {read!r} in {form}"
            )
    if missing := [path for path in outline.ledgers if path not in brief.ledgers]:
        raise BriefError(
            f"ledgers: expected a path of a document such as docs/findings.md, found {missing[0]!r}"
        )
    if len(brief.anchors) < len(outline.anchors):
        raise BriefError(
            "anchors: expected places such as pkg/mod.py:12-40 or pkg/mod.py::Class.method, found "
            + ", ".join(outline.anchors)
        )

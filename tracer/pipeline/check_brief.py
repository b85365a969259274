"""`tracer brief check`: what a brief was understood to say, and what of it is not there."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from tracer.brief.read import CloseReading, read_closely
from tracer.model.brief import Brief
from tracer.model.brief_check import BRIEF_CHECK_SCHEMA, BriefCheck, BriefProblem, NamedLedger
from tracer.model.evidence import AnchorVerdict, CheckedAnchor
from tracer.static.sources import SourceTree, read_tree
from tracer.verify.brief_anchors import check_brief_anchors
from tracer.verify.ledgers import is_gate

_WORD = re.compile(r"\w+")
_BAD = frozenset({AnchorVerdict.MISSING, AnchorVerdict.MOVED, AnchorVerdict.CHANGED})


def check_brief(path: Path, root: Path) -> BriefCheck:
    """Read a brief and hold it against the files of a tree; nothing is analysed or run.

    Raises:
        BriefError: The brief cannot be used.
        SourceError: The root cannot be listed.
    """
    close = read_closely(path)
    return check_read_brief(close, read_tree(root))


def check_read_brief(close: CloseReading, tree: SourceTree) -> BriefCheck:
    """The same, of what was read."""
    brief = close.brief
    anchors = check_brief_anchors(brief.anchors, tree.root, tree)
    ledgers = tuple(
        NamedLedger(each, is_gate(brief, each), _is_file(tree.root, each)) for each in brief.ledgers
    )
    problems = (
        *_bad_anchors(anchors),
        *_missing_ledgers(ledgers),
        *_empty_namespaces(brief, tree),
    )
    notes = (*_doubtful_anchors(anchors), *_not_in_the_tree(brief, tree), *_not_read(close))
    return BriefCheck(BRIEF_CHECK_SCHEMA, brief, anchors, ledgers, problems, notes)


def _is_file(root: Path, path: str) -> bool:
    found = (root / path).resolve()
    return found.is_relative_to(root) and found.is_file()


def _bad_anchors(anchors: Sequence[CheckedAnchor]) -> Iterator[BriefProblem]:
    for each in anchors:
        if each.verdict in _BAD:
            told = f"{each.anchor.text}: {each.verdict}"
            yield BriefProblem(f"{told}: {each.detail}" if each.detail else told, _line(each))


def _doubtful_anchors(anchors: Sequence[CheckedAnchor]) -> Iterator[BriefProblem]:
    for each in anchors:
        if each.verdict not in _BAD and each.detail:
            yield BriefProblem(f"{each.anchor.text}: {each.verdict}: {each.detail}", _line(each))


def _line(anchor: CheckedAnchor) -> int:
    return anchor.anchor.brief_line


def _missing_ledgers(ledgers: Sequence[NamedLedger]) -> Iterator[BriefProblem]:
    for each in ledgers:
        if not each.is_there:
            waits = "; what waits for it can never be let go" if each.is_gate else ""
            yield BriefProblem(f"ledger {each.path}: no such file under the root{waits}")


def _empty_namespaces(brief: Brief, tree: SourceTree) -> Iterator[BriefProblem]:
    modules = {_module(file.path) for file in tree.files}
    tops = sorted({module.partition(".")[0] for module in modules})
    for namespace in brief.namespaces:
        if not any(_is_within(module, namespace) for module in modules):
            shown = ", ".join(tops[:8]) + (", …" if len(tops) > 8 else "")
            yield BriefProblem(
                f"namespace {namespace}: no module under the root is in it; there are {shown}"
            )


def _is_within(module: str, namespace: str) -> bool:
    """Also below a source folder: `src/pkg/mod.py` is in `pkg`."""
    return f".{namespace}." in f".{module}."


def _module(path: str) -> str:
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def _not_in_the_tree(brief: Brief, tree: SourceTree) -> Iterator[BriefProblem]:
    """By words alone, so that it is said of nothing that is there under any reading."""
    named = [*((text, "of the question") for text in brief.mentions)]
    named += [(text, "among the scope hints") for text in brief.scope_hints]
    known = _words_of(tree) if named else frozenset()
    for text, where in dict.fromkeys(named):
        words = [word.lower() for word in _WORD.findall(text)]
        missing = [word for word in words if word not in known and not word.isdigit()]
        if missing:
            told = f"`{text}` {where}: no Python file has the word `{missing[0]}`"
            yield BriefProblem(told)


def _words_of(tree: SourceTree) -> Collection[str]:
    """The words of all sources and of their paths; `save_model` gives `save` and `model`, too."""
    words: set[str] = set()
    for file in tree.files:
        words.update(_WORD.findall(file.text))
        words.update(_WORD.findall(file.path))
    parts = {part for word in words for part in re.findall(r"[A-Z]?[a-z0-9]+|[A-Z]+", word)}
    return {word.lower() for word in words | parts}


def _not_read(close: CloseReading) -> Iterator[BriefProblem]:
    for field, line in close.unfilled:
        yield BriefProblem(f"{field}: still a placeholder, so it counts as not given", line)
    for name, line in close.unknown:
        yield BriefProblem(f"{name}: no field of a brief has this name; it is not read", line)
    for heading, line in close.unread:
        yield BriefProblem(f"section `{heading}`: read for places only", line)

"""The corpus: small programs whose expectations stand beside the lines that they are about.

Fields of a comment, with two or more blanks between them:

    calls:      what the line may run, `|` between: a qualname, `ext` and a dotted name (builtin
                functions may be left out), `?` for a site that is open, `none` where what runs
                has no source
    implicit:   functions of the tree that the line may run without a call expression: properties,
                operators, items, loops, conversions, `__getattr__` and their like; `none`;
                `?` for a place that is open and names nobody
    runs:       what it runs, in either way, when the program is executed; checked by executing it.
                A generator or coroutine belongs to the line that creates it; a callback, to the
                line that waits for the library that calls it
    later:      as `calls:`, for a line that we do not get right yet; the test tells the day we do
    unseen:     as `implicit:`, likewise
    imports:    modules of the tree whose bodies it runs; `?` for one that is missing
    effects:    kind, subject and `[keys]` of each effect, or `none`
    tier:       how the callees were found
    exact:      whether the line's sites have one possible callee each and nothing open: yes or no;
                `declared`: so if what is declared of their objects is right
    guard:      the innermost condition; `hidden:` what the conditions depend on; or `none`
    reachable:  yes or no
    caller:     the qualname that the site belongs to
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from tracer.model.graph import CallGraph, Resolution, SiteKind, Sure, weakest
from tracer.model.source import is_function, qualname_of
from tracer.static.call_graph import build_call_graph
from tracer.static.sources import read_tree
from tracer.tables.load import load_effect_table

CORPUS = Path(__file__).parent.parent / "corpus"
RECORDER = Path(__file__).parent / "record_calls.py"
FIELD = re.compile(r"([a-z]+): (.*)")


def programs() -> list[Path]:
    """A folder with Python files of its own is one program; folders below it are its packages."""
    found: list[Path] = []

    def visit(folder: Path) -> None:
        for child in sorted(path for path in folder.iterdir() if path.is_dir()):
            if any(child.glob("*.py")) or (child / "scripts").is_dir() or (child / "src").is_dir():
                found.append(child)
            else:
                visit(child)

    visit(CORPUS)
    return found


@dataclass(frozen=True)
class Line:
    """What a line expects."""

    path: str
    number: int
    fields: Mapping[str, str]

    def parts(self, field: str) -> list[str]:
        return sorted(part.strip() for part in self.fields[field].split(" | "))


def expectations(root: Path) -> list[Line]:
    lines: list[Line] = []
    for path in sorted(root.rglob("*.py")):
        for number, text in enumerate(path.read_text(encoding="utf-8").split("\n"), start=1):
            _, mark, comment = text.rpartition("  # ")
            matches = [FIELD.fullmatch(part.strip()) for part in re.split(r"\s{2,}", comment)]
            if mark and matches and all(matches):
                fields = {match[1]: match[2] for match in matches if match}
                lines.append(Line(path.relative_to(root).as_posix(), number, fields))
    return lines


@cache
def graph_of(root: Path) -> CallGraph:
    return build_call_graph(read_tree(root), load_effect_table())


def sites_at(root: Path, line: Line, *kinds: SiteKind) -> list[Resolution]:
    return [
        resolution
        for resolution in graph_of(root).resolutions
        if resolution.site.path == line.path
        and resolution.site.span.line == line.number
        and (not kinds or resolution.site.kind in kinds)
    ]


CALLS = (SiteKind.CALL, SiteKind.DECORATOR, SiteKind.WITH)
EXPLICIT = (*CALLS, SiteKind.IMPORT, SiteKind.CLASS_BODY)


def callees_at(root: Path, line: Line) -> list[str]:
    """In the words of the corpus; builtin functions are left out."""
    found: set[str] = set()
    for resolution in sites_at(root, line, *CALLS):
        if resolution.is_open:
            found.add("?")
        for callee in resolution.callees:
            if is_function(callee):
                found.add(callee.partition("::")[2])
            elif re.fullmatch(r"builtins\.\w+", callee) is None or "eval" in callee:
                found.add(f"ext {callee}")
    return sorted(found)


def implicit_at(root: Path, line: Line) -> list[str]:
    """Functions of the tree, in the words of the corpus."""
    found: set[str] = set()
    for resolution in sites_at(root, line):
        if resolution.site.kind in EXPLICIT:
            continue
        if resolution.is_open and not resolution.callees:
            found.add("?")
        found |= {one.partition("::")[2] for one in resolution.callees if is_function(one)}
    return sorted(found)


def cases(field: str) -> list[object]:
    return [
        pytest.param(root, line, id=f"{root.relative_to(CORPUS)}/{line.path}:{line.number}")
        for root in programs()
        for line in expectations(root)
        if field in line.fields
    ]


@pytest.mark.parametrize(("root", "line"), cases("calls"))
def test_call_sites_run_what_stands_beside_them(root: Path, line: Line) -> None:
    """Nothing is missing, and nothing is added."""
    assert (callees_at(root, line) or ["none"]) == line.parts("calls")


@pytest.mark.parametrize(("root", "line"), cases("implicit"))
def test_code_runs_without_a_call_expression(root: Path, line: Line) -> None:
    """Nothing is missing, and nothing is added; `none` where nothing of the tree runs."""
    assert (implicit_at(root, line) or ["none"]) == line.parts("implicit")


@pytest.mark.parametrize(("root", "line"), cases("later"))
def test_what_is_not_right_yet_is_known(root: Path, line: Line) -> None:
    """A line that is right now deserves a `calls:` in place of its `later:`."""
    assert callees_at(root, line) != line.parts("later"), "right now: write `calls:`"


@pytest.mark.parametrize(("root", "line"), cases("unseen"))
def test_what_is_not_seen_yet_is_known(root: Path, line: Line) -> None:
    """A line that is right now deserves an `implicit:` in place of its `unseen:`."""
    assert (implicit_at(root, line) or ["none"]) != line.parts("unseen"), "write `implicit:`"


@pytest.mark.parametrize(("root", "line"), cases("imports"))
def test_imports_run_module_bodies(root: Path, line: Line) -> None:
    """An import of a module of the tree is a site that runs its body."""
    names = {function.id: function.module for function in graph_of(root).functions}
    found = {
        names[callee]
        for resolution in sites_at(root, line, SiteKind.IMPORT)
        for callee in resolution.callees
        if is_function(callee)
    }
    if any(resolution.open_reason for resolution in sites_at(root, line, SiteKind.IMPORT)):
        found.add("?")
    assert sorted(found) == line.parts("imports")


@pytest.mark.parametrize(("root", "line"), cases("effects"))
def test_effects_stand_where_they_happen(root: Path, line: Line) -> None:
    """Kind, subject and keys; and nothing where nothing outlasts the call."""
    found = sorted(
        " ".join(
            filter(
                None,
                [effect.kind, effect.subject, f"[{','.join(effect.keys)}]" * bool(effect.keys)],
            )
        )
        for effect in graph_of(root).effects
        if effect.anchor.path == line.path and effect.span.line == line.number
    )
    assert (found or ["none"]) == line.parts("effects")


@pytest.mark.parametrize(("root", "line"), cases("tier"))
def test_tiers_say_how_a_callee_was_found(root: Path, line: Line) -> None:
    """The weakest tier of the line's sites that have callees of the tree."""
    tiers = {
        resolution.tier
        for resolution in sites_at(root, line, *CALLS)
        if line.fields["tier"] == "type"
        or any(is_function(callee) for callee in resolution.callees)
    }
    assert line.fields["tier"] in tiers


@pytest.mark.parametrize(("root", "line"), cases("exact"))
def test_an_edge_is_exact_where_nothing_else_can_run(root: Path, line: Line) -> None:
    """One possible callee, and nothing that may run in its place."""
    found = weakest(resolution.sure for resolution in sites_at(root, line))
    said = {Sure.EXACT: "yes", Sure.MAY: "no"}
    assert said.get(found, str(found)) == line.fields["exact"]


@pytest.mark.parametrize(("root", "line"), cases("guard"))
def test_guards_are_the_conditions_around_a_site(root: Path, line: Line) -> None:
    """The innermost one stands last."""
    (site,) = (resolution.site for resolution in sites_at(root, line, SiteKind.CALL))
    found = [f"{guard.kind} {guard.text}" for guard in site.guards]
    assert (found or ["none"])[-1] == line.fields["guard"]


@pytest.mark.parametrize(("root", "line"), cases("hidden"))
def test_guards_name_their_hidden_inputs(root: Path, line: Line) -> None:
    """What a condition depends on besides arguments, as dotted names."""
    (site,) = (resolution.site for resolution in sites_at(root, line, SiteKind.CALL))
    found = sorted(name for guard in site.guards for name in guard.hidden_inputs)
    assert (found or ["none"]) == line.parts("hidden")


@pytest.mark.parametrize(("root", "line"), cases("reachable"))
def test_code_that_cannot_run_is_marked(root: Path, line: Line) -> None:
    """Behind a return, a raise or a constant condition; and nowhere else."""
    found = {resolution.site.is_unreachable for resolution in sites_at(root, line, SiteKind.CALL)}
    assert found == {line.fields["reachable"] == "no"}


@pytest.mark.parametrize(("root", "line"), cases("caller"))
def test_class_bodies_and_modules_call(root: Path, line: Line) -> None:
    """Code outside functions belongs to the module or class body that holds it."""
    found = {
        qualname_of(resolution.site.caller) for resolution in sites_at(root, line, SiteKind.CALL)
    }
    assert found == {line.fields["caller"]}


@cache
def recorded(root: Path) -> dict[tuple[str, int], list[str]]:
    """What each line ran."""
    done = subprocess.run(
        [sys.executable, "-I", str(RECORDER), str(root)],
        capture_output=True,
        text=True,
        timeout=60,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr
    found: dict[tuple[str, int], set[str]] = defaultdict(set)
    for path, line, callee in json.loads(done.stdout.splitlines()[-1]):
        found[path, line].add(callee)
    return {key: sorted(value) for key, value in found.items()}


def runnable() -> list[object]:
    return [
        pytest.param(root, id=str(root.relative_to(CORPUS)))
        for root in programs()
        if (root / "main.py").exists()
        and "Not run" not in (root / "main.py").read_text(encoding="utf-8").split('"""')[1]
    ]


@pytest.mark.parametrize("root", runnable())
def test_the_corpus_tells_the_truth(root: Path) -> None:
    """The control: each program is executed, and what runs is what stands there."""
    observed = recorded(root)
    for line in expectations(root):
        ran = observed.get((line.path, line.number), [])
        if "runs" in line.fields:
            assert ran == line.parts("runs"), f"{line.path}:{line.number}"
        if {"calls", "implicit"} & line.fields.keys():
            listed = {
                part.partition("#")[0]
                for field in ("calls", "implicit", "later", "unseen")
                if field in line.fields
                for part in line.parts(field)
            }
            assert "?" in listed or set(ran) <= listed, f"{line.path}:{line.number}"

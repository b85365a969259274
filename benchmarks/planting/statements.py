"""True statements about a tree in the words of several writers, and the same with one error each.

A statement is some lines of Markdown. What is planted changes one thing in it, as writers do: a
sibling for a callee, a caller for a callee, another override, the line above, a number that is off.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from random import Random
from typing import TypeVar

from benchmarks.planting.facts import Count, Edge, Excerpt, Facts
from tracer.model.evidence import ArtifactLayout
from tracer.model.graph import EffectKind
from tracer.model.source import Function, FunctionKind


class Kind(StrEnum):
    """What was done to a statement."""

    SIBLING = "siblings told as a call"
    SWAPPED = "caller and callee swapped"
    CALLER = "another caller"
    OVERRIDE = "another class's method of that name"
    LINE = "neighbouring line"
    COUNT = "count off by a few"
    CALLEES = "another number of callees"
    NOBODY = "a caller denied"
    PROPOSAL = "proposal told as a fact"
    MEMBER = "member dropped"
    QUOTE = "a value changed in quoted code"
    FILE = "the right name in another file"


@dataclass(frozen=True, slots=True)
class Statement:
    """Some lines of a document."""

    section: str  # where it stands: `calls`, `places`, `prose`, `plan`
    text: str
    wrong: Kind | None = None


_T = TypeVar("_T")
Say = Callable[..., str]

# One function of the tree, at its place.
PLACES: Mapping[str, Say] = {
    "table": lambda n, p, a, b: f"| `{n}` | `{p}:{a}-{b}` |",
    "list": lambda n, p, a, b: f"- **`{n}`** lives at `{p}:{a}` and ends at line {b}.",
    "prose": lambda n, p, a, b: f"The work of `{n}` (`{p}:{a}`) is told further below.",
    "notes": lambda n, p, a, b: f"- `{p}:{a}-{b}::{n.rpartition('.')[2]}`",
    "lines": lambda n, p, a, b: f"| `{n}` | `{p}` | {a} |",
}
# One function calls another, at a line of the caller's file.
CALLS: Mapping[str, Say] = {
    "table": lambda a, b, p, n: f"| `{a}` | `{b}` | one step of it | `{p}:{n}` |",
    "list": lambda a, b, p, n: f"- `{a}` → `{b}` (`{p}:{n}`)",
    "prose": lambda a, b, p, n: f"When its turn comes, `{a}` calls `{b}(…)` at `{p}:{n}`.",
    "notes": lambda a, b, p, n: f"- `{b}` — invoked from `{a}`, `{p}:{n}`",
    "loose": lambda a, b, p, n: f"In the body of `{a}` control goes over to `{b}` ({p}:{n}).",
    "bracket": lambda a, b, p, n: f"- `{a}` (`{p}:{n}`) calls `{b}` before anything else.",
    "where": lambda a, b, p, n: f"`{b}` is called at `{p}:{n}`, in the body of `{a}`.",
}
CALLEES: Mapping[str, Say] = {
    "list": lambda f, n: f"- `{f}` calls {n} functions.",
    "prose": lambda f, n: f"In all of it `{f}` calls {n} functions, one after the other.",
    "loose": lambda f, n: f"`{f}` is made of {n} calls.",
}
UNCALLED: Mapping[str, Say] = {
    "list": lambda f: f"- `{f}` has no callers.",
    "prose": lambda f: f"As it stands, nobody uses it. Nobody calls `{f}`.",
    "loose": lambda f: f"All of `{f}` is code for later.",
}
CHAINS: Mapping[str, Say] = {
    "list": lambda *names: "- Flow: " + " → ".join(f"`{name}`" for name in names),
    "prose": lambda *names: "The path is " + " -> ".join(f"`{name}()`" for name in names) + ".",
    "loose": lambda *names: "It goes by " + ", then ".join(f"`{name}`" for name in names) + ".",
}
COUNTS: Mapping[str, Say] = {
    "list": lambda c, n: f"- `{c.name}` has {n} {c.what} (`{c.path}:{c.first_line}-{c.last_line}`)",
    "prose": lambda c, n: f"There are {n} {_noun(c)} at `{c.path}:{c.first_line}-{c.last_line}`.",
    "about": lambda c, n: f"- ~{n} {_noun(c)} (`{c.path}:{c.first_line}-{c.last_line}`)",
    "loose": lambda c, n: f"`{c.name}` is a table of {n}, see `{c.path}:{c.first_line}`.",
}
QUOTES: Mapping[str, Say] = {
    "list": lambda p, a, b, code: f"Quoted from `{p}:{a}-{b}`:\n```python\n{code}\n```",
    "head": lambda p, a, b, code: f"```python\n# {p}:{a}-{b}\n{code}\n```",
}
PLANS: Mapping[str, Say] = {
    "list": lambda n, p: f"- Add `{n}` function to `{p}` and call it from the writer.",
    "file": lambda n, p: f"- Create `{p.rpartition('/')[0] or 'new'}/{n}.py` for it.",
    "row": lambda n, p: f"| `{n}` | `{p}:1-20::{n}` |",
}
INVENTED = ("store_bundle_twice", "reload_from_ledger", "checked_handover", "dual_write_gate")


class Writer:
    """Makes true statements, and wrong ones, of the facts of one tree."""

    def __init__(self, facts: Facts, layouts: tuple[ArtifactLayout, ...], random: Random) -> None:
        self._facts = facts
        self._layouts = layouts
        self._random = random

    def true(self, how_many: int) -> Iterator[Statement]:
        """Right in every word, of every form in turn."""
        facts = self._facts
        for function in self._some(facts.functions, how_many):
            form = self._form(PLACES)
            yield _placed(form, self._place(form, function))
        for edge in self._some(facts.edges, how_many):
            form = self._form(CALLS)
            yield _call(form, self._call(form, edge))
        for edge in self._some(facts.edges, how_many // 3):
            after = next((e for e in facts.edges if e.caller.id == edge.callee.id), None)
            if after is not None:
                names = [facts.called(f) for f in (edge.caller, edge.callee, after.callee)]
                yield Statement("prose", CHAINS[self._form(CHAINS)](*names))
        for count in self._some(facts.counts, how_many // 3):
            yield Statement("prose", COUNTS[self._form(COUNTS)](count, count.size))
        for each in self._some(facts.callees, how_many // 3):
            yield self._callees(each.function, each.count)
        for function in self._some(facts.uncalled, how_many // 3):
            yield self._uncalled(function)
        for excerpt in self._some(facts.excerpts, how_many // 4):
            yield Statement("prose", self._quote(excerpt))
        for name in self._some(INVENTED, how_many // 4):
            path = self._random.choice(facts.functions).path
            yield Statement("plan", PLANS[self._random.choice(("list", "file"))](name, path))
        yield from (Statement("prose", text) for text in self._listings(dropped=False))

    def wrong(self, how_many: int) -> Iterator[Statement]:
        """One error each, `how_many` of each kind as far as the tree has occasion for them."""
        facts = self._facts
        for first, second in self._some(facts.siblings, how_many):
            form = self._form(CALLS)
            told = replace(second, caller=first.callee)
            yield _call(form, self._call(form, told), Kind.SIBLING)
        sure = [e for e in facts.edges if not facts.has_path(e.callee, e.caller)]
        for edge in self._some(sure, how_many):
            form = self._form(CALLS)
            told = replace(edge, caller=edge.callee, callee=edge.caller)
            yield _call(form, self._call(form, told), Kind.SWAPPED)
        for edge in self._some(facts.edges, how_many):
            others = [
                f
                for f in facts.functions
                if f.path == edge.caller.path and not facts.has_path(f, edge.callee)
            ]
            others = [f for f in others if f.id not in (edge.caller.id, edge.callee.id)]
            if others:
                form = self._form(CALLS)
                told = replace(edge, caller=self._random.choice(others))
                yield _call(form, self._call(form, told), Kind.CALLER)
        for edge in self._some(self._overridden(), how_many):
            form = self._form(CALLS)
            yield _call(form, self._call(form, edge), Kind.OVERRIDE)
        yield from self._neighbours(how_many)
        for count in self._some(facts.counts, how_many):
            off = self._random.choice([-2, -1, 1, 2, 5, 7])
            form = self._form(COUNTS)
            if form == "about":  # «about 7» where 6 stand is no error
                off = max(3, count.size // 3)
            number = max(count.size + off, 1) if count.size + off != count.size else count.size + 1
            yield Statement("prose", COUNTS[form](count, number), Kind.COUNT)
        for each in self._some(facts.callees, how_many):
            off = self._random.choice([-1, 1, 2, 3])
            yield replace(self._callees(each.function, each.count + off), wrong=Kind.CALLEES)
        for edge in self._some(facts.edges, how_many):
            yield replace(self._uncalled(edge.callee), wrong=Kind.NOBODY)
        for name in self._some(INVENTED * 5, how_many):
            edge = self._random.choice(facts.edges)
            form = self._random.choice(("table", "prose", "notes", "place"))
            if form == "place":
                text = PLANS["row"](name, edge.path)
                yield Statement("places", text, Kind.PROPOSAL)
            else:
                names = facts.called(edge.caller), name
                text = CALLS[form](*names, edge.path, edge.line)
                yield _call(form, text, Kind.PROPOSAL)
        for text in self._listings(dropped=True):
            yield Statement("prose", text, Kind.MEMBER)
        for excerpt in self._some(facts.excerpts, how_many):
            changed = _changed(excerpt)
            if changed is not None:
                yield Statement("prose", self._quote(changed), Kind.QUOTE)
        for function in self._some(facts.functions, how_many):
            other = self._random.choice(facts.functions).path
            if function.qualname.rpartition(".")[2] not in "\n".join(facts.lines[other]):
                form = self._form(PLACES)
                told = self._place(form, function, other)
                yield replace(_placed(form, told), wrong=Kind.FILE)

    def _callees(self, function: Function, number: int) -> Statement:
        name = self._facts.called(function)
        return Statement("prose", CALLEES[self._form(CALLEES)](name, number))

    def _uncalled(self, function: Function) -> Statement:
        return Statement("prose", UNCALLED[self._form(UNCALLED)](self._facts.called(function)))

    def _neighbours(self, how_many: int) -> Iterator[Statement]:
        facts = self._facts
        for edge in self._some(facts.edges, how_many):
            line = edge.line + self._random.choice([-3, -2, -1, 1, 2, 3])
            name = edge.callee.qualname.rpartition(".")[2]
            text = facts.lines[edge.path]
            around = "\n".join(text[max(line - 6, 0) : line + 2])
            if 0 < line <= len(text) and text[line - 1].strip() and name not in around:
                form = self._form(CALLS)
                told = replace(edge, line=line)
                yield _call(form, self._call(form, told), Kind.LINE)

    def _overridden(self) -> list[Edge]:
        """Edges to a method, told as if to another class's method of that name."""
        facts = self._facts
        found: list[Edge] = []
        for edge in facts.edges:
            if edge.callee.kind is not FunctionKind.METHOD:
                continue
            name = edge.callee.qualname.rpartition(".")[2]
            for other in facts.functions:
                is_same = other.qualname.rpartition(".")[2] == name and other.id != edge.callee.id
                is_method = other.kind is FunctionKind.METHOD
                if is_same and is_method and not facts.has_path(edge.caller, other):
                    found.append(replace(edge, callee=other))
                    break
        return found

    def _listings(self, *, dropped: bool) -> Iterator[str]:
        """Archives that the tree writes, drawn; with one member left out, each in turn."""
        for layout in self._layouts:
            names = [member.path for member in layout.members]
            archive = (*layout.names, layout.artifact)[0].rpartition("/")[2]
            is_known = layout.direction is EffectKind.ARCHIVE_WRITE and "{" not in archive
            flat = [name for name in names if "{" not in name]
            if not is_known or len(flat) < 2 or len(flat) != len(names):
                continue
            last = {name.rpartition("/")[2] for name in flat}
            for gone in sorted(last) if dropped else [""]:
                rows = [f"├── {name}" for name in flat if name.rpartition("/")[2] != gone]
                yield "\n".join(["```", archive, *rows, "```"])

    def _place(self, form: str, function: Function, path: str = "") -> str:
        name = self._facts.called(function)
        return PLACES[form](name, path or function.path, function.def_line, function.end_line)

    def _call(self, form: str, edge: Edge) -> str:
        names = self._facts.called(edge.caller), self._facts.called(edge.callee)
        return CALLS[form](*names, edge.path, edge.line)

    def _quote(self, excerpt: Excerpt) -> str:
        last = excerpt.first_line + len(excerpt.lines) - 1
        code = "\n".join(excerpt.lines)
        return QUOTES[self._form(QUOTES)](excerpt.path, excerpt.first_line, last, code)

    def _form(self, forms: Mapping[str, Say]) -> str:
        return self._random.choice(list(forms))

    def _some(self, items: Sequence[_T], how_many: int) -> list[_T]:
        return self._random.sample(list(items), min(how_many, len(items)))


def _placed(form: str, text: str) -> Statement:
    sections = {"table": "places", "lines": "lines"}
    return Statement(sections.get(form, "prose"), text)


def _call(form: str, text: str, wrong: Kind | None = None) -> Statement:
    return Statement("calls" if form == "table" else "prose", text, wrong)


def _noun(count: Count) -> str:
    words = count.name.strip("_").lower().split("_")
    last = words[-1]
    return " ".join([*words[:-1], last if last.endswith("s") else f"{last}s"])


def _changed(excerpt: Excerpt) -> Excerpt | None:
    """A number or a word of one line changed, as when code is quoted from memory."""
    for at, line in enumerate(excerpt.lines[1:], start=1):
        for old, new in (
            (" is not None", " is None"),
            ("True", "False"),
            ("None", "0"),
            ("== ", "!= "),
            ("self.", "self._"),
            (", ", ", 1, "),
            ("return ", "return not "),
        ):
            if old in line and len(line.strip()) > 12 and "#" not in line:
                lines = list(excerpt.lines)
                lines[at] = line.replace(old, new, 1)
                return replace(excerpt, lines=tuple(lines))
    return None

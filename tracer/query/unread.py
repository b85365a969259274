"""What of a tree nobody read: no answer is silent about it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from tracer.model.query import Query, QueryUnknown
from tracer.query.found import Found, plural
from tracer.query.index import FileProblem, GraphIndex, listed

_MOST_FILES = 3  # that are named in an answer; `unresolved` names all
_ABOUT_CALLERS = ("callers", "impact")


def with_unread(index: GraphIndex, query: Query, found: Found) -> Found:
    """An answer that names the files that were not read, before what else it leaves open.

    A name that nothing bears and a caller that nobody found may stand in such a file: an empty
    answer says so in its sentence.
    """
    problems = index.problems
    is_empty = not found.ok or not getattr(found, found.counted)
    unknown = [*_files(problems, is_whole=query.command == "unresolved")]
    if is_empty or query.command in _ABOUT_CALLERS:
        unknown += _kinds(listed(index.meta.get("unread", "")))
    unknown += [
        QueryUnknown("all callees of the call sites that are open as too many", limit)
        for limit in listed(index.meta.get("limits", ""))
    ]
    if not unknown:
        return found
    answer = found.answer
    if is_empty and problems and not any(problem.path in answer for problem in problems):
        answer += f"; {_told(problems)}"
    return replace(found, answer=answer, unknown=(*unknown, *found.unknown))


def _told(problems: Sequence[FileProblem]) -> str:
    if len(problems) == 1:
        return f"{problems[0].path} could not be read"
    return f"{plural(len(problems), 'file')} of the tree could not be read"


def _files(problems: Sequence[FileProblem], *, is_whole: bool) -> Iterator[QueryUnknown]:
    shown = problems if is_whole or len(problems) == _MOST_FILES + 1 else problems[:_MOST_FILES]
    for problem in shown:
        yield QueryUnknown(f"all of {problem.path}", f"it could not be read: {problem.reason}")
    if rest := len(problems) - len(shown):
        what = f"all of {plural(rest, 'file')} more"
        yield QueryUnknown(what, "they could not be read", "tracer query unresolved")


def _kinds(kinds: Sequence[str]) -> Iterator[QueryUnknown]:
    for kind in kinds:
        yield QueryUnknown(f"what {kind} of the tree call", "sources of this kind are not read")

"""Forty questions, two bots, one judge."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from benchmarks.asking.answers import Said
from benchmarks.asking.grep_bot import MOST_CALLS, MOST_TOKENS, GrepBot
from benchmarks.asking.query_bot import MAX_TOKENS, ask_query
from benchmarks.asking.questions import HOPS, Question, choose
from benchmarks.asking.truth import Truth, record

_PROJECTS = ("click", "jinja2")
_BOTS = ("tracer query", "grep and read")


@dataclass(frozen=True)
class Judged:
    """One answer, held against what ran."""

    question: Question
    bot: str
    said: Said
    is_right: bool
    is_among: bool
    wrong: tuple[str, ...]  # statements that the run refutes


def main(argv: Sequence[str] | None = None) -> int:
    """Ask everything, print the table, write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--each", type=int, default=4, help="questions a project and distance")
    parser.add_argument("--seed", default="1")
    parser.add_argument("--out", type=Path, default=Path(__file__).parents[1] / "USEFULNESS.md")
    options = parser.parse_args(argv)
    judged: list[Judged] = []
    with tempfile.TemporaryDirectory() as folder:
        for project in _PROJECTS:
            truth = record(project, Path(folder))
            grep = GrepBot(truth.root)
            for question in choose(project, truth, options.each, options.seed):
                for bot in _BOTS:
                    said = (
                        ask_query(question, truth.root) if bot == _BOTS[0] else grep.ask(question)
                    )
                    judged.append(judge(truth, question, bot, said))
    text = page(judged, options.seed)
    options.out.write_text(text, "utf-8")
    print(text)
    return 1 if any(each.wrong for each in judged if each.bot == _BOTS[0]) else 0


def judge(truth: Truth, question: Question, bot: str, said: Said) -> Judged:
    """Right: all callers that ran are named; each call of the first chain ran.

    Wrong is what the run refutes: a denial of what ran, a list called complete that is not, a call
    that is told for sure, at a line that was seen to call another function of that name.
    """
    ran = {(caller.id, callee.id) for caller, callee in truth.lines}
    told = [*said.callers, *(hop for chain in said.chains for hop in chain)]
    wrong = [
        f"{hop.caller} calls {hop.callee} at line {hop.line}"
        for hop in told
        if hop.is_sure and truth.refutes(hop.caller, hop.callee, hop.line)
    ]
    if question.start is None:
        named = {_plain(hop.caller) for hop in said.callers}
        missing = [caller.id for caller in question.callers if caller.id not in named]
        if missing and said.is_complete:
            wrong.append(f"these are all callers of {question.end.id}")
        is_right = is_among = not missing
    else:
        if said.denies:
            wrong.append(f"{question.start.id} does not lead to {question.end.id}")
        whole = [all((_plain(h.caller), _plain(h.callee)) in ran for h in c) for c in said.chains]
        is_right, is_among = any(whole[:1]), any(whole)
    return Judged(question, bot, said, is_right, is_among, tuple(dict.fromkeys(wrong)))


def _plain(function: str) -> str:
    return function.partition("#")[0]


def page(judged: list[Judged], seed: str) -> str:
    """The figures, then each question."""
    questions = list(dict.fromkeys(each.question.text for each in judged))
    versions = ", ".join(f"{project} {version(project)}" for project in _PROJECTS)
    head = f"""\
# What a call graph is worth to an agent

{len(questions)} questions about {versions}, each answered by two scripted bots and held against
what a run of a small program recorded (`asking/programs`). Of one hop: who calls a function. Of
more: by which chain of calls one function leads to another; the distance is that of the run.
`tracer query`: one call as JSON within {MAX_TOKENS} tokens. grep and read: upwards from the end,
at most {MOST_CALLS} calls or {MOST_TOKENS} tokens. Tokens are bytes / 3 of what is typed and
printed. Seed {seed}. Made by `benchmarks/usefulness.py`.

*Right*: every caller that ran is named; every call of the first chain ran. *Among*: of one of the
chains that are given. *Wrong*: statements that the run refutes: a call told as `exact` at a line
that was seen to call another function of that name, "no path" or "these are all" without a doubt
where the run knows better. What is left is open: the bot does not know, or its chain did not run.

| hops | bot | right | among | wrong | calls | tokens | tokens a right answer |
|---|---|---|---|---|---|---|---|
"""
    rows = []
    for hops in (*HOPS, None):
        for bot in _BOTS:
            some = [j for j in judged if j.bot == bot and hops in (None, j.question.hops)]
            if some:
                rows.append(_row(some, "all" if hops is None else str(hops), bot))
    rows += ["", f"| question | {' | '.join(_BOTS)} |", "|---|---|---|"]
    for text in questions:
        asked = {each.bot: each for each in judged if each.question.text == text}
        cells = " | ".join(_cell(asked[bot]) for bot in _BOTS)
        rows.append(f"| {text} | {cells} |")
    return head + "\n".join(rows) + "\n"


def _row(rows: list[Judged], hops: str, bot: str) -> str:
    right, among = sum(row.is_right for row in rows), sum(row.is_among for row in rows)
    wrong = sum(len(row.wrong) for row in rows)
    calls, tokens = sum(r.said.calls for r in rows), sum(r.said.tokens for r in rows)
    each = f"{tokens / right:.0f}" if right else "none is"
    return (
        f"| {hops} | {bot} | {right} of {len(rows)} | {among} | {wrong} | {calls / len(rows):.1f} "
        f"| {tokens / len(rows):.0f} | {each} |"
    )


def _cell(row: Judged) -> str:
    verdict = "right" if row.is_right else "among" if row.is_among else "open"
    if row.wrong:
        verdict = f"wrong: {'; '.join(f'`{text}`' for text in row.wrong[:2])}"
    return f"{verdict} ({row.said.calls} calls, {row.said.tokens} tokens)"

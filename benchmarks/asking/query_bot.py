"""A bot that asks `tracer query`, as an agent would: by name, as JSON, within a budget."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from benchmarks.asking.answers import Hop, Said
from benchmarks.asking.questions import Question

MAX_TOKENS = 2000


def ask_query(question: Question, root: Path) -> Said:
    """One question, one call; what the answer leaves open is not said."""
    said = Said()
    if question.start is None:
        answer = _query(said, root, "callers", question.end.id)
        said.callers = [_hop(edge) for edge in answer["data"]["edges"]]
        said.is_complete = not answer["unknown"] and not answer["truncated"]
        return said
    answer = _query(said, root, "path", question.start.id, question.end.id)
    for chain in answer["data"]["chains"]:
        said.chains.append([_hop(edge) for edge in chain["hops"]])
    said.denies = answer["ok"] and not said.chains and not answer["unknown"]
    return said


def _query(said: Said, root: Path, *words: str) -> dict[str, Any]:
    arguments = ["query", *words, "--max-tokens", str(MAX_TOKENS), "--json"]
    command = [sys.executable, "-m", "tracer", *arguments, "--root", str(root)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    answer: dict[str, Any] = json.loads(said.read(f"tracer {' '.join(arguments)}", done.stdout))
    return answer


def _hop(edge: dict[str, Any]) -> Hop:
    line = int(edge["at"].rpartition(":")[2])
    return Hop(edge["caller"], edge["callee"], line, edge["sure"] == "exact")

"""Small trees, and call graphs of them made by hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from textwrap import dedent

import pytest

from tracer.model.graph import CallGraph, CallSite, OpenReason, Resolution, SiteKind, Tier
from tracer.model.source import ExternalId, Function, FunctionId, SourceFile, Span
from tracer.model.verification import Claim, Verification
from tracer.static.sources import SourceTree, read_tree
from tracer.verify.reading import Reading

MakeTree = Callable[[Mapping[str, str]], SourceTree]
MakeGraph = Callable[..., CallGraph]
OneClaim = Callable[..., Claim]


@pytest.fixture
def make_tree(tmp_path: Path) -> MakeTree:
    """Writes files, dedented, and reads the tree."""

    def make(files: Mapping[str, str]) -> SourceTree:
        root = tmp_path / "project"
        for path, text in files.items():
            file = root / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(dedent(text).lstrip("\n"), encoding="utf-8")
        return read_tree(root)

    return make


@pytest.fixture
def make_graph() -> MakeGraph:
    """A graph with all functions of a tree, and with the edges and open sites given.

    An edge is (caller, callee, line), with the callee as written where that is not its name; an
    open site (caller, line, text, reason).
    """

    def make(
        tree: SourceTree,
        edges: Sequence[tuple[str, str, int] | tuple[str, str, int, str]] = (),
        open_sites: Sequence[tuple[str, int, str, OpenReason]] = (),
    ) -> CallGraph:
        reading = Reading(tree)
        functions = [
            Function(
                FunctionId(definition.id),
                definition.dotted.rpartition(".")[0],
                definition.kind,
                definition.first_line,
                definition.def_line,
                definition.end_line,
            )
            for path in reading.paths
            for definition in (reading.file(path) or pytest.fail(path)).definitions
        ]
        sites: list[Resolution] = []
        for caller, callee, line, *text in edges:
            site = _site(caller, line, text[0] if text else callee.rpartition("::")[2])
            to = FunctionId(callee) if "::" in callee else ExternalId(callee)
            sites.append(Resolution(site, (to,), Tier.FLOW))
        for caller, line, text, reason in open_sites:
            sites.append(Resolution(_site(caller, line, text), open_reason=reason))
        files = tuple(SourceFile(f.path, "", f.lines, f.sha256) for f in tree.files)
        return CallGraph(files, tuple(functions), (), tuple(sites), ())

    return make


def _site(caller: str, line: int, text: str) -> CallSite:
    # Columns that no real call has: the graph alone speaks of this site.
    return CallSite(FunctionId(caller), Span(line, 900, line, 999), SiteKind.CALL, text)


@pytest.fixture
def one() -> OneClaim:
    """The one claim of a verification whose text holds a word."""

    def find(verification: Verification, word: str = "") -> Claim:
        found = [claim for claim in verification.claims if word in claim.text]
        assert len(found) == 1, [(c.text, c.verdict.value, c.detail) for c in verification.claims]
        return found[0]

    return find

"""The narrow reading: call sites of the answer as their author wrote them.

libcst keeps comments and layout, so it is asked about the few files that stand in the answer.
`newer_syntax` is the only other module that imports libcst.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import libcst as cst
from libcst.metadata import CodeRange, MetadataWrapper, PositionProvider

from tracer.model.source import Span
from tracer.static.quoting import quote
from tracer.static.sources import SourceTree

_COMMENT_LIMIT = 300
_ARGUMENT_LIMIT = 80
_MOST_ARGUMENTS = 12


@dataclass(frozen=True, slots=True)
class SiteView:
    """What stands around a call site."""

    statement_lines: tuple[int, int]  # first and last line; of the header, if it has a body
    comment: str = ""  # the comment lines directly above the statement, else the trailing one
    arguments: tuple[str, ...] = ()  # as written, on one line each, clipped


def view_sites(
    tree: SourceTree, sites: Iterable[tuple[str, Span]]
) -> Mapping[tuple[str, Span], SiteView]:
    """Look at sites where they stand.

    Args:
        sites: (path, span) pairs; a span ends where a call, decorator, import or other
            expression ends.

    Returns:
        One view for each site that was found. A file that libcst cannot read gives none.
    """
    wanted: dict[str, set[Span]] = defaultdict(set)
    for path, span in sites:
        wanted[path].add(span)
    found: dict[tuple[str, Span], SiteView] = {}
    for source in tree.files:
        spans = wanted.get(source.path)
        if not spans or source.problem:
            continue
        for chunk in _chunks(source.text, spans):
            views = _view_chunk(chunk)
            found.update(((source.path, span), view) for span, view in views.items())
    return found


@dataclass(frozen=True, slots=True)
class _Chunk:
    """Top-level statements that are read together."""

    text: str
    lines_before: int  # of the file, above the chunk
    spans: frozenset[Span]  # in lines of the chunk


def _chunks(text: str, spans: set[Span]) -> Iterator[_Chunk]:
    """Cut a file into the top-level statements that hold the spans.

    Positions cost libcst a hundred times what `ast` takes for a file, so only the statements that
    are asked about are given to it, with the comments above them. Where `ast` cannot read the
    file, it is one chunk.
    """
    lines = text.split("\n")
    try:
        body = ast.parse(text).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        yield _Chunk(text, 0, frozenset(spans))
        return
    end_before = 0
    for last in _ends(body):
        inside = {span for span in spans if end_before < span.line and span.end_line <= last}
        if inside:
            moved = frozenset(
                replace(span, line=span.line - end_before, end_line=span.end_line - end_before)
                for span in inside
            )
            yield _Chunk("\n".join(lines[end_before:last]) + "\n", end_before, moved)
        end_before = last


def _ends(body: Sequence[ast.stmt]) -> list[int]:
    """The last lines of top-level statements; `a(); b()` on one line end together."""
    ends: list[int] = []
    for statement in body:
        if ends and statement.lineno <= ends[-1]:
            ends.pop()
        ends.append(statement.end_lineno or statement.lineno)
    return ends


def _view_chunk(chunk: _Chunk) -> dict[Span, SiteView]:
    try:
        wrapper = MetadataWrapper(cst.parse_module(chunk.text), unsafe_skip_copy=True)
    except (cst.ParserSyntaxError, RecursionError):
        return {}
    visitor = _Visitor(wrapper, chunk.text, set(chunk.spans))
    wrapper.visit(visitor)
    before = chunk.lines_before
    return {
        replace(span, line=span.line + before, end_line=span.end_line + before): replace(
            view,
            statement_lines=(view.statement_lines[0] + before, view.statement_lines[1] + before),
        )
        for span, view in visitor.found.items()
    }


_EXPRESSIONS = (cst.BaseExpression, cst.ImportAlias, cst.Import, cst.ImportFrom)


@dataclass(slots=True)
class _Statement:
    lines: tuple[int, int]
    comment: str


class _Visitor(cst.CSTVisitor):
    METADATA_DEPENDENCIES = (PositionProvider,)

    def __init__(self, wrapper: MetadataWrapper, text: str, spans: set[Span]) -> None:
        super().__init__()
        self._module = wrapper.module
        self._lines = text.split("\n")
        self._wanted = spans
        self._statements: list[_Statement] = []
        self.found: dict[Span, SiteView] = {}

    # -- statements: their bounds, and the comment that says why -----------------------------

    def visit_SimpleStatementLine(self, node: cst.SimpleStatementLine) -> None:
        position = self._position(node)
        trailing = node.trailing_whitespace.comment
        self._enter(node.leading_lines, (position.start.line, position.end.line), trailing, node)

    def leave_SimpleStatementLine(self, original_node: cst.SimpleStatementLine) -> None:
        self._statements.pop()

    def on_visit(self, node: cst.CSTNode) -> bool:
        if isinstance(node, cst.Match):
            self._enter_match(node)
        elif isinstance(node, cst.BaseCompoundStatement | cst.MatchCase):
            self._enter_compound(node)
        if isinstance(node, _EXPRESSIONS):
            self._look_at(node)
        elif isinstance(node, cst.ClassDef):
            self._look_at_class(node)
        return super().on_visit(node)

    def on_leave(self, original_node: cst.CSTNode) -> None:
        super().on_leave(original_node)
        if isinstance(original_node, cst.BaseCompoundStatement | cst.MatchCase):
            self._statements.pop()

    def _enter_match(self, node: cst.Match) -> None:
        """It has no body, only cases, each of which is a statement with one."""
        lines = self._position(node).start.line, self._position(node.subject).end.line
        self._enter(node.leading_lines, lines, node.whitespace_after_colon.comment, node)

    def _enter_compound(self, node: cst.BaseCompoundStatement | cst.MatchCase) -> None:
        position = self._position(node)
        body = node.body
        first = position.start.line
        last = first
        trailing: cst.Comment | None = None
        if isinstance(body, cst.IndentedBlock):
            # The block starts behind the colon, on the header's last line.
            last = max(first, self._position(body).start.line - 1)
            trailing = body.header.comment
            if body.body:
                last = self._header_end(node, first)
        lines = getattr(node, "leading_lines", ())
        self._enter(lines, (first, last), trailing, node)

    def _header_end(self, node: cst.BaseCompoundStatement | cst.MatchCase, first: int) -> int:
        """The last line of what stands before the body."""
        last = first
        for child in node.children:
            if child is node.body or isinstance(child, cst.EmptyLine | cst.IndentedBlock):
                continue
            if isinstance(child, cst.Else | cst.If | cst.ExceptHandler | cst.Finally):
                continue
            last = max(last, self._position(child).end.line)
        return last

    def _enter(
        self,
        leading: Iterable[cst.EmptyLine],
        lines: tuple[int, int],
        trailing: cst.Comment | None,
        node: cst.CSTNode,
    ) -> None:
        del node
        above: list[str] = []
        for line in leading:
            if line.comment is None:
                above.clear()  # An empty line ends what a comment is about.
            else:
                above.append(_words(line.comment))
        words = " ".join(filter(None, above))
        if not words and trailing is not None:
            words = _words(trailing)
        self._statements.append(_Statement(lines, quote(words, _COMMENT_LIMIT)))

    # -- sites -------------------------------------------------------------------------------

    def _look_at(self, node: cst.CSTNode) -> None:
        if not self._statements:
            return
        position = self._position(node)
        first, last = position.start, position.end
        span = Span(
            first.line,
            self._bytes(first.line, first.column),
            last.line,
            self._bytes(last.line, last.column),
        )
        if span not in self._wanted or span in self.found:
            return
        statement = self._statements[-1]
        self.found[span] = SiteView(statement.lines, statement.comment, self._arguments(node))

    def _look_at_class(self, node: cst.ClassDef) -> None:
        """A class statement spans from its keyword; decorators stand in the same column."""
        line = self._position(node.name).start.line
        column = self._position(node).start.column
        for span in self._wanted:
            if (span.line, span.column) == (line, column) and span not in self.found:
                statement = self._statements[-1]
                self.found[span] = SiteView(statement.lines, statement.comment)

    def _arguments(self, node: cst.CSTNode) -> tuple[str, ...]:
        if not isinstance(node, cst.Call):
            return ()
        texts: list[str] = []
        for argument in node.args[:_MOST_ARGUMENTS]:
            value = self._module.code_for_node(argument.value)
            name = f"{argument.keyword.value}=" if argument.keyword is not None else ""
            texts.append(quote(f"{argument.star}{name}{value}", _ARGUMENT_LIMIT))
        if len(node.args) > _MOST_ARGUMENTS:
            texts.append(f"… {len(node.args) - _MOST_ARGUMENTS} more")
        return tuple(texts)

    def _position(self, node: cst.CSTNode) -> CodeRange:
        return self.get_metadata(PositionProvider, node)

    def _bytes(self, line: int, column: int) -> int:
        """libcst counts characters, the model counts UTF-8 bytes."""
        text = self._lines[line - 1]
        return column if text.isascii() else len(text[:column].encode("utf-8", "surrogatepass"))


def _words(comment: cst.Comment) -> str:
    return comment.value.lstrip("#").strip()

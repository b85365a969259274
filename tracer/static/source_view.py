"""The narrow reading: call sites of the answer as their author wrote them.

libcst keeps comments and layout, so it is asked about the few files that stand in the answer.
The only module that imports libcst.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

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
        try:
            wrapper = MetadataWrapper(cst.parse_module(source.text), unsafe_skip_copy=True)
        except (cst.ParserSyntaxError, RecursionError):
            continue
        visitor = _Visitor(wrapper, source.text, spans)
        wrapper.visit(visitor)
        found.update(((source.path, span), view) for span, view in visitor.found.items())
    return found


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

    def leave_SimpleStatementLine(
        self, original_node: cst.SimpleStatementLine
    ) -> None:
        self._statements.pop()

    def on_visit(self, node: cst.CSTNode) -> bool:
        if isinstance(node, cst.BaseCompoundStatement):
            self._enter_compound(node)
        if isinstance(node, _EXPRESSIONS):
            self._look_at(node)
        elif isinstance(node, cst.ClassDef):
            self._look_at_class(node)
        return super().on_visit(node)

    def on_leave(self, original_node: cst.CSTNode) -> None:
        super().on_leave(original_node)
        if isinstance(original_node, cst.BaseCompoundStatement):
            self._statements.pop()

    def _enter_compound(self, node: cst.BaseCompoundStatement) -> None:
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

    def _header_end(self, node: cst.BaseCompoundStatement, first: int) -> int:
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

"""Files whose syntax is newer than this interpreter, read with the help of libcst.

libcst says where the newer syntax stands; those stretches, and f-strings, are put into older words,
`ast` reads the result, and every node then gets the place that it has in the text as written. What
older words cannot say is put back into the tree afterwards:

- `def f[T](x)` is read as `def f(x)`: the lowering ignores type parameters.
- `type X[T] = V` is read as `X: mark = V` and becomes a `TypeAlias`.
- `f"a{b!r}"` is read as `mark((b))` and becomes a `JoinedStr`; a t-string, a `TemplateStr`.
- `except A, B:` is read as `except (A, B):`; the tuple's place is that of `A, B`.
- `lazy import x` is read as `import x`.

The older text is not as long as the newer one: an `except A, B:` has no room for its parentheses,
and type parameters may hold empty lines, which nothing of the same length could stand for. So
offsets are translated, not kept.
"""

from __future__ import annotations

import ast
import bisect
import re
import sys
import warnings
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

# Beyond these, libcst's native parser takes minutes or overruns the stack of the process.
_LONGEST_LINE = 8000  # characters
_MOST_OPEN_BRACKETS = 1000
_MOST_BRANCHES = 3000

if sys.version_info >= (3, 12):
    TypeAlias = ast.TypeAlias
else:

    class TypeAlias(ast.stmt):
        """PEP 695: `type name = value`."""

        name: ast.Name
        type_params: list[ast.AST]
        value: ast.expr
        _fields = ("name", "type_params", "value")


if sys.version_info >= (3, 14):
    TemplateStr = ast.TemplateStr
    Interpolation = ast.Interpolation
else:

    class TemplateStr(ast.expr):
        """PEP 750: a t-string; no `__format__` is called."""

        values: list[ast.expr]
        _fields = ("values",)

    class Interpolation(ast.expr):
        """PEP 750: what stands in the braces of a t-string."""

        value: ast.expr
        str: Any
        conversion: int
        format_spec: ast.expr | None
        _fields = ("value", "str", "conversion", "format_spec")


def parse_newer(text: str) -> ast.Module | None:
    """The tree of a file that `ast.parse` refuses, with the places of the text as written.

    Python 3.14's own tree has the same nodes, save type parameters, which are left out.

    Returns:
        None where libcst refuses the file too, or where the trouble is not the newer syntax.
    """
    if not _is_shallow(text):
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # About the target's escapes and literals, not ours.
            edits = _find_newer(text)
            if edits is None:
                return None
            older = _Rewriting(text.encode(), edits)
            tree = ast.parse(older.text)
            _move(tree, older)
            _put_back(tree, edits, older)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    return tree


def _is_shallow(text: str) -> bool:
    if text.count("elif ") > _MOST_BRANCHES:
        return False
    if max(map(len, text.split("\n"))) > _LONGEST_LINE:
        return False
    depth = deepest = 0
    for bracket in re.findall(r"[()\[\]{}]", text):  # Those in strings are counted too.
        depth = depth + 1 if bracket in "([{" else max(depth - 1, 0)
        deepest = max(deepest, depth)
    return deepest <= _MOST_OPEN_BRACKETS


# -- what is newer, and where ----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Edit:
    start: int  # offsets in UTF-8 bytes
    end: int
    older: bytes
    order: tuple[int, int, int]  # among edits with the same start

    @property
    def key(self) -> tuple[int, tuple[int, int, int]]:
        return self.start, self.order


@dataclass(frozen=True, slots=True)
class _Replacement:
    """What stands in braces."""

    start: int  # of the brace
    end: int
    argument: int  # which argument of the mark's call
    expression: str  # as written
    conversion: int
    format_spec: tuple[str | _Replacement, ...] | None


@dataclass(frozen=True, slots=True)
class _Text:
    """What an f-string or a t-string becomes."""

    parts: tuple[str | _Replacement, ...]
    is_template: bool


@dataclass(slots=True)
class _Edits:
    """What to write instead, and under each mark, what to put back."""

    prefix: str  # of the marks
    edits: list[_Edit] = field(default_factory=list)
    texts: dict[str, _Text] = field(default_factory=dict)
    aliases: dict[str, int] = field(default_factory=dict)  # offset of `type`

    def mark(self) -> str:
        return f"{self.prefix}{len(self.texts) + len(self.aliases)}_"

    def replace(self, start: int, end: int, older: str = "") -> None:
        self.edits.append(_Edit(start, end, older.encode(), (1, start - end, 1)))

    def parenthesise(self, start: int, end: int) -> None:
        # What ends at a place comes before what starts there, and the outer start before the inner.
        self.edits.append(_Edit(start, start, b"(", (1, start - end, 0)))
        self.edits.append(_Edit(end, end, b")", (0, 0, 0)))


def _find_newer(text: str) -> _Edits | None:
    """Ask libcst; None where it refuses, or finds nothing to rewrite.

    Kinds are told by name, since older releases of libcst lack some of the classes.
    """
    import libcst as cst  # Takes longer than most files, and hardly any file needs it.
    from libcst.metadata import ByteSpanPositionProvider, MetadataWrapper

    try:
        wrapper = MetadataWrapper(cst.parse_module(text), unsafe_skip_copy=True)
        dropped = _dropped(text.encode(), wrapper.module.code.encode())
        spans = wrapper.resolve(ByteSpanPositionProvider)
    except (cst.ParserSyntaxError, cst.CSTLogicError):
        return None
    prefix = "_newer_"
    while prefix in text:
        prefix += "_"
    if dropped is None:
        return None
    places: dict[Any, tuple[int, int]] = {}
    for node, span in spans.items():
        start, end = span.start, span.start + span.length
        places[node] = (
            start + bisect.bisect_right(dropped, start),
            end + bisect.bisect_right(dropped, end),
        )
    reader = _Reader(text.encode(), places, _Edits(prefix))
    for node in places:
        reader.read(node)
    return reader.found if reader.found.edits else None


def _dropped(data: bytes, kept: bytes) -> list[int] | None:
    """Where bytes are missing in what libcst kept: it forgets the space behind `!r`.

    Returns:
        For each missing byte, the offset in `kept` where it would stand; None where more differs.
    """
    if data == kept:
        return []
    dropped: list[int] = []
    offset = 0
    for byte in data:
        if offset < len(kept) and byte == kept[offset]:
            offset += 1
        elif byte in b" \t\f\r\n":
            dropped.append(offset)
        else:
            return None
    return dropped if offset == len(kept) else None


_SPACE = re.compile(rb"(?:\s|\\\r?\n|#[^\n]*)*")
_COMMENT = re.compile(rb"#[^\n]*")
_STRING_KINDS = ("FormattedString", "TemplatedString")


class _Reader:
    """Turns nodes of libcst into edits."""

    def __init__(self, data: bytes, places: Mapping[Any, tuple[int, int]], found: _Edits) -> None:
        self._data = data
        self._places = places
        self.found = found
        self._is_read: set[int] = {  # ids of strings that are read with the one around them
            id(part)
            for node in places
            if type(node).__name__ == "ConcatenatedString"
            for part in (node.left, node.right)
        }

    def read(self, node: Any) -> None:
        match type(node).__name__:
            case "FunctionDef" | "ClassDef" if getattr(node, "type_parameters", None) is not None:
                self.found.replace(*self._places[node.type_parameters])
            case "TypeAlias":
                self._read_alias(node)
            case "ExceptHandler" | "ExceptStarHandler":
                if type(node.type).__name__ == "Tuple" and not node.type.lpar:
                    self.found.parenthesise(*self._places[node.type])
            case "LazyImport" | "LazyImportFrom":
                start, _ = self._places[node]
                self.found.replace(start, self._after_space(start + len("lazy")))
            case "FormattedString" | "TemplatedString" | "ConcatenatedString":
                if id(node) not in self._is_read:
                    self._read_string(node)

    def _read_alias(self, node: Any) -> None:
        start, _ = self._places[node]
        name_start, name_end = self._places[node.name]
        end = name_end
        if node.type_parameters is not None:
            _, end = self._places[node.type_parameters]
        mark = self.found.mark()
        self.found.aliases[mark] = start
        self.found.replace(start, name_start)
        self.found.replace(name_end, end, f": {mark}")

    def _read_string(self, node: Any) -> None:
        strings = list(_flattened(node))
        kinds = {type(string).__name__ for string in strings}
        if not kinds.intersection(_STRING_KINDS):
            return
        expressions: list[tuple[int, int]] = []
        parts: list[str | _Replacement] = []
        for string in strings:
            if type(string).__name__ == "SimpleString":
                parts.append(_evaluated(string.value))
            else:
                parts.extend(self._parts(string.parts, string.start, string.end, expressions))
        mark = self.found.mark()
        self.found.texts[mark] = _Text(_joined(parts), "TemplatedString" in kinds)
        position, end = self._places[node]
        older = f"{mark}("
        for start, expression_end in expressions:
            self.found.replace(position, start, older)
            self.found.parenthesise(start, expression_end)
            position, older = expression_end, ", "
        self.found.replace(position, end, ")" if expressions else f"{older})")

    def _parts(
        self, parts: Iterable[Any], start: str, end: str, expressions: list[tuple[int, int]]
    ) -> list[str | _Replacement]:
        found: list[str | _Replacement] = []
        for part in parts:
            if not hasattr(part, "expression"):
                found.append(_literal_part(part.value, start, end))
                continue
            first, last = self._places[part]
            place = (self._after_space(first + 1), self._expression_end(part.expression))
            argument = len(expressions)
            expressions.append(place)
            conversion = part.conversion
            if part.equal is not None:
                # The text up to the value: `{x = }` is `x = ` and `repr(x)`; no comments.
                after = self._after_space(self._after_space(place[1]) + len("="))
                found.append(
                    _COMMENT.sub(b"", self._data[first + 1 : place[0]]).decode()
                    + self._data[slice(*place)].decode()
                    + _COMMENT.sub(b"", self._data[place[1] : after]).decode()
                )
                if conversion is None and part.format_spec is None:
                    conversion = "r"
            spec: tuple[str | _Replacement, ...] | None = None
            if part.format_spec is not None:
                spec = _joined(self._parts(part.format_spec, start, end, expressions))
            written = self._data[slice(*place)].decode()
            code = -1 if conversion is None else ord(conversion)
            found.append(_Replacement(first, last, argument, written, code, spec))
        return found

    def _expression_end(self, node: Any) -> int:
        """Behind the parentheses, which libcst leaves out of a place."""
        _, end = self._places[node]
        for _ in node.rpar:
            end = self._after_space(end) + len(")")
        return end

    def _after_space(self, offset: int) -> int:
        found = _SPACE.match(self._data, offset)
        return offset if found is None else found.end()


def _flattened(node: Any) -> Iterable[Any]:
    while type(node).__name__ == "ConcatenatedString":
        yield node.left
        node = node.right
    yield node


def _evaluated(literal: str) -> str:
    value = ast.literal_eval(literal)
    if not isinstance(value, str):
        raise ValueError(f"expected a text, found: {literal}")
    return value


def _literal_part(written: str, start: str, end: str) -> str:
    """What stands between the braces of an f-string; `start` is its prefix and quotes."""
    value = written.replace("{{", "{").replace("}}", "}")
    if "r" in start.lower():
        return value
    if (len(value) - len(value.rstrip("\\"))) % 2:
        value += "\\"  # `\{x}`: an unknown escape, which says a backslash
    return _evaluated(re.sub("[fFtT]", "", start) + value + end)


def _joined(parts: Iterable[str | _Replacement]) -> tuple[str | _Replacement, ...]:
    """Neighbouring constants as one, and no empty ones."""
    found: list[str | _Replacement] = []
    for part in parts:
        if isinstance(part, str) and found and isinstance(found[-1], str):
            found[-1] += part
        elif part != "":
            found.append(part)
    return tuple(found)


# -- older words, and the way back -----------------------------------------------------------


class _Rewriting:
    """The older text, and where each of its offsets stands in the newer one."""

    def __init__(self, data: bytes, found: _Edits) -> None:
        self._stretches: list[tuple[int, int, int, int]] = []  # start, end: older; start, end
        self._pieces: list[bytes] = []
        self._length = 0
        position = 0
        for edit in sorted(found.edits, key=lambda edit: edit.key):
            if edit.start < position:
                continue  # inside of what is left out: an f-string among type parameters
            self._add(data[position : edit.start], position, edit.start)
            self._add(edit.older, edit.start, edit.end)
            position = edit.end
        self._add(data[position:], position, len(data))
        older = b"".join(self._pieces)
        self.text = older.decode()
        self._older_lines = _line_starts(older)
        self._lines = _line_starts(data)
        self._starts = [stretch[0] for stretch in self._stretches]
        self._ends = [stretch[1] for stretch in self._stretches]

    def _add(self, piece: bytes, start: int, end: int) -> None:
        if piece:
            self._stretches.append((self._length, self._length + len(piece), start, end))
            self._pieces.append(piece)
            self._length += len(piece)

    def start(self, line: int, column: int) -> tuple[int, int]:
        """The line and column where a node starts."""
        offset = self._older_lines[line - 1] + column
        older_start, older_end, start, end = self._stretches[
            bisect.bisect_right(self._starts, offset) - 1
        ]
        is_kept = older_end - older_start == end - start
        return self.place(start + offset - older_start if is_kept else start)

    def end(self, line: int, column: int) -> tuple[int, int]:
        """The line and column where a node ends."""
        offset = self._older_lines[line - 1] + column
        older_start, older_end, start, end = self._stretches[bisect.bisect_left(self._ends, offset)]
        is_kept = older_end - older_start == end - start
        return self.place(start + offset - older_start if is_kept else end)

    def place(self, offset: int) -> tuple[int, int]:
        """Line and column of an offset in the newer text."""
        line = bisect.bisect_right(self._lines, offset)
        return line, offset - self._lines[line - 1]


def _line_starts(data: bytes) -> list[int]:
    return [0, *(found.end() for found in re.finditer(rb"\r\n|\r|\n", data))]


def _move(tree: ast.Module, older: _Rewriting) -> None:
    for node in ast.walk(tree):
        if isinstance(node, _PLACED):
            assert node.end_lineno is not None and node.end_col_offset is not None
            start = older.start(node.lineno, node.col_offset)
            end = older.end(node.end_lineno, node.end_col_offset)
            node.lineno, node.col_offset = start
            node.end_lineno, node.end_col_offset = end


_PLACED = (
    ast.stmt,
    ast.expr,
    ast.alias,
    ast.arg,
    ast.keyword,
    ast.excepthandler,
    ast.pattern,
)


def _put_back(tree: ast.Module, found: _Edits, older: _Rewriting) -> None:
    """Exchange the marks for what they stand for."""
    stack: list[ast.AST] = [tree]
    while stack:
        node = stack.pop()
        for name, value in ast.iter_fields(node):
            if isinstance(value, list):
                value[:] = [_exchanged(item, found, older) for item in value]
                stack.extend(item for item in value if isinstance(item, ast.AST))
            elif isinstance(value, ast.AST):
                exchanged = _exchanged(value, found, older)
                setattr(node, name, exchanged)
                stack.append(exchanged)


def _exchanged(node: Any, found: _Edits, older: _Rewriting) -> Any:
    match node:
        case ast.Call(func=ast.Name(id=mark), args=arguments) if mark in found.texts:
            text = found.texts[mark]
            return _string(text.parts, arguments, node, older, is_template=text.is_template)
        case ast.AnnAssign(annotation=ast.Name(id=mark)) if mark in found.aliases:
            alias = TypeAlias()
            assert isinstance(node.target, ast.Name) and node.value is not None
            alias.name, alias.type_params, alias.value = node.target, [], node.value
            ast.copy_location(alias, node)
            alias.lineno, alias.col_offset = older.place(found.aliases[mark])
            return alias
    return node


def _string(
    parts: Sequence[str | _Replacement],
    arguments: Sequence[ast.expr],
    around: ast.expr,
    older: _Rewriting,
    *,
    is_template: bool = False,
) -> ast.expr:
    values: list[ast.expr] = []
    for part in parts:
        if isinstance(part, str):
            values.append(ast.copy_location(ast.Constant(part), around))
            continue
        value = arguments[part.argument]
        spec = part.format_spec
        spec_text = None if spec is None else _string(spec, arguments, around, older)
        braces: ast.expr
        if is_template:
            braces = _interpolation(value, part, spec_text)
        else:
            braces = ast.FormattedValue(value, part.conversion, spec_text)
        braces.lineno, braces.col_offset = older.place(part.start)
        braces.end_lineno, braces.end_col_offset = older.place(part.end)
        values.append(braces)
    if not is_template:
        return ast.copy_location(ast.JoinedStr(values), around)
    template = TemplateStr()
    template.values = values
    return ast.copy_location(template, around)


def _interpolation(value: ast.expr, part: _Replacement, spec: ast.expr | None) -> Interpolation:
    braces = Interpolation()
    braces.value, braces.str = value, part.expression
    braces.conversion, braces.format_spec = part.conversion, spec
    return braces

"""Foreign text in our documents: names, conditions and values that others wrote are data.

A hostile name must neither break a table, nor become markup, nor turn the reading direction.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from tracer.static.quoting import escape_controls

_MARKDOWN_SPECIAL = re.compile(
    r"[\\`*<]"
    r"|(?<![^\W_])_|_(?![^\W_])"  # inside a word it is no markup
    r"|~(?=~)|\](?=[(\[:])|\[(?=\^|[ xX]\])"
    # What would open a list, a rule, a heading, a quotation, a fence, a table.
    r"|^[-+](?=\s|$)|^-(?=-*\s*$)|^=(?==*\s*$)|^#(?=#{0,5}(?:\s|$))|^\d{1,9}(?=[.)](?:\s|$))|^[>|:]"
)
_CODE_SPAN = re.compile(r"(?<!`)`([^`]+)`(?!`)")
_BACKTICKS = re.compile(r"`+")


def visible(text: str) -> str:
    """The text with control, format and bidi characters as escapes; newline and tab stay."""
    return escape_controls(text, keep="\n\t")


def one_line(text: str) -> str:
    """Visible text on one line, runs of white space folded."""
    return " ".join(visible(text).split())


def clipped(text: str, characters: int) -> str:
    """One line of at most so many characters; a cut shows as `…`."""
    line = one_line(text)
    return line if len(line) <= characters else line[: characters - 1].rstrip() + "…"


def prose(text: str) -> str:
    """One line of Markdown prose, outside tables, that renders as the text reads.

    Code spans of one backtick stay code spans; all other markup is taken for what it says.
    """
    shown = ""
    for index, part in enumerate(_CODE_SPAN.split(one_line(text))):
        if index % 2:  # blanks at the edge of a span are no part of it, and part two words
            shown += f"{' ' * part.startswith(' ')}{code(part)}{' ' * part.endswith(' ')}"
        elif shown.strip():  # no start of a line: what would open a block there is plain text here
            shown += _escaped_prose(f"x{part}")[1:]
        else:
            shown += _escaped_prose(part)
    return shown.strip()


def code(text: str) -> str:
    """A Markdown code span, outside tables, that holds the text as it reads.

    The fence is longer than any run of backticks inside.
    """
    line = one_line(text)
    if not line:
        return ""
    longest = max((len(run) for run in _BACKTICKS.findall(line)), default=0)
    fence = "`" * (longest + 1)
    padding = " " if line.startswith("`") or line.endswith("`") else ""
    return f"{fence}{padding}{line}{padding}{fence}"


def cell_code(text: str) -> str:
    """A code span inside a table, which is cut into cells before its code spans are read."""
    return code(text).replace("|", "\\|")


def cell_prose(text: str) -> str:
    """Prose inside a table."""
    return prose(text).replace("|", "\\|")


def fenced(text: str, language: str = "text") -> str:
    """A fenced block; the fence is longer than any run of backticks inside."""
    shown = visible(text).rstrip("\n")
    longest = max((len(run) for run in _BACKTICKS.findall(shown)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{shown}\n{fence}"


def mermaid_label(text: str) -> str:
    """A Mermaid label inside double quotes: what is special to it as entity codes."""
    return "".join(
        character if character.isalnum() or character in " ._/:,-+=*…" else f"#{ord(character)};"
        for character in one_line(text)
    )


@dataclass(frozen=True, slots=True)
class Style:
    """How names and sentences of others are set in one kind of document."""

    code: Callable[[str], str]  # a name, a place, an expression
    text: Callable[[str], str]  # a sentence


MARKDOWN = Style(code, prose)
TABLE = Style(cell_code, cell_prose)
PLAIN = Style(one_line, one_line)


def _escaped_prose(text: str) -> str:
    escaped = _MARKDOWN_SPECIAL.sub(_escaped, text.replace("&", "&amp;"))
    return escaped.replace("://", ":&#47;/")  # no link where the text has none


def _escaped(match: re.Match[str]) -> str:
    found = match[0]
    return f"{found}\\" if found.isdigit() else f"\\{found}"  # `1\.`, since `\1` is no escape

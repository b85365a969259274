"""What a question asks, and what it names."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tracer.errors import BriefError
from tracer.model.brief import Brief, QuestionShape
from tracer.tables.words import Words, load_words, word_matches

_CODE_SPAN = re.compile(r"(`+)(?!`)(.+?)(?<!`)\1(?!`)", re.DOTALL)

# What looks like code in prose: a path, a dotted name whose parts have two letters or more (so not
# `e.g.`), a name with an underscore, a name with call brackets.
_LOOKS_LIKE_CODE = re.compile(
    r"""(?<![\w./`-])(?:
        (?:[\w-]+/)+[\w-]+(?:\.[A-Za-z]\w*)+
      | [A-Za-z_][\w-]*\w(?:\.[A-Za-z_]\w+)+(?:\(\))?
      | [A-Za-z_][A-Za-z0-9]*(?:_[A-Za-z0-9]+)+(?:\(\))?
      | [A-Za-z_]\w*\(\)
    )(?![\w`])""",
    re.VERBOSE,
)


def question_brief(
    question: str, *, hints: Sequence[str] = (), namespaces: Sequence[str] = ()
) -> Brief:
    """A brief for a bare question.

    Raises:
        BriefError: The question is empty.
    """
    text = " ".join(question.split())
    if not text:
        raise BriefError("question: expected a sentence, found an empty one")
    return Brief(
        question=text,
        shape=question_shape(text, load_words()),
        mentions=mentions_of(text),
        scope_hints=tuple(hints),
        namespaces=tuple(namespaces),
    )


def question_shape(question: str, words: Words) -> QuestionShape:
    """The shape whose words weigh most in the question; inventory where none does."""
    prose = _CODE_SPAN.sub(" ", question)
    best, best_score = QuestionShape.INVENTORY, 0.0
    for shape, weights in words.shapes:
        score = sum(weight for word, weight in weights if word_matches(word, prose))
        if score > best_score:
            best, best_score = shape, score
    return best


def mentions_of(question: str) -> tuple[str, ...]:
    """Code spans and whatever else looks like code, in order, each once, without call brackets."""
    found = [(match.start(), match[2].strip()) for match in _CODE_SPAN.finditer(question)]
    prose = _CODE_SPAN.sub(lambda match: " " * len(match[0]), question)
    found += [(match.start(), match[0]) for match in _LOOKS_LIKE_CODE.finditer(prose)]
    return tuple(dict.fromkeys(text.removesuffix("()") for _, text in sorted(found) if text))


def code_spans(text: str) -> tuple[str, ...]:
    """The code spans of a piece of Markdown, in order."""
    return tuple(match[2].strip() for match in _CODE_SPAN.finditer(text))

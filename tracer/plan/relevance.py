"""Which effects answer a question, and which code is production code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tracer.model.brief import Brief
from tracer.model.graph import CallGraph, Effect, EffectKind
from tracer.model.source import FunctionId, path_of
from tracer.tables.words import FolderRole, Words, any_word_matches

_WITHOUT_TOPIC = frozenset(EffectKind) - {EffectKind.STATE_READ}


@dataclass(frozen=True, slots=True)
class Relevance:
    """What the words of a question say about effects and folders."""

    kinds: frozenset[EffectKind]
    file_kinds: frozenset[EffectKind]  # of these, what touches a file that the question names
    topics: tuple[str, ...]  # names of the topics that the question touches
    words: Words
    wants_tests: bool  # the question is about tests, so they are no longer set apart

    def weight(self, effect: Effect) -> float:
        """How much an effect tells; 0 where it does not answer the question."""
        if effect.kind not in self.kinds or effect.is_unreachable or effect.is_auxiliary:
            return 0.0
        return self.words.weight(effect.kind)

    def folder_role(self, function: FunctionId) -> FolderRole | None:
        """What kind of code a function is, where it is not production code."""
        role = self.words.folder_role(path_of(function))
        return None if role is not None and role.role == "tests" and self.wants_tests else role


def relevance_of(brief: Brief, words: Words) -> Relevance:
    """Read question and hints; where no topic is touched, all effects but reads of state count."""
    text = " ".join((brief.question, *brief.scope_hints))
    topics = [topic for topic in words.topics if any_word_matches(topic.words, text)]
    kinds = {kind for topic in topics for kind in topic.effects}
    suffixes = dict(words.suffixes)
    endings = [mention.rpartition(".")[2].lower() for mention in brief.mentions]
    file_kinds = frozenset(kind for ending in endings for kind in suffixes.get(ending, ()))
    kinds |= file_kinds
    produces = any_word_matches(words.produce_words, brief.question)
    consumes = any_word_matches(words.consume_words, brief.question)
    is_one_sided = produces != consumes and not any_word_matches(words.both_words, brief.question)
    if is_one_sided and kinds & words.sides:
        # "Who writes …" asks for one side; state counts only where the question is about state.
        side = words.produce if produces else words.consume
        about_state = any(topic.name == "state" for topic in topics)
        kinds = {k for k in kinds if k in side or (about_state and k not in words.sides)}
    return Relevance(
        frozenset(kinds) or _WITHOUT_TOPIC,
        file_kinds & kinds,
        tuple(topic.name for topic in topics),
        words,
        any_word_matches(("test", "tests"), text),
    )


def effects_by_function(graph: CallGraph) -> Mapping[FunctionId, tuple[Effect, ...]]:
    """The effects of each function, in order of place."""
    found: dict[FunctionId, list[Effect]] = {}
    for effect in graph.effects:
        found.setdefault(effect.function, []).append(effect)
    return {
        function: tuple(sorted(effects, key=lambda e: (e.span, e.kind, e.operation)))
        for function, effects in sorted(found.items())
    }

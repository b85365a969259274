"""Questions that ask one another, round in circles too: each answered once, with no limit of depth.

A circle of which no part is open is closed as a whole; to keep the answer of a part that was given
while another one was still asked would make it hang on who asked first. Tarjan's components
(SIAM J. Comput. 1972), on a stack of our own: chains of thousands of calls are common.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass

from tracer.model.graph import OpenReason
from tracer.static.solving.objects import Ref
from tracer.static.solving.terms import ConstantKey
from tracer.static.values import Open

Question = tuple[str, Ref, object]
"""What is asked, of which scope, and of what there: a node, a name."""
Asking = Generator[Question, Open | None, Open | None]
"""Yields questions, is sent their answers, and returns its own."""


def of_node(ref: Ref, node: int) -> Question:
    """The question of a node's values."""
    return ("node", ref, node)


def of_returned(ref: Ref) -> Question:
    """The question of what a function returns."""
    return ("returned", ref, None)


def of_name(ref: Ref, name: str) -> Question:
    """The question of what a scope binds to a name, and others store into it."""
    return ("name", ref, name)


def of_member(ref: Ref, name: str) -> Question:
    """The question of what objects of a class hold under a name."""
    return ("member", ref, name)


def of_yielded(ref: Ref) -> Question:
    """The question of what a generator yields."""
    return ("yielded", ref, None)


def of_items(ref: Ref, node: tuple[int, ConstantKey]) -> Question:
    """The question of what the objects of a node hold, under a constant key or without one."""
    return ("items", ref, node)


def first_open(ref: Ref, nodes: Iterable[int]) -> Asking:
    """Why the first of some nodes that is open is so."""
    for node in nodes:
        found = yield of_node(ref, node)
        if found is not None:
            return found
    return None


def told_of(words: str, found: Open) -> Open:
    """An answer that was passed on: the last step of its way, and what it comes from."""
    if found.reason is OpenReason.TOO_MANY:
        return found  # of the whole solution: told by itself
    origin = found.origin or found.detail
    return Open(found.reason, f"{words}: {origin}", origin)


class Answers:
    """Why things are open, or None; of each question once."""

    def __init__(self, ask: Callable[[Question], Asking]) -> None:
        self._ask = ask
        self._known: dict[Question, Open | None] = {}

    def of(self, question: Question) -> Open | None:
        """The answer; a part of a circle is as open as the rest of it."""
        known = self._known
        if question in known:
            return known[question]
        frames = [_Frame(question, self._ask(question), 0, 0)]
        asked = {question: 0}  # those in progress, by their place
        waiting: dict[Question, int] = {}  # closed if the one at this place turns out to be closed
        sent: Open | None = None
        while frames:
            frame = frames[-1]
            try:
                wanted = frame.asking.send(sent)
            except StopIteration as stop:
                frames.pop()
                del asked[frame.question]
                sent = stop.value
                self._close(frame, sent, len(frames), waiting)
                if sent is None and frames:
                    frames[-1].lowest = min(frames[-1].lowest, frame.lowest)
                continue
            sent = None
            if wanted in known:
                sent = known[wanted]
            elif wanted in asked or wanted in waiting:
                place = asked[wanted] if wanted in asked else waiting[wanted]
                frame.lowest = min(frame.lowest, place)
            else:
                asked[wanted] = len(frames)
                frames.append(_Frame(wanted, self._ask(wanted), len(frames), len(waiting)))
        return known[question]

    def _close(
        self, frame: _Frame, answer: Open | None, place: int, waiting: dict[Question, int]
    ) -> None:
        """Keep an answer, and those that waited for it."""
        if answer is None and frame.lowest < place:
            waiting[frame.question] = frame.lowest
            return
        self._known[frame.question] = answer
        while len(waiting) > frame.first_waiting:
            waited, _ = waiting.popitem()
            if answer is None:
                self._known[waited] = None  # else it is asked again, and is open, too


@dataclass(slots=True)
class _Frame:
    question: Question
    asking: Asking
    lowest: int  # the place of the first question in progress on which the answer hangs
    first_waiting: int

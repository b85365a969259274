"""Who caused an effect, whether the same was told before, and its record in the log.

Two ways to the same records: in C where that was built, else here.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from types import CodeType, FrameType
from typing import Any

from .codes import identity, module_of
from .definitions import Definitions
from .job import quote, to_json
from .recorder import Recorder

_LONGEST_CHAIN = 8
_MOST_KINDS = 20_000  # distinct effects; repetitions are counted
_MOST_FRAMES = 100_000
_NESTED = 0x10
_NEUTRAL = (
    "collections",
    "_collections_abc",
    "contextlib",
    "functools",
)  # between a caller and what it asks for

Chain = Sequence[tuple[int, int]]
Where = tuple[tuple[int, int], int, str, bool, Chain]
"""Who caused an effect: the nearest code of the namespace, and its offset; the number of the effect
around this one; the outside function that the namespace called; whether nothing but the package of
the effect stands between; and the nearest frames of the namespace, each its code and offset."""


class Fixed:
    """What all effects of one kind have in common, as text of the log."""

    __slots__ = ("text",)

    def __init__(self, fields: dict[str, Any]) -> None:
        self.text = to_json(fields)[1:-1]


class Telling:
    """The effects of one run.

    What is said of an effect is its `Fixed`, and the rest as a flat tuple of names and values: each
    value is text, or a tuple of texts.
    """

    def __init__(self, recorder: Recorder, watched: Container[int]) -> None:
        self.numbers: dict[int, int] = {}  # hash of a live frame -> the effect that began in it
        self._recorder = recorder
        self._inside = recorder.codes.inside
        self._watched = watched
        self._known: dict[tuple[Any, ...], int] = {}
        self._times: dict[int, int] = {}  # of those that happened more than once
        self._again: set[int] = set()  # those that happened again since that was written
        self._records: list[tuple[Chain, int, int, str, Fixed, tuple[Any, ...]]] = []
        self._number = 0
        self._kept: dict[tuple[Any, ...], Fixed] = {}
        self._c = c = recorder.accelerator
        if c is not None:
            c.tell_of_effects(
                self.numbers,
                self._times,
                self._again,
                self._records,
                self._in_words,
                _LONGEST_CHAIN,
                _MOST_KINDS,
            )
            self.where, self.tell = c.cause, c.told  # type: ignore[method-assign]

    def fixed(
        self, kind: str, operation: str, by: str = "", mode: str = "", part: str = ""
    ) -> Fixed:
        """What is said of all effects of a kind."""
        key = kind, operation, by, mode, part
        found = self._kept.get(key)
        if found is None:
            fields = {"kind": kind, "op": operation, "by": by, "mode": mode, "part": part}
            found = Fixed({name: text for name, text in fields.items() if text})
            if len(self._kept) < _MOST_KINDS:  # a program may give anything as a mode
                self._kept[key] = found
        return found

    def begun(self, frame: FrameType, number: int) -> None:
        """An effect began in this frame, which is alive."""
        if len(self.numbers) > _MOST_FRAMES:
            self.numbers.clear()
        self.numbers[hash(frame)] = number

    def where(self, frame: FrameType | None, package: str) -> Where:
        """Who caused an effect of a package that happens in a frame."""
        inside = self._inside
        outer, is_own = 0, True
        last: FrameType | None = None
        while frame is not None:
            code_id = identity(frame.f_code)
            if code_id in inside:
                chain = self._recorder.chain(frame, _LONGEST_CHAIN)
                offset = self._recorder.offset_in(frame)
                return (code_id, offset), outer, _through(last), is_own, chain
            if not outer and code_id in self._watched:
                outer = self.numbers.get(hash(frame), 0)
            if is_own:
                between = module_of(frame).partition(".")[0]
                is_own = between == package or between in _NEUTRAL
            if not frame.f_code.co_flags & _NESTED:  # what a decorator puts around says nothing
                last = frame
            frame = frame.f_back
        return (0, 0), outer, "", False, ()

    def tell(self, where: Where, fixed: Fixed, varying: tuple[Any, ...]) -> int:
        """Tell it, or count it where the same was told before; returns its number."""
        place, outer, through, _, chain = where
        if self._recorder.is_stopped:
            return outer
        key = (place, outer, through, fixed, varying)
        number = self._known.get(key, 0)
        if number:
            self._times[number] = self._times.get(number, 1) + 1
            self._again.add(number)
            return number
        if len(self._known) >= _MOST_KINDS:
            self._recorder.cut["effect"] = self._recorder.cut.get("effect", 0) + 1
            return outer
        self._number = number = self._known[key] = self._number + 1
        self._records.append((chain, number, outer, through, fixed, varying))
        return number

    def anew(self) -> None:
        """Another log, in which nothing was told; numbers go on, since frames have theirs."""
        self._known.clear()
        self._times.clear()
        self._again.clear()
        self._records.clear()

    def records(self, definitions: Definitions) -> list[str]:
        """What is new, as lines of the log: effects in order, then how often some happened."""
        size = len(self._records)
        lines = []
        if size:
            if self._c is None:
                lines = [self._line(definitions, *record) for record in self._records[:size]]
            else:
                chains, in_words = definitions.chains, definitions.chain
                lines = [self._c.effect_lines(self._records, size, chains, in_words)[:-1]]
            del self._records[:size]
        if self._again:
            lines.append(self._repetitions())
        if self._c is not None:
            left_out = self._c.effects_left_out()
            if left_out:
                self._recorder.cut["effect"] = self._recorder.cut.get("effect", 0) + left_out
        return lines

    def _line(
        self,
        definitions: Definitions,
        chain: Chain,
        number: int,
        outer: int,
        through: str,
        fixed: Fixed,
        varying: tuple[Any, ...],
    ) -> str:
        text = f'{{"t":"effect","chain":{definitions.chain(chain)},"n":{number},{fixed.text}'
        for at in range(0, len(varying), 2):
            value = varying[at + 1]
            said = quote(value) if type(value) is str else to_json(value)
            text += f',"{varying[at]}":{said}'
        if outer:
            text += f',"within":{outer}'
        return f'{text},"through":{quote(through)}}}' if through else text + "}"

    def _repetitions(self) -> str:
        fresh = []
        while self._again:  # others may add at the same time
            number = self._again.pop()
            fresh.append([number, self._times[number]])
        return to_json({"t": "effect_times", "are": sorted(fresh)})

    def _in_words(self, frame: FrameType, size: int) -> tuple[str, frozenset[str]]:
        """For C: what the frames from one on are, which stand between an effect and its cause.

        Returns:
            The outside function that the namespace called, and the packages of them all.
        """
        last: FrameType | None = None
        packages: set[str] = set()
        following: FrameType | None = frame
        for _ in range(size):
            assert following is not None
            packages.add(module_of(following).partition(".")[0])
            if not following.f_code.co_flags & _NESTED:
                last = following
            following = following.f_back
        return _through(last), frozenset(packages.difference(_NEUTRAL))


def _through(last: FrameType | None) -> str:
    """The outside function that the namespace called, in words."""
    return "" if last is None else f"{module_of(last)}.{_qualname(last.f_code)}"


def _qualname(code: CodeType) -> str:
    return str(getattr(code, "co_qualname", code.co_name))

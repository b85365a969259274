"""What calls of one name do, and where the arguments of such a call are found."""

from __future__ import annotations

from types import CodeType
from typing import Any

from .codes import identity
from .statics import MISSING, mro

VARIABLE_ARGUMENTS, VARIABLE_KEYWORDS = 0x04, 0x08
PATHLESS = ("env", "process", "network", "random", "state.read", "state.write", "model.build")
"""Kinds of effects that touch nothing with a path."""


class Reference:
    """An argument as the table names it; each is an object of its own, and a key by itself.

    Attributes:
        about: `argument`, `receiver`, `all` (the keywords beyond the named ones), `text`.
        position: Of an argument, without the receiver; None: it has a name alone.
        name: Of an argument; of `text`, the words themselves.
    """

    __slots__ = ("about", "name", "position")

    def __init__(self, about: str, position: int | None, name: str) -> None:
        self.about = about
        self.position = position
        self.name = name


class Rule:
    """What calls of one name do."""

    __slots__ = (
        "default_mode",
        "fixed",
        "is_file_payload",
        "is_keyed",
        "is_own_only",
        "is_part",
        "keys",
        "mode",
        "name",
        "package",
        "part",
        "payload",
        "read",
        "subject",
        "unless",
        "write",
    )

    def __init__(self, given: dict[str, Any], is_part: bool = False) -> None:
        self.name: str = given["name"]
        self.package = self.name.partition(".")[0]
        self.read: str = given.get("read", "")
        self.write: str = given.get("write", "")
        self.subject = _reference(given.get("subject", ""))
        self.payload = _reference(given.get("payload", ""))
        self.keys = _reference(given.get("keys", ""))
        self.mode = _reference(given.get("mode", ""))
        self.unless = _reference(given.get("unless", ""))
        self.default_mode: str = given.get("default_mode", "r")
        self.part: str = given.get("part", "")
        self.is_keyed: bool = given.get("is_keyed", False)
        self.is_file_payload: bool = given.get("is_file_payload", False)
        self.is_own_only: bool = given.get("is_own_only", False)
        self.is_part = is_part
        self.fixed: dict[str, Any] = {}  # by mode, what is said of each such call; filled as met


def _reference(text: str) -> Reference | None:
    if not text:
        return None
    if text == "receiver":
        return Reference("receiver", None, "")
    if text == "**":
        return Reference("all", None, "")
    if text.startswith("="):
        return Reference("text", None, text[1:])
    position, _, name = text.partition(":")
    if position.isdigit():
        return Reference("argument", int(position), name)
    return Reference("argument", None, text)


class Match:
    """A rule, and how its callable takes its arguments."""

    __slots__ = ("count", "flags", "names", "owner", "places", "receiver", "rule", "shift", "total")

    def __init__(self, rule: Rule, code: CodeType, owner: int, receiver: int, shift: int) -> None:
        self.rule = rule
        self.owner = owner  # identities: nothing of the target is kept alive
        self.receiver = receiver
        self.shift = shift  # positions before the first argument
        self.places: dict[Reference, str] = {}  # -> the parameter that holds it
        self.names = code.co_varnames
        self.count = code.co_argcount
        self.total = code.co_argcount + code.co_kwonlyargcount
        self.flags = code.co_flags

    def fits(self, receiver: Any) -> bool:
        """Whether the receiver is the one, or of the class, that the rule speaks of."""
        if self.receiver:
            return receiver is not MISSING and identity(receiver) == self.receiver
        if not self.owner:
            return True
        kind = type(receiver)
        if identity(kind) == self.owner or self.owner in map(identity, mro(kind)):
            return True
        return type in mro(kind) and self.owner in map(identity, mro(receiver))

    def plain(self) -> tuple[Any, ...] | None:
        """All of it as C takes it (`accelerator/entries.c`); None: it can be read here alone."""
        rule = self.rule
        if rule.is_part or rule.read in PATHLESS or rule.write in PATHLESS:
            return None
        places = []
        for which in (rule.unless, rule.mode, rule.keys, rule.subject, rule.payload):
            place = self._place(which)
            if place is None or (which is not None and which is rule.keys and place == -1):
                return None
            places.append(place if type(place) is int or which is rule.subject else -1)
        return (
            self.owner,
            self.receiver,
            bool(self.shift),
            rule.is_own_only,
            rule.is_keyed,
            rule.is_file_payload,
            bool(rule.part),
            rule.package,
            rule.default_mode if rule.mode is not None else "",
            "" if rule.payload is None else rule.payload.name,
            rule.fixed,
            tuple(places),
        )

    def _place(self, which: Reference | None) -> int | str | None:
        """The local that holds it, or the words for it; -1: there is none; None: it varies."""
        if which is None or which.about == "all":
            return -1
        if which.about == "text":
            return which.name
        if which.about == "receiver":
            return 0 if self.shift else -1
        if which.name and which.name in self.names[: self.total]:
            return self.names.index(which.name)
        if which.name and self.flags & VARIABLE_KEYWORDS:
            return None
        if which.position is None:
            return -1
        index = which.position + self.shift
        return index if index < self.count else None


class Arguments:
    """The arguments of a Python function at its entry."""

    __slots__ = ("_local", "_match")

    def __init__(self, match: Match, local: Any) -> None:
        self._match = match
        self._local = local

    def get(self, which: Reference) -> Any:
        """One argument, by the parameter's name or by position; MISSING where there is none."""
        place = self._match.places.get(which)
        return self._found(which) if place is None else self._local.get(place, MISSING)

    def _found(self, which: Reference) -> Any:
        match, name = self._match, which.name
        if which.about == "receiver":
            return self._of(match.names[0]) if match.shift else MISSING
        if which.about != "argument":
            return MISSING
        if name and name in match.names[: match.total]:
            match.places[which] = name
            return self._of(name)
        if name and match.flags & VARIABLE_KEYWORDS:
            found = dict.get(self._variable_keywords(), name, MISSING)
            if found is not MISSING:
                return found
        if which.position is None:
            return MISSING
        index = which.position + match.shift
        if index < match.count:
            if not name or not match.flags & VARIABLE_KEYWORDS:
                match.places[which] = match.names[index]
            return self._of(match.names[index])
        rest = self._variable_arguments()
        index -= match.count
        return tuple.__getitem__(rest, index) if index < tuple.__len__(rest) else MISSING

    def keyword_names(self) -> list[str]:
        """The keywords beyond the named ones, and `arr_0` … for positions beyond, as NumPy says."""
        count = tuple.__len__(self._variable_arguments())
        return [f"arr_{number}" for number in range(count)] + [
            name for name in dict.keys(self._variable_keywords()) if type(name) is str
        ]

    def _of(self, name: str) -> Any:
        return self._local.get(name, MISSING)

    def _variable_arguments(self) -> Any:
        match = self._match
        if not match.flags & VARIABLE_ARGUMENTS:
            return ()
        found = self._of(match.names[match.total])
        return found if type(found) is tuple else ()

    def _variable_keywords(self) -> Any:
        match = self._match
        if not match.flags & VARIABLE_KEYWORDS:
            return {}
        found = self._of(match.names[match.total + bool(match.flags & VARIABLE_ARGUMENTS)])
        return found if type(found) is dict else {}


class Positional:
    """Some arguments of a call, by position, where no more is known."""

    __slots__ = ("_given",)

    def __init__(self, given: dict[int, Any]) -> None:
        self._given = given

    def get(self, which: Reference) -> Any:
        """One argument by position; MISSING where it is not known."""
        if which.about != "argument" or which.position is None:
            return MISSING
        return self._given.get(which.position, MISSING)

    def keyword_names(self) -> list[str]:
        """None is known."""
        return []

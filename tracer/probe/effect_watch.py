"""Which functions outside the namespace are watched, since the effect table names them."""

from __future__ import annotations

from collections.abc import Callable
from types import CodeType, FrameType
from typing import Any

from .codes import Codes, identity, module_of
from .effect_rules import Match, Rule
from .lookup import code_of, find, is_static
from .statics import MISSING, fields_of, mro, own

_MOST_TRIES = 50  # entries of a function whose name in the table does not lead anywhere yet
_DEEPEST = 3  # a method below its class, and that below its type parameters
_MAKERS = ("__init__", "__new__")
AUDITED = frozenset(
    (
        *("os.mkdir", "os.rmdir", "os.remove", "os.unlink", "os.rename", "os.replace", "os.link"),
        *("os.symlink", "os.truncate", "os.putenv", "os.unsetenv", "os.chdir", "os.system"),
        *("os.chmod", "os.utime", "os.kill", "os.fork", "os.execv", "os.spawnv"),
        *("socket.socket.connect",),
    )
)
"""Calls in C of which audit events tell, with all arguments."""
_class_name = type.__dict__["__name__"].__get__


class EffectTap:
    """Stands among the taps of a function outside, and is read at its entry."""

    __slots__ = (
        "_c",
        "_is_alone",
        "_read",
        "code",
        "is_maker",
        "matches",
        "receiver",
        "tries",
        "unresolved",
    )
    moment = "entry"

    def __init__(self, read: Callable[[FrameType, EffectTap], None], code: CodeType) -> None:
        self._read = read
        self.code = code
        self.is_maker = code.co_name in _MAKERS
        self.receiver = code.co_varnames[0] if code.co_argcount else ""
        self.matches: list[Match] = []
        self.unresolved: list[tuple[str, Rule]] = []
        self.tries = 0
        self._c: Any = None
        self._is_alone = False

    def read(self, frame: FrameType) -> None:
        """The body starts."""
        if self._c is None or not self._c.read_entry(frame):
            self._read(frame, self)

    def resolve(self) -> None:
        """Look again for names that led nowhere yet."""
        if self.tries < _MOST_TRIES:
            self.tries += 1
            resolve(self)
            if self._c is not None and not self.unresolved:
                self.accelerate(self._c, self._is_alone)

    def accelerate(self, c: Any, is_alone: bool) -> None:
        """Have C read it where the arguments are plain.

        Args:
            is_alone: Nothing but this is looked at in the function.
        """
        self._c, self._is_alone = c, is_alone
        plain = [match.plain() for match in self.matches]
        can = plain and not self.unresolved and None not in plain
        c.add_entry(self.code, self, is_alone, self.is_maker, tuple(plain) if can else None)


class Watched:
    """The functions that the table names, as they are met.

    Args:
        given: The table of effects.
        read: What is done at the entry of such a function.
    """

    def __init__(
        self, codes: Codes, given: dict[str, Any], read: Callable[[FrameType, EffectTap], None]
    ) -> None:
        self._read = read
        self._watched = codes.watched
        self._wanted: dict[str, dict[str, list[tuple[str, Rule]]]] = {}
        self._names: dict[str, set[str]] = {}  # by package: of functions, and of classes
        self.by_name: dict[str, list[tuple[str, Rule]]] = {}  # by the last part alone
        self.codes: dict[int, CodeType] = {}  # of watched functions
        for each in given.get("calls", ()):
            rule = Rule(each)
            for spelling in each["spellings"]:
                self._want(spelling, rule)
        for name, parent in given.get("part_of", ()):
            self._want(name, Rule({"name": name, "subject": parent}, is_part=True))

    def _want(self, spelling: str, rule: Rule) -> None:
        package, _, _ = spelling.partition(".")
        owner, _, last = spelling.rpartition(".")
        self._wanted.setdefault(package, {}).setdefault(last, []).append((spelling, rule))
        if rule.name not in AUDITED and not rule.is_part:
            self.by_name.setdefault(last, []).append((spelling, rule))
        self._names.setdefault(package, set()).update((last, owner.rpartition(".")[2]))

    def may_be_in(self, frame: FrameType) -> bool:
        """Whether the module of a function may define one that the table names.

        Asked of the names in the module's code when that is run, since what they mean is known only
        later; of its globals where it was imported before we came. The lines on which such
        functions begin are kept in `Codes.watched`, so that all others cost what they cost.
        """
        module = module_of(frame)
        lines = self._watched.get(module)
        if lines is None:
            wanted = self._names.get(module.partition(".")[0])
            if wanted is None:
                return False
            if frame.f_code.co_name == "<module>":
                lines = frozenset(_lines_in(frame.f_code, wanted, _DEEPEST, False))
            else:
                lines = frozenset(_lines_of(list(frame.f_globals.items()), wanted))
            if lines:
                self._watched[module] = lines
        return bool(lines)

    def taps_of(self, frame: FrameType) -> list[Any]:
        """What to read at the entry of a function outside: nothing, or one tap for all rules."""
        code = frame.f_code
        wanted = self._wanted.get(module_of(frame).partition(".")[0])
        if wanted is None or code.co_name == "<module>":
            return []
        tap = EffectTap(self._read, code)
        tap.unresolved = self._candidates(frame, wanted)
        resolve(tap)
        if not tap.matches and not tap.unresolved:
            return []
        self.codes[identity(code)] = code
        return [tap]

    def _candidates(
        self, frame: FrameType, wanted: dict[str, list[tuple[str, Rule]]]
    ) -> list[tuple[str, Rule]]:
        code = frame.f_code
        if code.co_name not in _MAKERS:
            return list(wanted.get(code.co_name, ()))
        receiver = _first_argument(code, frame.f_locals)
        kind = receiver if code.co_name == "__new__" else type(receiver)
        if type not in mro(type(kind)):
            return []
        return [pair for each in mro(kind) for pair in wanted.get(_class_name(each), ())]


def resolve(tap: EffectTap) -> None:
    """Find out which of the names lead to this code; those that lead nowhere are kept."""
    code = tap.code
    unresolved = []
    for spelling, rule in tap.unresolved:
        found = find(spelling)
        if found is None:
            unresolved.append((spelling, rule))
            continue
        value, owner = found.value, found.owner
        if type in mro(type(value)):  # a class: calls of it run `__init__`, or `__new__`
            owner = value
            maker = code_of(own(value, "__init__")) or code_of(own(value, "__new__"))
            is_it, shift = maker is code, 1
        else:
            is_it = code_of(value) is code
            shift = 0 if owner is None or is_static(value) else 1
        if is_it and all(match.rule is not rule for match in tap.matches):
            tap.matches.append(
                Match(
                    rule,
                    code,
                    0 if owner is None or not shift else identity(owner),
                    0 if found.receiver is None else identity(found.receiver),
                    shift,
                )
            )
    tap.unresolved = unresolved


def _first_argument(code: CodeType, local: Any) -> Any:
    return local.get(code.co_varnames[0], MISSING) if code.co_argcount else MISSING


def _lines_in(code: CodeType, wanted: set[str], depth: int, is_wanted: bool) -> set[int]:
    """The first lines of the functions in a module's code that go by a name of the table."""
    lines = set()
    for constant in code.co_consts:
        if type(constant) is CodeType:
            name = constant.co_name
            if name in wanted or (is_wanted and name in _MAKERS):
                lines.add(constant.co_firstlineno)
            if depth > 1:
                lines |= _lines_in(constant, wanted, depth - 1, name in wanted)
    return lines


def _lines_of(named: list[tuple[str, Any]], wanted: set[str]) -> set[int]:
    """The same of the globals of a module that is there already."""
    codes = []
    for name, value in named:
        kind = type(value)
        is_class = type in mro(kind)
        if not is_class and name in wanted:
            codes.append(code_of(value))
        if is_class or name in wanted:
            for member, found in list(fields_of(value if is_class else kind).items()):
                if member in wanted or (name in wanted and member in _MAKERS):
                    codes.append(code_of(found))
    return {code.co_firstlineno for code in codes if code is not None}

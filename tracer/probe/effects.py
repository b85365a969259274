"""What the program does to the world: calls that the effect table knows, and audit events.

Functions outside the namespace cost what they cost; those that the table names are watched at their
entry, like tapped ones, and their arguments are read from the frame. One number counts all effects
of a run; one that happens inside another one says so (`within`), so that a reader sees one deed.
"""

from __future__ import annotations

from types import FrameType
from typing import Any

from . import values
from .call_arguments import CallArguments
from .codes import identity
from .effect_rules import PATHLESS, Arguments, Match, Positional, Reference, Rule
from .effect_watch import EffectTap, Watched
from .lookup import builtin_name, code_of, find
from .naming import Names, absolute, host_and_port, path_of, without_secrets
from .recorder import Recorder
from .signals import raise_again
from .statics import MISSING, own
from .telling import Fixed, Telling

_MOST_OPEN = 10_000  # objects that stand for a file
_MOST_MODES = 100
_WRITING = frozenset("wax+")
_BUILTIN = type(len)
_Given = Arguments | Positional
_Said = tuple[Fixed, list[Any], str, tuple[str, ...]]  # with what varies, its path and its keys


class Effects:
    """All effects of one run."""

    def __init__(self, recorder: Recorder, given: dict[str, Any]) -> None:
        self._recorder = recorder
        self._arrived = recorder.arrived
        self._c = recorder.accelerator
        self._name_of = Names(dict(given.get("named_by", ())), self._c).path_of
        self._watched = Watched(recorder.codes, given, self.on_entry)
        self.may_be_in, self.taps_of = self._watched.may_be_in, self._watched.taps_of
        self.telling = Telling(recorder, self._watched.codes)
        self._numbers = self.telling.numbers
        self._call_arguments = CallArguments()
        # By the identity of a function of a module, which is kept alive: its rule, and that it is
        # no method.
        self._functions: dict[int, tuple[Any, Rule, bool]] = {}
        self._paths: dict[int, str] = {}  # number of an effect -> the path that it touches
        # An effect that names what it touched in there: its package, and the names.
        self._named: dict[int, tuple[str, tuple[str, ...]]] = {}
        # Object -> its type, the path it stands for, and whether it has no name of its own.
        self._open: dict[int, tuple[int, str, bool]] = {}
        if self._c is not None:
            self._c.open_tables(self._paths, self._named, self._open)
            self._c.ask_of_values(self._path_for_c, self._summary_for_c)

    # -- calls of Python functions -----------------------------------------------------------------

    def on_entry(self, frame: FrameType, tap: EffectTap) -> None:
        """A watched function begins."""
        try:
            if tap.unresolved:
                tap.resolve()
            frame_id = hash(frame)
            if frame_id in self._numbers:
                del self._numbers[frame_id]
            c = self._c
            local = frame.f_locals if c is None else c.arguments(frame)
            receiver = local.get(tap.receiver, MISSING) if tap.receiver else MISSING
            for match in tap.matches:
                if match.fits(receiver):
                    given = receiver if match.shift else MISSING
                    self._on_call(frame, Arguments(match, local), match, given, tap.is_maker)
                    return
        except Exception:
            self._recorder.dropped += 1

    def _on_call(
        self, frame: FrameType, arguments: Arguments, match: Match, receiver: Any, is_maker: bool
    ) -> None:
        rule, telling, caller = match.rule, self.telling, frame.f_back
        if not rule.is_part and caller is not None:
            told = self._told_by(caller, rule, arguments)
            if told:
                telling.begun(frame, told)
                return
        where = telling.where(caller, rule.package)
        outer = where[1]
        if rule.is_part:
            given = MISSING if rule.subject is None else arguments.get(rule.subject)
            path = self._path_of(given) if given is not MISSING else self._paths.get(outer, "")
            self._keep_open(receiver, path)
            telling.begun(frame, outer)
            return
        said = self._said(rule, arguments, receiver) if where[3] or not rule.is_own_only else None
        if said is None:
            telling.begun(frame, outer)
            return
        fixed, varying, path, keys = said
        around = self._paths.get(outer, "") if is_maker and not path else ""
        if around:
            self._keep_open(receiver, around)  # made anew of what is open
            telling.begun(frame, outer)
            return
        number = telling.tell(where, fixed, tuple(varying))
        telling.begun(frame, number)
        if path:
            self._paths[number] = path
            if keys:
                self._named[number] = rule.package, keys
            if is_maker:
                self._keep_open(receiver, path)

    def _told_by(self, caller: FrameType, rule: Rule, arguments: Arguments) -> int:
        """The effect of which this call is but the library's own way to do it; 0: none.

        `ZipFile.read` calls `open`, and that `getinfo`: all name the member that `read` named. A
        call that names another one, as `TarFile.add` does of what lies in a folder, is told.
        """
        number = self._numbers.get(hash(caller), 0)
        named = self._named.get(number) if number else None
        if named is None or named[0] != rule.package:
            return 0
        if identity(caller.f_code) not in self._watched.codes:
            return 0
        for each in self._keys(rule, arguments):
            if each not in named[1]:
                return 0
        return number

    def _keep_open(self, value: Any, path: str) -> None:
        """An object stands for a file. Of its address and type only the latest is known."""
        if len(self._open) > _MOST_OPEN:
            self._open.clear()
        if path:
            is_nameless = not self._name_of(value)
            self._open[identity(value)] = identity(type(value)), path, is_nameless
        else:
            self._open.pop(identity(value), None)

    def _path_of(self, value: Any) -> str:
        """The path that a value names or stands for; empty where it is not known."""
        if type(value) is str:
            return absolute(self._name_of(value))
        kind, opened, is_nameless = self._open.get(identity(value), (0, "", False))
        is_open = kind == identity(type(value))
        path = "" if is_open and is_nameless else self._name_of(value)
        if path:
            return absolute(path)
        return opened if is_open else ""

    # What C asks of one value that is not plain; no more of ours in Python follows.

    def _path_for_c(self, value: Any) -> str:
        path = self._path_of(value)
        if self._arrived:
            (_,) = map(raise_again, (self._arrived.pop(),))
        return path

    def _summary_for_c(self, value: Any, name: str, keys: tuple[str, ...] | None) -> str:
        text = _payload(value, name, keys or ())
        if self._arrived:
            (_,) = map(raise_again, (self._arrived.pop(),))
        return text

    # -- what is said of a call --------------------------------------------------------------------

    def _said(self, rule: Rule, arguments: _Given, receiver: Any, by: str = "") -> _Said | None:
        """What is said of a call; None where it has no such effect."""
        if rule.unless is not None:
            given = arguments.get(rule.unless)
            if given is not MISSING and given is not None:
                return None
        mode, kind = "", rule.write
        if rule.mode is not None:
            given = arguments.get(rule.mode)
            mode = given if type(given) is str else rule.default_mode
            if _WRITING.isdisjoint(mode.partition(":")[0]):
                kind = rule.read
        keys = () if rule.keys is None else self._keys(rule, arguments)
        if rule.is_keyed and not keys:
            return None
        varying: list[Any] = ["keys", keys] if keys else []
        path = ""
        if rule.subject is not None:
            path = self._add_subject(varying, kind, rule.subject, arguments, receiver)
        if rule.payload is not None and kind != "env":
            self._add_payload(varying, rule, rule.payload, keys, arguments, receiver)
        fixed = self.telling.fixed(kind, rule.name, by, mode, rule.part)
        if not by and len(rule.fixed) < _MOST_MODES:
            rule.fixed[mode] = fixed
        return fixed, varying, path, keys

    def _add_subject(
        self, varying: list[Any], kind: str, which: Reference, arguments: _Given, receiver: Any
    ) -> str:
        """Add what is touched; answers the path of it, where it has one."""
        if which.about == "text":
            varying += ("subject", which.name)
            return ""
        value = receiver if which.about == "receiver" else arguments.get(which)
        if value is MISSING or value is None:
            return ""
        if kind not in PATHLESS:
            path = self._path_of(value)
            if path:
                varying += ("path", path)
                return path
            text = ""
        elif kind == "process":
            varying += ("subject", command_of(value))
            return ""
        else:
            text = self._name_of(value)
            if type(value) is tuple:
                text = host_and_port(value)
            elif kind == "network" or "://" in text:
                text = without_secrets(text)
        said = text or values.summary(value, values.is_secret_name(which.name))
        varying += ("subject", said)
        return ""

    def _add_payload(
        self,
        varying: list[Any],
        rule: Rule,
        which: Reference,
        keys: tuple[str, ...],
        arguments: _Given,
        receiver: Any,
    ) -> None:
        if which.about == "all":
            return
        value = receiver if which.about == "receiver" else arguments.get(which)
        if value is MISSING or (value is None and rule.is_file_payload):
            return
        path = self._path_of(value) if rule.is_file_payload else ""
        kind = type(value)
        if path:
            varying += ("from", path)
        elif (kind is str or kind is bytes) and not rule.part:  # what stands in it afterwards
            varying += ("payload", f"{kind.__name__} len {kind.__len__(value)}")
        else:
            varying += ("payload", _payload(value, which.name, keys))

    def _keys(self, rule: Rule, arguments: _Given) -> tuple[str, ...]:
        if rule.keys is None:
            return ()
        if rule.keys.about == "all":
            return tuple(arguments.keyword_names())
        value = arguments.get(rule.keys)
        if value is MISSING or type(value) is bytes:
            return ()
        name = self._name_of(value)
        return (name,) if name else ()

    # -- audit events, and callables in C ----------------------------------------------------------

    def on_event(
        self,
        frame: FrameType | None,
        event: str,
        fixed: Fixed,
        varying: tuple[Any, ...],
    ) -> None:
        """An audit event: the frame is the one that it was raised in."""
        where = self.telling.where(frame, event.partition(".")[0])
        self.telling.tell(where, fixed, varying)

    def of_site(self, frame: FrameType, offset: int, function: Any, argument: Any) -> bool:
        """A call that the namespace is about to make of something in C: an effect of the table?

        Args:
            frame: Of the caller.
            offset: Of the call in its code.
            function: What is called.
            argument: Its first argument; an object of no meaning where there is none.
        """
        kept = self._functions.get(identity(function))
        if kept is None or kept[0] is not function:
            kept = self._find_rule(function)
            if kept is None:
                return False
        _, rule, is_method = kept
        given = self._call_arguments.of(frame, identity(frame.f_code), offset)
        self._on_site(frame, rule, argument, given, is_method)
        return True

    def _find_rule(self, function: Any) -> tuple[Any, Rule, bool] | None:
        """The rule of a function in C, and whether it is a method."""
        name = builtin_name(function)
        for spelling, rule in self._watched.by_name.get(name, ()):
            found = find(spelling)
            if (
                found is not None
                and _is_same(found.value, found.receiver, function)
                and code_of(found.value) is None  # others are heard where their body begins
            ):
                kept = function, rule, found.owner is not None
                if type(function) is _BUILTIN and found.owner is None:  # it lives with its module
                    self._functions[identity(function)] = kept
                return kept
        return None

    def _on_site(
        self,
        frame: FrameType,
        rule: Rule,
        argument: Any,
        given: dict[int, Any],
        is_method: bool,
    ) -> None:
        receiver: Any = MISSING
        if type(argument) is not object:  # `sys.monitoring.MISSING` is a bare one
            if is_method:
                receiver = argument
            else:
                given[0] = argument
        said = self._said(rule, Positional(given), receiver, "site")
        if said is not None:
            fixed, varying, _, _ = said
            self.telling.tell(self.telling.where(frame, rule.package), fixed, tuple(varying))


def _payload(value: Any, name: str, keys: tuple[str, ...]) -> str:
    is_secret = any(map(values.is_secret_name, (name, *keys)))
    return values.summary(value, is_secret)


def command_of(value: Any) -> str:
    """The program of a command, and how many arguments: these themselves may be secret."""
    kind = type(value)
    if kind is str or kind is bytes:
        text = path_of(value, {})
        program, _, rest = text.strip().partition(" ")
        return f"{program} …" if rest else program
    if kind is list or kind is tuple:
        count: int = kind.__len__(value)
        if count:
            program = path_of(kind.__getitem__(value, 0), {})
            return f"{program} with {count - 1} argument{'s' * (count != 2)}"
    return path_of(value, {}) or values.summary(value)


def _is_same(value: Any, receiver: Any, function: Any) -> bool:
    """Whether a callable in C is the one that was found; methods are made anew at each look."""
    if value is function:
        return True
    name = builtin_name(value)
    return (
        receiver is not None
        and bool(name)
        and name == builtin_name(function)
        and _self_of(function) is receiver
    )


def _self_of(function: Any) -> Any:
    descriptor = own(type(function), "__self__")
    if descriptor is MISSING:
        return MISSING
    try:
        return type(descriptor).__get__(descriptor, function)
    except Exception:
        return MISSING

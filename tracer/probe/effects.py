"""What the program does to the world: calls that the effect table knows, and audit events.

Functions outside the namespace cost what they cost; those that the table names are watched at their
entry, like tapped ones, and their arguments are read from the frame. One number counts all effects
of a run; one that happens inside another one says so (`within`), so that a reader sees one deed.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from types import CodeType, FrameType
from typing import Any

from . import values
from .call_arguments import CallArguments
from .codes import identity, module_of
from .lookup import builtin_name, code_of, find, is_static
from .naming import Names, absolute, host_and_port, path_of, without_secrets
from .recorder import Recorder
from .statics import MISSING, fields_of, mro, own

_LONGEST_CHAIN = 8
_MOST_KINDS = 20_000  # distinct effects; repetitions are counted
_MOST_OPEN = 10_000  # objects that stand for a file
_MOST_TRIES = 50  # entries of a function whose name in the table does not lead anywhere yet
_MOST_FRAMES = 100_000
_MOST_BETWEEN = 10_000
_DEEPEST = 3  # a method below its class, and that below its type parameters
_MAKERS = ("__init__", "__new__")
_PATHLESS = ("env", "process", "network", "random", "state.read", "state.write", "model.build")
_WRITING = frozenset("wax+")
_VARIABLE_ARGUMENTS, _VARIABLE_KEYWORDS = 0x04, 0x08
_NESTED = 0x10
_NEUTRAL = (
    "collections",
    "_collections_abc",
    "contextlib",
    "functools",
)  # between a caller and what it asks for
AUDITED = frozenset(
    (
        *("os.mkdir", "os.rmdir", "os.remove", "os.unlink", "os.rename", "os.replace", "os.link"),
        *("os.symlink", "os.truncate", "os.putenv", "os.unsetenv", "os.chdir", "os.system"),
        *("os.chmod", "os.utime", "os.kill", "os.fork", "os.execv", "os.spawnv"),
        *("socket.socket.connect",),
    )
)
"""Calls in C of which audit events tell, with all arguments."""
Where = tuple[tuple[int, int], int, str, bool, Sequence[tuple[int, int]]]
"""Who caused an effect: the nearest code of the namespace, and its offset; the number of the effect
around this one; the outside function that the namespace called; whether nothing but the package of
the effect stands between; and the nearest frames of the namespace, each its code and offset."""
_class_name = type.__dict__["__name__"].__get__


class _Rule:
    """What calls of one name do."""

    __slots__ = (
        "default_mode",
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


class _Match:
    """A rule, and how its callable takes its arguments."""

    __slots__ = ("count", "flags", "names", "owner", "places", "receiver", "rule", "shift", "total")

    def __init__(self, rule: _Rule, code: CodeType, owner: int, receiver: int, shift: int) -> None:
        self.rule = rule
        self.owner = owner  # identities: nothing of the target is kept alive
        self.receiver = receiver
        self.shift = shift  # positions before the first argument
        self.places: dict[Any, str] = {}  # an argument of the rule -> the parameter that holds it
        self.names = code.co_varnames
        self.count = code.co_argcount
        self.total = code.co_argcount + code.co_kwonlyargcount
        self.flags = code.co_flags


class EffectTap:
    """Stands among the taps of a function outside, and is read at its entry."""

    __slots__ = ("_effects", "code", "is_maker", "matches", "receiver", "tries", "unresolved")
    moment = "entry"

    def __init__(self, effects: Effects, code: CodeType) -> None:
        self._effects = effects
        self.code = code
        self.is_maker = code.co_name in _MAKERS
        self.receiver = code.co_varnames[0] if code.co_argcount else ""
        self.matches: list[_Match] = []
        self.unresolved: list[tuple[str, _Rule]] = []
        self.tries = 0

    def read(self, frame: FrameType) -> None:
        self._effects.on_entry(frame, self)


class Effects:
    """All effects of one run."""

    def __init__(self, recorder: Recorder, given: dict[str, Any]) -> None:
        self._recorder = recorder
        self._c = recorder.accelerator
        self._inside = recorder.codes.inside
        self._name_of = Names(dict(given.get("named_by", ()))).path_of
        self._wanted: dict[str, dict[str, list[tuple[str, _Rule]]]] = {}
        self._by_name: dict[str, list[tuple[str, _Rule]]] = {}  # the same by the last part alone
        self._names: dict[str, set[str]] = {}  # by package: of functions, and of classes
        self._watched = recorder.codes.watched
        self._codes: dict[int, CodeType] = {}  # of watched functions
        self._call_arguments = CallArguments()
        self._numbers: dict[int, int] = {}  # hash of a live frame of these -> its effect
        self._paths: dict[int, str] = {}  # number of an effect -> the path that it touches
        # An effect that names what it touched in there: its package, and the names.
        self._named: dict[int, tuple[str, tuple[str, ...]]] = {}
        # Object -> its type, the path it stands for, and whether it has no name of its own.
        self._open: dict[int, tuple[int, str, bool]] = {}
        # What stands between an effect and who caused it -> in words, and the packages of it.
        self._codes_between: list[CodeType] = []
        self._between: dict[tuple[Any, ...], tuple[str, frozenset[str]]] = {}
        self._known: dict[tuple[Any, ...], int] = {}
        self._times: dict[int, int] = {}
        self._again: set[int] = set()  # those that happened again since that was written
        self._next = itertools.count(1).__next__
        for each in given.get("calls", ()):
            rule = _Rule(each)
            for spelling in each["spellings"]:
                self._want(spelling, rule)
        for name, parent in given.get("part_of", ()):
            self._want(name, _Rule({"name": name, "subject": parent}, is_part=True))

    def _want(self, spelling: str, rule: _Rule) -> None:
        package, _, _ = spelling.partition(".")
        owner, _, last = spelling.rpartition(".")
        self._wanted.setdefault(package, {}).setdefault(last, []).append((spelling, rule))
        if rule.name not in AUDITED and not rule.is_part:
            self._by_name.setdefault(last, []).append((spelling, rule))
        self._names.setdefault(package, set()).update((last, owner.rpartition(".")[2]))

    # -- which functions are watched ---------------------------------------------------------------

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
        tap = EffectTap(self, code)
        tap.unresolved = self._candidates(frame, wanted)
        self._resolve(tap, code)
        if not tap.matches and not tap.unresolved:
            return []
        self._codes[identity(code)] = code
        return [tap]

    def _candidates(
        self, frame: FrameType, wanted: dict[str, list[tuple[str, _Rule]]]
    ) -> list[tuple[str, _Rule]]:
        code = frame.f_code
        if code.co_name not in _MAKERS:
            return list(wanted.get(code.co_name, ()))
        receiver = _first_argument(code, frame.f_locals)
        kind = receiver if code.co_name == "__new__" else type(receiver)
        if type not in mro(type(kind)):
            return []
        return [pair for each in mro(kind) for pair in wanted.get(_class_name(each), ())]

    def _resolve(self, tap: EffectTap, code: CodeType) -> None:
        """Find out which of the names lead to this code; those that lead nowhere are kept."""
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
                    _Match(
                        rule,
                        code,
                        0 if owner is None or not shift else identity(owner),
                        0 if found.receiver is None else identity(found.receiver),
                        shift,
                    )
                )
        tap.unresolved = unresolved

    # -- what is told ------------------------------------------------------------------------------

    def on_entry(self, frame: FrameType, tap: EffectTap) -> None:
        """A watched function begins."""
        try:
            if tap.unresolved and tap.tries < _MOST_TRIES:
                tap.tries += 1
                self._resolve(tap, tap.code)
            self._numbers.pop(hash(frame), None)
            c = self._c
            local = frame.f_locals if c is None else c.arguments(frame)
            receiver = MISSING
            for match in tap.matches:
                if match.shift and receiver is MISSING and tap.receiver:
                    receiver = local.get(tap.receiver, MISSING)
                if (not match.owner and not match.receiver) or _fits(match, receiver):
                    self._on_call(frame, local, match, receiver, tap.is_maker)
                    return
        except Exception:
            self._recorder.dropped += 1

    def _on_call(
        self, frame: FrameType, local: Any, match: _Match, receiver: Any, is_maker: bool
    ) -> None:
        rule = match.rule
        arguments = _Arguments(match, local)
        told = self._told_by(frame.f_back, rule, arguments)
        if told:
            self._remember(frame, told)
            return
        where = self._where(frame.f_back, rule.package)
        _, outer, _, is_own, _ = where
        if rule.is_part:
            given = arguments.get(rule.subject)
            path = self._path_of(given) if given is not MISSING else self._paths.get(outer, "")
            self._keep_open(receiver, path)
            self._remember(frame, outer)
            return
        fields = None
        if is_own or not rule.is_own_only:
            fields = self._fields(rule, arguments, receiver)
        path = self._paths.get(outer, "")
        if fields is not None and path and is_maker and "path" not in fields:
            self._keep_open(receiver, path)  # made anew of what is open
            fields = None
        if fields is None:
            self._remember(frame, outer)
            return
        number = self._tell(where, fields)
        self._remember(frame, number)
        path = fields.get("path", "")
        if path:
            self._paths[number] = path
            if "keys" in fields:
                self._named[number] = rule.package, fields["keys"]
            if is_maker:
                self._keep_open(receiver, path)

    def _told_by(self, caller: FrameType | None, rule: _Rule, arguments: Any) -> int:
        """The effect of which this call is but the library's own way to do it; 0: none.

        `ZipFile.read` calls `open`, and that `getinfo`: all name the member that `read` named. A
        call that names another one, as `TarFile.add` does of what lies in a folder, is told.
        """
        if rule.is_part or caller is None:
            return 0
        number = self._numbers.get(hash(caller), 0)
        package, keys = self._named.get(number, ("", ()))
        if package != rule.package or identity(caller.f_code) not in self._codes:
            return 0
        for each in self._keys(rule, arguments):
            if each not in keys:
                return 0
        return number

    def _remember(self, frame: FrameType, number: int) -> None:
        if len(self._numbers) > _MOST_FRAMES:
            self._numbers.clear()
        self._numbers[hash(frame)] = number

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

    def _fields(self, rule: _Rule, arguments: Any, receiver: Any) -> dict[str, Any] | None:
        """What is said of a call; None where it has no such effect."""
        if rule.unless is not None:
            given = arguments.get(rule.unless)
            if given is not MISSING and given is not None:
                return None
        mode = ""
        kind = rule.write
        if rule.mode is not None:
            given = arguments.get(rule.mode)
            mode = given if type(given) is str else rule.default_mode
            if _WRITING.isdisjoint(mode.partition(":")[0]):
                kind = rule.read
        fields: dict[str, Any] = {"n": 0, "kind": kind, "op": rule.name}  # numbered when it is told
        keys = () if rule.keys is None else self._keys(rule, arguments)
        if rule.is_keyed and not keys:
            return None
        if keys:
            fields["keys"] = keys
        if mode:
            fields["mode"] = mode
        if rule.part:
            fields["part"] = rule.part
        if rule.subject is not None:
            self._add_subject(fields, kind, rule.subject, arguments, receiver)
        if rule.payload is not None and kind != "env":
            self._add_payload(fields, rule, rule.payload, arguments, receiver)
        return fields

    def _add_subject(
        self, fields: dict[str, Any], kind: str, which: Any, arguments: Any, receiver: Any
    ) -> None:
        about, _, name = which
        if about == "text":
            fields["subject"] = name
            return
        value = receiver if about == "receiver" else arguments.get(which)
        if value is MISSING or value is None:
            return
        if kind == "process":
            fields["subject"] = command_of(value)
        elif kind in _PATHLESS:
            text = self._name_of(value)
            if type(value) is tuple:
                text = host_and_port(value)
            elif kind == "network" or "://" in text:
                text = without_secrets(text)
            fields["subject"] = text or values.summary(value, values.is_secret_name(name))
        else:
            path = self._path_of(value)
            if path:
                fields["path"] = path
            else:
                fields["subject"] = values.summary(value, values.is_secret_name(name))

    def _add_payload(
        self, fields: dict[str, Any], rule: _Rule, which: Any, arguments: Any, receiver: Any
    ) -> None:
        about, _, name = which
        if about == "all":
            return
        value = receiver if about == "receiver" else arguments.get(which)
        if value is MISSING or (value is None and rule.is_file_payload):
            return
        path = self._path_of(value) if rule.is_file_payload else ""
        if path:
            fields["from"] = path
        elif type(value) in (str, bytes) and not rule.part:  # what stands in the file afterwards
            fields["payload"] = f"{type(value).__name__} len {type(value).__len__(value)}"
        else:
            is_secret = any(map(values.is_secret_name, (name, *fields.get("keys", ()))))
            fields["payload"] = values.summary(value, is_secret)

    def _keys(self, rule: _Rule, arguments: Any) -> tuple[str, ...]:
        if rule.keys is None:
            return ()
        if rule.keys[0] == "all":
            return tuple(arguments.keyword_names())
        value = arguments.get(rule.keys)
        if value is MISSING or type(value) is bytes:
            return ()
        name = self._name_of(value)
        return (name,) if name else ()

    # -- audit events, and callables in C ----------------------------------------------------------

    def on_event(self, frame: FrameType | None, kind: str, operation: str, **fields: Any) -> None:
        """An audit event: the frame is the one that it was raised in."""
        where = self._where(frame, operation.partition(".")[0])
        self._tell(where, {"n": 0, "kind": kind, "op": operation, "by": "audit", **fields})

    def of_site(self, frame: FrameType, offset: int, function: Any, argument: Any) -> bool:
        """A call that the namespace is about to make of something in C: an effect of the table?

        Args:
            frame: Of the caller.
            offset: Of the call in its code.
            function: What is called.
            argument: Its first argument; an object of no meaning where there is none.
        """
        name = builtin_name(function)
        for spelling, rule in self._by_name.get(name, ()):
            found = find(spelling)
            if (
                found is not None
                and _is_same(found.value, found.receiver, function)
                and code_of(found.value) is None  # others are heard where their body begins
            ):
                given = self._call_arguments.of(frame, identity(frame.f_code), offset)
                self._on_site(frame, rule, argument, given, found.owner is not None)
                return True
        return False

    def _on_site(
        self,
        frame: FrameType,
        rule: _Rule,
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
        fields = self._fields(rule, _Positional(given), receiver)
        if fields is not None:
            self._tell(self._where(frame, rule.package), {**fields, "by": "site"})

    # -- where, and how often ----------------------------------------------------------------------

    def _where(self, frame: FrameType | None, package: str) -> Where:
        """Who caused it: an effect of a package, asked of the frame that it happened in."""
        if self._c is None or frame is None:
            return self._where_by_frames(frame, package)
        chain, between, watched = self._c.stack(frame, _LONGEST_CHAIN)
        outer = 0
        for each in watched:
            outer = outer or self._numbers.get(each, 0)
        if not chain:
            return (0, 0), outer, "", False, chain
        known = self._between.get(between)
        if known is None:
            known = self._describe_between(frame, between)
        through, packages = known
        return chain[0], outer, through, packages <= {package}, chain

    def _describe_between(
        self, frame: FrameType, between: tuple[Any, ...]
    ) -> tuple[str, frozenset[str]]:
        last: FrameType | None = None
        packages: set[str] = set()
        following: FrameType | None = frame
        codes = []  # an address is a code's for as long as that is alive
        for _ in range(len(between) // 2):
            assert following is not None
            codes.append(following.f_code)
            packages.add(module_of(following).partition(".")[0])
            if not following.f_code.co_flags & _NESTED:
                last = following
            following = following.f_back
        if len(self._between) >= _MOST_BETWEEN:
            self._between.clear()
            self._codes_between.clear()
        self._codes_between += codes
        known = _through(last), frozenset(packages.difference(_NEUTRAL))
        self._between[between] = known
        return known

    def _where_by_frames(self, frame: FrameType | None, package: str) -> Where:
        inside, codes = self._inside, self._codes
        outer, is_own = 0, True
        last: FrameType | None = None
        while frame is not None:
            code_id = identity(frame.f_code)
            if code_id in inside:
                chain = self._recorder.chain(frame, _LONGEST_CHAIN)
                return (code_id, frame.f_lasti), outer, _through(last), is_own, chain
            if not outer and code_id in codes:
                outer = self._numbers.get(hash(frame), 0)
            if is_own:
                between = module_of(frame).partition(".")[0]
                is_own = between == package or between in _NEUTRAL
            if not frame.f_code.co_flags & _NESTED:  # what a decorator puts around says nothing
                last = frame
            frame = frame.f_back
        return (0, 0), outer, "", False, ()

    def _tell(self, where: Where, fields: dict[str, Any]) -> int:
        """Tell it, or count it where the same was told before; returns its number."""
        place, outer, through, _, chain = where
        key = (place, outer, through, *fields, *fields.values())
        number = self._known.get(key, 0)
        if number:
            self._times[number] += 1
            self._again.add(number)
            return number
        if len(self._known) >= _MOST_KINDS:
            self._recorder.cut["effect"] = self._recorder.cut.get("effect", 0) + 1
            return outer
        number = self._known[key] = self._next()
        self._times[number] = 1
        fields["n"] = number
        if outer:
            fields["within"] = outer
        if through:
            fields["through"] = through
        self._recorder.tell("effect", chain, fields)
        return number

    def repetitions(self) -> None:
        """Write down how often effects happened that happened more than once."""
        again, fresh = self._again, []
        while again:  # others may add at the same time
            number = again.pop()
            fresh.append([number, self._times[number]])
        if fresh:
            fresh.sort()
            self._recorder.log({"t": "effect_times", "are": fresh})


class _Arguments:
    """The arguments of a Python function at its entry."""

    __slots__ = ("_local", "_match")

    def __init__(self, match: _Match, local: Any) -> None:
        self._match = match
        self._local = local

    def get(self, which: Any) -> Any:
        """One argument, by the parameter's name or by position; MISSING where there is none."""
        if which is None:
            return MISSING
        match = self._match
        place = match.places.get(which)
        if place is not None:
            return self._local.get(place, MISSING)
        about, position, name = which
        if about == "receiver":
            return self._of(match.names[0]) if match.shift else MISSING
        if about != "argument":
            return MISSING
        if name and name in match.names[: match.total]:
            match.places[which] = name
            return self._of(name)
        if name and match.flags & _VARIABLE_KEYWORDS:
            found = dict.get(self._variable_keywords(), name, MISSING)
            if found is not MISSING:
                return found
        if position is None:
            return MISSING
        index = position + match.shift
        if index < match.count:
            if not name or not match.flags & _VARIABLE_KEYWORDS:
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
        if not match.flags & _VARIABLE_ARGUMENTS:
            return ()
        found = self._of(match.names[match.total])
        return found if type(found) is tuple else ()

    def _variable_keywords(self) -> Any:
        match = self._match
        if not match.flags & _VARIABLE_KEYWORDS:
            return {}
        found = self._of(match.names[match.total + bool(match.flags & _VARIABLE_ARGUMENTS)])
        return found if type(found) is dict else {}


class _Positional:
    """Some arguments of a call, by position, where no more is known."""

    def __init__(self, given: dict[int, Any]) -> None:
        self._given = given

    def get(self, which: Any) -> Any:
        about, position, _ = which
        if about != "argument" or position is None:
            return MISSING
        return self._given.get(position, MISSING)

    def keyword_names(self) -> list[str]:
        return []


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


def _reference(text: str) -> tuple[str, int | None, str] | None:
    """An argument as the table names it: what it is, its position, its name or words."""
    if not text:
        return None
    if text == "receiver":
        return "receiver", None, ""
    if text == "**":
        return "all", None, ""
    if text.startswith("="):
        return "text", None, text[1:]
    position, _, name = text.partition(":")
    if position.isdigit():
        return "argument", int(position), name
    return "argument", None, text


def _first_argument(code: CodeType, local: Any) -> Any:
    return local.get(code.co_varnames[0], MISSING) if code.co_argcount else MISSING


def _fits(match: _Match, receiver: Any) -> bool:
    """Whether the receiver is the one, or of the class, that the rule speaks of."""
    if match.receiver:
        return receiver is not MISSING and identity(receiver) == match.receiver
    if not match.owner:
        return True
    kind = type(receiver)
    if identity(kind) == match.owner or match.owner in map(identity, mro(kind)):
        return True
    return type in mro(kind) and match.owner in map(identity, mro(receiver))


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


def _through(last: FrameType | None) -> str:
    """The outside function that the namespace called, in words."""
    return "" if last is None else f"{module_of(last)}.{_qualname(last.f_code)}"


def _qualname(code: CodeType) -> str:
    return str(getattr(code, "co_qualname", code.co_name))


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

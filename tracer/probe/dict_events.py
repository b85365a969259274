"""Changes of watched objects as the interpreter tells them: exact, from Python 3.12 on.

Watched are the dict in which a name stands (of its module, its class), so that it is seen when the
name stands for another object, and the dict that the object is or that holds its attributes, with
the dicts in it. The callback runs within the change, before it is made.
"""

from __future__ import annotations

import sys
from _thread import get_ident
from collections.abc import Callable
from itertools import islice
from types import FrameType
from typing import Any

from . import contents, values
from .codes import identity, module_of
from .dict_watchers import (
    ADDED,
    CLEARED,
    CLONED,
    DELETED,
    MODIFIED,
    DictWatchers,
    Interpreter,
    tells_of_attributes,
)
from .recorder import Recorder
from .signals import raise_again
from .state import LONGEST_CHAIN, Chain, Counted, StateLog, Watch
from .statics import MISSING

_get_frame = sys._getframe
_MOST_DICTS = 64  # in one watched object
_DEEPEST = 3
_NUMBERS = (bool, int, float)
_SCALARS = (*_NUMBERS, complex, str, bytes)
_CHANGES = {ADDED: "added", MODIFIED: "modified", DELETED: "deleted"}


class _Holder:
    """The dict in which a name of a watch stands."""

    __slots__ = ("level", "watch")

    def __init__(self, watch: Watch, level: int) -> None:
        self.watch, self.level = watch, level


class _Content:
    """A dict that is the watched object, holds its attributes, or lies in it."""

    __slots__ = ("children", "fields", "frequent", "path", "watch")

    def __init__(self, watch: Watch, fields: dict[Any, Any], path: tuple[Any, ...]) -> None:
        self.watch, self.fields, self.path = watch, fields, path
        self.children: dict[Any, int] = {}  # by key: the addresses of dicts in it
        # By key, module and line: where a number has become another so often that it is counted.
        self.frequent: dict[tuple[Any, int, int], Counted] = {}


class DictEvents:
    """All dicts that matter, and what they stand for.

    Args:
        compare: Called with a watch whose object has to be compared, as a list has.
        on_stranger: Called where another thread than this one changes something.

    Raises:
        Unavailable: This interpreter does not tell.
    """

    def __init__(
        self,
        interpreter: Interpreter,
        recorder: Recorder,
        log: StateLog,
        compare: Callable[[Watch], None],
        on_stranger: Callable[[], None],
    ) -> None:
        self._interpreter = interpreter
        self._recorder = recorder
        self._log = log
        self._compare = compare
        self._on_stranger = on_stranger
        self._owner = get_ident()
        self._roles: dict[int, list[_Holder | _Content]] = {}  # by address of a dict
        self._dicts: dict[Watch, int] = {}  # how many of a watched object
        self._tried: list[int] | None = []
        self._watchers = DictWatchers(interpreter, self._make_callback())
        self._tells_of_attributes = tells_of_attributes(self._watchers, self._tried or [])
        self._tried = None

    def begin(self, watch: Watch) -> None:
        """The module of a watch is there, if only just: its names may come later."""
        assert watch.fields is not None
        self._forget(watch, -1)
        self._hear(watch.fields, _Holder(watch, 0))
        first = dict.get(watch.fields, watch.names[0], MISSING)
        if first is MISSING:
            watch.found()  # says why not
        else:
            self._attach(watch, 0, first, [])

    def stop(self) -> None:
        """Hear of nothing any more."""
        self._watchers.close()
        self._roles.clear()

    def _make_callback(self) -> Callable[[int, int, int | None, int | None], int]:
        recorder, roles_of = self._recorder, self._roles
        arrived = recorder.arrived
        object_at = self._interpreter.object_at

        def on_dict_event(event: int, address: int, key_at: int | None, new_at: int | None) -> int:
            try:
                roles = roles_of.get(address)
                if roles is None:
                    if self._tried is not None:
                        self._tried.append(event)
                elif get_ident() != self._owner:  # native code has started it
                    self._on_stranger()
                elif event <= CLEARED:
                    key = MISSING if key_at is None else object_at(key_at)
                    new = MISSING if new_at is None else object_at(new_at)
                    for role in tuple(roles):
                        if type(role) is _Content:
                            frame = _get_frame(1)
                            is_number = event == MODIFIED and type(new) in _NUMBERS
                            if role.frequent and is_number and contents.is_atom(key):
                                # No `f_code`: it raises an audit event, as `id` does.
                                line = key, identity(frame.f_globals), frame.f_lineno
                                counted = role.frequent.get(line)
                                old = dict.get(role.fields, key)
                                if counted is not None and type(old) in _NUMBERS and old != new:
                                    counted.old, counted.new = old, new
                                    counted.times += 1
                                    continue
                            self._changed(role, event, key, new, frame)
                        elif type(role) is _Holder:
                            name = role.watch.names[role.level]
                            if type(key) is not str or key == name:
                                self._rebound(role, event, key, new, _get_frame(1))
            except Exception:  # Never raise into the target; the footer reports the count.
                recorder.dropped += 1
            if arrived:
                (_,) = map(raise_again, (arrived.pop(),))
            return 0

        recorder.codes.ours.add(identity(on_dict_event.__code__))
        return on_dict_event

    def _hear(self, fields: dict[Any, Any], role: _Holder | _Content) -> int:
        address = self._watchers.watch(fields)
        self._roles.setdefault(address, []).append(role)
        return address

    def _forget(self, watch: Watch, level: int) -> None:
        """Let go of what a name stood for, and of the names below it."""
        for address, roles in list(self._roles.items()):
            kept = [
                role
                for role in roles
                if role.watch is not watch or (type(role) is _Holder and role.level <= level)
            ]
            if len(kept) != len(roles):
                self._keep(address, kept)
        self._dicts.pop(watch, None)
        watch.value, watch.snapshot, watch.is_bound = MISSING, None, False

    def _leave(self, watch: Watch, address: int) -> None:
        """Let go of a dict in a watched object."""
        roles = self._roles.get(address, [])
        for role in roles:
            if type(role) is _Content and role.watch is watch:
                self._dicts[watch] = self._dicts.get(watch, 0) - 1
                for child in role.children.values():
                    self._leave(watch, child)
        self._keep(
            address, [role for role in roles if type(role) is _Holder or role.watch is not watch]
        )

    def _keep(self, address: int, kept: list[_Holder | _Content]) -> None:
        if kept:
            self._roles[address] = kept
        else:
            self._roles.pop(address, None)
            self._watchers.unwatch(address)

    def _attach(self, watch: Watch, level: int, value: Any, chain: Chain) -> None:
        """A name of the watch stands for this now: on to the last name, and into the object."""
        for next_level in range(level + 1, len(watch.names)):
            inner = ".".join(watch.names[:next_level])
            fields = self._interpreter.dict_of(value)
            if fields is None:
                watch.why = f"{watch.module}:{inner} has no attributes of its own"
                return
            self._hear(fields, _Holder(watch, next_level))
            value = contents.attribute(value, watch.names[next_level])
            if value is MISSING:
                watch.why = f"no {watch.names[next_level]} in {watch.module}:{inner}"
                return
        watch.is_bound = True
        held = watch.holds(value)
        is_fixed = watch.is_closed(value)
        if not (is_fixed and chain):  # else it has been told as what the name was bound to
            self._log.tell_initial(watch, held, chain)
        if is_fixed:
            return
        own = self._interpreter.dict_of(value)
        is_told = contents.is_dict(value) or contents.is_class(value) or self._tells_of_attributes
        if own is not None and is_told:
            self._enter(watch, own, ())
        else:
            watch.value, watch.snapshot = value, held
            self._compare(watch)

    def _enter(self, watch: Watch, fields: dict[Any, Any], path: tuple[Any, ...]) -> int:
        """Watch a dict, and the dicts in it."""
        role = _Content(watch, fields, path)
        self._dicts[watch] = self._dicts.get(watch, 0) + 1
        address = self._hear(fields, role)
        for key, held in list(islice(dict.items(fields), contents.MOST_KEYS)):
            self._enter_child(role, key, held)
        return address

    def _enter_child(self, role: _Content, key: Any, held: Any) -> None:
        if not contents.is_dict(held) or not contents.is_atom(key):
            return
        watch, path = role.watch, (*role.path, key)
        others = self._roles.get(self._interpreter.address_of(held), ())
        is_known = any(each.watch is watch for each in others)  # a dict may hold itself
        if self._dicts.get(watch, 0) < _MOST_DICTS and not is_known and len(path) < _DEEPEST:
            role.children[key] = self._enter(watch, held, path)

    def _rebound(self, role: _Holder, event: int, key: Any, new: Any, frame: FrameType) -> None:
        """A name of the watch is about to stand for something else, or for nothing."""
        watch = role.watch
        name = watch.names[role.level]
        if event == CLONED:
            new = dict.get(key, name, MISSING) if type(key) is dict else MISSING
        elif type(key) is not str and event != CLEARED:
            return
        before = watch.found()
        held = new
        for inner in watch.names[role.level + 1 :]:
            held = MISSING if held is MISSING else contents.attribute(held, inner)
        self._forget(watch, role.level)
        old = "" if before is MISSING else values.summary(before, watch.is_secret)
        text = "" if held is MISSING else values.summary(held, watch.is_secret)
        chain = self._recorder.chain(frame, LONGEST_CHAIN)
        if old or text:
            change = "rebound" if old and text else "bound" if text else "unbound"
            more = self._writer(frame)
            self._log.tell(watch, change, "", old, text, chain, "exact", more)
        if new is not MISSING:
            self._attach(watch, role.level, new, chain)
        elif old:
            watch.why = f"{name} was deleted"

    def _changed(self, role: _Content, event: int, key: Any, new: Any, frame: FrameType) -> None:
        """A watched dict is about to change."""
        watch, fields = role.watch, role.fields
        chain, more = self._recorder.chain(frame, LONGEST_CHAIN), self._writer(frame)
        if event == CLONED:  # it was empty, and another one is merged into it
            if contents.is_dict(key):
                for each, held in list(islice(dict.items(key), contents.MOST_KEYS)):
                    self._tell(role, "added", each, MISSING, held, chain, more)
        elif event == CLEARED:
            for child in role.children.values():
                self._leave(watch, child)
            role.children.clear()
            if dict.__len__(fields):
                at = contents.path_text(role.path) if role.path else ""
                shown = values.summary(fields, watch.is_secret)
                self._log.tell(watch, "cleared", at, shown, "", chain, "exact", more)
        else:
            old = contents.old_value(fields, key)
            counted = self._tell(role, _CHANGES[event], key, old, new, chain, more)
            is_number = type(new) in _NUMBERS and contents.is_atom(key)
            if counted is not None and is_number and counted.fields["change"] == "modified":
                role.frequent[key, identity(frame.f_globals), frame.f_lineno] = counted

    def _tell(
        self,
        role: _Content,
        change: str,
        key: Any,
        old: Any,
        new: Any,
        chain: Chain,
        more: dict[str, str],
    ) -> Counted | None:
        watch, path = role.watch, (*role.path, key)
        is_secret = watch.is_secret or contents.is_secret_path(path)
        before = "" if old is MISSING else values.summary(old, is_secret)
        after = "" if new is MISSING else values.summary(new, is_secret)
        if old is MISSING and change != "added":
            before = "?"
        at = contents.path_text(path)
        if change == "modified" and type(old) in _SCALARS and type(old) is type(new):
            change = "same" if old == new or (old != old and new != new) else change
        counted = self._log.tell(watch, change, at, before, after, chain, "exact", more)
        if contents.is_atom(key) and key in role.children:
            self._leave(watch, role.children.pop(key))
        if new is not MISSING:
            self._enter_child(role, key, new)
        return counted

    def _writer(self, frame: FrameType) -> dict[str, str]:
        """The function outside that wrote, where it was one."""
        code = frame.f_code
        if identity(code) in self._recorder.codes.inside:
            return {}
        name = getattr(code, "co_qualname", None) or code.co_name
        return {"writer": f"{module_of(frame)}.{name}"}

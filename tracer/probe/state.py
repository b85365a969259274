"""Named objects whose changes are told one by one: `--watch MODULE:NAME`."""

from __future__ import annotations

from typing import Any

from . import contents, values
from .recorder import Recorder
from .statics import MISSING

LONGEST_CHAIN = 8
_MOST_OF_A_SITE = 50  # told one by one of one line and key; the rest is counted, the last one told
_MOST_SITES = 20_000

Chain = list[tuple[int, int]]


class Watch:
    """One named object, and what is known of it."""

    __slots__ = (
        "cells",
        "dicts",
        "fields",
        "is_bound",
        "is_name_only",
        "is_secret",
        "module",
        "names",
        "sent",
        "snapshot",
        "spec",
        "value",
        "versions",
        "why",
    )

    def __init__(self, spec: str) -> None:
        self.spec = spec.rstrip("=")
        self.is_name_only = spec != self.spec  # what the object holds is nobody's concern
        self.module, _, name = self.spec.partition(":")
        self.names = name.split(".")
        self.is_secret = contents.is_secret_path(tuple(self.names))
        self.fields: dict[str, Any] | None = None  # of the module
        self.is_bound = False
        self.value: Any = MISSING  # what is compared, kept alive for it
        self.snapshot: contents.Snapshot | None = None  # what that held
        self.dicts: list[Any] = []  # those whose versions tell whether anything changed
        self.cells: list[Any] = []  # where the versions stand; empty: they do not tell
        self.versions: list[int] = []
        self.why = f"no module {self.module} was imported"  # there is nothing to watch
        self.sent: tuple[str, str] | None = None

    def found(self) -> Any:
        """What the name stands for now, or `MISSING`; then `why` says why it stands for nothing."""
        value: Any = MISSING
        if self.fields is not None:
            value = dict.get(self.fields, self.names[0], MISSING)
            if value is MISSING:
                self.why = f"no {self.names[0]} in {self.module}"
        for position, name in enumerate(self.names[1:], 1):
            if value is MISSING:
                break
            value = contents.attribute(value, name)
            if value is MISSING:
                self.why = f"no {name} in {self.module}:{'.'.join(self.names[:position])}"
        return value

    def let_go(self) -> None:
        """Keep nothing of the target alive."""
        self.fields, self.value, self.snapshot = None, MISSING, None
        self.cells, self.dicts = [], []

    def holds(self, value: Any) -> contents.Snapshot:
        """What is told of an object that the name stands for."""
        if self.is_name_only:
            return {"": (values.summary(value, self.is_secret), 0)}
        return contents.contents(value, self.is_secret)

    def is_closed(self, value: Any) -> bool:
        """Whether nothing in the object is watched."""
        return self.is_name_only or contents.is_fixed(value)

    def is_as_before(self) -> bool:
        """Whether nothing changed as far as versions tell; False also where there are none."""
        return bool(self.cells) and [cell[0] for cell in self.cells] == self.versions


class Counted:
    """Changes of one kind to one key at one line that are told no more one by one."""

    __slots__ = ("chain", "fields", "is_secret", "new", "old", "sent", "times")

    def __init__(self, chain: Chain, fields: dict[str, Any], is_secret: bool) -> None:
        self.chain = chain
        self.fields = fields
        self.is_secret = is_secret
        self.times = 0
        self.sent = 0
        self.old: Any = MISSING  # of the last one, where they are numbers or short texts
        self.new: Any = MISSING

    def told(self) -> dict[str, Any]:
        """The last one, and how many they were."""
        fields = {**self.fields, "times": self.times}
        if self.new is not MISSING:
            fields["old"] = values.summary(self.old, self.is_secret)
            fields["new"] = values.summary(self.new, self.is_secret)
        return fields


class StateLog:
    """What is told of watched objects; equal changes at one line are counted after a while."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self._times: dict[Any, int] = {}
        self._more: dict[Any, Counted] = {}

    def tell(
        self,
        watch: Watch,
        change: str,
        key: str,
        old: str,
        new: str,
        chain: Chain,
        how: str,
        more: dict[str, Any],
    ) -> Counted | None:
        """One change, or one more of its kind at its line; then it may be counted there as well."""
        fields: dict[str, Any] = {
            "object": watch.spec,
            "change": change,
            "key": key,
            "old": old,
            "new": new,
            "how": how,
            **more,
        }
        site = (watch.spec, change, key, chain[0] if chain else None)
        times = self._times.get(site, 0) + 1
        if times > 1 or len(self._times) < _MOST_SITES:
            self._times[site] = times
        if times <= _MOST_OF_A_SITE:
            self._recorder.tell("state", chain, fields)
            return None
        counted = self._more.get(site)
        if counted is None:
            is_secret = watch.is_secret or values.is_secret_name(key)
            counted = self._more[site] = Counted(chain, fields, is_secret)
        counted.fields, counted.new = fields, MISSING
        counted.times += 1
        return counted

    def tell_initial(self, watch: Watch, held: contents.Snapshot, chain: Chain) -> None:
        """What an object holds when it is found."""
        items = [[key, text] for key, (text, _) in held.items()]
        fields = {"object": watch.spec, "change": "initial", "items": items}
        self._recorder.tell("state", chain, fields)

    def tell_counted(self, is_last: bool) -> None:
        """How often the frequent ones came, each time it has doubled, and at the end."""
        for counted in list(self._more.values()):
            times = counted.times
            if times > counted.sent and (is_last or times >= 2 * counted.sent):
                counted.sent = times
                self._recorder.tell("state_more", counted.chain, counted.told())

    def tell_of(self, watch: Watch, how: str, is_last: bool) -> None:
        """How an object is watched, or at the end why it is not, once."""
        if not how and is_last:
            watch.found()  # says why there is nothing
        state = how, "" if how else watch.why
        if state != watch.sent and (how or is_last):
            watch.sent = state
            fields = {"object": watch.spec, "how": state[0], "why": state[1]}
            self._recorder.tell("watch", [], fields)

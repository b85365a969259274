"""What was seen so far, and its way to disk.

Hooks add to plain tables, which is all that the target waits for; a thread of our own writes what
is new every so often. All counted things share one table: its order is that of first sightings.
"""

from __future__ import annotations

import _thread
import os
import time
from _operator import attrgetter
from collections import defaultdict
from collections.abc import Callable, Sequence
from types import CodeType, FrameType
from typing import Any

from .accelerated import Told
from .codes import Codes, identity
from .definitions import Definitions
from .job import to_json
from .log import Log
from .signals import raise_again
from .taps import TapTable

_UNHEARD = (
    "object.__getattr__",
    "sys._getframe",
    "builtins.id",
)  # our own hooks raise most of them
_SHORTEST_WAIT_S = 0.01
_LONGEST_WAIT_S = 0.1
_LONGEST_TURN_S = 30  # of a thread that writes; on a busy machine it waits long for the processor
_STILL_WRITING = "what came last may be missing: a part of the log took too long to write"
_MOST_KEYS = 500_000
_MOST_HAPPENINGS = 20_000  # of one kind
_start_new_thread = _thread.start_new_thread
_now, _sleep, _stat = time.monotonic, time.sleep, os.stat
_get_ident = _thread.get_ident
_native_id = getattr(_thread, "get_native_id", _thread.get_ident)


class Recorder:
    """The tables of one run, and the thread that writes them down."""

    def __init__(self, log: Log, codes: Codes, taps: TapTable, budget_s: float | None) -> None:
        self.codes = codes
        self.taps = taps
        self.counts: defaultdict[tuple[Any, ...], int] = defaultdict(int)
        self.tree: list[tuple[int, int, int, int, int, int, int]] = []
        self.tree_ended: list[tuple[int, int]] = []
        self.tree_raised: list[tuple[int, str]] = []
        self.cut: dict[str, int] = {}  # happenings beyond the bound, by kind
        self.dropped = 0
        self.why_stopped = ""
        self._why_missed = ""
        self.stop_hooks: Callable[[], None] = lambda: None
        self.collect_more: Callable[[bool], None] = lambda is_last: None  # what is told in sums
        self.escaped: BaseException | None = None  # raised out of a hook, as by a signal handler
        self.arrived: list[int] = []  # signals that came while a hook ran
        self.follows_children = False
        self.log_limit: int | None = None  # bytes
        self.effects: Any = None  # an `Effects`, before the first hook runs
        self.has_trace_function = False  # ours is one, which others may take off
        self.own_changes = 0  # trace functions being set by ourselves at this moment
        self.drain_stream: Callable[[], None] | None = None
        self.restart_stream: Callable[[], None] | None = None  # in a fork
        self.ending: Any = None  # an `Ending`, in a followed child
        self.is_starting = False  # our own thread is being started at this moment
        self.on_event: dict[str, Callable[[tuple[Any, ...]], None]] = {}  # by audit event
        self.unheard = set(_UNHEARD)  # audit events that are nobody's business
        self._clock_0 = time.perf_counter_ns()
        self._kept: Any = None
        self._notes: list[str] = []
        self._happenings: list[tuple[str, Sequence[tuple[int, int]], dict[str, Any]]] = []
        self._happened: defaultdict[str, int] = defaultdict(int)
        self._log = log
        self._budget_s = budget_s
        self._deadline: float | None = None
        self._sent: dict[tuple[Any, ...], int] = {}
        self._definitions = Definitions(log, codes)
        self._lines_sent: dict[int, set[int]] = {}
        self._hidden_sent = 0
        self._later_sent: set[tuple[int, int, int]] = set()
        self._flushing = _thread.allocate_lock()
        self._flusher = 0  # the thread that holds it
        self._wake = _thread.allocate_lock()
        self._ended = _thread.allocate_lock()
        self.accelerator: Any = None  # the module in C, where there is one
        self.offset_in: Callable[[FrameType], int] = attrgetter("f_lasti")  # that of a call
        self.keeps_tree = False
        self.told: Told | None = None  # what it was told, and has to tell
        self._is_paused = False
        self.is_busy = False  # the log is being closed, or begun anew: no signal may end us there
        self._thread_id = 0
        self._scan_s = 0.0  # what looking through all counts took last
        self._is_closed = False

    @property
    def deadline(self) -> float | None:
        """When the time budget ends, on the clock that all processes share; None: never."""
        return self._deadline

    @deadline.setter
    def deadline(self, moment: float | None) -> None:
        self._deadline = moment

    @property
    def is_stopped(self) -> bool:
        return bool(self.why_stopped) or self._is_closed

    @property
    def is_paused(self) -> bool:
        """Whether the next audit event has to start our own thread again."""
        return self._is_paused

    @is_paused.setter
    def is_paused(self, value: bool) -> None:
        self._is_paused = value
        if self.accelerator is not None:
            self.accelerator.pause(value)

    def accelerate(self, c: Any) -> None:
        """Have the module in C do what it can."""
        self.accelerator, self.told = c, Told(c)
        self.offset_in = c.offset_in

    @property
    def is_writing(self) -> bool:
        """Whether our own thread is there."""
        return self._wake.locked()

    def log(self, record: dict[str, Any], is_large: bool = False) -> None:
        """Queue a record that is complete as it is; a large one is written at once."""
        self._log.add(record)
        if is_large:
            self._log.write()

    def number_of(self, code: CodeType) -> int:
        """The number in the log of a code object of the namespace."""
        return self._definitions.code(identity(code))

    def exclusively(self, deed: Callable[[], None]) -> None:
        """Do something that must not meet the writing thread at its work."""
        if self._flusher == _get_ident():
            deed()
            return
        if not self._flushing.acquire(True, _LONGEST_TURN_S):
            self.miss(_STILL_WRITING)
            deed()
            return
        try:
            self._flusher = _get_ident()
            deed()
        finally:
            self._flusher = 0
            self._flushing.release()

    def mark(self, record: dict[str, Any]) -> None:
        """Write a record that parts what was counted so far from what is counted from here on."""
        if self.is_stopped:
            return
        is_ours = self._flusher != _get_ident() and self._flushing.acquire(True, _LONGEST_TURN_S)
        if not is_ours:
            self.note("calls of some tests could not be told from those of the next ones")
            self._log.add(record)
            return
        try:
            self._flusher = _get_ident()
            self._collect_counts()
            self._log.add(record)
        finally:
            self._flusher = 0
            self._flushing.release()

    def note(self, text: str) -> None:
        """Say something about this recording that a reader must know."""
        if text not in self._notes and len(self._notes) < 100:
            self._notes.append(text)
            self._log.add({"t": "note", "text": text})

    def miss(self, text: str) -> None:
        """Say that a part of the run is not recorded, which goes on otherwise."""
        self.note(text)
        self._why_missed = self._why_missed or text

    def happened(
        self, kind: str, frame: FrameType | None, fields: dict[str, Any], longest_chain: int = 1
    ) -> None:
        """Something happened that is told one by one, in order: an effect, a write to state.

        Safe in an audit hook and in callbacks of either back end.

        Args:
            kind: The record's kind in the log, its `t`.
            frame: Where it happened; the nearest frames of the namespace from this one on are kept.
            fields: What a line of JSON can hold; names that the log uses itself are `t`, `chain`.
            longest_chain: How many frames of the namespace are kept, the nearest first.
        """
        self.tell(kind, self.chain(frame, longest_chain), fields)

    def chain(self, frame: FrameType | None, longest: int) -> list[tuple[int, int]]:
        """The nearest frames of the namespace: the identity of the code, and the offset."""
        inside = self.codes.inside
        chain: list[tuple[int, int]] = []
        while frame is not None and len(chain) < longest:
            code_id = identity(frame.f_code)
            if code_id in inside:
                chain.append((code_id, self.offset_in(frame)))
            frame = frame.f_back
        return chain

    def tell(self, kind: str, chain: Sequence[tuple[int, int]], fields: dict[str, Any]) -> None:
        """As `happened`, for a chain that is known; there is at least one field."""
        if self.why_stopped or self._is_closed:
            return
        self._happened[kind] += 1
        if self._happened[kind] > _MOST_HAPPENINGS:
            self.cut[kind] = self.cut.get(kind, 0) + 1
            return
        self._happenings.append((kind, chain, fields))

    def keep(self, things: Any) -> None:
        """Keep something alive as long as the recorder."""
        self._kept = things

    def resume(self) -> None:
        """Write on after a pause."""
        self.is_paused = False
        self.unheard.update(_UNHEARD)
        if self.is_stopped:
            return
        try:
            self.start()
        except Exception:  # no more threads: what is left is written at the end
            self.note("the log was written only at the end")

    def start(self) -> None:
        """Begin to write; the time budget runs from here."""
        if self._budget_s is not None and self._deadline is None:
            self._deadline = _now() + self._budget_s
        self._wake.acquire(False)
        self._ended.acquire(False)
        self.is_starting = True
        try:
            _start_new_thread(self._write_on, ())
        finally:
            self.is_starting = False

    def pause(self) -> None:
        """End the writing thread, so that this process is as single-threaded as the target is.

        Once `is_paused` is set, after the fork, the next audit event starts it again: later than
        `fork` counts threads, to warn of them. Our own hooks raise such events, too.
        """
        self._end_thread()
        self.unheard.clear()
        self.is_paused = False

    def _end_thread(self) -> None:
        if self._wake.locked() and not self.is_paused:
            self._wake.release()
            self._ended.acquire(True, 2)
            self._await_thread_end()
        self.flush()

    def _await_thread_end(self) -> None:
        """Wait until the system, too, has seen the last of our thread: `fork` counts threads."""
        path = f"/proc/self/task/{self._thread_id}"
        for _ in range(200):
            try:
                _stat(path)
            except OSError:
                return
            _sleep(0.0001)

    def stop(self, why: str) -> None:
        """Record no more; the program goes on."""
        if not self.is_stopped:
            self.collect_more(True)
            self.why_stopped = why
            self._log.add({"t": "stopped", "why": why})  # a kill later leaves no footer to say it
            self.stop_hooks()
            self.codes.forget()

    def abandon(self) -> None:
        """This process is a fork: the log belongs to its parent."""
        self._is_closed = True
        if self.ending is not None:
            self.ending.end()
        self._flushing = _thread.allocate_lock()  # a thread that held it is not here
        self.stop_hooks()
        self._log.close()
        self.is_busy = False
        self.raise_arrived()

    def begin_anew(self, log: Log, header: dict[str, Any]) -> None:
        """This process is a fork with a log of its own: what was seen so far is its parent's."""
        self.is_busy = True
        self._log.close()
        self._log = log
        self._flushing, self._wake, self._ended = (_thread.allocate_lock() for _ in range(3))
        for table in (self.counts, self.cut, self._happened):
            table.clear()
        for found in (self.tree, self.tree_ended, self.tree_raised, self._happenings, self._notes):
            found.clear()
        self._definitions.begin_anew(log)
        self._sent = {}
        self._lines_sent = {key: entry.lines.copy() for key, entry in self.codes.inside.items()}
        for tap in self.taps.taps:
            tap.forget()
        if self.effects is not None:
            self.effects.telling.anew()
        self.dropped = self._flusher = 0
        self._why_missed = ""
        log.add(header)
        log.write()
        if self.restart_stream is not None:
            self.restart_stream()
        if self.told is not None:
            self.told.anew()
        self.is_paused = True
        self.is_busy = False
        self.raise_arrived()

    def raise_arrived(self) -> None:
        """Raise the signals again that came while no hook of ours could."""
        while self.arrived:
            (_,) = map(raise_again, (self.arrived.pop(),))

    def before_exec(self) -> None:
        """The process is about to be replaced; nothing of it comes after that."""
        self.flush_all()
        self._log.add(self._footer(self._why_incomplete()))
        self._log.write()

    def after_failed_exec(self) -> None:
        """It goes on."""
        self._log.add(self._footer("the log has no footer after a failed os.exec"))
        self._log.write()

    def close(self) -> None:
        """Write the rest and the footer."""
        if self._is_closed or self.is_busy:
            return
        self.is_busy = True
        self.collect_more(True)
        if _native_id() == self._thread_id:
            self.flush()
        else:
            self._end_thread()
        self._is_closed = True
        self.stop_hooks()
        self._log.add(self._footer(self._why_incomplete()))
        self._log.write()
        self._log.close()
        if self.ending is not None:
            self.ending.end()
        self.is_busy = False
        self.raise_arrived()

    def _why_incomplete(self) -> str:
        return self.why_stopped or self._log.trouble or self._why_missed

    def _footer(self, why: str) -> dict[str, Any]:
        return {
            "t": "footer",
            "complete": not why,
            "why_incomplete": why,
            "dropped": self.dropped,
            "cut": self.cut,
        }

    def flush_all(self) -> None:
        """Write all that there is: the stream gives what it holds at the turn after."""
        self.flush()
        self.flush()

    def flush(self) -> None:
        """Write what is new. Does nothing when it is already at it, as in a signal handler."""
        if self._is_closed or self._flusher == _get_ident():
            return
        if not self._flushing.acquire(True, _LONGEST_TURN_S):
            self.miss(_STILL_WRITING)
            return
        try:
            self._flusher = _get_ident()
            self._collect()
            self._log.write()
            if self._log.trouble:
                self.stop(self._log.trouble)
            elif self.log_limit is not None and self._log.written > self.log_limit:
                self.stop(f"log limit of {self.log_limit} bytes reached")
            elif len(self.counts) > _MOST_KEYS:
                self.stop(f"more than {_MOST_KEYS} distinct edges")
        except Exception as error:  # Never raise into the target.
            self.dropped += 1
            self.note(f"a part of the log could not be written: {type(error).__name__}")
        finally:
            self._flusher = 0
            self._flushing.release()

    def _write_on(self) -> None:
        self._thread_id = _native_id()
        _block_signals()
        wait = _SHORTEST_WAIT_S
        while True:
            until_deadline = self._deadline - _now() if self._deadline is not None else wait
            if self._wake.acquire(True, max(0.0, min(wait, until_deadline))):
                break
            if self._deadline is not None and _now() >= self._deadline:
                self._deadline = None
                self.stop(f"time budget of {self._budget_s:g} s reached")
            self.flush()
            if self.ending is not None:
                self.ending.look()
            # Looking through all counts takes at most about a twentieth of the time.
            wait = max(min(wait * 2, _LONGEST_WAIT_S), 20 * self._scan_s)
        self._ended.release()

    def _collect(self) -> None:
        self._collect_counts()
        self.collect_more(False)
        self._collect_happenings()
        self._collect_tree()
        self._collect_lines()
        self._collect_hidden()
        self._collect_later()
        for tap in self.taps.taps:
            news = tap.news()
            if news is not None:
                self._log.add({"t": "tap", **news})

    def _collect_counts(self) -> None:
        if self.drain_stream is not None:
            self.drain_stream()
        began = _now()
        if self.told is not None:
            self.dropped += self.told.counted(self.counts)
            if self.told.were_frames_taken():
                self.miss(
                    "native code set a frame evaluation function in place of ours;"
                    " calls between that and when it was noticed may be missing"
                )
        counts = _copied(self.counts)
        sent = self._sent
        known = len(sent)
        fresh: list[tuple[Any, ...]] = []
        deltas: list[list[int]] = []
        for number, (key, count) in enumerate(counts.items(), 1):
            before = 0
            if number > known:
                fresh.append(key)
            else:
                before = sent[key]
            if count != before:
                deltas.append([number, count - before])
        self._scan_s = _now() - began
        for number, key in enumerate(fresh, known + 1):
            self._definitions.define(number, key)
        if deltas:
            self._log.add({"t": "count", "add": deltas})
        self._sent = counts

    def _collect_happenings(self) -> None:
        if self.effects is not None:
            for line in self.effects.telling.records(self._definitions):
                self._log.add_text(line)
        size = len(self._happenings)
        for kind, chain, fields in self._happenings[:size]:
            places = self._definitions.chain(chain)
            self._log.add_text(f'{{"t":"{kind}","chain":{places},{to_json(fields)[1:]}')
        del self._happenings[:size]

    def _collect_tree(self) -> None:
        tree, raised, definitions = self.tree, self.tree_raised, self._definitions
        positions, numbers = definitions.positions, definitions.numbers
        size, ends = len(tree), len(raised)
        if size:
            calls = []
            for node, parent, callee, offset, caller, through, began in tree[:size]:
                if (caller, offset) not in positions:  # asked here: there are many calls
                    definitions.position(caller, offset)
                number = numbers.get(callee) or definitions.code(callee)
                through = through and definitions.code(through)
                since = (began - self._clock_0) // 1000
                calls.append(f"[{node},{parent},{number},{offset},{through},{since}]")
            self._log.add_text('{"t":"tree","calls":[' + ",".join(calls) + "]}")
            del tree[:size]
        ended = self.tree_ended
        if stretch := len(ended):
            at = ",".join(
                f"[{node},{(ns - self._clock_0) // 1000}]" for node, ns in ended[:stretch]
            )
            self._log.add_text('{"t":"tree_ended","at":[' + at + "]}")
            del ended[:stretch]
        if self.told is not None and self.keeps_tree:
            for line in self.told.tree(self, self._clock_0):
                self._log.add_line(line)
            ends = len(raised)
        if ends:
            self._log.add({"t": "tree_raised", "ends": [list(each) for each in raised[:ends]]})
            del raised[:ends]

    def _collect_hidden(self) -> None:
        met = self.codes.generated.met
        for code, module, rule in met[self._hidden_sent :]:
            of = code.co_name[len(rule["prefix"]) :] if rule["prefix"] else ""
            name = self._definitions.qualname(code)
            self._log.add(
                {
                    "t": "hidden",
                    "library": rule["library"],
                    "module": module,
                    "name": name,
                    "of": of,
                }
            )
            self._hidden_sent += 1

    def _collect_later(self) -> None:
        """Say who handed over what has run by now."""
        given, definitions = self.codes.later.given, self._definitions
        if len(given) == len(self._later_sent):
            return
        for key in list(given):
            what, who, offset = key
            if key in self._later_sent or what not in self.codes.inside:
                continue
            self._later_sent.add(key)
            definitions.position(who, offset)
            self._log.add(
                {
                    "t": "later",
                    "code": definitions.code(what),
                    "by": definitions.code(who),
                    "at": offset,
                }
            )

    def _collect_lines(self) -> None:
        if self.told is not None:
            self.told.infer_lines()
        for code_id, entry in list(self.codes.inside.items()):
            before = self._lines_sent.get(code_id)
            if before is not None and len(before) == len(entry.lines):
                continue
            if before is None and not entry.lines:
                continue
            now = entry.lines.copy()
            fresh = sorted(now - before if before else now)
            self._lines_sent[code_id] = now
            self._log.add({"t": "lines", "code": self._definitions.code(code_id), "add": fresh})


def _copied(counts: dict[tuple[Any, ...], int]) -> dict[tuple[Any, ...], int]:
    """A copy at one moment; another thread may be adding."""
    while True:
        try:
            return dict(counts)
        except RuntimeError:  # changed size while a garbage collection ran
            continue


def _block_signals() -> None:
    """Signals belong to the target's threads."""
    try:
        import _signal  # type: ignore[import-not-found]

        _signal.pthread_sigmask(_signal.SIG_BLOCK, _signal.valid_signals())
    except Exception:
        pass

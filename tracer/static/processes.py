"""Work in several processes, of which this one is the first."""

from __future__ import annotations

import atexit
import gc
import multiprocessing
import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from types import ModuleType
from typing import TypeVar

_SWITCH_INTERVAL_S = 0.0002

_Task = TypeVar("_Task")
_Done = TypeVar("_Done")


def usable_cpus() -> int:
    """How many processors this process may use."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def shared_out(
    function: Callable[[_Task], _Done], tasks: Sequence[_Task], helpers: int
) -> Generator[tuple[int, _Done | None], None, None]:
    """Have helpers do tasks from the first on, while the caller does some from the last on.

    Helpers that cannot be started or that die only leave more to the caller.

    Args:
        function: Public in its module, as are the types of what it takes and gives.
        helpers: Processes beside this one.

    Yields:
        Each task once, in no order: its index, and what a helper made of it, or None where the
        caller has to do it before asking for more.
    """
    pool = _pool(helpers)
    switch_interval_s = sys.getswitchinterval()
    # The pool's threads hand out work beside the caller's. At the usual 5 ms for each turn they
    # take longer for a task than its helper does, who waits for half of the time.
    sys.setswitchinterval(_SWITCH_INTERVAL_S)
    try:
        # Handed out by and by, since a pool that breaks does not survive futures that were
        # cancelled: its thread dies of them, and processes stay.
        waiting: deque[tuple[int, Future[_Done]]] = deque()
        first, last = 0, len(tasks)
        is_open = pool is not None
        while first < last or waiting:
            # Towards the end fewer: the caller has nothing left to do while these are done.
            ahead = 2 * helpers if last - first > 4 * helpers else helpers
            while pool is not None and is_open and first < last and len(waiting) <= ahead:
                future = _submitted(pool, function, tasks[first])
                if future is None:
                    is_open = False
                else:
                    waiting.append((first, future))
                    first += 1
            if waiting and (first == last or waiting[0][1].done()):
                number, future = waiting.popleft()
                yield number, _result(future)
            else:
                last -= 1
                yield last, None
    finally:
        sys.setswitchinterval(switch_interval_s)
        if pool is not None:
            pool.shutdown(cancel_futures=True)


def _pool(helpers: int) -> ProcessPoolExecutor | None:
    if helpers < 1 or multiprocessing.current_process().daemon:
        return None
    try:
        return ProcessPoolExecutor(
            helpers,
            # Forking a process that has threads (a progress bar's, a library's) may hang the child;
            # without any it spares each helper an interpreter's start and our imports, 0.1 s.
            mp_context=multiprocessing.get_context("fork" if _has_one_thread() else "spawn"),
            initializer=_prepare_helper,
            initargs=(sys.getrecursionlimit(),),
        )
    except (ImportError, NotImplementedError, OSError):  # No semaphores on this system.
        return None


def _has_one_thread() -> bool:
    """Whether the system knows of no thread but this one; False where it cannot tell."""
    try:
        return len(os.listdir("/proc/self/task")) == 1
    except OSError:
        return False


def _submitted(
    pool: ProcessPoolExecutor, function: Callable[[_Task], _Done], task: _Task
) -> Future[_Done] | None:
    """The task's future; None when no process can be started, or one has died."""
    try:
        with _no_main_module():
            return pool.submit(function, task)
    except (BrokenExecutor, OSError):
        return None


def _result(future: Future[_Done]) -> _Done | None:
    try:
        return future.result()
    except BrokenExecutor:
        return None


@contextmanager
def _no_main_module() -> Iterator[None]:
    """Keep spawned processes from importing the program that was started.

    Ours takes longer to import than what the helpers need; a user's script may not be guarded by
    `if __name__ == "__main__"`, and would run again.
    """
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


def _prepare_helper(recursion_limit: int) -> None:
    sys.setrecursionlimit(recursion_limit)
    gc.disable()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the caller, who ends us.
    atexit.register(os._exit, 0)  # The caller waits; freeing all that was read takes 10 ms more.
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """A pool's process does not notice when its parent is killed, and would wait for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)

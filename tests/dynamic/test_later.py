"""Who handed over what runs later."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tracer.dynamic.edges import edges_document
from tracer.model.recording import Recording

Write = Callable[..., Any]

HANDED = """
    import asyncio, concurrent.futures, functools, os, signal, threading, weakref

    def target(): pass
    def job(x): pass
    def other(x): pass
    def handler(*a): pass
    def last(): pass
    def key(x): return x

    class Worker(threading.Thread):
        def run(self): pass

    async def child(): pass
    async def lone(): pass

    async def parent():
        task = asyncio.create_task(child())  # gives: child
        await asyncio.gather(lone(), lone())  # gives: lone
        await task

    class Thing: pass

    def main():
        signal.signal(signal.SIGUSR1, handler)
        os.kill(os.getpid(), signal.SIGUSR1)
        thread = threading.Thread(target=target)
        thread.start()  # gives: target
        worker = Worker()
        worker.start()  # gives: Worker.run
        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            pool.submit(functools.partial(job, 2))  # gives: job
            pool.submit(job, 3).result()  # gives: job
            list(pool.map(other, [1, 2]))  # gives: other
        asyncio.run(parent())
        weakref.finalize(Thing(), last)  # gives: last
        sorted([2, 1], key=key)

    main()
"""


def _given(recording: Recording) -> set[tuple[int, str]]:
    return {
        (place.line, call.callee.qualname) for call in recording.calls for place in call.started_by
    }


def test_what_runs_later_says_who_handed_it_over(program: Write) -> None:
    """Threads, pools, tasks, finalizers, signals: by function, all places that handed it over."""
    target = program(HANDED)
    recording = target.record()
    assert recording.exit_status == 0 and recording.dropped == 0
    text = (target.root / "main.py").read_text().splitlines()
    expected = {
        (number, line.partition("# gives: ")[2])
        for number, line in enumerate(text, 1)
        if "# gives: " in line
    }
    seen = _given(recording)
    assert seen <= expected
    # Before 3.11 classes of a module cannot be told apart; `monitoring` says what it may miss.
    if recording.backend == "settrace" and "3.10" not in recording.python:
        assert seen == expected
    assert {"target", "Worker.run", "job", "other", "child", "lone"} <= {name for _, name in seen}
    roots = edges_document(recording)["roots"]
    (job,) = [root for root in roots if root["callee"]["qualname"] == "job"]
    assert [place["call_line"] for place in job["started_by"]] == sorted(
        line for line, name in seen if name == "job"
    )


def test_what_is_called_at_once_was_handed_over_by_nobody(program: Write) -> None:
    """The control: a callback that its taker calls, and the gate before a signal handler."""
    recording = program(HANDED).record()
    calls = {call.callee.qualname: call for call in recording.calls}
    assert calls["key"].started_by == ()
    assert calls["main"].started_by == ()
    handler = calls["handler"]
    assert handler.caller and handler.caller.qualname == "main"
    assert handler.through is None


def test_a_user_tells_of_a_taker_of_his_own(program: Write, tmp_path: Path) -> None:
    """Control: without the table nobody is said to have handed the function over."""
    target = program(
        """
        import queue_of_jobs

        def job(): pass

        queue_of_jobs.put(job)
        queue_of_jobs.run()
        """,
        {
            "queue_of_jobs.py": """
                jobs = []
                def put(work):
                    jobs.append(work)
                def run():
                    for work in jobs:
                        work()
            """
        },
    )
    mine = tmp_path / "mine.toml"
    mine.write_text('[later]\n"queue_of_jobs.put" = ["work"]\n')
    told = target.record(namespaces=("pkg",), outside_tables=(mine,))
    assert _given(told) == {(5, "job")}
    assert _given(target.record(namespaces=("pkg",), out="again")) == set()

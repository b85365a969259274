"""The wide reading: every file of a tree, read once and kept as a summary."""

from __future__ import annotations

import gc
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TypeAlias

from tracer.static.file_scan import scan_file
from tracer.static.flat import FileSummary
from tracer.static.sources import SourceText, SourceTree
from tracer.static.summary_cache import SummaryCache, decoded, encoded
from tracer.static.user_cache import read_value, remove, write_value

Bodies: TypeAlias = tuple[bytes | None, ...]

# In characters. Another process takes up to 0.1 s to start, in which 400 000 are read.
_LEAST_SHARED = 1_500_000
_LEAST_SHARE = 750_000  # for each helper
_CHUNK = 100_000
_MOST_HELPERS = 7


def scan_tree(
    tree: SourceTree,
    progress: Callable[[int, int], None] | None = None,
    cache: SummaryCache | None = None,
) -> tuple[FileSummary, ...]:
    """Summarise every file, in the tree's order.

    Files that were read before come from the user's cache; where much is left, other processors
    help. Neither changes what is returned.

    Args:
        progress: Called with (files done, files in all), once a file.
        cache: One that is already open, for a part of a tree; whoever opened it writes it.
    """
    files = len(tree.files)
    opened = SummaryCache(tree.root) if cache is None else cache
    summaries: dict[int, FileSummary] = {}

    def add(file: int, summary: FileSummary) -> None:
        summaries[file] = summary
        if progress is not None:
            progress(len(summaries), files)

    with without_collector():
        missing: list[int] = []
        for file, source in enumerate(tree.files):
            summary = opened.find(source)
            if summary is None:
                missing.append(file)
            else:
                add(file, summary)
        with closing(_scan_files([tree.files[file] for file in missing])) as scanned:
            for number, summary, body in scanned:
                file = missing[number]
                opened.keep(tree.files[file], summary, body)
                add(file, summary)
        if cache is None:
            opened.write()
    return tuple(summaries[file] for file in range(files))


def scan_texts(task: tuple[Sequence[SourceText], Path]) -> Bodies | None:
    """Summarise files for another process, and leave what was found in a file.

    A pipe holds less than this: we would wait until the other process has time to read it.

    Returns:
        None; or what could not be written. Of files with a problem, which may be one of this
        process alone, and of those that cannot be encoded there is none.
    """
    sources, file = task
    summaries = map(scan_file, sources)
    bodies = tuple(None if summary.problem else encoded(summary) for summary in summaries)
    return None if write_value(file, bodies) else bodies


def _scan_files(
    sources: Sequence[SourceText],
) -> Generator[tuple[int, FileSummary, bytes | None], None, None]:
    """Each file's index, summary and, if another process has read it, encoded summary."""
    size = sum(len(source.text) for source in sources)
    helpers = 0
    if size >= _LEAST_SHARED:
        # Not before: what starts processes takes longer to load than a few files to read.
        from tempfile import TemporaryDirectory

        from tracer.static.processes import shared_out, usable_cpus

        helpers = min(usable_cpus() - 1, _MOST_HELPERS, size // _LEAST_SHARE)
    if helpers < 1:
        for number, source in enumerate(sources):
            yield number, scan_file(source), None
        return
    with TemporaryDirectory(prefix="tracer-", ignore_cleanup_errors=True) as folder:
        chunks = list(_chunks(sources))
        files = [Path(folder, str(index)) for index in range(len(chunks))]
        tasks = [
            ([sources[number] for number in chunk], file)
            for chunk, file in zip(chunks, files, strict=True)
        ]
        with closing(shared_out(scan_texts, tasks, helpers)) as shared:
            for index, given in shared:
                bodies = given or _left(files[index], len(chunks[index]))
                for number, body in zip(chunks[index], bodies, strict=True):
                    summary = None if body is None else decoded(body)
                    yield number, summary or scan_file(sources[number]), body


def _left(file: Path, count: int) -> Bodies:
    """What a helper has left there; nothing of each where it did not come to that."""
    bodies = read_value(file)
    remove(file)
    return bodies if isinstance(bodies, tuple) and len(bodies) == count else (None,) * count


def _chunks(sources: Sequence[SourceText]) -> Iterator[range]:
    """Neighbouring files, a little more than `_CHUNK` of text together."""
    start = size = 0
    for number, source in enumerate(sources, start=1):
        size += len(source.text)
        if size > _CHUNK or number == len(sources):
            yield range(start, number)
            start, size = number, 0


@contextmanager
def without_collector() -> Iterator[None]:
    """Reading makes no cycles worth collecting, and takes thrice as long with the collector."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        # What was read lives as long as the graph does: the collector need not walk it, now or at
        # the end of the process, which took a third of the time on 100 kLoC.
        gc.freeze()
        if was_enabled:
            gc.enable()

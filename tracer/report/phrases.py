"""One-line statements of the evidence, for pages where a line is all there is.

Every function takes the style of the document that it speaks in.
"""

from __future__ import annotations

import shlex
from collections import defaultdict
from collections.abc import Sequence

from tracer.model.evidence import Candidate, PathAnswer, TapResult, TreeState
from tracer.model.graph import Effect
from tracer.model.plan import Workload
from tracer.report.counted import plural
from tracer.report.file_links import FileLink
from tracer.report.names import Names
from tracer.report.quoting import Style, clipped
from tracer.report.stops import WayVerdicts
from tracer.report.ways import Sink, Trunk, Way

_HOPS_SHOWN = 8
_SINKS_SHOWN = 6
_SIGNALS_SHOWN = 3
_ENTRIES_SHOWN = 3
_SIBLINGS_SHOWN = 4
_CALLERS_SHOWN = 2
_OBSERVED_CHARACTERS = 60


def command(workload: Workload) -> str:
    """The run as a shell would take it; what was no command says what it was."""
    if not workload.argv and workload.name:
        return workload.reason
    return shlex.join(("python", *workload.argv))


def candidate_phrase(candidate: Candidate, names: Names, style: Style) -> str:
    """Who it is, where, and why."""
    signals = ", ".join(signal.name for signal in candidate.signals[:_SIGNALS_SHOWN])
    more = len(candidate.signals) - _SIGNALS_SHOWN
    if more > 0:
        signals += f" and {plural(more, 'more signal')}"
    place = names.place(candidate.function)
    role = candidate.role or "selected"
    return (
        f"{style.code(names.short(candidate.function))} {style.code(place)}: {style.text(role)}"
        + (f" ({style.text(signals)})" if signals else "")
    )


def trunk_phrase(trunk: Trunk, verdicts: WayVerdicts, names: Names, style: Style) -> str:
    """The way from the entry point, then the sinks with their places."""
    way = [trunk.entry, *(hop.callee for hop in trunk.hops)]
    shown = [style.code(names.short(step)) for step in way]
    if len(shown) > _HOPS_SHOWN:
        hidden = len(shown) - _HOPS_SHOWN + 1
        shown = [*shown[:4], f"({hidden} more)", *shown[-(_HOPS_SHOWN - 5) :]]
    told = verdicts.phrase(trunk, names, style, trunk.verdict)
    return f"{' → '.join(shown)}: {sinks_phrase(trunk.sinks, style)} · {told}"


def way_phrase(way: Way, verdicts: WayVerdicts, names: Names, style: Style) -> str:
    """The best way to the sinks, and how many others there are, from where."""
    text = trunk_phrase(way.trunk, verdicts, names, style)
    if way.other_ways:
        text += f"; {plural(way.other_ways, 'more way')}"
    if way.other_entries:
        shown = [style.code(names.short(entry)) for entry in way.other_entries[:_ENTRIES_SHOWN]]
        more = len(way.other_entries) - _ENTRIES_SHOWN
        text += f", also from {', '.join(shown)}" + (f" and {more} more" if more > 0 else "")
    return text


def sinks_phrase(sinks: Sequence[Sink], style: Style) -> str:
    """`dill.dump` at its lines, then the next operation."""
    lines: dict[tuple[str, str], set[int]] = defaultdict(set)
    for sink in sinks:
        lines[_sink_name(sink), sink.path].add(sink.line)
    parts = [
        f"{style.code(name)} {style.code(path + ':' + ','.join(map(str, sorted(found))))}"
        for (name, path), found in lines.items()
    ]
    more = len(parts) - _SINKS_SHOWN
    return ", ".join(parts[:_SINKS_SHOWN]) + (f" and {more} more" if more > 0 else "")


def effect_phrase(effect: Effect, names: Names, style: Style) -> str:
    """What one place does."""
    says_it = not effect.subject or effect.operation.startswith(effect.subject)
    target = "" if says_it else f" on {style.code(effect.subject)}"
    return (
        f"{effect.kind} {style.code(effect.operation)}{target} at {style.code(str(effect.anchor))} "
        f"in {style.code(names.short(effect.function))}"
    )


def path_phrase(
    answer: PathAnswer, names: Names, style: Style, links: Sequence[FileLink] = ()
) -> str:
    """A path, or NO PATH with what stands instead: two that no call joins may share a file."""
    ends = (
        f"from {style.code(names.short(answer.source))} to {style.code(names.short(answer.target))}"
    )
    if answer.is_path:
        steps = [answer.source, *(hop.callee for hop in answer.hops)]
        return f"path {ends}: " + " → ".join(style.code(names.short(step)) for step in steps)
    if answer.fitting:
        first, *rest = answer.fitting
        beside = f" (and {len(rest)} more)" if rest else ""
        text = (
            f"NOT FOUND: a path {ends}; what {style.code(str(first))}{beside} calls by that name "
            "is not known"
        )
    else:
        text = f"NO PATH {ends}"
    if told := _link_phrase(answer, names, style, links):
        text += f" by calls; {told}"
    if answer.sibling_callers:
        named = [style.code(names.short(caller)) for caller in answer.sibling_callers]
        others = len(named) - _CALLERS_SHOWN
        callers = ", ".join(named[:_CALLERS_SHOWN]) + (f" and {others} more" if others > 0 else "")
        shown = [style.code(str(anchor)) for anchor in answer.siblings[:_SIBLINGS_SHOWN]]
        more = len(answer.siblings) - _SIBLINGS_SHOWN
        places = ", ".join(shown) + (f" and {more} more" if more > 0 else "")
        text += f"; siblings, both led to from {callers}" + (f" at {places}" if places else "")
    return text + f" ({plural(answer.open_sites, 'open call site')} among what the source reaches)"


def _link_phrase(answer: PathAnswer, names: Names, style: Style, links: Sequence[FileLink]) -> str:
    """What the one writes and the other reads; what runs saw before what was read."""
    ends = {answer.source, answer.target}
    found = [link for link in links if {link.writer, link.reader} == ends]
    if not found:
        return ""
    first = found[0]
    more = f" and {len(found) - 1} more" if len(found) > 1 else ""
    how = f" in run {style.text(first.run)}" if first.run else " by reading"
    return (
        f"{style.code(names.short(first.writer))} writes {style.code(first.name)}{more} at "
        f"{style.code(first.written_at)}, which {style.code(names.short(first.reader))} reads at "
        f"{style.code(first.read_at)}{how}"
    )


def tap_phrase(result: TapResult, style: Style) -> str:
    """A tap with its place and what came of it."""
    tap = result.tap
    expected = f", expected {style.code(tap.expected)}" if tap.expected else ""
    seen = clipped(" | ".join(result.observed), _OBSERVED_CHARACTERS)
    observed = f", observed {style.code(seen)}" if seen else ""
    place = style.code(f"{tap.path}:{tap.line}")
    return (
        f"{style.code(tap.key)} = {style.code(tap.expression)} {tap.moment} {place}"
        f"{expected}: {result.outcome}{observed}"
    )


def tree_phrase(tree: TreeState, style: Style) -> str:
    """Which tree was read."""
    commit = "no commit: the root is not the top of a git work tree"
    if tree.commit:
        state = {True: "dirty", False: "clean", None: "dirty or clean is not known"}[tree.is_dirty]
        commit = f"commit {style.code(tree.commit[:12])}, {state}"
    return f"{style.code(tree.name)} {commit}, tree digest {style.code(tree.digest[:12])}"


def _sink_name(sink: Sink) -> str:
    return sink.operation or sink.callee.rpartition("::")[2]

"""The answer in short lines, for a page and for a terminal that are read in a minute.

Every function takes the style of the document that it speaks in and the width of its lines.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from tracer.model.evidence import ArtifactLayout, EdgeVerdict, Evidence, ReconciledEdge
from tracer.model.graph import Effect
from tracer.model.source import Anchor, FunctionId, path_of
from tracer.report.artifact_pairs import ArtifactPair, MemberPair
from tracer.report.components import folder_and_name
from tracer.report.file_links import FileLink
from tracer.report.leads import Contrast, Lead, artifact_names
from tracer.report.names import Names, hop_place
from tracer.report.quoting import Style, clipped
from tracer.report.stops import WayVerdicts
from tracer.report.strength import is_seen
from tracer.report.ways import Sink

_PAYLOAD_CHARACTERS = 40
_MORE = 50  # for lines that a break would tear apart
_NAME_CHARACTERS = 80
_CODE_SPAN = re.compile(r"(?<!`)(`+)(?!`).+?(?<!`)\1(?!`)")
_DOTTED = re.compile(r"[\w.]*\w")
_OPENS = "builtins.open"
_SEEN_READERS = 2


def lead_lines(
    lead: Lead, evidence: Evidence, names: Names, style: Style, width: int
) -> tuple[str, ...]:
    """The way with its calls, then what each function on it does, in order of the source."""
    return (
        *chain_lines(lead, evidence, names, style, width),
        *(
            line
            for owner, sinks in lead.holders
            for line in _holder_lines(owner, sinks, lead, evidence, names, style, width + _MORE)
        ),
    )


def chain_lines(
    lead: Lead, evidence: Evidence, names: Names, style: Style, width: int
) -> tuple[str, ...]:
    """`a` → `b` → `c`, the places of the calls, the verdict, and who else leads there."""
    way = " → ".join(_name(names.short(step), style) for step in lead.steps)
    verdict = _verdict(lead, evidence, names, style)
    if lead.trunk.hops:
        places = _places((hop_place(hop) for hop in lead.trunk.hops), style)
        head = f"{way}: {verdict}, calls at {places}"
    else:
        place = style.code(names.place(lead.trunk.entry))
        head = f"{way} {place}: {verdict}"
        if is_seen(lead.trunk.verdict):
            head += f", {_called_by(seen_calls_of(lead.trunk.entry, evidence), names, style)}"
    lines = [head]
    if len(head) > width and lead.trunk.hops:
        lines = _wrapped(f"{way}: {verdict}".split(" → "), " → ", width)
        lines += _wrapped(places.split(", "), ", ", width, "calls at ")
    if lead.other_entries:
        others = [style.code(names.short(entry)) for entry in lead.other_entries]
        if len(lines) > 1 and len(lines[-1]) < width // 2:
            lines[-1] = _listed(f"{lines[-1]}; also led to from ", others, width)
        else:
            lines.append(_listed("also led to from ", others, width))
    return tuple(lines)


def seen_calls_of(function: FunctionId, evidence: Evidence) -> tuple[ReconciledEdge, ...]:
    """The calls of a function that a run saw, the most frequent first."""
    seen = [e for e in evidence.edges if e.callee == function and is_seen(e.verdict)]
    return tuple(sorted(seen, key=lambda edge: (-edge.calls, edge.caller, edge.line)))


def _called_by(calls: Sequence[ReconciledEdge], names: Names, style: Style) -> str:
    if not calls:
        return "by whom is not shown by the run"
    first = calls[0]
    place = f"{path_of(first.caller)}:{first.line}"
    more = f" and {len(calls) - 1} more" if len(calls) > 1 else ""
    return f"called by {_name(names.short(first.caller), style)} at {style.code(place)}{more}"


def artifact_lines(
    pair: ArtifactPair, names: Names, style: Style, width: int, links: Sequence[FileLink] = ()
) -> tuple[str, ...]:
    """The artefact as a compact tree: who writes and reads it, its members, whence its name.

    Args:
        links: What runs saw of it.
    """
    known = artifact_names((*pair.writers, *pair.readers))
    called = f" named {', '.join(style.code(name) for name in known[:3])}" if known else ""
    head = f"{' = '.join(style.code(name) for name in pair.names)}{called}, "
    sides = [
        *_sides("written by", pair.writers, names, style),
        *_sides("read by", pair.readers, names, style),
    ]
    by_reading = {layout.function for layout in pair.readers}
    seen = dict.fromkeys(
        f"read by {style.code(names.short(link.reader))} {style.code(link.read_at)} "
        f"in run {style.text(link.run)}"
        for link in links
        if link.reader not in by_reading
    )
    sides += list(seen)[:_SEEN_READERS]
    if len(seen) > _SEEN_READERS:
        sides.append(f"{len(seen) - _SEEN_READERS} more that read it in runs")
    if not pair.writers or not (pair.readers or seen):
        sides.append(f"no {'read' if pair.writers else 'write'} side in this answer")
    lines = _wrapped(sides, "; ", width + _MORE, head)
    inputs = dict.fromkeys(
        text for layout in (*pair.writers, *pair.readers) for text in layout.hidden_inputs
    )
    called_by = [f"its name: {style.text(text)}" for text in inputs]
    for folders, members in _by_folder(pair.members):
        if called_by and not any(member.written for member in members):
            lines += called_by  # what is written comes before it, what is only looked for after
            called_by = []
        shown = [_member(member, pair, style) for member in members]
        head = f"{style.code(folders)}: " if folders else ""
        lines += _wrapped(shown, ", ", width + _MORE, head)
    lines += called_by
    return tuple(within(line, width + _MORE) for line in lines)


def given_lines(pair: ArtifactPair, names: Names, style: Style, width: int) -> tuple[str, ...]:
    """What callers look up for the artefact's folder: `settings['dir']` is `folder` of `save`."""
    at: dict[tuple[str, str], dict[str, None]] = defaultdict(dict)
    owners: dict[tuple[str, str], dict[str, None]] = defaultdict(dict)
    for layout in (*pair.writers, *pair.readers):
        for each in layout.given:
            key = each.text, each.name
            at[key][style.code(f"{each.anchor.path}:{each.anchor.line}")] = None
            owners[key][style.code(names.short(layout.function))] = None
    return tuple(
        _listed(
            f"{style.code(text)} is {style.code(name)} of {' and '.join(owners[text, name])}, at ",
            list(places),
            width,
        )
        for (text, name), places in at.items()
    )


def state_lines(
    found: Sequence[tuple[Effect, EdgeVerdict]], names: Names, style: Style, width: int
) -> tuple[str, ...]:
    """One line for each function: what state it touches, where, and whether that ran."""
    by_owner: dict[FunctionId, dict[tuple[str, str, EdgeVerdict], list[int]]]
    by_owner = defaultdict(lambda: defaultdict(list))
    for effect, verdict in found:
        keys = ", ".join(effect.keys[:4]) + (", …" if len(effect.keys) > 4 else "")
        key = effect.operation, keys or effect.payload, verdict
        by_owner[effect.function][key].append(effect.span.line)
    lines = []
    for owner, touched in by_owner.items():
        parts: list[str] = []
        for (operation, what, verdict), at in touched.items():
            numbers = _numbers(at)
            place = f"line {numbers}" if parts else style.code(f"{path_of(owner)}:{numbers}")
            ran = "" if verdict is EdgeVerdict.NOT_RUN else f" ({verdict})"
            told = f" [{style.code(clipped(what, _PAYLOAD_CHARACTERS))}]" if what else ""
            parts.append(f"{style.code(_short(operation))}{told} {place}{ran}")
        lines.append(_listed(f"{style.code(names.short(owner))}: ", parts, width))
    return tuple(lines)


def stage_lines(
    edges: Iterable[ReconciledEdge], names: Names, style: Style, width: int
) -> tuple[str, ...]:
    """What each entry point calls, in the order of the source."""
    by_entry: dict[FunctionId, dict[tuple[str, EdgeVerdict], list[int]]]
    by_entry = defaultdict(lambda: defaultdict(list))
    for edge in edges:
        key = names.short(edge.callee), edge.verdict
        if edge.line not in by_entry[edge.caller][key]:
            by_entry[edge.caller][key].append(edge.line)
    lines = []
    for entry, calls in by_entry.items():
        verdicts = {verdict for _, verdict in calls}
        common = verdicts.pop() if len(verdicts) == 1 else None
        parts = [
            f"{style.code(callee)} line {_numbers(at)}"
            + ("" if verdict is common else f" ({verdict})")
            for (callee, verdict), at in calls.items()
        ]
        told = f" ({common})" if common else ""
        place = style.code(names.place(entry))
        lines.append(
            _listed(f"{style.code(names.short(entry))} {place} calls{told} ", parts, width + _MORE)
        )
    return tuple(lines)


_LATER = " (later)"  # behind the name of what keeps a callable: who hands it over calls nothing


def caller_lines(
    callers: Iterable[tuple[FunctionId, Sequence[ReconciledEdge]]],
    names: Names,
    style: Style,
    width: int,
) -> tuple[str, ...]:
    """For each function: who else calls it, where."""
    lines = []
    for function, edges in callers:
        parts = dict.fromkeys(
            f"{style.code(names.short(edge.caller))} "
            f"{style.code(f'{path_of(edge.caller)}:{edge.line}')}"
            f"{_LATER if (edge.through or '').endswith(_LATER) else ''}"
            for edge in sorted(edges, key=_is_outside)
        )
        head = f"{style.code(names.short(function))} is also called by "
        lines.append(_listed(head, list(parts), width))
    return tuple(lines)


def contrast_lines(
    contrast: Contrast, evidence: Evidence, names: Names, style: Style, width: int
) -> tuple[str, ...]:
    """What the module's own code does, then where else its package writes and reads."""
    by_operation: dict[str, list[int]] = defaultdict(list)
    for effect, _ in contrast.effects:
        if effect.operation != _OPENS:
            by_operation[f"{_short(effect.operation)} {path_of(effect.function)}"].append(
                effect.span.line
            )
    parts = []
    before = ""
    for key, at in by_operation.items():
        operation, _, path = key.rpartition(" ")
        numbers = _numbers(at)
        place = f"line {numbers}" if path == before else style.code(f"{path}:{numbers}")
        parts.append(f"{style.code(operation)} {place}")
        before = path
    verdicts = dict.fromkeys(verdict for _, verdict in contrast.effects)
    told = f" ({', '.join(verdicts)})" if verdicts else ""
    lines = [_listed(f"{style.code(contrast.module)}{told}: ", parts, width)] if parts else []
    for lead in contrast.leads:
        owner, sinks = lead.holders[-1]
        own_lines = _numbers(sink.line for sink in sinks)
        first = sinks[0]
        effects = dict.fromkeys(f"{sink.effect}" for sink in sinks if sink.effect)
        lines.append(
            f"{style.code(names.short(owner))} {style.code(f'{first.path}:{own_lines}')}: "
            f"{', '.join(effects)}, {_verdict(lead, evidence, names, style)}"
        )
    return tuple(within(line, width) for line in lines)


def sink_text(sink: Sink, members: Mapping[tuple[str, int], str], style: Style) -> str:
    """`line 72 dill.dump(custom_objects) into custom_objects.dill`."""
    operation = _short(sink.operation or str(sink.callee).rpartition("::")[2])
    payload = clipped(sink.payload, _PAYLOAD_CHARACTERS)
    text = f"line {sink.line} {style.code(f'{operation}({payload})' if payload else operation)}"
    if member := members.get((sink.path, sink.line)):
        text += f" {style.code(member)}"
    return text


def member_names(layouts: Iterable[ArtifactLayout]) -> Mapping[tuple[str, int], str]:
    """What member a place writes or reads, without folders that differ."""
    found: dict[tuple[str, int], dict[str, None]] = defaultdict(dict)
    for layout in layouts:
        for member in layout.members:
            for anchor in member.anchors:
                found[anchor.path, anchor.line][member.path] = None
    named = {}
    for place, paths in found.items():
        last = dict.fromkeys(path.rpartition("/")[2] or path for path in paths)
        if len(last) == 1:
            named[place] = next(iter(last))
    return named


def _holder_lines(
    owner: FunctionId,
    sinks: Sequence[Sink],
    lead: Lead,
    evidence: Evidence,
    names: Names,
    style: Style,
    width: int,
) -> list[str]:
    members = member_names(evidence.layouts)
    ordered = sorted(sinks, key=lambda sink: (sink.line, sink.operation))
    told = [
        sink for sink in ordered if sink.operation != _OPENS or (sink.path, sink.line) in members
    ] or ordered
    parts = []
    verdicts = {sink.verdict for sink in told}
    common = verdicts.pop() if len(verdicts) == 1 and len(told) > 1 else None
    known = (lead.verdict_at(owner), EdgeVerdict.NOT_RUN)
    for sink in told:
        differs = common is None and sink.verdict not in known
        parts.append(sink_text(sink, members, style) + (f" ({sink.verdict})" if differs else ""))
    hidden = len(ordered) - len(told)
    besides = f" (+{hidden} {style.code('open')})" if hidden else ""
    all_of_it = f" (all {common})" if common is not None and common not in known else ""
    owned = f"{style.code(names.short(owner))} {style.code(names.place(owner))}"
    head = f"{owned}{besides}{all_of_it}: "
    return _wrapped(list(dict.fromkeys(parts)), ", ", width, head)


def _verdict(lead: Lead, evidence: Evidence, names: Names, style: Style) -> str:
    """One word, or how far a run saw the way and what became of the rest."""
    seen = 0
    while seen < len(lead.verdicts) and is_seen(lead.verdicts[seen]):
        seen += 1
    told = f"{lead.trunk.verdict}"
    if seen and seen < len(lead.verdicts):
        last = _name(names.short(lead.trunk.hops[seen - 1].callee), style)
        told = f"confirmed to {last}, then {lead.verdicts[seen]}"
    return WayVerdicts(evidence).phrase(lead.trunk, names, style, told)


def _is_outside(edge: ReconciledEdge) -> bool:
    """Whether the caller stands outside the tree: a workload of the run."""
    return path_of(edge.caller).startswith(("/", "<"))


def _sides(
    verb: str, layouts: Sequence[ArtifactLayout], names: Names, style: Style
) -> Iterable[str]:
    """Each writer or reader once: a helper has a layout for each caller that fills it."""
    return dict.fromkeys(
        f"{verb} {style.code(names.short(layout.function))}"
        f" {style.code(f'{layout.anchor.path}:{layout.anchor.line}')}"
        for layout in layouts
    )


def _by_folder(members: Sequence[MemberPair]) -> list[tuple[str, list[MemberPair]]]:
    """Folders with equal contents are one: `{autoencoder, diffraction_to_obj}/`."""
    folders: dict[str, dict[str, MemberPair]] = defaultdict(dict)
    for member in members:
        folder, name = folder_and_name(member.path)
        folders[folder][name] = member
    groups: dict[tuple[tuple[str, bool, bool], ...], list[str]] = defaultdict(list)
    for folder, inside in folders.items():
        shape = tuple((n, bool(m.written), bool(m.read)) for n, m in sorted(inside.items()))
        groups[shape if folder else (*shape, ("", False, False))].append(folder)
    answer = []
    for same in groups.values():
        together = f"{{{', '.join(same)}}}/" if len(same) > 1 else f"{same[0]}/"
        inside = folders[same[0]]
        answer.append((together if same != [""] else "", [inside[name] for name in inside]))
    return sorted(
        answer,
        key=lambda item: (not any(member.written for member in item[1]), item[0] != ""),
    )


def _member(member: MemberPair, pair: ArtifactPair, style: Style) -> str:
    """The member with the lines of both sides, where the answer holds both."""
    sides: list[str] = []
    read = tuple(anchor for anchor in member.read if anchor not in member.tested)
    for verb, anchors, layouts in (
        ("written", member.written, pair.writers),
        ("read", read, pair.readers),
    ):
        if anchors:
            sides.append(f"{verb} {'' if sides else 'line '}{_lines_of(anchors)}")
        elif layouts and not (verb == "read" and member.tested):
            sides.append(f"not {verb} here")
    if member.tested:
        verb = "tested at" if read else "only tested at line"
        sides.append(f"{verb} {_lines_of(member.tested)}")
    name = folder_and_name(member.path)[1] or member.path
    return f"{style.code(name)} ({'; '.join(sides)})"


def _lines_of(anchors: Iterable[Anchor]) -> str:
    return _numbers(anchor.line for anchor in anchors)


def _numbers(lines: Iterable[int]) -> str:
    return ",".join(map(str, sorted(set(lines))))


def _places(places: Iterable[str], style: Style) -> str:
    """`a.py:473`, `b.py:457,353`: neighbours in one file share its path."""
    grouped: list[tuple[str, list[str]]] = []
    for place in places:
        path, _, line = place.rpartition(":")
        if grouped and grouped[-1][0] == path:
            grouped[-1][1].append(line)
        else:
            grouped.append((path, [line]))
    return ", ".join(style.code(f"{path}:{','.join(lines)}") for path, lines in grouped)


def _short(operation: str) -> str:
    """The last two names: `ZipFile.write`, `cfg[...] =`; builtins are just themselves."""
    found = _DOTTED.match(operation)
    dotted = found[0] if found else ""
    rest = operation[len(dotted) :]
    owner, _, name = dotted.rpartition(".")
    owner = owner.rpartition(".")[2]
    if rest or owner in ("", "builtins"):
        return f"{name}{rest}"
    return f"{owner}.{name}"


def _name(name: str, style: Style) -> str:
    return style.code(clipped(name, _NAME_CHARACTERS))


def within(line: str, width: int) -> str:
    """The line, cut between words where it is too long, and never inside a code span."""
    if len(line) <= width:
        return line
    spans = [match.span() for match in _CODE_SPAN.finditer(line)]
    room = width - 2
    for at in range(room, 0, -1):
        if line[at] == " " and not any(start < at < end for start, end in spans):
            return line[:at].rstrip(" ,;:(→") + " …"
    return "…" if "`" in line else line[:room] + " …"


def _wrapped(parts: Sequence[str], separator: str, width: int, head: str = "") -> list[str]:
    """The parts on as few lines as hold them; the first begins with the head."""
    lines: list[str] = []
    line = head
    for part in parts:
        is_first = not line or line == head
        longer = f"{line}{part}" if is_first else f"{line}{separator}{part}"
        if len(longer) > width and not is_first:
            lines.append(within(line + separator.rstrip(), width))
            line = part
        else:
            line = longer
    return [*lines, within(line, width)] if line else lines


def _listed(head: str, parts: Sequence[str], width: int) -> str:
    """The parts on one line, as many as it holds, and how many it does not."""
    line = head
    for count, part in enumerate(parts):
        longer = f"{line}{', ' if count else ''}{part}"
        left = len(parts) - count - 1
        tail = f" (and {left} more)" if left else ""
        if count and len(longer) + len(tail) > width:
            return within(f"{line} (and {len(parts) - count} more)", width)
        line = longer
    return within(line, width)

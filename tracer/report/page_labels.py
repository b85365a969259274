"""What the boxes of the page say, short enough for a column."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from tracer.report.quoting import one_line

_LABEL_CHARACTERS = 30
_LINE_CHARACTERS = 16
_OWNER_CHARACTERS = 18  # of what is outside; the name in full stands in the pane


def label_of(name: str) -> tuple[str, str]:
    """Owner and last part of a dotted name, the latter on two lines where it is long."""
    owner, dot, last = name.rpartition(".")
    if not dot or not last.isidentifier() or " " in owner:
        return "", two_lines(middle_cut(name))
    return middle_cut(owner), two_lines(middle_cut(last))


def outside_label(name: str) -> tuple[str, str]:
    """The same for what is outside: of a long owner the last parts do."""
    owner, label = label_of(name)
    parts = owner.split(".")
    while len(parts) > 1 and len(".".join(parts)) > _OWNER_CHARACTERS:
        parts = parts[1:]
    short = ".".join(parts)
    return (short if short == owner else f"…{short}"), label


def kinds_text(kinds: Sequence[str]) -> str:
    """`archive.read/write +1`: kinds of one thing share its name; of other things, how many."""
    verbs: dict[str, list[str]] = defaultdict(list)
    for kind in kinds:
        thing, _, verb = kind.partition(".")
        verbs[thing].append(verb)
    texts = [f"{thing}.{'/'.join(each)}" if all(each) else thing for thing, each in verbs.items()]
    return " ".join((*texts[:1], *([f"+{len(texts) - 1}"] if texts[1:] else [])))


def two_lines(label: str) -> str:
    """Broken after the underscore nearest to the middle, where the label is long."""
    breaks = [index + 1 for index in range(len(label) - 1) if label[index] == "_"]
    if len(label) <= _LINE_CHARACTERS or not breaks:
        return label
    middle = min(breaks, key=lambda index: (abs(2 * index - len(label)), index))
    return f"{label[:middle]}\n{label[middle:]}"


def middle_cut(text: str) -> str:
    """One line of bounded length; what is cut is the middle, since both ends tell names apart."""
    line = one_line(text)
    if len(line) <= _LABEL_CHARACTERS:
        return line
    head = _LABEL_CHARACTERS // 3
    return line[:head] + "…" + line[head + 1 - _LABEL_CHARACTERS :]

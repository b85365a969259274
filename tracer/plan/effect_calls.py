"""What the probe is told of the effect table: the calls that are told one by one."""

from __future__ import annotations

from collections.abc import Iterator

from tracer.model.effect_plan import EffectCall, EffectPlan
from tracer.model.graph import EffectKind
from tracer.tables.effects import ArgumentRef, EffectRule, EffectTable

_WITHOUT_FRAMES = ("builtins", "typing", "sys", "io")  # audit events tell of their files
_OF_MEMORY = (EffectKind.SERIALIZE, EffectKind.DESERIALIZE)  # where no file is touched
_OF_THE_PROCESS = (
    EffectKind.ENVIRONMENT,
    EffectKind.STATE_READ,
    EffectKind.STATE_WRITE,
    EffectKind.MODEL_BUILD,
)


def effect_plan(table: EffectTable) -> EffectPlan:
    """The calls of a table that a run tells one by one.

    Draws of random numbers are left out (`random.random`): a program may make millions, and it is
    the seed that decides. So is what stays in memory (`json.dumps`). What touches the process alone
    is told where the program itself asks for it: libraries read the environment by the hundred
    while they are imported.
    """
    return EffectPlan(
        calls=tuple(
            _call(name, rule, table)
            for name, rule in table.effects.items()
            if name.partition(".")[0] not in _WITHOUT_FRAMES
            and name not in table.attributes
            and not (rule.write is EffectKind.RANDOM and rule.payload is None)
            and not (rule.write in _OF_MEMORY and rule.subject is None)
        ),
        named_by=tuple(table.named_by.items()),
        part_of=tuple(table.part_of.items()),
    )


def _call(name: str, rule: EffectRule, table: EffectTable) -> EffectCall:
    return EffectCall(
        name=name,
        spellings=tuple(_spellings(name, table)),
        read=rule.read.value,
        write=rule.write.value,
        subject=_text(rule.subject),
        payload=_text(rule.payload),
        keys=_text(rule.keys),
        mode=_text(rule.mode),
        default_mode=rule.default_mode,
        unless=_text(rule.unless),
        part=rule.part,
        is_keyed=rule.is_keyed,
        is_file_payload=rule.is_file_payload,
        is_own_only=rule.write in _OF_THE_PROCESS,
    )


def _spellings(name: str, table: EffectTable) -> Iterator[str]:
    """The name itself, then by each alias and each name of which the table says the same."""
    yield name
    for respelled in (table.aliases, table.alike):
        for spelling, known in respelled.items():
            if known.endswith("."):
                if name.startswith(known):
                    yield spelling + name.removeprefix(known)
            elif name == known or name.startswith(known + "."):
                yield spelling + name.removeprefix(known)


def _text(which: ArgumentRef | None) -> str:
    """An argument as the table writes it."""
    if which is None:
        return ""
    if which.is_receiver:
        return "receiver"
    if which.is_all_keywords:
        return "**"
    if which.text is not None:
        return f"={which.text}"
    position = "" if which.position is None else str(which.position)
    return ":".join(filter(None, (position, which.keyword)))

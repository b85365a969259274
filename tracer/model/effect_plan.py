"""What the probe is told of code outside the sources that does something to the world."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class EffectCall:
    """A callable whose calls are told one by one.

    Arguments are named as in the effect table: `0:file` is the first positional one or the keyword
    `file`, `receiver` the object before the dot, `**` all keywords, `=words` the words themselves.
    """

    name: str  # dotted, as the table spells it
    spellings: tuple[str, ...]  # where it may be found at run time
    read: str  # an EffectKind; equal to `write` where no mode decides
    write: str
    subject: str = ""
    payload: str = ""
    keys: str = ""
    mode: str = ""
    default_mode: str = "r"
    unless: str = ""
    part: str = ""  # what a key names inside the file that is touched
    is_keyed: bool = False  # an effect only where its key is a string
    is_file_payload: bool = False  # the payload is the path of a file or folder
    is_own_only: bool = False  # told only where the program calls it itself


@dataclass(frozen=True, slots=True)
class EffectPlan:
    """All that the probe knows of effects."""

    calls: tuple[EffectCall, ...] = ()
    named_by: tuple[tuple[str, str], ...] = ()  # class, field that holds the name of its objects
    part_of: tuple[tuple[str, str], ...] = ()  # class whose objects are part of what another opened

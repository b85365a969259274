"""Kinds of effects that belong together."""

from __future__ import annotations

from tracer.model.graph import EffectKind

WRITES = frozenset({EffectKind.FILE_WRITE, EffectKind.ARCHIVE_WRITE, EffectKind.SERIALIZE})
READS = frozenset({EffectKind.FILE_READ, EffectKind.ARCHIVE_READ, EffectKind.DESERIALIZE})
ARCHIVES = frozenset({EffectKind.ARCHIVE_WRITE, EffectKind.ARCHIVE_READ})
SERIALISATION = frozenset({EffectKind.SERIALIZE, EffectKind.DESERIALIZE})
STATE = frozenset({EffectKind.STATE_READ, EffectKind.STATE_WRITE, EffectKind.ENVIRONMENT})

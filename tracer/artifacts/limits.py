"""How far an inspection goes, and how much of that is left."""

from __future__ import annotations

from dataclasses import dataclass, field

from tracer.tables.formats import FormatsTable


@dataclass(frozen=True, slots=True)
class InspectionLimits:
    """How far an inspection goes; whatever a limit cuts is said in the report."""

    members: int = 10_000  # of all archives and folders together
    member_bytes: int = 256 * 1024 * 1024  # unpacked
    total_bytes: int = 1024 * 1024 * 1024  # unpacked, over all members
    ratio: int = 1_000  # unpacked to packed, of members above 1 MiB
    nesting: int = 4  # archives within archives
    pickle_opcodes: int = 2_000_000  # of one file
    total_opcodes: int = 6_000_000  # over all members
    pickle_depth: int = 100_000  # values on the stack
    pickles: int = 64  # one after another in one file
    keys: int = 1_000  # listed of one member
    held: int = 2_000  # values listed of one member
    held_depth: int = 3
    globals: int = 10_000  # listed of one member
    text_bytes: int = 4 * 1024 * 1024  # of a JSON member
    slow_text_bytes: int = 128 * 1024  # of a YAML or TOML member, which are read slowly
    directory_bytes: int = 16 * 1024 * 1024  # of a zip: what lists its members
    objects: int = 5_000  # groups and datasets of one HDF5 file
    hierarchies: int = 64  # HDF5 files, each read in a process of its own
    hierarchy_s: float = 60.0  # of one HDF5 file
    hierarchy_memory: int = 4 * 1024 * 1024 * 1024  # address space of the process that reads one


@dataclass(slots=True)
class Budget:
    """What may still be unpacked and listed; one for a whole inspection."""

    limits: InspectionLimits
    table: FormatsTable
    gaps: list[str] = field(default_factory=list)
    bytes_left: int = 0
    members_left: int = 0
    opcodes_left: int = 0
    hierarchies_left: int = 0

    def __post_init__(self) -> None:
        self.bytes_left = self.limits.total_bytes
        self.members_left = self.limits.members
        self.opcodes_left = self.limits.total_opcodes
        self.hierarchies_left = self.limits.hierarchies

    def refusal(self, size: int) -> str:
        """Why this many bytes may not be unpacked or read; empty where they may."""
        if size > self.limits.member_bytes:
            return f"{size} bytes, more than {self.limits.member_bytes}"
        if size > self.bytes_left:
            return f"more than {self.limits.total_bytes} bytes in all"
        return ""

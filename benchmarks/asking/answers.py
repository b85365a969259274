"""What a bot says, and what it took."""

from __future__ import annotations

from dataclasses import dataclass, field

BYTES_A_TOKEN = 3  # as `tracer query` estimates; the same for both


@dataclass(frozen=True)
class Hop:
    """A call, as a bot tells it."""

    caller: str
    callee: str
    line: int
    is_sure: bool  # it says `calls`, not `may call`


@dataclass
class Said:
    """The answer of a bot to one question."""

    chains: list[list[Hop]] = field(default_factory=list)  # the one that it believes in first
    callers: list[Hop] = field(default_factory=list)
    denies: bool = False  # says that there is none, without a doubt
    is_complete: bool = False  # says that these are all
    calls: int = 0
    bytes: int = 0

    @property
    def tokens(self) -> int:
        return -(-self.bytes // BYTES_A_TOKEN)

    def read(self, typed: str, printed: str) -> str:
        """One call of a tool: what was typed and what came back both count."""
        self.calls += 1
        self.bytes += len(typed.encode()) + len(printed.encode())
        return printed

"""Which objects are watched, as given on the command line."""

from __future__ import annotations

from collections.abc import Iterable

from tracer.errors import WorkloadError


def parse_watches(specs: Iterable[str]) -> tuple[str, ...]:
    """Check `MODULE:NAME` and `MODULE:Class.attribute`; each once, in the order given.

    Raises:
        WorkloadError: One is of another form.
    """
    found: dict[str, None] = {}
    for spec in specs:
        module, colon, name = spec.strip().partition(":")
        if not (colon and _is_dotted(module) and _is_dotted(name)):
            raise WorkloadError(
                f"--watch {spec!r}: expected MODULE:NAME,"
                " as in pkg.params:cfg or pkg.mod:Class.attr"
            )
        found[f"{module}:{name}"] = None
    return tuple(found)


def _is_dotted(name: str) -> bool:
    return all(part.isidentifier() for part in name.split("."))

"""What newer Pythons have in `typing` itself; the rest is invented."""

import typing

NAMES = {f"typing_extensions.{name}": getattr(typing, name) for name in typing.__all__}

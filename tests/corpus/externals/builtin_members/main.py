"""A builtin type has the methods that it has, and no others."""

import sys


class Array:
    def tolist(self):
        return []


value = Array() if sys.argv else "text"
value.tolist()  # calls: Array.tolist   runs: Array.tolist
if not sys.argv:
    "text".tolist()  # calls: ?

"""`__getattr__` of a module runs for the names that it does not bind."""

import lazy
from lazy import plain, thing  # implicit: __getattr__   imports: lazy   runs: __getattr__

thing()  # calls: made   runs: made
plain()  # calls: plain   runs: plain
lazy.other()  # calls: made   implicit: __getattr__   runs: __getattr__ | made
lazy.plain()  # calls: plain   implicit: none   runs: plain

"""`__getattr__` of a module is asked for a name only while nobody has stored it."""

import sys

import lazy


def put(module):
    module.net = len
    setattr(module, "size", len)


lazy.never  # implicit: __getattr__   exact: yes   runs: __getattr__
lazy.net  # implicit: __getattr__   exact: no   runs: __getattr__
lazy.cache  # implicit: __getattr__   exact: no   runs: __getattr__
lazy.size  # implicit: __getattr__   exact: no   runs: __getattr__
put(lazy)
lazy.fill()
lazy.net  # implicit: __getattr__   exact: no
lazy.cache()  # calls: made   implicit: __getattr__   exact: no   runs: made
lazy.size  # implicit: __getattr__   exact: no
lazy.here = made = lambda: 2
lazy.here()  # calls: <lambda>   implicit: none   runs: <lambda>
from lazy import here  # implicit: __getattr__   exact: yes   imports: lazy   runs: __getattr__

here()  # calls: <lambda>   runs: <lambda>
if len(sys.argv) > 5:
    lazy.gone = here
lazy.gone()  # calls: <lambda> | made   implicit: __getattr__   exact: no   runs: __getattr__ | made

"""`import *` brings what `__all__` lists, or else every public name; never more."""

from listed import *  # imports: listed
from public import *

offered()  # calls: offered   runs: offered
shown()  # calls: shown   runs: shown
try:
    unlisted()  # calls: ?
except NameError:
    pass

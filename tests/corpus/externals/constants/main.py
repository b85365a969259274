"""A constant of a module outside is of the type of its value, where a stub tells that much."""

import logging
import string
import sys


class Queue:
    def close(self):
        return None


def end(what):
    what.close()  # calls: Queue.close   runs: Queue.close


end(Queue())  # calls: end | ext builtins.object.__init__   runs: end
if len(sys.argv) > 9:
    end(logging.INFO)
    end(string.digits)
logging.INFO.bit_length()  # calls: ext builtins.int.bit_length
sys.warnoptions.copy()  # calls: ext sys.warnoptions.copy

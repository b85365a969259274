"""Copying and pickling ask an object for its state, where its class is known and nothing else comes."""

import copy
import pickle


class Kept:
    def __getstate__(self):
        return {"a": 1}


def copied(value):
    return copy.deepcopy(value)  # unseen: Kept.__getstate__   runs: Kept.__getstate__


pickle.dumps(Kept())  # implicit: Kept.__getstate__   runs: Kept.__getstate__
copied(Kept())  # calls: copied | ext builtins.object.__init__   runs: copied
copied([1])

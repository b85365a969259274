"""A trainable array with room for its gradient."""

import numpy as np


class Variable:
    """An array that an optimizer changes in place."""

    def __init__(self, value, name, trainable=True):
        self.value = np.array(value, dtype=np.asarray(value).dtype)
        self.gradient = np.zeros_like(self.value)
        self.name = name
        self.trainable = trainable

    def assign(self, value):
        value = np.asarray(value)
        if value.shape != self.value.shape:
            raise ValueError(f"{self.name}: shape {self.value.shape}, but got {value.shape}")
        self.value[...] = value

    def numpy(self):
        return self.value.copy()

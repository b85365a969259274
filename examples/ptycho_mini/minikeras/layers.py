"""Layers: a base class whose `__call__` runs what the subclass overrides."""

import numpy as np

from minikeras.variables import Variable


class Layer:
    """One differentiable step; subclasses override `call` and `backward`."""

    def __init__(self, name=None):
        self.name = name or type(self).__name__
        self._inputs = None

    def __call__(self, inputs):
        self._inputs = inputs
        return self.call(inputs)

    def call(self, inputs):
        raise NotImplementedError(f"{type(self).__name__}.call")

    def backward(self, gradient):
        """Turn the gradient of the output into that of the input.

        The gradient of a complex array is the derivative by its real part plus 1j times the
        derivative by its imaginary part.
        """
        raise NotImplementedError(f"{type(self).__name__}.backward")

    @property
    def weights(self):
        return []

    def get_config(self):
        return {"name": self.name}

    @classmethod
    def from_config(cls, config):
        return cls(**config)


class Dense(Layer):
    """An affine map, with weights drawn from a generator of its own."""

    def __init__(self, inputs, units, seed=0, name=None):
        super().__init__(name)
        self.inputs, self.units, self.seed = inputs, units, seed
        draws = np.random.default_rng(seed).standard_normal((inputs, units))
        self.kernel = Variable(draws / np.sqrt(inputs), f"{self.name}/kernel")
        self.bias = Variable(np.zeros(units), f"{self.name}/bias")

    def call(self, inputs):
        return inputs @ self.kernel.value + self.bias.value

    def backward(self, gradient):
        self.kernel.gradient += self._inputs.T @ gradient
        self.bias.gradient += gradient.sum(axis=0)
        return gradient @ self.kernel.value.T

    @property
    def weights(self):
        return [self.kernel, self.bias]

    def get_config(self):
        return {
            **super().get_config(),
            "inputs": self.inputs,
            "units": self.units,
            "seed": self.seed,
        }


class Flatten(Layer):
    """All axes but the first in one."""

    def call(self, inputs):
        return inputs.reshape(len(inputs), -1)

    def backward(self, gradient):
        return gradient.reshape(self._inputs.shape)


class Tanh(Layer):
    """The hyperbolic tangent, element by element."""

    def call(self, inputs):
        return np.tanh(inputs)

    def backward(self, gradient):
        return gradient * (1.0 - np.tanh(self._inputs) ** 2)


BUILT_IN = {layer.__name__: layer for layer in (Dense, Flatten, Tanh)}

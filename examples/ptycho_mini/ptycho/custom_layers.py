"""Layers of the physics model. Each stands in the archive's custom objects, by name."""

import numpy as np
from minikeras.layers import Layer


class FlatToChannelLayer(Layer):
    """From one row per group to patches with channels."""

    def __init__(self, N, channels, name=None):
        super().__init__(name)
        self.N, self.channels = N, channels

    def call(self, inputs):
        return inputs.reshape(len(inputs), self.N, self.N, self.channels)

    def backward(self, gradient):
        return gradient.reshape(self._inputs.shape)

    def get_config(self):
        return {**super().get_config(), "N": self.N, "channels": self.channels}


class ActivationLayer(Layer):
    """Amplitude in the first half of the channels, phase in the second."""

    def __init__(self, activation="sigmoid", name=None):
        super().__init__(name)
        self.activation = activation

    def call(self, inputs):
        from ptycho.model import get_amp_activation

        amplitude, phase = np.split(inputs, 2, axis=-1)
        value, self._slope = get_amp_activation(self.activation)(amplitude)
        return np.concatenate([value, np.pi * np.tanh(phase)], axis=-1)

    def backward(self, gradient):
        amplitude, phase = np.split(gradient, 2, axis=-1)
        bent = np.tanh(np.split(self._inputs, 2, axis=-1)[1])
        return np.concatenate([amplitude * self._slope, phase * np.pi * (1 - bent**2)], axis=-1)

    def get_config(self):
        return {**super().get_config(), "activation": self.activation}


class CombineComplexLayer(Layer):
    """Amplitude and phase in one complex array."""

    def call(self, inputs):
        self._amplitude, phase = np.split(inputs, 2, axis=-1)
        self._turn = np.exp(1j * phase)
        return self._amplitude * self._turn

    def backward(self, gradient):
        along = np.conj(self._turn) * gradient
        return np.concatenate([along.real, along.imag * self._amplitude], axis=-1)


class PadAndDiffractLayer(Layer):
    """From the exit wave to the amplitude in the far field."""

    def call(self, inputs):
        far = np.fft.fft2(inputs, axes=(1, 2), norm="ortho")
        self._far = np.fft.fftshift(far, axes=(1, 2))
        return np.abs(self._far)

    def backward(self, gradient):
        direction = self._far / np.maximum(np.abs(self._far), 1e-12)
        far = np.fft.ifftshift(gradient * direction, axes=(1, 2))
        return np.fft.ifft2(far, axes=(1, 2), norm="ortho")


class SquareLayer(Layer):
    """From amplitude to intensity."""

    def call(self, inputs):
        return inputs**2

    def backward(self, gradient):
        return 2 * self._inputs * gradient

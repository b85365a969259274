"""The network and the physics behind it.

Importing this module builds two models with the parameters of that moment. They are what
`model_manager.save` writes, unless a workflow has put trained ones in their place.
"""

import numpy as np
from minikeras import Model, Variable
from minikeras.layers import Dense, Flatten, Layer, Tanh
from minikeras.optimizers import Adam

from ptycho import params, probe
from ptycho.activations import ACTIVATIONS
from ptycho.custom_layers import (
    ActivationLayer,
    CombineComplexLayer,
    FlatToChannelLayer,
    PadAndDiffractLayer,
    SquareLayer,
)
from ptycho.tf_helper import CenterMaskLayer


def _initial_log_scale():
    # CONFIG-001: without the bridge this is the default of `nphotons`, not the user's.
    scale = params.get("intensity_scale", np.sqrt(params.get("nphotons")) / (params.get("N") / 2))
    return np.log(scale)


log_scale = Variable(_initial_log_scale(), "log_scale")


class ProbeIllumination(Layer):
    """Multiply each object patch by the probe."""

    def __init__(self, N, name=None):
        super().__init__(name)
        self.N = N
        guess = params.get("probe", None)
        if guess is None or len(guess) != N:
            guess = probe.get_default_probe(N)
        self.probe = Variable(guess, "probe", trainable=params.get("probe.trainable"))

    def call(self, inputs):
        return inputs * self.probe.value[None, :, :, None]

    def backward(self, gradient):
        self.probe.gradient += (np.conj(self._inputs) * gradient).sum(axis=(0, 3))
        return gradient * np.conj(self.probe.value)[None, :, :, None]

    @property
    def weights(self):
        return [self.probe]

    def get_config(self):
        return {**super().get_config(), "N": self.N}


class IntensityScaler(Layer):
    """Multiply by the scale that all models share."""

    def call(self, inputs):
        return inputs * np.exp(log_scale.value)

    def backward(self, gradient):
        log_scale.gradient += (gradient * self._inputs).sum() * np.exp(log_scale.value)
        return gradient * np.exp(log_scale.value)

    @property
    def weights(self):
        return [log_scale]


class IntensityScaler_inv(IntensityScaler):
    """Divide by the scale that all models share."""

    def call(self, inputs):
        return inputs * np.exp(-log_scale.value)

    def backward(self, gradient):
        log_scale.gradient -= (gradient * self._inputs).sum() * np.exp(-log_scale.value)
        return gradient * np.exp(-log_scale.value)


def _get_log_scale():
    return log_scale


def get_amp_activation(name):
    """The activation that the configuration names."""
    return ACTIVATIONS[name]


def negloglik(target, predicted):
    """Poisson negative log-likelihood per pixel less its least value, and its gradient."""
    predicted = np.maximum(predicted, 1e-6)
    ratio = np.where(target > 0, target, 1.0) / predicted
    loss = predicted - target + np.where(target > 0, target * np.log(ratio), 0.0)
    return float(loss.mean()), (1.0 - target / predicted) / predicted.size


def create_model_with_gridsize(gridsize, N):
    """Build both models for the shapes that are given, whatever the parameters say.

    Returns:
        The autoencoder (pattern to pattern) and the part of it that ends at the object.
    """
    channels = gridsize**2
    pixels = N * N * channels
    units = params.get("hidden_units")
    to_object = [
        IntensityScaler_inv(name="inv_scale"),
        Flatten(name="flatten"),
        Dense(pixels, units, seed=1, name="encoder"),
        Tanh(name="bend"),
        Dense(units, 2 * pixels, seed=2, name="decoder"),
        FlatToChannelLayer(N, 2 * channels, name="flat_to_channel"),
        ActivationLayer(params.get("amp_activation"), name="activation"),
        CombineComplexLayer(name="combine_complex"),
        CenterMaskLayer(N, channels, name="center_mask"),
    ]
    to_pattern = [
        ProbeIllumination(N, name="probe_illumination"),
        PadAndDiffractLayer(name="pad_and_diffract"),
        IntensityScaler(name="scale"),
        SquareLayer(name="intensity"),
    ]
    return Model(to_object + to_pattern, "autoencoder"), Model(to_object, "diffraction_to_obj")


def create_compiled_model(gridsize=None, N=None):
    """Build both models for the parameters of this moment, ready to train."""
    log_scale.assign(_initial_log_scale())
    autoencoder, diffraction_to_obj = create_model_with_gridsize(
        gridsize or params.get("gridsize"), N or params.get("N")
    )
    autoencoder.compile(loss=negloglik, optimizer=Adam(learning_rate=0.01))
    return autoencoder, diffraction_to_obj


def prepare_inputs(train_data):
    """Amplitudes in the units of the detector."""
    return train_data.X * params.get("intensity_scale")


def prepare_outputs(train_data):
    """The intensities that the autoencoder should predict."""
    return (train_data.X * params.get("intensity_scale")) ** 2


def train(epochs, train_data, model_instance=None, callbacks=()):
    """Fit the model that is given, else the one that the import built."""
    model_instance = model_instance or autoencoder
    return model_instance.fit(
        prepare_inputs(train_data),
        prepare_outputs(train_data),
        epochs=epochs,
        batch_size=params.get("batch_size"),
        callbacks=callbacks,
        seed=params.get("npseed"),
    )


# MODULE-SINGLETON-001: the shapes are those of the parameters at the first import.
autoencoder, diffraction_to_obj = create_compiled_model()

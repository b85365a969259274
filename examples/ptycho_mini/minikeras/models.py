"""A chain of layers that trains, saves and loads itself."""

import io
import json
import zipfile

import numpy as np

from minikeras import config as _config
from minikeras.callbacks import CallbackList, History
from minikeras.layers import BUILT_IN, Layer
from minikeras.optimizers import Adam

_EARLIEST = (1980, 1, 1, 0, 0, 0)  # the earliest date that a zip can hold


class Model(Layer):
    """Layers in a row."""

    def __init__(self, layers, name="model"):
        super().__init__(name)
        self.layers = list(layers)
        self.optimizer = None
        self.loss = None

    def compile(self, loss, optimizer=None):
        self.loss = loss
        self.optimizer = optimizer or Adam()

    def call(self, inputs):
        for layer in self.layers:
            inputs = layer(inputs)
        return inputs

    def backward(self, gradient):
        for layer in reversed(self.layers):
            gradient = layer.backward(gradient)
        return gradient

    @property
    def weights(self):
        """Every variable once, also where two layers share it."""
        distinct = {id(weight): weight for layer in self.layers for weight in layer.weights}
        return list(distinct.values())

    def train_step(self, inputs, targets):
        loss, gradient = self.loss(targets, self(inputs))
        self.backward(gradient)
        self.optimizer.apply_gradients([weight for weight in self.weights if weight.trainable])
        return loss

    def fit(self, x, y, epochs=1, batch_size=16, callbacks=(), seed=0):
        """Train, and tell the callbacks after every epoch."""
        if self.loss is None:
            raise RuntimeError("compile the model before fit")
        history = History()
        told = CallbackList([history, *callbacks], self)
        order = np.random.default_rng(seed)
        told.on_train_begin({})
        for epoch in range(epochs):
            losses = []
            shuffled = order.permutation(len(x))
            for start in range(0, len(x), batch_size):
                batch = shuffled[start : start + batch_size]
                losses.append(self.train_step(x[batch], y[batch]))
            told.on_epoch_end(epoch, {"loss": float(np.mean(losses))})
        told.on_train_end({})
        return history

    def predict(self, x, batch_size=32):
        parts = [self(x[start : start + batch_size]) for start in range(0, len(x), batch_size)]
        return np.concatenate(parts)

    def get_weights(self):
        return [weight.numpy() for weight in self.weights]

    def set_weights(self, values):
        weights = self.weights
        if len(values) != len(weights):
            raise ValueError(f"{self.name} has {len(weights)} weights, but got {len(values)}")
        for weight, value in zip(weights, values, strict=True):
            weight.assign(value)

    def load_weights(self, path):
        with np.load(path) as saved:
            self.set_weights([saved[name] for name in sorted(saved.files)])

    def save(self, path):
        """Write a zip of `config.json` and `model.weights.npz`."""
        described = {
            "name": self.name,
            "layers": [
                {"class_name": type(layer).__name__, "config": layer.get_config()}
                for layer in self.layers
            ],
        }
        weights = io.BytesIO()
        np.savez(weights, **{f"w{i:03d}": value for i, value in enumerate(self.get_weights())})
        with zipfile.ZipFile(path, "w") as archive:
            for name, content in (
                ("metadata.json", json.dumps({"minikeras_version": "0.3.1"})),
                ("config.json", json.dumps(described, indent=1, sort_keys=True)),
                ("model.weights.npz", weights.getvalue()),
            ):
                archive.writestr(zipfile.ZipInfo(name, _EARLIEST), content)


def load_model(path, custom_objects=None):
    """Build a model from what `Model.save` wrote; unknown layers come from `custom_objects`."""
    known = dict(BUILT_IN)
    if custom_objects:
        if not _config.is_unsafe_deserialization_enabled():
            raise ValueError(f"{path}: custom objects need enable_unsafe_deserialization()")
        known.update(custom_objects)
    with zipfile.ZipFile(path) as archive:
        described = json.loads(archive.read("config.json"))
        weights = io.BytesIO(archive.read("model.weights.npz"))
    layers = [known[item["class_name"]].from_config(item["config"]) for item in described["layers"]]
    model = Model(layers, name=described["name"])
    with np.load(weights) as saved:
        model.set_weights([saved[name] for name in sorted(saved.files)])
    return model

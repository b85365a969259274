"""A Keras `model.save` is not the project's `manager.save`. Not run: needs TensorFlow."""

import h5py
import manager
import tensorflow as tf
from tensorflow import keras


def train(model: tf.keras.Model, path):
    model.save(path)  # calls: ext tensorflow.keras.Model.save   effects: serialize path
    manager.save(path)  # calls: save
    other = keras.models.load_model(path)  # calls: ext tensorflow.keras.models.load_model   effects: deserialize path
    other.save(path)  # calls: ext tensorflow.keras.Model.save   effects: serialize path
    with h5py.File(path, "a") as hf:  # effects: file.write path
        hf.attrs["scale"] = 1  # effects: file.write path [scale]
    return tf.unheard_of(path).save()  # calls: ext tensorflow.unheard_of | ?

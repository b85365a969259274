"""An annotation keeps out classes from outside that are known to be others. Not run: TensorFlow."""

import numpy as np
import tensorflow as tf

from unheard import Other


class Net(tf.keras.Sequential):
    pass


class StandIn:
    def fit(self):
        return self


def store(model: tf.keras.Model):
    model.save("a.keras")  # calls: ext tensorflow.keras.Model.save   exact: yes


def store_any(model):
    model.save("b.keras")  # calls: ext tensorflow.keras.Model.save | ext tensorflow.Variable.save


def run(model: tf.keras.Model):
    model.fit()  # calls: StandIn.fit | ext tensorflow.keras.Model.fit | ext tensorflow.keras.Sequential.fit


def shape(array: np.ndarray):
    array.reshape(1)  # calls: ext numpy.ndarray.reshape | ext unheard.Other.reshape


store(tf.keras.Model())
store(tf.Variable(0.0))
store_any(tf.keras.Model())
store_any(tf.Variable(0.0))
run(Net())
run(StandIn())
shape(tf.Variable(0.0))
shape(Other())


def fail(error: Exception):
    error.with_traceback(None)  # calls: ext builtins.Exception.with_traceback | ext builtins.KeyError.with_traceback


class Missing(KeyError):
    pass


fail(Missing())

"""A function of a library has one name, whatever it is imported by. Not run: needs TensorFlow."""

import tensorflow as tf
import tensorflow.compat.v2 as tf2
from tensorflow.python import keras


def store(model):
    model.save("a.keras")  # calls: ext tensorflow.keras.Model.save   effects: serialize "a.keras"


value = tf2.Variable(1.0)  # calls: ext tensorflow.Variable
value.numpy()  # calls: ext tensorflow.Variable.numpy
store(tf.keras.Model())  # calls: store | ext tensorflow.keras.Model
store(tf2.keras.Model())  # calls: store | ext tensorflow.keras.Model
store(keras.models.Model())  # calls: store | ext tensorflow.keras.Model

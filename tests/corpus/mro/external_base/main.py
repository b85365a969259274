"""What a class does not bind itself comes from its base outside the sources. Not run."""

import abc

import tensorflow as tf


class Net(tf.keras.Model):
    def __init__(self):
        super().__init__()  # calls: ext tensorflow.keras.Model.__init__
        self.scale = make_scale()  # calls: make_scale

    def finish(self, path):
        self.save(path)  # calls: ext tensorflow.keras.Model.save   effects: serialize path
        self.scale(1)  # calls: make_scale.<locals>.scale


class Plain(abc.ABC):
    def go(self):
        self.undefined()  # calls: ?


def make_scale():
    def scale(x):
        return x

    return scale


Net()  # calls: Net.__init__
Plain().go()  # calls: Plain.go | ext builtins.object.__init__

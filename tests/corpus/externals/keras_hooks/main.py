"""A framework runs methods of the class that derives from its own. Not run: needs TensorFlow."""

import tensorflow as tf
import torch
from tensorflow import keras


class Base(tf.keras.Model):
    pass


class Net(Base):
    def call(self, inputs):
        return Result()

    def train_step(self, data):
        return data


class Result:
    def show(self):
        return 1


class Scale(keras.layers.Layer):
    def build(self, shape):
        return shape

    def call(self, inputs):
        return inputs


class Block(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.inner = torch.nn.Linear(1, 1)

    def forward(self, x):
        return self.inner(x)  # calls: ext torch.nn.Linear.__call__


def use(x, given: Net):
    net = Net()
    net(x).show()  # calls: Net.call | Result.show | ext tensorflow.keras.Model.__call__   tier: type
    net.predict(x)  # calls: Net.call | ext tensorflow.keras.Model.predict   exact: no
    net.fit(x)  # calls: Net.call | Net.train_step | ext tensorflow.keras.Model.fit
    given.evaluate(x)  # calls: Net.call | ext tensorflow.keras.Model.evaluate
    net.summary()  # calls: ext tensorflow.keras.Model.summary   exact: yes
    Scale()(x)  # calls: Scale.build | Scale.call | ext tensorflow.keras.layers.Layer.__call__ | ext tensorflow.keras.layers.Layer.__init__
    Block()(x)  # calls: Block.__init__ | Block.forward | ext torch.nn.Module.__call__

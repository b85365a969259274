"""Adam, since the first of the variables is a scale and the last a matrix."""

import numpy as np


class Adam:
    """Adaptive moments (Kingma and Ba, 2015)."""

    def __init__(self, learning_rate=0.01, beta_1=0.9, beta_2=0.999, epsilon=1e-8):
        self.learning_rate = learning_rate
        self.beta_1, self.beta_2, self.epsilon = beta_1, beta_2, epsilon
        self.iterations = 0
        self._moments = {}

    def apply_gradients(self, variables):
        self.iterations += 1
        for variable in variables:
            first, second = self._moments.setdefault(
                id(variable), [np.zeros_like(variable.value), np.zeros_like(variable.value)]
            )
            first += (1 - self.beta_1) * (variable.gradient - first)
            second += (1 - self.beta_2) * (variable.gradient**2 - second)
            mean = first / (1 - self.beta_1**self.iterations)
            variance = second / (1 - self.beta_2**self.iterations)
            variable.value -= self.learning_rate * mean / (np.sqrt(variance) + self.epsilon)
            variable.gradient[...] = 0

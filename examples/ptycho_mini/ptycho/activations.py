"""Activations for the amplitude; the parameter `amp_activation` names one of them."""

import numpy as np


def sigmoid(x):
    """Value and derivative."""
    value = 1.0 / (1.0 + np.exp(-x))
    return value, value * (1.0 - value)


def softplus(x):
    """Value and derivative."""
    return np.logaddexp(0.0, x), 1.0 / (1.0 + np.exp(-x))


ACTIVATIONS = {"sigmoid": sigmoid, "softplus": softplus}

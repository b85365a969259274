"""minikeras: the smallest framework that trains by calling back into the code that uses it."""

from minikeras import callbacks, config, layers, models, optimizers
from minikeras.models import Model, load_model
from minikeras.variables import Variable

__version__ = "0.3.1"
__all__ = [
    "Model",
    "Variable",
    "callbacks",
    "config",
    "layers",
    "load_model",
    "models",
    "optimizers",
]

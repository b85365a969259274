"""Keras by itself is the Keras of TensorFlow."""

VERSION = "3.6.0"
ALIASES = {"keras": "tensorflow.keras"}

"""The illumination: a Gaussian disk unless the data bring their own."""

import numpy as np

from ptycho import params


def get_default_probe(N):
    """A Gaussian of the configured width, as a complex array."""
    x = np.arange(N) - (N - 1) / 2
    width = params.get("probe_scale")
    amplitude = np.exp(-(x[:, None] ** 2 + x[None, :] ** 2) / (2 * width**2))
    ψ = amplitude * np.exp(0.02j * x[None, :] ** 2)
    return normalize_probe(ψ)


def normalize_probe(ψ):
    """Scale to a total intensity of (N/2) squared, as the diffraction data are."""
    return ψ * (len(ψ) / 2) / np.sqrt((np.abs(ψ) ** 2).sum())


def set_probe(guess):
    """Make a probe known to the layers that are built from now on."""
    if guess.ndim != 2 or guess.shape[0] != guess.shape[1]:
        raise ValueError(f"a probe is square, but got {guess.shape}")
    params.set("probe", guess)


def set_probe_guess(X_train=None, probe_guess=None):
    """Use the guess if there is one, else the default probe."""
    if probe_guess is None:
        probe_guess = get_default_probe(params.get("N"))
    set_probe(probe_guess)
    return probe_guess

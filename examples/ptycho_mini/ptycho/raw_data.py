"""Measured or simulated scans, before they are grouped."""

import numpy as np

from ptycho import params, probe


class RawData:
    """Diffraction amplitudes with the scan positions they were taken at."""

    def __init__(self, diff3d, xcoords, ycoords, probeGuess, objectGuess=None):
        if len(diff3d) != len(xcoords) or len(diff3d) != len(ycoords):
            raise ValueError(f"{len(diff3d)} patterns, but {len(xcoords)} positions")
        self.diff3d = diff3d
        self.xcoords = xcoords
        self.ycoords = ycoords
        self.probeGuess = probeGuess
        self.objectGuess = objectGuess

    @classmethod
    def from_file(cls, path):
        with np.load(path) as data:
            return cls(
                data["diff3d"],
                data["xcoords"],
                data["ycoords"],
                data["probeGuess"],
                data.get("objectGuess"),
            )

    @classmethod
    def simulate(cls, n_images, N, nphotons, seed):
        """A scan over a smooth object, with Poisson noise."""
        random = np.random.default_rng(seed)
        side = 3 * N
        axis = np.linspace(0, 4 * np.pi, side)
        amplitude = 0.7 + 0.25 * np.sin(axis)[:, None] * np.cos(0.7 * axis)[None, :]
        phase = 0.8 * np.cos(0.5 * axis)[:, None] * np.sin(axis)[None, :]
        scene = amplitude * np.exp(1j * phase)
        beam = probe.get_default_probe(N)
        corners = random.integers(0, side - N, size=(n_images, 2))
        patches = np.stack([scene[x : x + N, y : y + N] for x, y in corners])
        exact = np.abs(np.fft.fftshift(np.fft.fft2(beam * patches, norm="ortho"), axes=(-2, -1)))
        photons = random.poisson(exact**2 * nphotons / (N / 2) ** 2)
        measured = np.sqrt(photons) * (N / 2) / np.sqrt(nphotons)
        return cls(measured, corners[:, 0], corners[:, 1], beam, scene)

    def iter_groups(self, n_groups, group_size, seed):
        """Yield the indices of one group after another: a random scan point and its nearest."""
        positions = np.stack([self.xcoords, self.ycoords], axis=1)
        for first in np.random.default_rng(seed).integers(0, len(positions), size=n_groups):
            distance = ((positions - positions[first]) ** 2).sum(axis=1)
            yield np.argsort(distance, kind="stable")[:group_size]

    def generate_grouped_data(self, n_groups, gridsize):
        """Patterns and positions by group; the channels are the members of a group."""
        chosen = list(self.iter_groups(n_groups, gridsize**2, params.get("npseed")))
        indices = np.stack(chosen)
        return {
            "diffraction": np.moveaxis(self.diff3d[indices], 1, -1),
            "coords": np.stack([self.xcoords[indices], self.ycoords[indices]], axis=1),
        }

"""Containers that the model trains on."""

import numpy as np

from ptycho.raw_data import RawData

__all__ = ["PtychoDataContainer", "PtychoDataset", "RawData", "load"]


class PtychoDataContainer:
    """Grouped patterns, ready for the network."""

    def __init__(self, X, coords, probe):
        self.X = X
        self.coords = coords
        self.probe = probe

    @property
    def global_offsets(self):
        """The mean position of each group, as (group, 1, 2, 1)."""
        return self.coords.mean(axis=2).astype(float)[:, None, :, None]

    def __len__(self):
        return len(self.X)


class PtychoDataset:
    """Training data, and test data if there are any."""

    def __init__(self, train_data, test_data=None):
        self.train_data = train_data
        self.test_data = test_data


def load(grouped, probe):
    """Call `grouped` for its data, and put them into a container."""
    data = grouped()
    if not np.isfinite(data["diffraction"]).all():
        raise ValueError("the diffraction data hold values that are not finite")
    return PtychoDataContainer(data["diffraction"], data["coords"], probe)

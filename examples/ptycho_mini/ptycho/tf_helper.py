"""Array helpers, named after the backend that they once needed."""

import numpy as np
from minikeras.layers import Layer


class CenterMaskLayer(Layer):
    """Keep the object inside the middle of the patch; outside it is 1, vacuum."""

    def __init__(self, N, c=1, name=None):
        super().__init__(name)
        self.N, self.c = N, c
        self._mask = center_mask(N)[None, :, :, None]

    def call(self, inputs):
        return np.where(self._mask, inputs, 1.0)

    def backward(self, gradient):
        return np.where(self._mask, gradient, 0.0)

    def get_config(self):
        return {**super().get_config(), "N": self.N, "c": self.c}


def center_mask(N):
    """True in a disk that touches the borders of the patch."""
    x = np.arange(N) - (N - 1) / 2
    return x[:, None] ** 2 + x[None, :] ** 2 <= (N / 2) ** 2


def realspace_loss(target, predicted):
    """Mean squared difference, and its gradient."""
    difference = predicted - target
    return float((np.abs(difference) ** 2).mean()), 2 * difference / difference.size


def reassemble_position(obj_tensor, global_offsets, M=8):
    """Paste the middle M pixels of each patch at its position, and average where they overlap."""
    N = obj_tensor.shape[1]
    low = (N - M) // 2
    corners = np.rint(global_offsets[:, 0, :, 0]).astype(int)
    corners -= corners.min(axis=0)
    canvas = np.zeros(tuple(corners.max(axis=0) + M), complex)
    weight = np.zeros(canvas.shape)
    for (x, y), patch in zip(corners, obj_tensor.mean(axis=-1), strict=True):
        canvas[x : x + M, y : y + M] += patch[low : low + M, low : low + M]
        weight[x : x + M, y : y + M] += 1
    return canvas / np.maximum(weight, 1)

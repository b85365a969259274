"""Configuration of the PyTorch backend; it does not know `ptycho.params`."""

from dataclasses import dataclass


@dataclass
class DataConfig:
    N: int = 16
    grid_size: tuple[int, int] = (2, 2)


@dataclass
class TrainingConfig:
    epochs: int = 50
    batch_size: int = 16
    learning_rate: float = 1e-3
    n_devices: int = 1
    experiment_name: str = "PtychoPINN"
    notes: str = ""

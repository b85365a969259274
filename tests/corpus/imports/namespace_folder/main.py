"""A folder without `__init__.py` does not hide an installed package of its name. Not run."""

import torch
from torch import nn, optim
from torch.utils import data

torch.zeros(3)  # calls: ext torch.zeros
nn.Linear(1, 2)  # calls: ext torch.nn.Linear
data.DataLoader([])  # calls: ext torch.utils.data.DataLoader
optim.Adam([])  # calls: ext torch.optim.Adam

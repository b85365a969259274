import torch

from pkg.config import CellConfig
from pkg.simulator import build


def loss_of(a, b):
    config = CellConfig(cell_a=a, cell_b=b)
    image = build(config).run()
    return image


def train():
    a = torch.tensor(1.0, requires_grad=True)
    b = torch.tensor(2.0, requires_grad=True)
    loss = loss_of(a, b)
    loss.backward()
    print(a.grad, b.grad)


if __name__ == "__main__":
    train()

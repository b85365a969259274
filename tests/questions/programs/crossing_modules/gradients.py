import torch

from model.image import Image


def loss(length):
    image = Image(length)
    total = image.intensity()
    return total


def check():
    length = torch.tensor(3.0, requires_grad=True)
    value = loss(length)
    value.backward()
    return length.grad


if __name__ == "__main__":
    check()

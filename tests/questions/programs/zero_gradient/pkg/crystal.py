import torch


class Crystal:
    def __init__(self, config, device="cpu"):
        self.config = config
        self.cell_a = torch.as_tensor(config.cell_a)
        self.cell_b = config.cell_b

    def volume(self):
        scale = self.cell_a.detach()
        return scale * self.cell_b

    def reciprocal(self):
        a = self.cell_b
        length = a * 2
        return 1 / length

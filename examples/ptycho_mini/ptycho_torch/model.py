"""The network as a Lightning module."""

import lightning as L
import torch
from torch import nn


class PtychoPINN_Lightning(L.LightningModule):
    """Pattern to object and back, with the optimiser inside."""

    val_loss_name = "poisson_val_loss"

    def __init__(self, data_config, training_config):
        super().__init__()
        self.save_hyperparameters()
        self.lr = training_config.learning_rate
        pixels = data_config.N**2 * data_config.grid_size[0] * data_config.grid_size[1]
        self.encoder = nn.Linear(pixels, 48)
        self.decoder = nn.Linear(48, 2 * pixels)

    def forward(self, patterns):
        amplitude, phase = self.decoder(torch.tanh(self.encoder(patterns))).chunk(2, dim=-1)
        return torch.polar(torch.sigmoid(amplitude), torch.pi * torch.tanh(phase))

    def training_step(self, batch, batch_idx):
        loss = self._poisson_loss(batch)
        self.log("poisson_train_loss", loss)
        return loss

    def validation_step(self, batch, batch_idx):
        self.log(self.val_loss_name, self._poisson_loss(batch))

    def configure_optimizers(self):
        return torch.optim.Adam(self.parameters(), lr=self.lr)

    def _poisson_loss(self, batch):
        rate = torch.abs(torch.fft.fft(self(batch), norm="ortho")) ** 2 + 1e-6
        return (rate - batch**2 * torch.log(rate)).mean()

"""The PyTorch backend, which does not yet write `wts.h5.zip`."""

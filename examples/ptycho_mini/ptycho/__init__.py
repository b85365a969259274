"""A small PtychoPINN: reconstruct an object from its diffraction patterns."""

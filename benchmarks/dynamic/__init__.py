"""What the probe costs, beside its peers: `overhead.py`."""

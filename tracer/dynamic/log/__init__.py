"""Reading of the probe's log: from records to what the model says of a run."""

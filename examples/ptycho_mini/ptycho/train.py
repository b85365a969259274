"""The old training script: it trains when it is imported or run, and reads only `params`."""

import os

from ptycho import loader, model_manager, params, probe, raw_data

save_model = params.get("save_model")
out_prefix = params.get("output_prefix")
os.makedirs(out_prefix, exist_ok=True)

_raw = raw_data.RawData.simulate(
    96, params.get("N"), params.get("nphotons"), seed=params.get("npseed")
)
_grouped = _raw.generate_grouped_data(64, params.get("gridsize"))
train_data = loader.load(lambda: _grouped, _raw.probeGuess)
probe.set_probe_guess(None, train_data.probe)

from ptycho import model, train_pinn  # the probe must be known before this import

train_output = train_pinn.train_eval(
    loader.PtychoDataset(train_data), model_instance=model.autoencoder
)
history = train_output["history"]

# Not every study wants an archive.
if save_model:
    model_manager.save(out_prefix)

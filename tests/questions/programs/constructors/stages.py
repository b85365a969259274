from simulator import Simulator


def run_stage_a(config):
    simulator = Simulator(config["size"], oversample=config["oversample"], beam=2.0)
    return simulator.raw()


def run_reconstruction(config):
    simulator = Simulator(config["size"], beam=2.0, normalise=False)
    return simulator.raw()

from sim.core import Simulator


def test_steps_normalization():
    simulator = Simulator(8, oversample=1, roi=(0, 4))
    assert simulator.run() == 4.0

import argparse
import os

from sim.core import Simulator


def main(argv=None):
    parser = argparse.ArgumentParser()
    parser.add_argument("--size", type=int, default=8)
    options = parser.parse_args(argv)
    simulator = Simulator(options.size, oversample=2)
    if os.environ.get("SIM_SCALE"):
        return simulator.run(scale=float(os.environ["SIM_SCALE"]))
    return simulator.run()


if __name__ == "__main__":
    main()

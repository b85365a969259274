"""`python run_workload.py NAME SCALE`: runs one workload and prints one line of JSON."""

import sys

import reported
import workloads


def main() -> None:
    name, scale = sys.argv[1], float(sys.argv[2])
    if name == "training":
        __import__("numpy")  # importing is no part of the body
    reported.report(lambda: workloads.WORKLOADS[name](scale))


if __name__ == "__main__":
    main()

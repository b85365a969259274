"""Environment, processes and chance. Not run: it would start a process."""

import os
import random
import subprocess


def go():
    os.environ["MODE"] = "fast"  # effects: env os.environ [MODE]
    os.environ.get("MODE")  # effects: env os.environ [MODE]
    print(os.environ["HOME"])  # effects: env os.environ [HOME]
    subprocess.run(["ls"])  # effects: process ["ls"]
    random.seed(3)  # effects: random seed

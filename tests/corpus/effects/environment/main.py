"""Environment, processes and chance. Not run: it would start a process."""

import argparse
import logging
import os
import random
import subprocess
import sys


def go():
    os.environ["MODE"] = "fast"  # effects: env os.environ [MODE]
    os.environ.get("MODE")  # effects: env os.environ [MODE]
    print(os.environ["HOME"])  # effects: env os.environ [HOME]
    subprocess.run(["ls"])  # effects: process ["ls"]
    random.seed(3)  # effects: random seed


def command_line(argv):
    parser = argparse.ArgumentParser()
    parser.parse_args()  # effects: env sys.argv
    parser.parse_args(None)  # effects: env sys.argv
    parser.parse_args(argv)  # effects: none
    print(sys.argv[1])  # effects: env sys.argv
    logging.basicConfig(level=logging.INFO)  # effects: state.write logging.root

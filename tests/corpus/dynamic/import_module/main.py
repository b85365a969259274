"""`importlib.import_module` and `__import__` with a constant name import that module."""

import importlib

alpha = importlib.import_module("plugins.alpha")
alpha.run()  # calls: run   runs: run
importlib.import_module(".beta", "plugins").walk()  # calls: walk | ext importlib.import_module   runs: walk
for name in ["alpha", "beta"]:
    module = importlib.import_module(f"plugins.{name}")
    module.setup()  # later: prepare_alpha | prepare_beta   runs: prepare_alpha | prepare_beta
gamma = __import__("gamma")
gamma.fly()  # later: fly   runs: fly

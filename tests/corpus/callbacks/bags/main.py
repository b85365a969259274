"""Objects of the library that hold any attribute: namespaces, and what a parser puts into one."""

import argparse
from types import SimpleNamespace


def show(options):
    return options.name


def remove(options):
    return options.name


def unused(options):
    return options.name


class Build:
    def __init__(self, options):
        self.options = options

    def run(self):
        return 1


class Clean:
    def __init__(self, options):
        self.options = options

    def run(self):
        return 2


class Check:
    def __init__(self, options):
        self.options = options

    def run(self):
        return 3


def with_functions(argv):
    parser = argparse.ArgumentParser()
    parser.add_argument("--name")
    below = parser.add_subparsers()
    below.add_parser("show").set_defaults(run=show)
    below.add_parser("remove").set_defaults(run=remove)
    options = parser.parse_args(argv)
    return options.run(options)  # calls: show | remove   runs: show | remove


def with_classes(argv):
    parser = argparse.ArgumentParser()
    below = parser.add_subparsers()
    build = below.add_parser("build")
    build.set_defaults(command=Build)
    clean = below.add_parser("clean")
    clean.set_defaults(**{"command": Clean})
    below.add_parser("check").set_defaults(command=Check)
    options, rest = parser.parse_known_args(argv)
    command = options.command(options)  # calls: Build.__init__ | Clean.__init__ | Check.__init__   runs: Build.__init__ | Clean.__init__ | Check.__init__
    return command.run()  # calls: Build.run | Clean.run | Check.run   runs: Build.run | Clean.run | Check.run


def another_parser():
    parser = argparse.ArgumentParser()
    parser.set_defaults(run=unused)
    return parser


hooks = SimpleNamespace(before=show)
hooks.after = remove
options = SimpleNamespace(name="x")
hooks.before(options)  # calls: show   exact: yes   runs: show
hooks.after(options)  # calls: remove   exact: yes   runs: remove
with_functions(["show"])
with_functions(["remove"])
with_classes(["build"])
with_classes(["clean"])
with_classes(["check"])
another_parser()

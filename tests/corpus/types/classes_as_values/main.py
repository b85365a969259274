"""`type[C]` is the class, `Callable[..., C]` gives an instance."""

from collections.abc import Callable


class Plan:
    def __init__(self):
        self.steps = []

    @classmethod
    def empty(cls):
        return cls()  # calls: Plan.__init__   runs: Plan.__init__

    def run(self):
        return 1


def build(kind: type[Plan]):
    kind.empty().run()  # calls: Plan.empty | Plan.run   runs: Plan.empty | Plan.run
    return kind().run()  # calls: Plan.__init__ | Plan.run   runs: Plan.__init__ | Plan.run


def delayed(make: Callable[[int], Plan]):
    return make(1).run()  # calls: make_plan | Plan.run   runs: Plan.run | make_plan


def make_plan(size):
    return Plan()


build(Plan)
delayed(make_plan)

"""A base method that calls `self.step` may run any override."""

import sys


class Base:
    def run(self):
        return self.step()  # calls: Base.step | Child.step   runs: Child.step | Base.step

    def step(self):
        return 1


class Child(Base):
    def step(self):
        return super().step()  # calls: Base.step   runs: Base.step


class Quiet(Base):
    pass


node = Child() if sys.argv else Base()
node.step()  # calls: Base.step | Child.step   runs: Child.step
node.run()  # calls: Base.run   runs: Base.run
Quiet().run()  # calls: Base.run | ext builtins.object.__init__   runs: Base.run
Child().step()  # calls: Child.step | ext builtins.object.__init__   runs: Child.step

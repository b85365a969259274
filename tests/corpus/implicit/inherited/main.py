"""Implicit methods follow the order of bases and `super()`, like any other."""


class Base:
    def __len__(self):
        return 1

    def __add__(self, other):
        return self

    @property
    def size(self):
        return len(self)  # unseen: Base.__len__ | Child.__len__   runs: Base.__len__ | Child.__len__


class Child(Base):
    def __len__(self):
        return super().__len__() + 1  # calls: Base.__len__   implicit: none   runs: Base.__len__


class Grandchild(Child):
    pass


len(Grandchild())  # implicit: Child.__len__   runs: Child.__len__
Child() + 1  # implicit: Base.__add__   runs: Base.__add__
Child().size  # implicit: Base.size   runs: Base.size
Base().size  # implicit: Base.size   runs: Base.size

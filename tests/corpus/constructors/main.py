"""An instantiation runs the `__init__` that the order of bases finds, and `__new__`."""


class A:
    def __init__(self):
        self.x = 1


class B(A):
    pass


class C:
    def __new__(cls):
        return super().__new__(cls)  # calls: ext builtins.object.__new__

    def __init__(self):
        pass


class D:
    pass


class Failure(ValueError):
    pass


B()  # calls: A.__init__   runs: A.__init__
C()  # calls: C.__init__ | C.__new__   runs: C.__new__ | C.__init__
D()  # calls: ext builtins.object.__init__
Failure("x")  # calls: ext builtins.ValueError.__init__
type(B())()  # calls: A.__init__   runs: A.__init__

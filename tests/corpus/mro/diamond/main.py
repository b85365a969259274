"""`super()` follows the order of the object's class, not of the class it is written in."""


class Top:
    def hello(self):
        return "top"


class Left(Top):
    def hello(self):
        return super().hello()  # calls: Right.hello   runs: Right.hello


class Right(Top):
    def hello(self):
        return super().hello()  # calls: Top.hello   runs: Top.hello


class Bottom(Left, Right):
    def hello(self):
        return super().hello()  # calls: Left.hello   runs: Left.hello


Bottom().hello()  # calls: Bottom.hello | ext builtins.object.__init__   runs: Bottom.hello

"""`type(name, bases, namespace)` and classes from functions are classes."""


class Base:
    def hello(self):
        return self.name()  # later: name | Plain.name   runs: Plain.name | name


class Plain(Base):
    def name(self):
        return "plain"


def name(self):
    return "made"


Made = type("Made", (Base,), {"name": name})
made = Made()
made.hello()  # calls: Base.hello   runs: Base.hello
made.name()  # later: name   runs: name
Plain().hello()  # calls: Base.hello | ext builtins.object.__init__   runs: Base.hello


def make_class(value):
    class Inner:
        def name(self):
            return value

        def only(self):
            return 1

    return Inner


Inner = make_class("x")
Inner().only()  # calls: make_class.<locals>.Inner.only | ext builtins.object.__init__   runs: make_class.<locals>.Inner.only
Inner().name()  # calls: make_class.<locals>.Inner.name | ext builtins.object.__init__   runs: make_class.<locals>.Inner.name

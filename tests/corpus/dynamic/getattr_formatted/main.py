"""The beginning of a name is known through `format`, `lower` and `upper`, too."""


class Formatter:
    def run(self, kind):
        getattr(self, "show_{kind}".format(kind=kind))()  # calls: Formatter.show_a | Formatter.show_b | ext builtins.str.format   runs: Formatter.show_a
        getattr(self, f"SHOW_{kind}".lower())()  # calls: Formatter.show_a | Formatter.show_b | ext builtins.str.lower   runs: Formatter.show_a
        getattr(self, "Show_{}".format(kind).lower())()  # calls: Formatter.show_a | Formatter.show_b | ext builtins.str.format | ext builtins.str.lower   runs: Formatter.show_a

    def show_a(self):
        return "a"

    def show_b(self):
        return "b"

    def other(self):
        return "other"


class Words(tuple):
    def __getattr__(self, name):
        return name


Formatter().run("a")
Words().missing  # implicit: Words.__getattr__   runs: Words.__getattr__
Words().count(1)

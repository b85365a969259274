"""An `__init__` that several classes inherit keeps apart what each of them is given."""


def red():
    return "red"


def blue():
    return "blue"


class View:
    def __init__(self, paint):
        self.paint = paint


class Red(View):
    def show(self):
        return self.paint()  # calls: red   runs: red


class Blue(View):
    def show(self):
        return self.paint()  # calls: blue   runs: blue


Red(red).show()  # calls: View.__init__ | Red.show   runs: View.__init__ | Red.show
Blue(blue).show()  # calls: View.__init__ | Blue.show   runs: View.__init__ | Blue.show

"""What is declared as a base that nobody makes is one of the classes below: some override runs."""


class Container:
    def add(self, item):
        return item


class Parser(Container):
    def add(self, item):
        return [item]


class Group(Container):
    def __init__(self, container: Container):
        self.container: Container = container

    def add(self, item):
        return item, self.container


def fill(container: Container):
    container.add(1)  # calls: Parser.add | Group.add   runs: Group.add | Parser.add


fill(Group(Parser()))
fill(Parser())

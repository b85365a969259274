"""A function from outside a class is a method under the class's name, unless it is static."""


def outside(self, then):
    return then()  # calls: first   tier: flow   runs: first


def free(then):
    return then()  # calls: second   runs: second


def first():
    return 1


def second():
    return 2


class Host:
    method = outside
    static = staticmethod(free)

    def go(self):
        self.method(first)  # calls: outside   runs: outside
        self.static(second)  # calls: free   runs: free


Host().go()

import outside
from pkg.low import Low


class Own(object):
    def step(self):
        return super().step()


class Below(Own, Low):
    def go(self):
        self.step()
        self.still(1)
        self.kept()
        self.made()
        self.nothing()
        super().step()
        super().still(2)
        Own.step(self)
        self.late()
        self.field()
        self.field.deeper()

    def __init__(self, field):
        self.field = field
        self.own().step()

    def late(self):
        def within():
            self.go()
            super().step()

        return within()

    def own(self):
        self = Other()
        self.step()

    def late(self):
        return Low.step(self)


class Odd(outside.Base, Low):
    def go(self):
        self.step()
        super().step()


class Made(make(), Low):
    def go(self):
        self.step()


class Loop(Loop):
    def go(self):
        self.nothing()


class Other:
    step = None
    here = Low.step

    def go(self):
        self.step()
        self.here()
        self.go.nothing()

    def still(this, x):
        this.go()
        self.go()


def free():
    super().step()
    Below.go(1)
    Below.nothing(1)
    Below.still.more(1)
    Other().step()


class Lowest(Below):
    def step(self):
        return Below.step(self)

    def go(self):
        self.step()


class Inner:
    class Low(Low):
        def step(self):
            return self.made()


class Sized:
    @property
    def size(self):
        return 1

    @size.setter
    def size(self, value):
        self.check(value)

    def check(self, value):
        return self.size


def resize(sized):
    sized.size = 3
    sized.check(1)
    sized.late()

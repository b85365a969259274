"""Each `super().__init__` of a diamond calls the next class of the object's own order."""


class Base:
    def __init__(self, **rest):
        self.rest = rest


class Named(Base):
    def __init__(self, name="", **rest):
        super().__init__(**rest)  # calls: Sized.__init__ | Base.__init__   runs: Base.__init__ | Sized.__init__
        self.name = name


class Sized(Base):
    def __init__(self, size=0, **rest):
        super().__init__(**rest)  # calls: Base.__init__   runs: Base.__init__
        self.size = size


class Box(Named, Sized):
    def __init__(self, **rest):
        super().__init__(**rest)  # calls: Named.__init__   runs: Named.__init__


class Tag(Named):
    pass


Box(name="a", size=1)  # calls: Box.__init__   runs: Box.__init__
Tag(name="b")  # calls: Named.__init__   runs: Named.__init__
Sized(size=3)  # calls: Sized.__init__   runs: Sized.__init__

"""Instance, static and class methods, through `self`, `cls`, the class and an object."""


class Tool:
    def __init__(self, size=1):
        self.size = self.check(size)  # calls: Tool.check   runs: Tool.check

    @staticmethod
    def check(size):
        return size

    @classmethod
    def small(cls):
        cls.check(1)  # calls: Tool.check   runs: Tool.check
        return cls(1)  # calls: Tool.__init__   runs: Tool.__init__

    @property
    def area(self):
        return Plane(self.size)  # calls: Plane.__init__   runs: Plane.__init__

    def use(self):
        return self.area.span()  # calls: Plane.span   implicit: Tool.area   runs: Tool.area | Plane.span


class Plane:
    def __init__(self, size):
        self.size = size

    def span(self):
        return self.size


Tool.check(2)  # calls: Tool.check   runs: Tool.check
tool = Tool.small()  # calls: Tool.small   runs: Tool.small
tool.use()  # calls: Tool.use   runs: Tool.use
Tool.use(tool)  # calls: Tool.use   runs: Tool.use
bound = tool.use
bound()  # calls: Tool.use   tier: flow   runs: Tool.use

"""An instance with `__call__` is called like a function, wherever it went."""


class Scale:
    def __init__(self, factor):
        self.factor = factor

    def __call__(self, x):
        return x * self.factor


class Offset(Scale):
    def __call__(self, x):
        return super().__call__(x)  # calls: Scale.__call__   runs: Scale.__call__


class Layer:
    def __init__(self, step):
        self.step = step

    def run(self, x):
        return self.step(x)  # calls: Scale.__call__   runs: Scale.__call__


def apply(step, x):
    return step(x)  # calls: Offset.__call__   runs: Offset.__call__


double = Scale(2)
double(1)  # calls: Scale.__call__   runs: Scale.__call__
Scale(3)(1)  # calls: Scale.__init__ | Scale.__call__   runs: Scale.__call__ | Scale.__init__
Layer(double).run(1)  # calls: Layer.__init__ | Layer.run   runs: Layer.__init__ | Layer.run
apply(Offset(1), 2)  # calls: apply | Scale.__init__   runs: Scale.__init__ | apply

"""What a function returns is followed, with unpacking and through its own parameter."""


class Model:
    def fit(self):
        return self  # a method that returns its receiver

    def score(self):
        return 1


def build():
    return Model(), {"name": "m"}


def same(thing):
    return thing


def annotated(path) -> "Model":
    return eval(path)


model, info = build()  # calls: build   runs: build
model.score()  # calls: Model.score   runs: Model.score
model.fit().score()  # calls: Model.fit | Model.score   runs: Model.fit | Model.score
same(model).score()  # calls: same | Model.score   runs: same | Model.score
annotated("Model()").score()  # calls: annotated | Model.score   tier: type   runs: annotated | Model.score

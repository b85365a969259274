"""`lru_cache` and `cached_property` run what they wrap, and return its type."""

from functools import cached_property, lru_cache


class Model:
    def fit(self):
        return 1


class Loader:
    @cached_property
    def model(self):
        return make()  # calls: make   runs: make

    @lru_cache
    def again(self):
        return Model()

    plain = 3


@lru_cache(maxsize=8)
def make():
    return Model()


loader = Loader()
loader.model.fit()  # calls: Model.fit   implicit: Loader.model   runs: Loader.model | Model.fit
loader.again().fit()  # calls: Loader.again | Model.fit   runs: Loader.again | Model.fit
make().fit()  # calls: make | Model.fit   runs: Model.fit
make.cache_clear()
loader.plain  # implicit: none

"""Objects that stand for a function, which they keep in something that was made with it."""

from functools import partial


class Curried:
    def __init__(self, *given):
        function, rest = given[0], given[1:]
        self._partial = partial(function, *rest)

    def __call__(self, *more):
        return self._partial(*more)  # calls: dog | cat   runs: dog | cat


class Dog:
    def speak(self):
        return "wuff"


class Cat:
    def speak(self):
        return "meow"


def dog(name):
    return Dog()


def cat(name):
    return Cat()


first = Curried(dog)  # calls: Curried.__init__   runs: Curried.__init__
second = Curried(cat, "Tom")  # calls: Curried.__init__   runs: Curried.__init__
first("Rex").speak()  # calls: Curried.__call__ | Dog.speak   runs: Curried.__call__ | Dog.speak
second().speak()  # calls: Curried.__call__ | Cat.speak   runs: Curried.__call__ | Cat.speak

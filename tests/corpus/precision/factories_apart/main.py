"""Two calls of one factory give two closures, two objects, two results."""


def make(function):
    def made():
        return function()

    return made


def same(x):
    return x


class Cat:
    def speak(self):
        return 1


class Dog:
    def speak(self):
        return 2


def cat():
    return Cat()


def dog():
    return Dog()


make(cat)().speak()  # calls: Cat.speak | make | make.<locals>.made   runs: Cat.speak | make | make.<locals>.made
make(dog)().speak()  # calls: Dog.speak | make | make.<locals>.made   runs: Dog.speak | make | make.<locals>.made
same(cat)().speak()  # calls: Cat.speak | cat | same   runs: Cat.speak | cat | same
same(dog)().speak()  # calls: Dog.speak | dog | same   runs: Dog.speak | dog | same

"""`isinstance` narrows both branches, with tuples, `not`, `and`, early exits and `type(x) is`."""


class Cat:
    def speak(self):
        return 1


class Dog:
    def speak(self):
        return 2


class Cow:
    def speak(self):
        return 3


def by_else(pet: Cat | Dog):
    if isinstance(pet, Cat):
        pet.speak()  # calls: Cat.speak   runs: Cat.speak
    else:
        pet.speak()  # calls: Dog.speak   runs: Dog.speak


def by_exit(pet: Cat | Dog | Cow):
    if not isinstance(pet, (Cat, Dog)):
        return pet.speak()  # calls: Cow.speak   runs: Cow.speak
    return pet.speak()  # calls: Cat.speak | Dog.speak   runs: Cat.speak | Dog.speak


def by_and(pet: Cat | Dog):
    return isinstance(pet, Dog) and pet.speak()  # calls: Dog.speak   runs: Dog.speak


def by_identity(pet: Cat | Dog):
    if type(pet) is Cat:
        return pet.speak()  # calls: Cat.speak   runs: Cat.speak


for each in (Cat(), Dog()):
    by_else(each)
    by_exit(each)
    by_and(each)
    by_identity(each)
by_exit(Cow())

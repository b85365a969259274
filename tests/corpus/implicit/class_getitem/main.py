"""Subscripts of a class run `__class_getitem__`, or `__getitem__` of its metaclass."""


class Catalog:
    def __class_getitem__(cls, key):
        return cls

    def open(self):
        return 1


class Meta(type):
    def __getitem__(cls, key):
        return cls()

    def __iter__(cls):
        return iter([1])

    def __contains__(cls, item):
        return True


class Colors(metaclass=Meta):
    def mix(self):
        return 2


Catalog["x"]().open()  # calls: Catalog.open | ext builtins.object.__init__   implicit: Catalog.__class_getitem__   runs: Catalog.__class_getitem__ | Catalog.open
Colors["red"].mix()  # calls: Colors.mix   implicit: Meta.__getitem__   runs: Colors.mix | Meta.__getitem__
for color in Colors:  # implicit: Meta.__iter__   runs: Meta.__iter__
    pass
"red" in Colors  # unseen: Meta.__contains__   runs: Meta.__contains__
list[int]  # implicit: none

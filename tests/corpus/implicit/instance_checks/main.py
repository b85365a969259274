"""`isinstance` and `issubclass` ask the metaclass; `except` of a plain class asks nobody."""


class Meta(type):
    def __instancecheck__(cls, instance):
        return True

    def __subclasscheck__(cls, subclass):
        return True


class Duck(metaclass=Meta):
    pass


class Plain:
    pass


isinstance(3, Duck)  # implicit: Meta.__instancecheck__   runs: Meta.__instancecheck__
issubclass(int, Duck)  # implicit: Meta.__subclasscheck__   runs: Meta.__subclasscheck__
isinstance(3, Plain)  # implicit: none

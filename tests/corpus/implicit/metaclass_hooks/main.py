"""A class statement runs `__prepare__`, `__new__` and `__init__` of its metaclass."""


class Meta(type):
    @classmethod
    def __prepare__(mcs, name, bases):
        return {}

    def __new__(mcs, name, bases, namespace):
        return super().__new__(mcs, name, bases, namespace)

    def __init__(cls, name, bases, namespace):
        super().__init__(name, bases, namespace)


class Model(metaclass=Meta):  # implicit: Meta.__init__ | Meta.__new__ | Meta.__prepare__   runs: Meta.__init__ | Meta.__new__ | Meta.__prepare__
    def save(self):
        return 1


class User(Model):  # implicit: Meta.__init__ | Meta.__new__ | Meta.__prepare__   runs: Meta.__init__ | Meta.__new__ | Meta.__prepare__
    pass


class Plain:  # implicit: none
    pass


User().save()  # calls: Model.save | ext builtins.object.__init__   runs: Model.save

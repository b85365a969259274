"""A descriptor in the class runs for its attribute, of that class only."""


class Typed:
    def __set_name__(self, owner, name):
        self.name = "_" + name

    def __get__(self, instance, owner=None):
        return self if instance is None else Answer()

    def __set__(self, instance, value):
        self.check(value)  # calls: Typed.check   runs: Typed.check

    def check(self, value):
        return value


class Answer:
    def show(self):
        return 1


class Form:
    age = Typed()
    name = "x"


form = Form()
form.age = 3  # implicit: Typed.__set__   runs: Typed.__set__
form.age.show()  # calls: Answer.show   implicit: Typed.__get__   runs: Answer.show | Typed.__get__
form.name = "y"  # implicit: none
form.name.upper()  # implicit: none

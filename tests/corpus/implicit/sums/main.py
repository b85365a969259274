"""`sum` adds, `abs`, `round`, `divmod` and `pow` run the methods of their argument."""


class Amount:
    def __add__(self, other):
        return self

    def __radd__(self, other):
        return self

    def __abs__(self):
        return self

    def __round__(self, digits=0):
        return self

    def __divmod__(self, other):
        return self, self

    def print(self):
        return 1


amounts = [Amount(), Amount()]
sum(amounts, Amount())  # implicit: Amount.__add__   runs: Amount.__add__
abs(amounts[0]).print()  # calls: Amount.print   implicit: Amount.__abs__   runs: Amount.__abs__ | Amount.print
round(amounts[0])  # implicit: Amount.__round__   runs: Amount.__round__
divmod(amounts[0], 2)  # implicit: Amount.__divmod__   runs: Amount.__divmod__
sum(amounts)  # implicit: Amount.__add__ | Amount.__radd__   runs: Amount.__add__ | Amount.__radd__
sum([1, 2])  # implicit: none
abs(-1)  # implicit: none

"""`str`, `repr`, `format`, f-strings, `%` and `print` run `__str__`, `__repr__` or `__format__`."""


class Named:
    def __str__(self):
        return "named"

    def __repr__(self):
        return "<named>"


class Shown:
    def __repr__(self):
        return "<shown>"


class Money:
    def __format__(self, spec):
        return "1.00"

    def __str__(self):
        return "1"


named, shown, money = Named(), Shown(), Money()
str(named)  # implicit: Named.__str__   runs: Named.__str__
repr(named)  # implicit: Named.__repr__   runs: Named.__repr__
str(shown)  # implicit: Shown.__repr__   runs: Shown.__repr__
print(named, shown)  # implicit: Named.__str__ | Shown.__repr__   runs: Named.__str__ | Shown.__repr__
f"{named}"  # implicit: Named.__str__   runs: Named.__str__
f"{named!r:>10}"  # implicit: Named.__repr__   runs: Named.__repr__
f"{money:.2f}"  # implicit: Money.__format__   runs: Money.__format__
f"{money!s}"  # implicit: Money.__str__   runs: Money.__str__
format(money, ".2f")  # implicit: Money.__format__   runs: Money.__format__
"{} {}".format(named, money)  # implicit: Money.__format__ | Named.__str__   runs: Money.__format__ | Named.__str__
"%s %r" % (named, named)  # unseen: Named.__repr__ | Named.__str__   runs: Named.__repr__ | Named.__str__
str(3)  # implicit: none
f"{'text'}"  # implicit: none

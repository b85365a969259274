"""Comparisons run their method, the reflected one, or `__eq__` for `!=`; `is` runs nothing."""


class Version:
    def __init__(self, number):
        self.number = number

    def __eq__(self, other):
        return self.number == other.number  # implicit: none

    def __lt__(self, other):
        return self.number < other.number

    def __le__(self, other):
        return self.number <= other.number


a, b = Version(1), Version(2)
a == b  # implicit: Version.__eq__   runs: Version.__eq__
a != b  # implicit: Version.__eq__   runs: Version.__eq__
a < b  # implicit: Version.__lt__   runs: Version.__lt__
a > b  # implicit: Version.__lt__   runs: Version.__lt__
a <= b <= a  # implicit: Version.__le__   runs: Version.__le__
a is b  # implicit: none
a is not None  # implicit: none
a.number == b.number  # implicit: none
0 == a.number  # implicit: none

"""`int`, `float`, `complex`, indices and ranges convert through methods of the tree."""


class Count:
    def __int__(self):
        return 1

    def __float__(self):
        return 1.0

    def __index__(self):
        return 1

    def __complex__(self):
        return 1j


class Plain:
    def __index__(self):
        return 0


count = Count()
int(count)  # implicit: Count.__int__   runs: Count.__int__
float(count)  # implicit: Count.__float__   runs: Count.__float__
complex(count)  # implicit: Count.__complex__   runs: Count.__complex__
[1, 2, 3][count]  # implicit: Count.__index__   runs: Count.__index__
range(count)  # implicit: Count.__index__   runs: Count.__index__
int(Plain())  # implicit: Plain.__index__   runs: Plain.__index__
int("3")  # implicit: none

"""What may run where nobody writes a call, and need not: the place is open, and names no callee."""


class Stream:
    def __iter__(self):
        raise NotImplementedError
        yield


class Bytes(Stream):
    def __iter__(self):
        yield 1


class Lines(Stream):
    def __iter__(self):
        yield 2

    def __str__(self):
        return "lines"

    def __add__(self, other):
        return other


def read(stream: Stream):
    for _ in stream:  # exact: no   implicit: ?   runs: Bytes.__iter__ | Lines.__iter__
        pass
    return list(stream)  # exact: no   implicit: ?   runs: Bytes.__iter__ | Lines.__iter__


read(Bytes())
read(Lines())


def told(what):
    f"{what}"  # exact: no   implicit: ?   runs: Lines.__str__
    what + 1  # exact: no   implicit: ?   runs: Lines.__add__


told(Lines())
told(1)


def known(lines):
    f"{lines}"  # exact: yes   implicit: Lines.__str__   runs: Lines.__str__


known(Lines())

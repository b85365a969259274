"""Two functions behind one kind of wrapper stay apart."""

from functools import wraps


def logged(function):
    @wraps(function)
    def wrapper(*args, **kwargs):
        return function(*args, **kwargs)  # calls: load | save   runs: load | save

    return wrapper


@logged  # calls: logged   runs: logged
def load():
    return Data()


@logged  # calls: logged   runs: logged
def save():
    return Receipt()


class Data:
    def show(self):
        return 1


class Receipt:
    def show(self):
        return 2


def plain():
    return 3


load().show()  # calls: logged.<locals>.wrapper | Data.show   runs: Data.show | logged.<locals>.wrapper
save().show()  # calls: logged.<locals>.wrapper | Receipt.show   runs: Receipt.show | logged.<locals>.wrapper
plain()  # calls: plain   runs: plain
load.__wrapped__().show()  # later: load | Data.show   runs: Data.show | load

"""Functions that are kept, and called back."""

HANDLERS = {}
LOG = []


def handler(name):
    def keep(function):
        HANDLERS[name] = function
        return function

    return keep


def traced(function):
    def around(*args):
        LOG.append(function.__name__)
        return function(*args)

    return around


def plain(function):
    function.is_plain = True
    return function

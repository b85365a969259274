"""A decorator fills a table of functions; a constant key finds one, a variable finds them all."""

COMMANDS = {}


def command(function):
    COMMANDS[function.__name__] = function
    return function


@command  # calls: command   runs: command
def start():
    return 1


@command
def stop():
    return 2


def never_registered():
    return 3


def dispatch(name):
    return COMMANDS[name]()  # calls: start | stop   runs: start | stop


def words():
    return "start stop".split()


start()  # calls: start   runs: start
for word in words():
    dispatch(word)
for function in COMMANDS.values():
    function()  # calls: start | stop   runs: start | stop

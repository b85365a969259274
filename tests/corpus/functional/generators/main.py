"""Generators yield functions and objects, receive values, and return one to `yield from`."""


class Message:
    def read(self):
        return 1


class Reply:
    def read(self):
        return 2


def functions():
    yield a
    yield b


def receiver():
    while True:
        message = yield Reply()
        if message is not None:
            message.read()  # calls: Message.read   runs: Message.read


def returning():
    yield 1
    return Reply()


def delegating():
    reply = yield from returning()  # calls: returning   runs: returning
    reply.read()  # calls: Reply.read   runs: Reply.read


def a():
    return 1


def b():
    return 2


for function in functions():  # calls: functions   runs: functions
    function()  # calls: a | b   runs: a | b
box = receiver()  # calls: receiver   runs: receiver
next(box).read()  # calls: Reply.read   runs: Reply.read
box.send(Message()).read()  # calls: Reply.read | ext builtins.generator.send | ext builtins.object.__init__   runs: Reply.read
list(delegating())  # calls: delegating   runs: delegating
doubled = (each for each in functions())  # calls: functions   runs: functions
next(doubled)()  # calls: a | b   runs: a

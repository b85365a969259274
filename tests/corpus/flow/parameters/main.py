"""A parameter without annotation holds what callers pass: tier flow."""


class Disk:
    def put(self):
        return 1


def store(target, then):
    target.put()  # calls: Disk.put   tier: flow   runs: Disk.put
    then()  # calls: done   tier: flow   runs: done


def done():
    return 1


def nobody_calls_this(target):
    target.put()  # calls: ?


store(Disk(), then=done)  # calls: store | ext builtins.object.__init__   runs: store

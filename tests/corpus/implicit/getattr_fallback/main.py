"""`__getattr__` runs for what the class does not have, and what it returns is called."""


class Engine:
    def start(self):
        return 1

    def stop(self):
        return 2


class Proxy:
    def __init__(self, target):
        self.target = target

    def __getattr__(self, name):
        return getattr(self.target, name)

    def stop(self):
        return self.target.stop()  # calls: Engine.stop   implicit: none   runs: Engine.stop


class Null:
    def __getattr__(self, name):
        return nothing


def nothing():
    return None


proxy = Proxy(Engine())
proxy.start()  # calls: Engine.start   implicit: Proxy.__getattr__   runs: Engine.start | Proxy.__getattr__
proxy.stop()  # calls: Proxy.stop   implicit: none   runs: Proxy.stop
proxy.target  # implicit: none
Null().anything()  # calls: nothing | ext builtins.object.__init__   implicit: Null.__getattr__   runs: Null.__getattr__ | nothing

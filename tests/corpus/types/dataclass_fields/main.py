"""Fields of a dataclass have the types of their annotations; factories and `__post_init__` run."""

from dataclasses import dataclass, field, replace


class Log:
    def __init__(self):
        self.lines = []

    def add(self):
        return 1


class Clock:
    def add(self):
        return 2


def a_clock():
    return Clock()


@dataclass
class Service:
    name: str
    clock: Clock = field(default_factory=a_clock)
    log: Log = field(default_factory=Log)
    parent: "Service | None" = None

    def __post_init__(self):
        self.log.add()  # calls: Log.add   runs: Log.add

    def tick(self):
        self.clock.add()  # calls: Clock.add   runs: Clock.add
        if self.parent is not None:
            self.parent.tick()  # calls: Service.tick   runs: Service.tick


@dataclass
class Child(Service):
    extra: int = 0


first = Service("a")  # calls: Service.__post_init__ | a_clock | Log.__init__   runs: Log.__init__ | Service.__post_init__ | a_clock
second = Service("b", parent=first)
second.tick()  # calls: Service.tick   runs: Service.tick
second.log.add()  # calls: Log.add   runs: Log.add
Child("c").clock.add()  # calls: Service.__post_init__ | Clock.add | a_clock | Log.__init__   runs: Clock.add | Log.__init__ | Service.__post_init__ | a_clock
renamed = replace(first, name="d")
renamed.tick()  # calls: Service.tick   runs: Service.tick

"""An attribute has the type of what the constructor stores, or of its annotation."""

from dataclasses import dataclass, field


class Engine:
    def start(self):
        return 1


class Car:
    def __init__(self, spare: "Engine | None" = None):
        self.engine = Engine()
        self.spare: Engine = spare or Engine()
        self.radio = None

    def go(self):
        self.engine.start()  # calls: Engine.start   tier: type   runs: Engine.start
        self.spare.start()  # calls: Engine.start   runs: Engine.start
        if self.radio is not None:
            self.radio.play()  # calls: ?


@dataclass
class Fleet:
    first: Car
    cars: list[Car] = field(default_factory=list)

    def __post_init__(self):
        self.cars.append(self.first)

    def go(self):
        self.first.go()  # calls: Car.go   runs: Car.go
        for car in self.cars:
            car.go()  # calls: Car.go   runs: Car.go


fleet = Fleet(Car())  # calls: Fleet.__post_init__ | Car.__init__   runs: Fleet.__post_init__ | Car.__init__
fleet.go()  # calls: Fleet.go   runs: Fleet.go

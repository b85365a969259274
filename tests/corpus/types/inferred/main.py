"""Without annotations: what functions return and what constructors store, several steps away."""


class Wheel:
    def turn(self):
        return 1


class Engine:
    def __init__(self):
        self.wheel = make_wheel()

    def turn(self):
        return self.wheel.turn()  # calls: Wheel.turn   runs: Wheel.turn


class Car:
    engine = None

    def __init__(self, engine):
        self.engine = engine

    def get_engine(self):
        return self.engine


def make_wheel():
    wheel = Wheel()
    return wheel


def make_car():
    return Car(Engine())


car = make_car()
car.engine.turn()  # calls: Engine.turn   runs: Engine.turn
car.engine.wheel.turn()  # calls: Wheel.turn   runs: Wheel.turn
car.get_engine().wheel.turn()  # calls: Car.get_engine | Wheel.turn   runs: Car.get_engine | Wheel.turn
make_car().get_engine().turn()  # calls: make_car | Car.get_engine | Engine.turn   runs: Car.get_engine | Engine.turn | make_car

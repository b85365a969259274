"""A decorator class with `__get__` stands between a class and its method."""

from functools import partial


class traced:
    def __init__(self, function):
        self.function = function

    def __get__(self, instance, owner):
        return partial(self, instance)

    def __call__(self, *args):
        return self.function(*args)  # calls: Robot.walk   runs: Robot.walk


class Robot:
    @traced
    def walk(self):
        return 1

    def stop(self):
        return 2


robot = Robot()
robot.walk()  # calls: traced.__call__   implicit: traced.__get__   runs: traced.__call__ | traced.__get__
robot.stop()  # calls: Robot.stop   implicit: none   runs: Robot.stop

"""A function stored into a module, a class or an instance is found there."""

import target


class Robot:
    def walk(self):
        return target.speed()  # calls: fast | speed   runs: fast


def fast():
    return 2


def run(self):
    return 3


def jump():
    return 4


target.speed = fast
robot = Robot()
robot.walk()  # calls: Robot.walk   runs: Robot.walk
Robot.run = run
robot.run()  # calls: run   runs: run
robot.jump = jump
robot.jump()  # calls: jump   runs: jump
Robot.count = classmethod(lambda cls: cls())
Robot.count().walk()  # calls: <lambda> | Robot.walk   runs: <lambda> | Robot.walk

"""Runs when it is imported."""

from shop import desk


def begin():
    desk.open_up()


begin()

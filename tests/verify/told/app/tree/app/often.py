# A comment on the first line.
from app.steps import prepare


def five(data):
    prepare(data)
    prepare(data)
    prepare(data)
    prepare(data)
    prepare(data)


def six(data):
    five(data)
    prepare(data)
    prepare(data)
    prepare(data)
    prepare(data)
    prepare(data)
    prepare(data)

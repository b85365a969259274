import pkg.low
from pkg import low
from pkg.low import Low, either, twice, work


def table():
    return [work, low.other, Low.still]


def hand(step, made):
    use(step, made)
    use(low)
    use(either(1))
    use((1).kept)
    other.go.here
    use(pkg.low.twice)
    return fast.quick


def put(core):
    core.late = table
    low.work = low.other
    low.either = pkg.low.work
    Low.step = work
    Low().made = work
    low.twice = Low
    pkg.low.Low.still = low.other
    setattr(low, "kept", work)


def ask(thing):
    use(thing.lone)
    use(thing.deep)
    use(thing.away)

"""A modifier that an inner function seems to change."""


def loss_of(modifiers):
    return sum(value * value for value in modifiers)


def refine(modifiers, rounds):
    best = list(modifiers)

    def closure():
        best = [value * 0.5 for value in modifiers]
        return loss_of(best)

    for _ in range(rounds):
        closure()
    return best


def refine_rightly(modifiers, rounds):
    kept = list(modifiers)

    def closure():
        nonlocal kept
        kept = [value * 0.5 for value in kept]
        return loss_of(kept)

    for _ in range(rounds):
        closure()
    return kept


def main():
    shells = [1.0, 2.0]
    print(refine(shells, 3), refine_rightly(shells, 3))


if __name__ == "__main__":
    main()

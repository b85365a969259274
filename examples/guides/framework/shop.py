"""A shop whose functions are called by others: by click, by a thread pool, by `sorted`."""

from concurrent.futures import ThreadPoolExecutor

import click

PRICES = {"pear": 2.0, "apple": 1.5, "melon": 4.0}


def price_of(fruit):
    return PRICES[fruit]


def known(context, parameter, value):
    unknown = [fruit for fruit in value if fruit not in PRICES]
    if unknown:
        raise click.BadParameter(f"no such fruit: {unknown[0]}")
    return value


@click.command()
@click.argument("fruits", nargs=-1, callback=known)
def sell(fruits):
    with ThreadPoolExecutor(max_workers=1) as pool:
        total = sum(pool.map(price_of, fruits))
    best = sorted(fruits, key=price_of)[-1]
    click.echo(f"{len(fruits)} fruits, {total:.2f}, the dearest is {best}")


if __name__ == "__main__":
    sell()

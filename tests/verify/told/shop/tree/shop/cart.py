import json
import zipfile

from shop import stock
from shop.stock import take

RETRIES = 3
PRICES = {
    "apple": 1,
    "pear": 2,
    "plum": 3,
}
NAMES = ["a", *PRICES]
SHELVES = ("upper", "lower")


def read(path):
    with open(path) as file:
        return json.load(file)


class Cart:
    """Holds what was taken."""

    def __init__(self, path):
        self.goods = read(path)

    @property
    def total(self):
        return sum(PRICES[name] for name in self.goods)

    def buy(self, item):
        # Take it off the shelf first.
        take(
            item,
            count=1,
        )
        return self.total

    def add(self, item, count=1):
        """Put it in.

        Twice, perhaps.
        """
        stock.take(item, count)
        return count

    def _clean(self):
        return None


def checkout(cart):
    total = cart.add("apple", 2)
    if total > 1:
        total = total * 2
    return total


def pack(path):
    with zipfile.ZipFile(path + ".zip", "w") as archive:
        archive.write("goods.csv")
        archive.write("bill.txt")
